"""Undo and redo of what people lay over logs: events, corrections and operating states, one history in the order of the journal.

Nothing is ever taken out of the journal: to undo is to say once more what was said before. So it works after a restart too, and
a second person sees it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import ProjectFolder, open_project

if TYPE_CHECKING:
    from workbench.project.store import Project

LayerKind = Literal["labels", "corrections", "regimes"]
_KINDS = ("labels", "corrections", "regimes")
Way = Literal["undo", "redo"]
_UNDO: Way = "undo"
_REDO: Way = "redo"
_MOST_LINES = 20_000
AssetTag = Annotated[str, parameter("Only what was done to this pump.")]
Kind = Annotated[LayerKind | None, parameter("Only events (labels), corrections or regimes.")]
LayerId = Annotated[str, parameter("Only the edit that gave this version of a layer (its id, as --json says it).")]


class UndoRequest(Request, frozen=True, kw_only=True):
    """Take back the last edit of events, corrections or operating states."""

    project: ProjectFolder
    asset: AssetTag = ""
    kind: Kind = None
    layer: LayerId = ""


class RedoRequest(Request, frozen=True, kw_only=True):
    """Do again what was taken back last."""

    project: ProjectFolder
    asset: AssetTag = ""
    kind: Kind = None
    layer: LayerId = ""


class StepResult(Result, frozen=True, kw_only=True):
    """What was taken back or done again; how many more steps there are each way."""

    what: str
    asset: str
    kind: LayerKind
    n_undo: int
    n_redo: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One edit: the layers before ('' for none) and after it, and the hash of its line in the journal."""

    kind: LayerKind
    asset: str
    before: str
    after: str
    what: str
    line: str


def undo_edit(request: UndoRequest, job: Job) -> StepResult:
    """Raises InputError where nothing is left to undo, or a later edit of somebody else lies over it."""
    return _go(request, _UNDO)


def redo_edit(request: RedoRequest, job: Job) -> StepResult:
    """Raises InputError where nothing was undone since the last edit."""
    return _go(request, _REDO)


def _go(request: UndoRequest | RedoRequest, word: Way) -> StepResult:

    with open_project(request.project) as project, project.exclusive():
        stacks, now = _history(project)
        own = {way: [step for step in steps if _is_meant(step, request)] for way, steps in stacks.items()}
        if not own[word]:
            whose = f" of {request.asset}" if request.asset else ""
            raise InputError(
                f"There is no edit{whose} to {word}.",
                "Edits of events, corrections and operating states can be undone, and redone until the next edit.",
            )
        step = own[word][-1]
        if request.layer and step.after != request.layer:
            raise InputError(
                f"{step.asset} was changed by somebody else since: {step.what}.", f"To {word} that, leave --layer out."
            )
        source, target = (step.after, step.before) if word == _UNDO else (step.before, step.after)
        if now.get((step.kind, step.asset), "") != source:
            raise InputError(f"{step.what}: {step.asset} was changed in another way since.", "Undo that first.")
        what = f"{'Undone' if word == _UNDO else 'Done again'}: {step.what}"
        _restore(project, step, target, (word, what, shlex.join(to_arguments(("project", word), request))))
        ways = {_UNDO: (-1, 1), _REDO: (1, -1)}[word]
        return StepResult(
            what=what, asset=step.asset, kind=step.kind, n_undo=len(own[_UNDO]) + ways[0], n_redo=len(own[_REDO]) + ways[1]
        )


def _is_meant(step: _Step, request: UndoRequest | RedoRequest) -> bool:
    return request.asset in ("", step.asset) and request.kind in (None, step.kind)


def _history(project: Project) -> tuple[dict[str, list[_Step]], dict[tuple[str, str], str]]:
    """Steps that can be undone and redone, the last one last, and the layer that each pump has of each kind now."""
    done: list[_Step] = []
    undone: list[_Step] = []
    now: dict[tuple[str, str], str] = {}
    is_whole = project.n_lines() <= _MOST_LINES
    for signed in reversed(project.lines(_MOST_LINES)):
        act = signed.line.act
        if act.item is None or act.item.kind not in _KINDS:
            continue
        kind: LayerKind = act.item.kind  # type: ignore[assignment]  # one of the three
        key = (kind, act.item.asset)
        if act.act in (_UNDO, _REDO):
            source, target = (done, undone) if act.act == _UNDO else (undone, done)
            moved = next((step for step in reversed(source) if step.line == act.state), None)
            if moved is not None:
                source.remove(moved)
                target.append(moved)
            now[key] = act.item.id if moved is None else moved.before if act.act == _UNDO else moved.after
        else:
            # Before the first one of a long journal there may be others: what was before it is not known.
            before = now.get(key, "" if is_whole else None)
            if before not in (None, act.item.id):
                step = _Step(kind=kind, asset=key[1], before=before, after=act.item.id, what=act.what, line=signed.hash)
                done.append(step)
                undone = [one for one in undone if (one.kind, one.asset) != key]
            now[key] = act.item.id
    return {_UNDO: done, _REDO: undone}, now


def _restore(project: Project, step: _Step, layer_id: str, said: tuple[str, str, str]) -> None:
    """Record a stored layer as the newest one, or an empty one where there was none."""
    import msgspec

    from workbench.project.acts import Act, Item

    word, what, command = said
    if layer_id:
        item = msgspec.structs.replace(project.item(step.kind, layer_id), created_utc="")
    else:
        empty = project.objects.put_bytes(step.kind, _EMPTY[step.kind](step.asset))
        item = Item(kind=step.kind, id=empty, name="nothing", asset=step.asset)
    project.record(Act(act=word, on=step.asset, what=what, item=item, refs=(item.id,), command=command, state=step.line))


def _no_events(asset: str) -> bytes:
    from workbench.logs.events.labels import encode_layer

    return encode_layer(asset, ())


def _no_corrections(asset: str) -> bytes:
    from workbench.logs.corrections.layer import encode_layer

    return encode_layer(asset, ())


def _no_edits(asset: str) -> bytes:
    from workbench.logs.regimes.edits import encode_layer

    return encode_layer(asset, ())


_EMPTY: dict[str, Callable[[str], bytes]] = {"labels": _no_events, "corrections": _no_corrections, "regimes": _no_edits}
