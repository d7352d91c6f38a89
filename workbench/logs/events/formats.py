"""Events in the formats of labelling programs: Audacity label tracks, Label Studio time series, TRAINSET, windows of NAB.

What a format can't hold is lost, and its own documentation says which: Audacity knows no absolute time (seconds from the
first sample), NAB neither names nor states (real events only), TRAINSET one label a sample and no state. Must not import anything
but core and this domain.
"""

from __future__ import annotations

import csv
import io
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from workbench.core.clock import EPOCH, NS_PER_S, format_utc, parse_utc
from workbench.core.errors import InputError, LogFormatError
from workbench.logs.events.event import Event, EventState
from workbench.logs.events.labels import make_event
from workbench.logs.text.spreadsheet import plain_cell, text_of_cell

Format = Literal["csv", "audacity", "label-studio", "trainset", "nab"]
_AUDACITY = re.compile(r"(-?\d+(?:[.,]\d+)?)\t(-?\d+(?:[.,]\d+)?)(?:\t(.*))?$")
_LETTER = re.compile(r"[^\W\d_]")
_LOOKED_AT = 20
_SUFFIX = re.compile(r"(.*?) \[(real|not real|unsure)\]$")
_TRAINSET = ["series", "timestamp", "value", "label"]
_MILLIS_FROM = 1e11
"""Numbers of seconds this large would lie in the year 5138: they are milliseconds."""


def find_format(data: bytes) -> Format | None:
    """The labelling program a file comes from, by its content; None for others (and for plain CSV)."""
    head = data[:65536].removeprefix(b"\xef\xbb\xbf")
    if b'"timeserieslabels"' in data:
        return "label-studio"
    line = head.decode("utf-8", "replace").lstrip().split("\n", 1)[0].strip()
    names = [cell.strip().casefold() for cell in line.split(",")]
    if names[1:] == _TRAINSET[1:] and names[0] in (_TRAINSET[0], "filename"):
        return "trainset"
    return "audacity" if _is_label_track(head) else None


def _is_label_track(head: bytes) -> bool:
    """Start, end and text between tabs on each of the first lines; numbers alone may be any table."""
    lines = [line for line in head.decode("utf-8", "replace").splitlines()[:_LOOKED_AT] if line.strip() and line[:1] != "\\"]
    found = [_AUDACITY.match(line) for line in lines]
    texts = [match[3] or "" for match in found if match is not None]
    return (
        bool(texts) and len(texts) == len(lines) and any(map(_LETTER.search, texts)) and not any("\t" in text for text in texts)
    )


def format_audacity(events: Iterable[Event], origin_ns: int) -> bytes:
    """A label track: start and end in seconds after `origin_ns`, the name, and the state in brackets."""
    rows = []
    for event in events:
        start, end = ((parse_utc(text) - origin_ns) / NS_PER_S for text in (event.start_utc, event.end_utc))
        rows.append(f"{start:.6f}\t{end:.6f}\t{event.name} [{event.state.replace('_', ' ')}]\n")
    return "".join(rows).encode()


def parse_audacity(data: bytes, path: Path, template: Event, origin_ns: int) -> tuple[Event, ...]:
    """Events like `template` from a label track; lines of spectral selections (they begin with a backslash) are passed over.

    Raises LogFormatError with the line.
    """
    events = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("\\"):
            continue
        match = _AUDACITY.match(line)
        if match is None:
            raise LogFormatError(
                f"{path.name}, line {number} is no label: '{line[:60]}'.", "It should read start, end and name between tabs.",
                path=str(path), line=number,
            )  # fmt: skip
        instants = [origin_ns + round(float(text.replace(",", ".")) * NS_PER_S) for text in (match[1], match[2])]
        name, state = _name_and_state(match[3] or template.name, template.state)
        events.append(_made(template, name, state, (instants[0], instants[1])))
    return tuple(events)


def format_label_studio(asset: str, events: Iterable[Event]) -> bytes:
    """One task with one annotation whose regions are `timeserieslabels`; state and note stand in each region's meta text."""
    regions = [
        {
            "id": event.id[:10] or str(number), "type": "timeserieslabels", "from_name": "label", "to_name": "ts",
            "origin": "manual",
            "value": {
                "start": event.start_utc, "end": event.end_utc, "instant": event.start_utc == event.end_utc,
                "timeserieslabels": [event.name],
            },
            "meta": {"text": [f"state: {event.state}", *([event.note] if event.note else [])]},
        }
        for number, event in enumerate(events)
    ]  # fmt: skip
    task = {"data": {"asset": asset}, "annotations": [{"result": regions}]}
    return json.dumps([task], ensure_ascii=False, indent=2).encode()


def parse_label_studio(data: bytes, path: Path, template: Event) -> tuple[Event, ...]:
    """Regions of an export (JSON or JSON-MIN), wherever they stand; the pump is the task's `asset`, else the template's.

    Raises LogFormatError for other JSON, InputError where no pump is named.
    """
    try:
        tree = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise LogFormatError(f"{path.name} is no JSON: {error}.", "Export it again as JSON.", path=str(path)) from error
    found = []
    for task in tree if isinstance(tree, list) else [tree]:
        asset = _asset_of(task) or template.asset
        for region, meta in _regions(task, 0):
            labels = region.get("timeserieslabels")
            name = str(labels[0]) if isinstance(labels, list) and labels else template.name
            texts = meta.get("text")
            said = [str(text) for text in texts] if isinstance(texts, list) else []
            state = next((text.removeprefix("state: ") for text in said if text.startswith("state: ")), template.state)
            note = "; ".join(text for text in said if not text.startswith("state: "))
            span = (_instant(region.get("start"), path), _instant(region.get("end", region.get("start")), path))
            one = Event(id="", asset=asset, name=template.name, start_utc="", end_utc="", source=template.source, note=note)
            found.append(_made(one, name, _state(state), span))
    return tuple(found)


