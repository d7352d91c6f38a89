"""What was chosen for one log is used for the next from the same source: zone, answers, joining, pump and site.

Kept in the project, one entry a source; each change is a journal line. When a log began is never used for another one. What
is used again is always said, and can be forgotten.
Zone and answers also serve files of other names with the same columns, as long as all that is known of these agrees.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.codec import Record
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import ProjectFolder, open_project

if TYPE_CHECKING:
    from workbench.logs.tables.source_shape import SourceShape
    from workbench.project.store import Project
    from workbench.services.logs import ImportRequest

KIND = "source"
_MAX_LOOKED_AT = 50
"""Files of one import that are looked at; those beyond are of the same kind, or nothing is known."""
_NOTHING: dict[str, object] = {"zone": "", "answer": [], "join": None, "asset": "", "site": ""}


class Remembered(Record, frozen=True, kw_only=True):
    """What is known of a source; '' and () where nothing was chosen."""

    id: str = ""
    name: str = ""
    """File name with # for dates."""
    zone: str = ""
    answer: tuple[str, ...] = ()
    join: bool | None = None
    asset: str = ""
    site: str = ""
    used_utc: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.zone or self.answer or self.asset or self.site) and self.join is None


class SourcesRequest(Request, frozen=True, kw_only=True):
    """List the sources of logs whose choices are remembered."""

    project: ProjectFolder


class SourcesResult(Result, frozen=True, kw_only=True):
    """Newest first."""

    sources: tuple[Remembered, ...]


class ForgetRequest(Request, frozen=True, kw_only=True):
    """Forget what was chosen for a source of logs, or for all."""

    project: ProjectFolder
    source: Annotated[str | None, parameter("Id (or its first characters) or name, as listed.", positional=True)] = None
    everything: Annotated[bool, parameter("All sources.", flag="--all")] = False


def list_sources(request: SourcesRequest, job: Job) -> SourcesResult:
    """Read what is remembered."""
    with open_project(request.project) as project:
        return SourcesResult(sources=tuple(_sources(project)))


def forget_sources(request: ForgetRequest, job: Job) -> SourcesResult:
    """Forget, and list what is left. Raises InputError where there is no such source."""
    from workbench.project.acts import Act, ItemKey

    if not request.source and not request.everything:
        raise RequestError("Nothing to forget is named.", "Name a source, or give --all.")
    command = shlex.join(to_arguments(("logs", "forget"), request))
    with open_project(request.project) as project, project.exclusive():
        known = _sources(project)
        chosen = known if request.everything else [one for one in known if _is_meant(one, request.source or "")]
        if not chosen and not request.everything:
            raise InputError(f"There is no source '{request.source}'.", "List them: workbench logs sources.")
        for one in chosen:
            gone = ItemKey(kind=KIND, id=one.id)
            project.record(
                Act(act="forget", on=one.asset, what=f"Forgot the choices for {one.name}", removed=gone, command=command)
            )
        return SourcesResult(sources=tuple(_sources(project)))


def _is_meant(one: Remembered, text: str) -> bool:
    return one.id.startswith(text) or one.name.casefold() == text.casefold()


def _sources(project: Project) -> list[Remembered]:
    return [_of_details(item.id, item.name, item.created_utc, item.details) for item in project.items(KIND)]


def _of_details(source: str, name: str, used_utc: str, details: dict[str, object]) -> Remembered:
    values = {field: details.get(field, default) for field, default in _NOTHING.items()}
    values["answer"] = lasting(msgspec.convert(values["answer"], tuple[str, ...]))
    return msgspec.convert({**values, "id": source, "name": name, "used_utc": used_utc}, Remembered)


