"""Reads events from files (CSV, and the JSON of windows that the NAB corpus uses) and writes them as CSV.

The text is hostile: sizes are capped, control characters stripped, and a cell that a spreadsheet would run as a formula is
quoted on writing. Must not import anything but core and this domain.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from workbench.core.codec import Record
from workbench.core.errors import EncodingError, InputError, LogFormatError
from workbench.logs.events.event import Event, EventState
from workbench.logs.events.labels import Layer, make_event
from workbench.logs.events.rows import with_work
from workbench.logs.text.spreadsheet import plain_cell, text_of_cell

COLUMNS = (
    "asset", "name", "start_utc", "end_utc", "state", "author", "created_utc", "source", "note", "id",
    "kind", "last_good_utc", "found_utc", "reported_utc", "fixed_utc", "mode", "mechanism", "as_found", "as_left", "action",
    "order", "like", "distance",
)  # fmt: skip
_NAMES = {
    "asset": ("asset", "equipment", "equipment_tag", "tag", "pump"),
    "name": ("name", "event", "label", "what", "fault", "text"),
    "start_utc": ("start_utc", "start", "from", "begin", "earliest_utc"),
    "end_utc": ("end_utc", "end", "to", "until", "latest_utc"),
    "state": ("state", "status"),
    "author": ("author", "who"),
    "created_utc": ("created_utc",),
    "source": ("source",),
    "note": ("note", "comment", "remark"),
    "order": ("work_order", "order", "notification"),
    "reported": ("reported_utc", "reported"),
    "id": ("id",),
}
_ALSO = (
    "kind", "last_good_utc", "found_utc", "fixed_utc", "mode", "mechanism", "as_found", "as_left", "action", "like",
)  # fmt: skip
"""More columns, under their own names."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"[0-9a-f]{32}")
_STATES: dict[str, EventState] = {
    **dict.fromkeys(("real", "true", "yes", "1", "confirmed"), "real"),
    **dict.fromkeys(("not_real", "not real", "false", "no", "0", "rejected"), "not_real"),
    **dict.fromkeys(("unsure", "suggested"), "unsure"),
}


class WindowsOfLog(Record, frozen=True, kw_only=True):
    """Events that a JSON file of windows gives for one log file (`log`, as the file names it)."""

    log: str
    windows: tuple[tuple[str, str], ...]


def is_own_csv(data: bytes) -> bool:
    """Whether the first line names our columns, and the first row has a start as we write it."""
    lines = data[:65536].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()
    if not lines:
        return False
    delimiter = max(",;\t", key=lines[0].count)
    header = [cell.strip().casefold() for cell in next(csv.reader(lines[:1], delimiter=delimiter), [])]
    places = [next((header.index(one) for one in _NAMES[key] if one in header), None) for key in ("name", "start_utc", "end_utc")]
    if None in places:
        return False
    first = next(csv.reader(lines[1:2], delimiter=delimiter), [])
    start = places[1]
    cell = first[start].strip() if start is not None and start < len(first) else ""
    return not cell or _ISO.match(cell) is not None


def is_windows_json(data: bytes) -> bool:
    """Whether the file is JSON (and not CSV)."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def parse_windows_json(data: bytes, path: Path) -> tuple[WindowsOfLog, ...]:
    """{"log.csv": [["start", "end"], …]} → windows by log; raises LogFormatError saying where it differs."""
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=dict[str, list[tuple[str, str]]])
    except msgspec.MsgspecError as error:
        raise LogFormatError(
            f"{path.name} is no file of windows: {error}.", 'It should read {"log.csv": [["start", "end"]]}.', path=str(path)
        ) from error
    return tuple(WindowsOfLog(log=log, windows=tuple(windows)) for log, windows in found.items())


def parse_events_csv(data: bytes, path: Path, *, asset: str | None, state: EventState) -> Layer:
    """Rows of asset, name, start_utc, end_utc, state (more columns are taken or ignored) as events.

    `asset` and `state` stand in where a row says none. Raises LogFormatError with the line, EncodingError.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EncodingError(f"{path.name} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    events: list[Event] = []
    try:
        places = _places(next(rows, []), path)
        for row in rows:
            if any(cell.strip() for cell in row):
                cells = {key: text_of_cell(row[place]) for key, place in places.items() if place < len(row)}
                events.append(_event_of(cells, asset, state))
    except LogFormatError:
        raise
    except (InputError, csv.Error) as error:
        reason = error.message if isinstance(error, InputError) else str(error)
        raise LogFormatError(
            f"{path.name}, line {rows.line_num}: {reason}", "Correct that line.", path=str(path), line=rows.line_num
        ) from error
    return tuple(events)


def format_events_csv(events: Iterable[Event]) -> bytes:
    """UTF-8 CSV with one row an event; cells that a spreadsheet would run as formulas begin with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for event in events:
        values = (getattr(event, column) for column in COLUMNS)
        writer.writerow(["" if value is None else plain_cell(str(value)) for value in values])
    return out.getvalue().encode("utf-8")


def _places(header: list[str], path: Path) -> dict[str, int]:
    folded = [cell.strip().casefold() for cell in header]
    places: dict[str, int] = {}
    for key, names in _NAMES.items():
        place = next((folded.index(name) for name in names if name in folded), None)
        if place is not None:
            places[key] = place
    places.update((name, folded.index(name)) for name in (*_ALSO, "distance") if name in folded)
    missing = [key for key in ("name", "start_utc", "end_utc") if key not in places]
    if missing:
        raise LogFormatError(
            f"{path.name} has no column {missing[0]}.",
            f"The first line should name {', '.join(COLUMNS[:5])}.",
            path=str(path),
            line=1,
        )
    return places


def _event_of(cells: dict[str, str], asset: str | None, state: EventState) -> Event:
    word = cells.get("state", "").casefold()
    if word and word not in _STATES:
        raise InputError(f"'{word}' is no state.", "Use real, not_real or unsure.")
    tag = cells.get("asset") or asset
    if not tag:
        raise InputError("the row names no asset.", "Say which pump it is with --asset.")
    is_ours = "id" in cells and "created_utc" in cells
    order, reported = cells.get("order", ""), cells.get("reported", "")
    remarks = (cells.get("note", ""), "" if is_ours else order, f"reported {reported}" if reported and not is_ours else "")
    event = Event(
        id=cells["id"] if _ID.fullmatch(cells.get("id", "")) else "", asset=tag, name=cells["name"],
        start_utc=cells["start_utc"], end_utc=cells["end_utc"], state=_STATES[word] if word else state,
        author=cells.get("author", ""), created_utc=cells.get("created_utc", ""), note=", ".join(filter(None, remarks)),
        source=cells.get("source") or ("work order" if order else "file"), order=order,
    )  # fmt: skip
    more: dict[str, object] = {name: cells[name] for name in _ALSO if cells.get(name)}
    if is_ours and reported:
        more["reported_utc"] = reported
    if order and not is_ours and not {"kind", "action", "mode"} & more.keys():
        event = with_work(event)
    if cells.get("distance"):
        more["distance"] = _number(cells["distance"])
    try:
        return make_event(msgspec.convert(msgspec.structs.asdict(event) | more, Event))
    except msgspec.ValidationError as error:
        raise InputError(f"the row is no event: {error}.", "Correct that cell.") from error


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise InputError(f"'{cell}' is no distance.", "It is a number such as 0.12.") from error