def format_nab(events: Iterable[Event], file_of: Callable[[Event], str]) -> bytes:
    """{"file.csv": [[start, end]]} of the real events; `file_of` names an event's log."""
    windows: dict[str, list[list[str]]] = {}
    for event in events:
        if event.state == "real":
            windows.setdefault(file_of(event), []).append([_plain(event.start_utc), _plain(event.end_utc)])
    return json.dumps(windows, ensure_ascii=False, indent=2, sort_keys=True).encode()


def format_trainset(series: str, times_ns: Sequence[int], values: Sequence[str], events: Sequence[Event]) -> Iterator[str]:
    """Lines (without the header) of one series: a label where a sample lies in a real event, the shortest one first.

    `values` are numbers as text; '' is no value.
    """
    real = [(parse_utc(one.start_utc), parse_utc(one.end_utc), one.name) for one in events if one.state == "real"]
    labels = [""] * len(times_ns)
    for start, end, name in sorted(real, key=_longest_first):
        for place in range(bisect_left(times_ns, start), bisect_right(times_ns, end)):
            labels[place] = name
    for at_ns, value, label in zip(times_ns, values, labels, strict=True):
        if not value or not isfinite(float(value)):
            continue  # the format knows no missing value
        cells = [plain_cell(series), _iso(at_ns), value, plain_cell(label)]
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow(cells)
        yield out.getvalue()


def _longest_first(span: tuple[int, int, str]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def trainset_header() -> str:
    """The first line."""
    return ",".join(_TRAINSET) + "\n"


def parse_trainset(data: bytes, path: Path, template: Event) -> tuple[Event, ...]:
    """Samples in a row with one label, in any series, become one event. Raises LogFormatError with the line."""
    spans: dict[str, list[tuple[int, int]]] = {}
    open_ones: dict[str, tuple[str, int, int]] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")), 2):
        series, label = row.get("series") or row.get("filename") or "", text_of_cell(row.get("label") or "")
        label = {"0": "", "1": template.name}.get(label, label)  # older files say no more than whether
        try:
            at_ns = parse_utc(row.get("timestamp") or "")
        except InputError as error:
            raise LogFormatError(
                f"{path.name}, line {number}: {error.message}", error.hint, path=str(path), line=number
            ) from error
        known = open_ones.get(series)
        if known is not None and known[0] != label:
            spans.setdefault(known[0], []).append(known[1:])
            del open_ones[series]
        if label:
            start = open_ones[series][1] if series in open_ones else at_ns
            open_ones[series] = (label, start, at_ns)
    for label, start, end in open_ones.values():
        spans.setdefault(label, []).append((start, end))
    return tuple(
        _made(template, label, template.state, span) for label, found in sorted(spans.items()) for span in _joined(found)
    )


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _made(template: Event, name: str, state: EventState, span_ns: tuple[int, int]) -> Event:
    if not template.asset:
        raise InputError("The file names no pump.", "Say which pump it is with --asset.")
    start, end = sorted(span_ns)
    return make_event(
        msgspec.structs.replace(
            template, id="", name=name, state=state, start_utc=format_utc(start), end_utc=format_utc(end)
        )
    )  # fmt: skip


def _name_and_state(text: str, default: EventState) -> tuple[str, EventState]:
    match = _SUFFIX.match(text.strip())
    return (match[1], _state(match[2])) if match else (text.strip(), default)


def _state(text: str) -> EventState:
    folded = text.strip().replace(" ", "_")
    return "real" if folded == "real" else "not_real" if folded == "not_real" else "unsure"


def _regions(node: object, depth: int) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """(value, meta) of all regions within a task."""
    if depth > 8:
        return
    if isinstance(node, dict):
        value, meta = node.get("value"), node.get("meta")
        if isinstance(value, dict) and "timeserieslabels" in value:
            yield value, meta if isinstance(meta, dict) else {}
        elif "timeserieslabels" in node and "start" in node:
            yield node, {}
        else:
            for child in node.values():
                yield from _regions(child, depth + 1)
    elif isinstance(node, list):
        for child in node:
            yield from _regions(child, depth + 1)


def _asset_of(task: object) -> str:
    data = task.get("data", task) if isinstance(task, dict) else {}
    found = next((data.get(key) for key in ("asset", "pump", "tag") if data.get(key)), "") if isinstance(data, dict) else ""
    return str(found)


def _instant(value: object, path: Path) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(value * (1_000_000 if abs(value) >= _MILLIS_FROM else NS_PER_S))
    try:
        return parse_utc(str(value))
    except InputError as error:
        raise LogFormatError(f"{path.name}: {error.message}", "Export it with absolute times.", path=str(path)) from error


def _plain(text_utc: str) -> str:
    return (EPOCH + timedelta(microseconds=parse_utc(text_utc) // 1000)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _iso(at_ns: int) -> str:
    return (EPOCH + timedelta(microseconds=at_ns // 1000)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