def lasting(answers: Sequence[str]) -> tuple[str, ...]:
    """The answers that the next file of a source may take over: of TIME_RELATIVE the rate, never when a file began."""
    from workbench.logs.times.elapsed import rate_alone

    kept = []
    for answer in answers:
        key, _, value = answer.partition("=")
        if key.partition("@")[0].strip().upper() != "TIME_RELATIVE":
            kept.append(answer)
        elif rate := rate_alone(value):
            kept.append(f"{key}={rate}")
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What applies to some files, and the name of the source that it was chosen for."""

    choices: Remembered
    name: str

    def sentences(self) -> tuple[str, ...]:
        """One for each choice."""
        return tuple(f"{words}, as chosen before for {self.name}" for words in _words(self.choices))


def recall(project: Project, paths: Sequence[Path]) -> Recalled:
    """What is known about all of these files; nothing where they differ. Files that are no logs are passed over."""
    known = {one.id: one for one in _sources(project)}
    shapes = find_shapes(paths) if known else []
    if not shapes:
        return Recalled(Remembered(), "")
    exact = [known.get(shape.key) for shape in shapes]
    alike = [one for one in known.values() if any(one.id.startswith(f"{shape.header}-") for shape in shapes)]
    is_exact = all(exact)
    pool = [one for one in exact if one is not None] if is_exact else alike
    same = _agreed(pool) if pool else Remembered()
    if not is_exact or len({shape.header for shape in shapes}) > 1:
        same = msgspec.structs.replace(same, asset="", site="" if not is_exact else same.site)
    return Recalled(same, pool[0].name if pool else "")


def find_shapes(paths: Sequence[Path]) -> list[SourceShape]:
    """The shapes of the logs among files, without repeats."""
    from workbench.logs.readers.sources import files_in
    from workbench.logs.tables.source_shape import find_shape

    files = [file for path in paths if path.exists() for file in (files_in(path) if path.is_dir() else [path])]
    found: dict[str, SourceShape] = {}
    for file in files[:_MAX_LOOKED_AT]:
        try:
            shape = find_shape(file)
        except InputError:
            continue  # the import itself says what is wrong with it
        if shape is not None:
            found[shape.key] = shape
    return list(found.values())


def _agreed(pool: Sequence[Remembered]) -> Remembered:
    """Each choice that all of them made alike."""
    values: dict[str, object] = {}
    for field, default in _NOTHING.items():
        said = {msgspec.json.encode(getattr(one, field)) for one in pool}
        values[field] = getattr(pool[0], field) if len(said) == 1 else default
    return msgspec.convert(values, Remembered)


def _words(choices: Remembered) -> list[str]:
    words = [f"zone {choices.zone}"] if choices.zone else []
    words += choices.answer
    words += [] if choices.join is None else ["joined" if choices.join else "kept separate"]
    words += [f"pump {choices.asset}"] if choices.asset else []
    words += [f"site {choices.site}"] if choices.site else []
    return words


def with_memory(project: Project, request: ImportRequest) -> tuple[ImportRequest, tuple[str, ...]]:
    """The request with what is remembered where it says nothing itself, and a sentence for each thing that was filled in."""
    if not request.remember:
        return request, ()
    recalled = recall(project, [Path(path) for path in request.paths])
    known = recalled.choices
    given = {answer.partition("=")[0] for answer in request.answer}
    answers = tuple(answer for answer in known.answer if answer.partition("=")[0] not in given)
    filled = msgspec.structs.replace(
        request, zone=request.zone or known.zone or None, answer=(*request.answer, *answers),
        join=known.join if request.join is None else request.join, asset=request.asset or known.asset or None,
        site=request.site or known.site or None,
    )  # fmt: skip
    used = msgspec.structs.replace(
        known, zone="" if request.zone else known.zone, answer=answers, join=known.join if request.join is None else None,
        asset="" if request.asset else known.asset, site="" if request.site else known.site,
    )  # fmt: skip
    return filled, Recalled(used, recalled.name).sentences()


def remember(project: Project, request: ImportRequest) -> None:
    """Keep what this import was told, for the next file of each of its sources; one journal line where it is new."""
    from workbench.project.acts import Act, Item

    said = Remembered(
        zone=request.zone or "", answer=lasting(request.answer), join=request.join, asset=request.asset or "",
        site=request.site or "",
    )  # fmt: skip
    if not request.remember or said.is_empty():
        return
    shapes = find_shapes([Path(path) for path in request.paths])
    known = {one.id: one for one in _sources(project)}
    details: dict[str, object] = {
        "zone": request.zone or "", "answer": list(said.answer), "join": request.join,
        "asset": (request.asset or "") if len({shape.name for shape in shapes}) == 1 else "", "site": request.site or "",
    }  # fmt: skip
    for shape in shapes:
        new = _of_details(shape.key, shape.name, "", details)
        old = known.get(shape.key, Remembered(id=shape.key, name=shape.name))
        if new.is_empty() or msgspec.structs.replace(old, used_utc="") == new:
            continue
        item = Item(kind=KIND, id=shape.key, name=shape.name, asset=new.asset, details=details)
        what = f"Remembered for {shape.name}: {', '.join(_words(new))}"
        project.record(Act(act="remember", on=new.asset, what=what, item=item))
