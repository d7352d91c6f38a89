"""Make, show, check and rebuild projects; read and verify the journal; remove what was imported or trained."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.codec import Record
from workbench.core.errors import ProjectError
from workbench.core.jobs import Job
from workbench.core.paths import is_project
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder, open_or_make_project, open_project

if TYPE_CHECKING:
    from workbench.project.acts import Item, SignedLine
    from workbench.project.store import Project

ProjectPath = Annotated[str, parameter("Project folder.", positional=True, path=True)]


class ProjectRequest(Request, frozen=True, kw_only=True):
    """Name a project folder."""

    project: ProjectPath


class AssetInfo(Record, frozen=True, kw_only=True):
    """One pump of the project with what there is of it."""

    tag: str
    site: str
    n_recordings: int
    first_utc: str | None
    last_utc: str | None
    n_events: int
    days: tuple[tuple[str, float], ...] = ()
    """(day, fraction of the day with samples) for the availability map."""


class ItemInfo(Record, frozen=True, kw_only=True):
    """One thing in the project's index."""

    kind: str
    id: str
    name: str
    asset: str
    created_utc: str
    details: dict[str, object]


class ProjectResult(Result, frozen=True, kw_only=True):
    """What a project holds."""

    path: str
    id: str
    name: str
    schema_version: int
    assets: tuple[AssetInfo, ...]
    counts: dict[str, int]
    champion: str | None
    problems: tuple[str, ...] = ()
    """What `project check` found; empty when all is well."""


def new_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Make a project; raises ProjectError where there is one already."""
    if is_project(Path(request.project)):
        raise ProjectError(f"{request.project} is a project already.", "Open it, or choose another folder.")
    with open_or_make_project(request.project) as project:
        return _result_of(project, ())


def show_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """What is in it. Raises ProjectError where there is no project: looking must not make one."""
    with open_project(request.project) as project:
        return _result_of(project, ())


def check_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Every object against its hash, every journal chain, the index against both. Raises ProjectError where there is none."""
    with open_project(request.project) as project:
        job.progress(0.1, "Checking every object against its hash")
        return _result_of(project, tuple(project.check()))


