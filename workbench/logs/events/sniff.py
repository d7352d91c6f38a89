"""Whether a file holds events and no measurements: work orders, an alarm journal, labels. A log must never be taken for them.

Judged from the head of the file: what its columns are called and what their cells say. Must not import anything but core and this
domain.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from workbench.core.codec import read_bounded
from workbench.core.errors import InputError
from workbench.logs.events.alarm_journal import is_journal
from workbench.logs.events.alarm_words import codes_of
from workbench.logs.events.columns import DATE_ROLES, ColumnGuess, guess_columns
from workbench.logs.events.files import is_own_csv, is_windows_json, parse_windows_json
from workbench.logs.events.formats import find_format
from workbench.logs.events.tables import EventTable, read_event_table

_HEAD_BYTES = 64 * 1024
_MOST_BYTES = 8 * 1024 * 1024
"""Workbooks and JSON are read whole: larger ones are not looked into."""
_WHOLE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{", b"[")
_SURE = 0.85
_WORDS = frozenset(
    ("order", "description", "type", "mode", "mechanism", "action", "author", "name", "as_found", "as_left", "alarm")
)
"""Roles that a log has no column for."""
_LEAST_WORDS = 2
_ALARM = re.compile(r"ack|alm|alarm|rtn|kommt|geht|quit|kvitt|return|^(k|g|q|k?q?g|kgq)$", re.IGNORECASE)
"""On and off alone may be a pump's state."""
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?$")


def events_in(path: Path) -> Literal["labels", "orders", ""]:
    """What events a file holds: 'labels' where nothing is to be guessed, 'orders' where columns are; '' for none."""
    try:
        data = _head_of(path)
        if find_format(data) is not None or is_own_csv(data) or (is_windows_json(data) and _is_windows(data, path)):
            return "labels"
        return "orders" if data and _is_event_table(read_event_table(data, path)) else ""
    except InputError:
        return ""


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_WHOLE):
        return read_bounded(path, _MOST_BYTES)
    return head if len(head) < _HEAD_BYTES else head[: head.rfind(b"\n") + 1]


def _is_windows(data: bytes, path: Path) -> bool:
    try:
        return bool(parse_windows_json(data, path))
    except InputError:
        return False


def _is_event_table(table: EventTable) -> bool:
    columns = guess_columns(table)
    sure = {one.role for one in columns if one.confidence >= _SURE}
    if not any(one.role in DATE_ROLES for one in columns) or _share_of_numbers(table, columns) > 0.5:
        return False
    roles = [one.role for one in columns]
    if "alarm_state" in sure:
        place = roles.index("alarm_state")
        cells = table.column(place)
        says_alarm = codes_of(table.columns[place], cells) is not None or any(map(_ALARM.search, cells))
        if says_alarm and is_journal(roles, table.columns[place], cells):
            return True
    has_span = ({"start", "end"} <= sure or {"work_start", "fixed"} <= sure) and bool({"asset", "name", "alarm"} & sure)
    return has_span or (len(_WORDS & sure) >= _LEAST_WORDS and bool({"asset", "description"} & sure))


def _share_of_numbers(table: EventTable, columns: tuple[ColumnGuess, ...]) -> float:
    """How many of the filled columns are numbers with a point, or that nothing is known of: 0 to 1."""
    filled = [place for place in range(len(columns)) if any(table.column(place))]
    numbers = [
        place for place in filled
        if columns[place].role in {"ignore", "priority"} and all(map(_NUMBER.match, filter(None, table.column(place)[:200])))
    ]  # fmt: skip
    return len(numbers) / len(filled) if filled else 0.0
