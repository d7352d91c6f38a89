"""Events that a person (or a file) says happened: a layer over the raw log, with author and time."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from workbench.core.clock import NS_PER_S, format_utc, now_ns, parse_utc
from workbench.core.codec import check_out_file, write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.events.edits import difference
from workbench.logs.events.event import Event as Event  # pages take them from here
from workbench.logs.events.event import EventState as EventState
from workbench.logs.events.event import by_text
from workbench.services.common import NewProjectFolder, ProjectFolder, open_or_make_project, open_project
from workbench.services.event_import import EventFileRequest
from workbench.services.label_layers import newest_layer, store_edit, store_layer
from workbench.services.pumps import check_known, check_logged, check_new_events, listed_pumps, say_pumps

_NAB_TIMES = "The times in the file are in UTC: windows of NAB name no zone."
Format = Literal["csv", "audacity", "label-studio", "trainset", "nab"]

if TYPE_CHECKING:
    from workbench.logs.events import labels as layers
    from workbench.project.store import Project


class LabelsListRequest(Request, frozen=True, kw_only=True):
    """List the events of a project."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None


class LabelsResult(Result, frozen=True, kw_only=True):
    """Events in order of time; `layer` is the id of the stored version (per asset).

    `n_events` is how many there are by pump; `n_added` how many of them are new, `n_known` how many were there already (None
    where nothing was added).
    """

    events: tuple[Event, ...]
    layers: dict[str, str]
    n_events: dict[str, int] = msgspec.field(default_factory=dict)
    n_added: int | None = None
    n_known: int | None = None
    added_ids: tuple[str, ...] = ()
    """The event that `labels add` made."""
    left_out: dict[str, int] = msgspec.field(default_factory=dict)
    """Rows of a file that gave no event, by reason."""
    out: str | None = None
    notes: tuple[str, ...] = ()
    """What has to be known to read the file that was written."""


def list_labels(request: LabelsListRequest, job: Job) -> LabelsResult:
    """The newest layer of each asset."""
    with open_or_make_project(request.project) as project:
        return _result_of(project, _assets_of(project, request.asset))


class LabelsSaveRequest(Request, frozen=True, kw_only=True):
    """Store the whole set of events of one asset as a new layer (what the window does after each edit)."""

    project: NewProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    events: tuple[Event, ...]
    what: Annotated[str, parameter("What was done, in words, for the journal.")] = "Events changed"


def save_labels(request: LabelsSaveRequest, job: Job) -> LabelsResult:
    """Write a new layer object and a journal line; the former layer stays."""
    from workbench.logs.events.labels import check_layer

    with open_or_make_project(request.project) as project, project.exclusive():
        stored = {event.id: event for event in newest_layer(project, request.asset)}
        events = tuple(signed(event, stored) for event in request.events)
        store_layer(project, request.asset, check_layer(request.asset, events), request.what)
        return _result_of(project, [request.asset])


class LabelsAddRequest(Request, frozen=True, kw_only=True):
    """Add one event."""

    project: NewProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    name: Annotated[str, parameter("What happened, such as cavitation or bearing growth.")]
    start: Annotated[str, parameter("First instant, ISO 8601 UTC.")]
    end: Annotated[str, parameter("Last instant, ISO 8601 UTC.")]
    state: Annotated[EventState, parameter("Whether it really happened.")] = "real"


def add_label(request: LabelsAddRequest, job: Job) -> LabelsResult:
    """Append to the asset's newest layer, beside what it overlaps; the very same event is there already.

    Raises InputError for a pump that the project does not know, and an event that ends where it starts, or before.
    """
    from workbench.logs.events.labels import add_event

    check_span(request.start, request.end)

    event = Event(
        id="", asset=request.asset, name=request.name, start_utc=request.start, end_utc=request.end, state=request.state
    )
    with open_or_make_project(request.project) as project, project.exclusive():
        check_new_events(project, request.asset)
        before = newest_layer(project, request.asset)
        edit = difference(before, add_event(before, signed(event, {})))
        store_edit(project, request.asset, edit, f"Event {request.name} added", _command("add", request))
        result = msgspec.structs.replace(_result_of(project, [request.asset]), added_ids=tuple(edit))
        return _counted(result, n_found=1, n_added=len(edit))


class LabelsImportRequest(EventFileRequest, frozen=True, kw_only=True):
    """Read events from a file: our CSV (asset,name,start_utc,end_utc,state), work orders and alarm journals as CSV, Excel or
    JSON, and files of labelling programs (Audacity, Label Studio, TRAINSET, windows as NAB has them)."""

    project: NewProjectFolder
    origin: Annotated[str | None, parameter("First instant of a track that counts seconds; else the log's.")] = None


def import_labels(request: LabelsImportRequest, job: Job) -> LabelsResult:
    """Add the file's events to the layers of their assets; an event already there is not added twice."""
    path = Path(request.path)
    with open_or_make_project(request.project) as project:
        found, left_out = _read_file(project, request)
        n_added = 0
        for number, (asset, events) in enumerate(found.items()):
            job.progress(number / len(found), asset)
            n_added += _merge(project, asset, events, path.name, _command("import", request))
        result = msgspec.structs.replace(_result_of(project, sorted(found)), left_out=left_out)
        return _counted(result, n_found=sum(map(len, found.values())), n_added=n_added)


class LabelsExportRequest(Request, frozen=True, kw_only=True):
    """Write the events of a project as CSV, or as a file of a labelling program."""

    project: ProjectFolder
    out: Annotated[str, parameter("File to write.", path=True, file=True)]
    asset: Annotated[str | None, parameter("Only this pump.")] = None
    format: Annotated[Format, parameter("Kind of file; all but csv hold less. NAB's times are in UTC.")] = "csv"


