"""Edits of single events, as the Label page makes them and as commands: change, split, merge, delete, and how a name looks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import NS_PER_S, format_utc, now_ns, parse_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.events.edits import merge_into_one, split_event
from workbench.logs.events.event import Action, Event, EventKind, EventState
from workbench.logs.events.looks import N_COLOURS, Look, Shape, format_looks, own_look, parse_looks
from workbench.services.common import ProjectFolder, open_project
from workbench.services.label_layers import find_event, newest_layer, store_edit
from workbench.services.labels import check_span, signed
from workbench.services.pumps import check_known

if TYPE_CHECKING:
    from workbench.project.store import Project

LOOKS_KEY = "label_looks"
Asset = Annotated[str, parameter("Equipment tag.")]
EventIds = Annotated[tuple[str, ...], parameter("Ids of events (or their first characters).", positional=True)]
EventId = Annotated[str, parameter("Id of the event (or its first characters).", positional=True)]


class LabelsEditRequest(Request, frozen=True, kw_only=True):
    """Store what an edit changed of one asset's events (what the window does after each edit)."""

    project: ProjectFolder
    asset: Asset
    changed: tuple[Event, ...] = ()
    removed: tuple[str, ...] = ()
    what: Annotated[str, parameter("What was done, in words, for the journal.")] = "Events changed"


class EditResult(Result, frozen=True, kw_only=True):
    """Events that were changed or added, ids of those that are gone, and how many there are now."""

    changed: tuple[Event, ...]
    removed: tuple[str, ...]
    n_events: int


def edit_labels(request: LabelsEditRequest, job: Job) -> EditResult:
    """Apply to the newest layer, whoever wrote it: an edit never takes back what another program added meanwhile."""
    edit: dict[str, Event | None] = {event.id: signed(event, {}) for event in request.changed}
    return _apply(request.project, request.asset, edit | dict.fromkeys(request.removed), request.what)


class LabelsChangeRequest(Request, frozen=True, kw_only=True):
    """Change fields of events; what is not given stays."""

    events: EventIds
    project: ProjectFolder
    asset: Asset
    name: Annotated[str | None, parameter("What happened.")] = None
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC.")] = None
    state: Annotated[EventState | None, parameter("Whether it really happened.")] = None
    kind: Annotated[EventKind | None, parameter("Failure, preventive replacement, maintenance, operation or alarm.")] = None
    mode: Annotated[str | None, parameter("Failure mode, code of ISO 14224 such as VIB.")] = None
    mechanism: Annotated[str | None, parameter("Failure mechanism, number of ISO 14224 such as 2.4.")] = None
    action: Annotated[Action | None, parameter("What was worked on; it ends a reference period.")] = None
    last_good: Annotated[str | None, parameter("Known to be well then, ISO 8601 UTC.")] = None
    found: Annotated[str | None, parameter("Found to be ill then, ISO 8601 UTC.")] = None
    note: Annotated[str | None, parameter("What speaks for it.")] = None


_FIELDS = {
    "name": "name", "start": "start_utc", "end": "end_utc", "state": "state", "kind": "kind", "mode": "mode",
    "mechanism": "mechanism", "action": "action", "last_good": "last_good_utc", "found": "found_utc", "note": "note",
}  # fmt: skip


def change_labels(request: LabelsChangeRequest, job: Job) -> EditResult:
    """All named events get the same values. Raises InputError for an unknown id or values that don't fit together."""
    given = {field: getattr(request, name) for name, field in _FIELDS.items() if getattr(request, name) is not None}
    if not given:
        raise InputError("Nothing is to be changed.", "Say what: --state real, --name cavitation …")
    with open_project(request.project) as project, project.exclusive():
        events = _find(project, request.asset, request.events)
        edit = {event.id: msgspec.structs.replace(event, **given) for event in events}
        if request.start is not None or request.end is not None:
            for event in edit.values():
                check_span(event.start_utc, event.end_utc)
        return _store(project, request.asset, edit, (f"Event {events[0].name} changed", _command("change", request)))


class LabelsSplitRequest(Request, frozen=True, kw_only=True):
    """Split an event in two at an instant."""

    event: EventId
    project: ProjectFolder
    asset: Asset
    at: Annotated[str, parameter("Where, ISO 8601 UTC.")]


