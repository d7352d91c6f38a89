"""Events to and from files of every kind that is known: our CSV, tables of others, and the formats of labelling programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.clock import parse_utc
from workbench.core.codec import read_bounded
from workbench.core.errors import InputError, LogFormatError
from workbench.logs.events.event import Event
from workbench.services.event_import import MAX_BYTES, EventsPreviewRequest, read_events_table, refuse_open
from workbench.services.pumps import channel_pumps, check_new_events, listed_pumps, logged_pumps, say_pumps

if TYPE_CHECKING:
    from workbench.logs.events.files import WindowsOfLog
    from workbench.logs.events.rows import Made
    from workbench.project.acts import Item
    from workbench.project.store import Project
    from workbench.services.labels import LabelsExportRequest, LabelsImportRequest

MOST_SAMPLES = 1_000_000


def read_any(project: Project, request: LabelsImportRequest) -> Made:
    """The events of a file of whatever kind; those of pumps that the project doesn't know are left out, and counted.

    Raises LogFormatError, QuestionOpen, InputError.
    """
    if request.asset:
        check_new_events(project, request.asset)
    return _of_pumps(project, _read(project, request))


def _of_pumps(project: Project, made: Made) -> Made:
    """Only events of pumps that are there, under the tags they have there; before the first log there is nothing to compare."""
    from workbench.logs.events.columns import find_asset
    from workbench.logs.events.rows import Made, no_pump

    known = listed_pumps(project)
    kept = Made(left_out=dict(made.left_out))
    for event in made.events:
        asset = event.asset if event.asset in known or not known else find_asset(event.asset, known)
        if asset is None:
            kept.leave_out(no_pump(event.asset))
        else:
            kept.events.append(event if asset == event.asset else msgspec.structs.replace(event, asset=asset))
    return kept


def say_left_out(left_out: Mapping[str, int]) -> str:
    """'3 rows: P-9 is no pump of this project'."""
    return "; ".join(f"{number} rows: {reason}" for reason, number in list(left_out.items())[:3])


def _read(project: Project, request: LabelsImportRequest) -> Made:
    from workbench.logs.events.files import is_own_csv, is_windows_json, parse_events_csv, parse_windows_json
    from workbench.logs.events.formats import find_format, parse_audacity, parse_label_studio, parse_trainset
    from workbench.logs.events.rows import Made

    path = Path(request.path)
    data = read_bounded(path, MAX_BYTES)
    template = Event(
        id="", asset=request.asset or "", name="event", start_utc="", end_utc="", state=request.state, source="file",
    )  # fmt: skip
    found = find_format(data)
    if found == "audacity":
        return Made(events=list(parse_audacity(data, path, template, _origin_ns(project, request))))
    if found == "label-studio":
        return Made(events=list(parse_label_studio(data, path, template)))
    if found == "trainset":
        return Made(events=list(parse_trainset(data, path, template)))
    if is_own_csv(data) and not request.map and request.table == "auto":
        return Made(events=list(parse_events_csv(data, path, asset=request.asset, state=request.state)))
    if is_windows_json(data):
        try:
            windows = parse_windows_json(data, path)
        except LogFormatError as error:
            return _table_or(error, project, request)
        return Made(events=list(_events_of_windows(project, windows, request)))
    return _from_table(project, request)


def find_known(request: EventsPreviewRequest) -> str:
    """What kind of file it is, where nothing is to be guessed: ours, or of a labelling program; '' for a table of others."""
    from workbench.logs.events.files import is_own_csv, is_windows_json, parse_windows_json
    from workbench.logs.events.formats import find_format

    path = Path(request.path)
    data = read_bounded(path, MAX_BYTES)
    found = find_format(data)
    if found is not None:
        return found
    if is_own_csv(data) and not request.map and request.table == "auto":
        return "csv"
    if is_windows_json(data):
        try:
            parse_windows_json(data, path)
        except LogFormatError:
            return ""
        return "nab"
    return ""


def export_bytes(project: Project, events: Sequence[Event], request: LabelsExportRequest) -> bytes:
    """The events in the format that was asked for. Raises InputError where it needs one pump, or has too many samples."""
    from workbench.logs.events.files import format_events_csv
    from workbench.logs.events.formats import format_audacity, format_label_studio, format_nab

    if request.format == "csv":
        return format_events_csv(events)
    if request.format == "nab":
        return format_nab(events, _LogOf(project))
    asset = _one_asset(events, request.asset, request.format)
    if request.format == "audacity":
        first_ns = _first_ns(project, asset)
        return format_audacity(events, first_ns if first_ns is not None else parse_utc(events[0].start_utc))
    return format_label_studio(asset, events) if request.format == "label-studio" else _trainset(project, asset, events)


def _table_or(error: LogFormatError, project: Project, request: LabelsImportRequest) -> Made:
    """A JSON object that is no windows may hold a list of work orders; if not, the first refusal says more."""
    try:
        return _from_table(project, request)
    except LogFormatError:
        raise error from None


def _from_table(project: Project, request: LabelsImportRequest) -> Made:
    asked = EventsPreviewRequest(
        path=request.path, project=request.project, asset=request.asset, state=request.state, table=request.table,
        map=request.map, zone=request.zone, answer=request.answer,
    )  # fmt: skip
    found = read_events_table(asked, listed_pumps(project), channel_pumps(project))
    refuse_open(found, Path(request.path).name)
    if not found.made.events:
        why = say_left_out(found.made.left_out)
        roles = ", ".join(f"{one.name}={one.role}" for one in found.columns if one.role != "ignore") or "none was recognised"
        raise InputError(
            f"{Path(request.path).name} gives no events ({why or 'it has no rows'}).",
            f"Columns are taken for: {roles}. Say otherwise with --map COLUMN=ROLE; see workbench labels preview.",
        )
    return found.made


def _origin_ns(project: Project, request: LabelsImportRequest) -> int:
    if request.origin:
        return parse_utc(request.origin)
    first_ns = _first_ns(project, request.asset) if request.asset else None
    if first_ns is None and request.asset:
        raise InputError(
            f"{Path(request.path).name} counts seconds from the start of a track, and the project has no log of {request.asset}.",
            f"Import its log first, or say when the track began with --origin. There are: {say_pumps(logged_pumps(project))}.",
        )
    if first_ns is None:
        raise InputError(
            f"{Path(request.path).name} counts seconds from the start of a track.",
            "Say whose with --asset (its log's first instant is taken), or when it began with --origin.",
        )
    return first_ns


def _first_ns(project: Project, asset: str | None) -> int | None:
    from workbench.services.recordings import find_time_ranges, open_project_recordings

    ranges = find_time_ranges(open_project_recordings(project, (asset,) if asset else (), group=None))
    return min((first for first, _ in ranges.values()), default=None)


def _one_asset(events: Sequence[Event], asset: str | None, name: str) -> str:
    found = sorted({event.asset for event in events})
    if len(found) != 1:
        raise InputError(f"A file of format {name} is one pump's; there are events of {len(found)}.", "Say which with --asset.")
    return asset or found[0]


def _trainset(project: Project, asset: str, events: Sequence[Event]) -> bytes:
    """Every sample of the trends: that is what the format is made of."""
    from workbench.logs.events.formats import format_trainset, trainset_header
    from workbench.logs.text.numbers import value_texts
    from workbench.services.recordings import open_project_recordings

    recordings = [one for _, one in open_project_recordings(project, (asset,))]
    n_samples = sum(one.rows * len(one.channels) for one in recordings)
    if not 0 < n_samples <= MOST_SAMPLES:
        raise InputError(
            f"{asset} has {n_samples} samples; a TRAINSET file holds each of them, at most {MOST_SAMPLES} here.",
            "Take another format, such as label-studio.",
        )
    lines = [trainset_header()]
    for recording in recordings:
        for channel in recording.channels:
            lines.extend(
                format_trainset(
                    channel.name, recording.times_ns.tolist(), value_texts(recording.values(channel.name), channel.dtype), events
                )
            )
    return "".join(lines).encode()


def _events_of_windows(
    project: Project, windows: Sequence[WindowsOfLog], request: LabelsImportRequest
) -> tuple[Event, ...]:  # fmt: skip
    """Windows belong to log files: to the asset whose recording came from that file, else to the one that was named."""
    from workbench.logs.events.labels import make_event

    of_file: dict[str, str] = {}
    for tag, file in _sources(project):
        of_file.setdefault(file, tag)
    is_only = len(windows) == 1
    events: list[Event] = []
    for log in windows:
        name = Path(log.log).name
        asset = of_file.get(name) or (request.asset if is_only or Path(name).stem == request.asset else None)
        if asset and request.asset in (None, asset):
            events.extend(
                make_event(Event(id="", asset=asset, name="anomaly", start_utc=a, end_utc=b, state=request.state, source="file"))
                for a, b in log.windows
            )
    if not events:
        raise InputError(
            f"{Path(request.path).name} has windows for {len(windows)} logs, none of which was imported into this project.",
            "Import the log first, or say whose events they are with --asset.",
        )
    return tuple(events)


class _LogOf:
    """The file of an event's log: the pump's trend in which it lies, else its last one; never a file of bursts beside a trend."""

    def __init__(self, project: Project) -> None:
        self._logs: dict[str, list[tuple[str, str, str]]] = {}
        items = sorted(project.items("recording"), key=_trends_first)
        for item in items:
            sources = item.details.get("sources")
            name = Path(str(sources[0])).name if isinstance(sources, list) and sources else item.name
            if item.details.get("group", "trend") == "trend" or item.asset not in self._logs:
                span = (str(item.details.get("first_utc") or ""), str(item.details.get("last_utc") or ""))
                self._logs.setdefault(item.asset, []).append((*span, name))

    def __call__(self, event: Event) -> str:
        logs = self._logs.get(event.asset, [])
        lies_in = (name for first, last, name in logs if first[:19] <= event.end_utc[:19] and event.start_utc[:19] <= last[:19])
        return next(lies_in, logs[-1][2] if logs else f"{event.asset}.csv")


def _trends_first(item: Item) -> tuple[bool, str]:
    return item.details.get("group", "trend") != "trend", str(item.details.get("first_utc") or "")


def _sources(project: Project) -> list[tuple[str, str]]:
    """(asset, file name) of all recordings, newest first."""
    found: list[tuple[str, str]] = []
    for item in project.items("recording"):
        sources = item.details.get("sources")
        found.extend((item.asset, Path(str(source)).name) for source in (sources if isinstance(sources, list) else []))
    return found