def export_labels(request: LabelsExportRequest, job: Job) -> LabelsResult:
    """The newest layers; in CSV one row an event, formulas quoted. Raises InputError where the format can't hold them."""
    from workbench.services.label_exchange import export_bytes

    check_out_file(Path(request.out))
    with open_project(request.project) as project:
        result = _result_of(project, _assets_of(project, request.asset))
        data = export_bytes(project, result.events, request)
    write_atomic(Path(request.out), data)
    notes = (_NAB_TIMES,) if request.format == "nab" else ()
    return msgspec.structs.replace(result, out=request.out, notes=notes)


class LabelsFromColumnRequest(Request, frozen=True, kw_only=True):
    """Turn a label-like column of a pump's recordings (kept aside at import) into events."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    column: Annotated[str, parameter("Name of the column, such as anomaly.")]
    name: Annotated[str | None, parameter("What the events are called; else as the column.")] = None
    state: Annotated[EventState, parameter("Whether they really happened.")] = "real"


def import_label_column(request: LabelsFromColumnRequest, job: Job) -> LabelsResult:
    """Each stretch in which the column is not zero becomes an event; one already there is not added twice."""
    from workbench.logs.events.labels import events_of_column
    from workbench.services.recordings import open_project_recordings

    template = Event(
        id="", asset=request.asset, name=request.name or request.column, start_utc="", end_utc="", state=request.state,
        source="label column",
    )  # fmt: skip
    with open_project(request.project) as project:
        check_logged(project, request.asset)
        found: layers.Layer = ()
        recordings = open_project_recordings(project, (request.asset,))
        columns = [(recording, recording.labels.get(request.column)) for _, recording in recordings]
        for number, (recording, values) in enumerate(columns):
            job.progress(number / len(columns), recording.summary.source)
            if values is not None:
                found += events_of_column(recording.times_ns, values, signed(template, {}))
        if all(values is None for _, values in columns):
            known = sorted({name for recording, _ in columns for name in recording.labels})
            raise InputError(
                f"No recording of {request.asset} has a label column '{request.column}'.",
                f"There are: {', '.join(known) or 'none'}.",
            )
        n_added = _merge(project, request.asset, found, f"column {request.column}")
        return _counted(_result_of(project, [request.asset]), n_found=len(found), n_added=n_added)


def check_span(start_utc: str, end_utc: str) -> None:
    """Raises InputError where a person gives an event no length: an end that was forgotten looks like this."""
    if parse_utc(end_utc) == parse_utc(start_utc):
        raise InputError(f"The event ends where it starts ({start_utc}).", "Give a later --end.")


def signed(event: Event, stored: dict[str, Event]) -> Event:
    """A new event gets its author and the instant it was made at; one that was there keeps both, a suggestion has none."""
    if event.author or event.id in stored or (event.source == "similar" and event.state == "unsure"):
        return event
    from workbench.core.paths import user_home
    from workbench.core.settings import load_settings, operator_name

    author = operator_name(load_settings(user_home()))
    created_utc = event.created_utc or format_utc(now_ns() // NS_PER_S * NS_PER_S)
    return msgspec.structs.replace(event, author=author, created_utc=created_utc)


def _assets_of(project: Project, asset: str | None) -> list[str]:
    if asset:
        check_known(project, asset)
    return [asset] if asset else sorted({item.asset for item in project.items("labels")})


def _command(word: str, request: Request) -> str:
    return shlex.join(to_arguments(("labels", word), request))


def _merge(project: Project, asset: str, events: layers.Layer, source: str, command: str = "") -> int:
    """How many of the events are new."""
    from workbench.logs.events.labels import merge_events

    with project.exclusive():
        layer = newest_layer(project, asset)
        merged = merge_events(layer, events)
        store_edit(project, asset, difference(layer, merged), f"{len(merged) - len(layer)} events from {source}", command)
    return len(merged) - len(layer)


def _read_file(project: Project, request: LabelsImportRequest) -> tuple[dict[str, layers.Layer], dict[str, int]]:
    """Events by asset, and what was left out; authors and instants are filled in where the file gives none."""
    from workbench.services.label_exchange import read_any, say_left_out

    made = read_any(project, request)
    if not made.events and made.left_out:
        raise InputError(
            f"{Path(request.path).name} gives no events ({say_left_out(made.left_out)}).",
            f"There are: {say_pumps(listed_pumps(project))}.",
        )
    if not made.events:
        raise InputError(
            f"{Path(request.path).name} holds no events.", "It should have a line for each, below the line of names."
        )
    found: dict[str, layers.Layer] = {}
    for event in made.events:
        found[event.asset] = (*found.get(event.asset, ()), signed(event, {}))
    return found, made.left_out


def _result_of(project: Project, assets: list[str]) -> LabelsResult:
    layers_of = {asset: items[0].id for asset in assets if (items := project.items("labels", asset))}
    by_asset = {asset: newest_layer(project, asset) for asset in layers_of}
    events = [event for layer in by_asset.values() for event in layer]
    n_events = {asset: len(layer) for asset, layer in by_asset.items()}
    return LabelsResult(events=tuple(sorted(events, key=by_text)), layers=layers_of, n_events=n_events)


def _counted(result: LabelsResult, *, n_found: int, n_added: int) -> LabelsResult:
    return msgspec.structs.replace(result, n_added=n_added, n_known=n_found - n_added)