def split_label(request: LabelsSplitRequest, job: Job) -> EditResult:
    """The first part keeps the id. Raises InputError where the instant does not lie inside."""
    with open_project(request.project) as project, project.exclusive():
        (event,) = _find(project, request.asset, (request.event,))
        edit = split_event(event, parse_utc(request.at), created_utc=format_utc(now_ns() // NS_PER_S * NS_PER_S))
        return _store(project, request.asset, edit, (f"Event {event.name} split", _command("split", request)))


class LabelsMergeRequest(Request, frozen=True, kw_only=True):
    """Make one event of several."""

    events: EventIds
    project: ProjectFolder
    asset: Asset


def merge_labels(request: LabelsMergeRequest, job: Job) -> EditResult:
    """From the earliest start to the latest end, under the earliest one's id and name."""
    with open_project(request.project) as project, project.exclusive():
        events = _find(project, request.asset, request.events)
        said = f"{len(events)} events merged into {events[0].name}"
        return _store(project, request.asset, merge_into_one(events), (said, _command("merge", request)))


class LabelsDeleteRequest(Request, frozen=True, kw_only=True):
    """Take events away; the former layer stays in the journal."""

    events: EventIds
    project: ProjectFolder
    asset: Asset


def delete_labels(request: LabelsDeleteRequest, job: Job) -> EditResult:
    """Raises InputError for an unknown id."""
    with open_project(request.project) as project, project.exclusive():
        events = _find(project, request.asset, request.events)
        edit: dict[str, Event | None] = dict.fromkeys((event.id for event in events), None)
        return _store(project, request.asset, edit, (f"Event {events[0].name} deleted", _command("delete", request)))


class LookRequest(Request, frozen=True, kw_only=True):
    """Say how events of a name look; without a colour or a shape only list."""

    project: ProjectFolder
    name: Annotated[str | None, parameter("Name of the events, such as cavitation.")] = None
    colour: Annotated[int | None, parameter("Colour of the curves.", ge=1, le=N_COLOURS)] = None
    shape: Annotated[Shape | None, parameter("Shape beside the name.")] = None


class LooksResult(Result, frozen=True, kw_only=True):
    """Looks that people gave, by name; other names have one from their letters."""

    looks: dict[str, Look]


def label_looks(request: LookRequest, job: Job) -> LooksResult:
    """Kept in the project and journalled. Raises InputError for a colour without a name."""
    with open_project(request.project) as project, project.exclusive():
        looks = parse_looks(project.value(LOOKS_KEY))
        if request.colour is None and request.shape is None:
            return LooksResult(looks=looks)
        if not request.name:
            raise InputError("A look belongs to a name.", "Say whose: --name cavitation")
        former = looks.get(request.name, own_look(request.name))
        look = Look(colour=request.colour or former.colour, shape=request.shape or former.shape)
        if looks.get(request.name) != look:
            from workbench.project.acts import Act

            looks = {**looks, request.name: look}
            what = f"Events {request.name} are shown as {look.shape} in colour {look.colour}"
            project.set_value(LOOKS_KEY, format_looks(looks), Act(act="label", what=what, command=_command("look", request)))
        return LooksResult(looks=looks)


def _apply(folder: str, asset: str, edit: Mapping[str, Event | None], what: str) -> EditResult:
    with open_project(folder) as project, project.exclusive():
        return _store(project, asset, edit, (what, ""))


def _store(project: Project, asset: str, edit: Mapping[str, Event | None], said: tuple[str, str]) -> EditResult:
    after = store_edit(project, asset, edit, *said)
    return EditResult(
        changed=tuple(event for event in after if edit.get(event.id) is not None),
        removed=tuple(name for name, event in edit.items() if event is None), n_events=len(after),
    )  # fmt: skip


def _find(project: Project, asset: str, wanted: tuple[str, ...]) -> tuple[Event, ...]:
    check_known(project, asset)
    layer = newest_layer(project, asset)
    return tuple(dict.fromkeys(find_event(layer, prefix, asset) for prefix in wanted))


def _command(word: str, request: Request) -> str:
    return shlex.join(to_arguments(("labels", word), request))