def rebuild_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Make the index anew from journals and objects. Raises ProjectError where there is no project."""
    with open_project(request.project) as project:
        project.rebuild()
        return _result_of(project, tuple(project.check()))


class ItemsRequest(Request, frozen=True, kw_only=True):
    """List things of one kind."""

    project: ProjectFolder
    kind: Annotated[str | None, parameter("recording, labels, run, bundle, receipt, report …")] = None


class ItemsResult(Result, frozen=True, kw_only=True):
    """Newest first."""

    items: tuple[ItemInfo, ...]


def list_items(request: ItemsRequest, job: Job) -> ItemsResult:
    """From the index."""
    with open_or_make_project(request.project) as project:
        return ItemsResult(items=tuple(_info_of(item) for item in project.items(request.kind)))


class RemoveRequest(Request, frozen=True, kw_only=True):
    """Remove something that was imported or trained; the journal keeps that it was there."""

    project: ProjectFolder
    kind: Annotated[str, parameter("recording, run, bundle …")]
    id: Annotated[str, parameter("Its id.")]


def remove_item(request: RemoveRequest, job: Job) -> ItemsResult:
    """Object deleted unless something else refers to it; journalled."""
    with open_or_make_project(request.project) as project:
        removed = project.remove(request.kind, request.id)
        return ItemsResult(items=(_info_of(removed),))


class JournalRequest(Request, frozen=True, kw_only=True):
    """Read the journal."""

    project: ProjectFolder
    limit: Annotated[int, parameter("At most this many, newest first.", ge=1)] = 1000


class JournalEntry(Record, frozen=True, kw_only=True):
    """One line of a journal; `number` counts within its writer."""

    number: int
    at_utc: str
    act: str
    on: str
    what: str
    who: str
    writer: str
    hash: str
    previous: str
    command: str = ""
    refs: tuple[str, ...] = ()
    state: str = ""
    """NE 107 word where the entry says how something ended, else ''."""


class JournalResult(Result, frozen=True, kw_only=True):
    """Entries newest first; `is_whole` None until verified; problems in words."""

    entries: tuple[JournalEntry, ...]
    n_entries: int
    is_whole: bool | None
    writers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    complete_to: dict[str, int] = msgspec.field(default_factory=dict)


def show_journal(request: JournalRequest, job: Job) -> JournalResult:
    """All writers merged in order of time."""
    with open_or_make_project(request.project) as project:
        entries = tuple(_entry_of(signed) for signed in project.lines(request.limit))
        return JournalResult(entries=entries, n_entries=project.n_lines(), is_whole=None, writers=_writers_of(entries))


def verify_journal(request: JournalRequest, job: Job) -> JournalResult:
    """Every hash, number and signature; finds edits, deletions, reorders and truncation below a witnessed head."""
    with open_or_make_project(request.project) as project:
        reports = project.verify_journal()
        entries = tuple(_entry_of(signed) for signed in project.lines(request.limit))
        problems = tuple(problem for report in reports for problem in report.problems)
        return JournalResult(
            entries=entries, n_entries=project.n_lines(), is_whole=not problems, problems=problems,
            writers=tuple(report.writer for report in reports),
            complete_to={report.writer: report.head.number for report in reports},
        )  # fmt: skip


def _result_of(project: Project, problems: tuple[str, ...]) -> ProjectResult:
    items = project.items()
    return ProjectResult(
        path=str(project.root), id=project.meta.id, name=project.meta.name, schema_version=project.meta.schema_version,
        assets=_assets_of(project, items), counts=dict(Counter(item.kind for item in items)), champion=project.champion,
        problems=problems,
    )  # fmt: skip


def _assets_of(project: Project, items: list[Item]) -> tuple[AssetInfo, ...]:
    recordings: dict[str, list[Item]] = {tag: [] for tag in project.meta.assets}
    for item in items:
        if item.kind == "recording":
            recordings.setdefault(item.asset, []).append(item)
    events: dict[str, int] = {}
    for item in items:
        if item.kind == "labels":
            events.setdefault(item.asset, _integer(item.details.get("n_events")))
    return tuple(_asset_of(tag, found, events.get(tag, 0), project) for tag, found in sorted(recordings.items()))


def _asset_of(tag: str, found: list[Item], n_events: int, project: Project) -> AssetInfo:
    firsts = sorted(str(item.details["first_utc"]) for item in found if item.details.get("first_utc"))
    lasts = sorted(str(item.details["last_utc"]) for item in found if item.details.get("last_utc"))
    sites = [str(item.details["site"]) for item in found if item.details.get("site")]
    site = project.meta.assets.get(tag, {}).get("site", "") or next(iter(sites), "")
    return AssetInfo(
        tag=tag, site=site, n_recordings=len(found), n_events=n_events, days=_days_of(found),
        first_utc=firsts[0] if firsts else None, last_utc=lasts[-1] if lasts else None,
    )  # fmt: skip


def _days_of(found: list[Item]) -> tuple[tuple[str, float], ...]:
    days: dict[str, float] = {}
    for item in found:
        for day, fraction in _pairs(item.details.get("days")):
            days[day] = min(1.0, days.get(day, 0.0) + fraction)
    return tuple(sorted(days.items()))


def _pairs(value: object) -> list[tuple[str, float]]:
    return [(str(day), float(fraction)) for day, fraction in value] if isinstance(value, (list, tuple)) else []


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


def _info_of(item: Item) -> ItemInfo:
    return ItemInfo(
        kind=item.kind, id=item.id, name=item.name, asset=item.asset, created_utc=item.created_utc, details=item.details
    )


def _entry_of(signed: SignedLine) -> JournalEntry:
    line, act = signed.line, signed.line.act
    return JournalEntry(
        number=line.number, at_utc=line.at_utc, act=act.act, on=act.on, what=act.what, who=line.who, writer=line.writer,
        hash=signed.hash, previous=line.previous, command=act.command, refs=act.refs, state=act.state,
    )  # fmt: skip


def _writers_of(entries: tuple[JournalEntry, ...]) -> tuple[str, ...]:
    return tuple(sorted({entry.writer for entry in entries}))
