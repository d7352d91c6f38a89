"""From the first lines of a stream to how it is read: layout, separator, decimal mark, names, units, the device's time.

The importer's own guesses are used, so that a line means the same live as in a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

import numpy as np

from workbench.logs.live.plan import ColumnPlan, Role, TextPlan, TimePlan
from workbench.logs.readers.table import TimeColumns
from workbench.logs.tables.cells import Cells, weigh_marks
from workbench.logs.tables.columns import read_cells
from workbench.logs.tables.header_rows import find_header, is_unit_row
from workbench.logs.tables.sniff import cell_kind, find_delimiter, find_time, split_line
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import DayOrder, parse_stamp, possible_orders, read_stamps
from workbench.logs.units import find_quantity, find_unit, split_unit

MIN_SHARE = 0.6
MIN_RISING = 0.8
MIN_STEPS = 4
EVEN_SHARE = 0.2
_CHECKSUM = re.compile(r"\$?(?P<body>.*)\*(?P<sum>[0-9A-Fa-f]{2})")
_NAME = re.compile(r"[^\W\d][\w .\-/%°³²()\[\]#+*]*")
_EPOCH_SCALES = {"unix_s": 10**9, "unix_ms": 10**6, "unix_us": 10**3, "unix_ns": 1}
_TICK_SCALES = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "micros": 10**3,
    "ms": 10**6,
    "millis": 10**6,
    "s": 10**9,
    "sec": 10**9,
    "min": 60 * 10**9,
}
_TICK_NAME = re.compile(
    r"(t|ts|time|millis|micros|uptime|elapsed|ticks?)\s*[\[(_ ]?\s*(ns|us|µs|ms|sec|s|min)?\s*[\])]?", re.IGNORECASE
)
_TICK_UNIT = re.compile(r"[\[(_ ]\s*(ns|us|µs|ms|sec|s|min)\s*[\])]?$|(millis|micros)", re.IGNORECASE)


def split_checksum(text: str) -> str | None:
    """A line without its *hh, None where that is missing or wrong (NMEA 0183: XOR of what stands between $ and *)."""
    match = _CHECKSUM.fullmatch(text.strip())
    if match is None:
        return None
    found = reduce(lambda left, right: left ^ right, match["body"].encode("utf-8"), 0)
    return match["body"] if found == int(match["sum"], 16) else None


def is_header(cells: Sequence[str]) -> bool:
    """Whether values are names: all of them words, no number, no time, no word for a bad value."""
    written = [cell for cell in cells if cell.strip()]
    if not written or len(written) < 0.8 * len(cells) or is_unit_row(cells, ()):
        return False
    kinds = [cell_kind(cell) for cell in written]
    return all(_NAME.fullmatch(cell.strip().strip('"#')) for cell in written) and kinds.count("x") >= 0.5 * len(kinds) and (
        "n" not in kinds and not any(parse_stamp(cell) for cell in written)
    )  # fmt: skip


def header_columns(cells: Sequence[str], units: Sequence[str | None] = ()) -> tuple[ColumnPlan, ...]:
    """Columns from a header line; doubled names get a number."""
    found: list[ColumnPlan] = []
    taken: set[str] = set()
    for index, cell in enumerate(cells):
        name, unit = split_unit(clean_text(cell.strip().strip('"#')))
        name = free_name(name or f"value {index + 1}", taken)
        below = find_unit(units[index]) if index < len(units) else None
        found.append(ColumnPlan(name=name, unit=unit or below, quantity=find_quantity(unit or below, name)))
    return tuple(found)


def free_name(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; it is taken then."""
    free = next(one for one in (name, *(f"{name} {k}" for k in range(2, 10_000))) if one not in taken)
    taken.add(free)
    return free


def guess_text(lines: Sequence[str], now_ns: int) -> TextPlan | None:
    """How these lines are read; None when they are no table and no names with values.

    Parameters
    ----------
    lines : sequence of str
        Whole lines, oldest first; a few that are damaged do no harm.
    now_ns : int
        The present: a date that could be read two ways is the one that is near.
    """
    has_checksum = bool(lines) and sum(split_checksum(line) is not None for line in lines) >= 0.7 * len(lines)
    bodies = [body for line in lines if (body := split_checksum(line) if has_checksum else line)]
    from workbench.logs.live.key_values import read_pairs

    pairs = [found for line in bodies if (found := read_pairs(line))]
    if bodies and len(pairs) >= MIN_SHARE * len(bodies) and not _is_table(bodies):
        return _guess_pairs(pairs, now_ns, has_checksum=has_checksum)
    return _guess_table(bodies, now_ns, has_checksum=has_checksum)


def _is_table(lines: Sequence[str]) -> bool:
    """Lines of numbers may hold clock times, whose colons look like names with values."""
    return not any("=" in line or line.lstrip().startswith("{") for line in lines) and all(
        not re.search(r"[^\W\d]\s*:", line) for line in lines
    )


def _guess_table(lines: Sequence[str], now_ns: int, *, has_checksum: bool) -> TextPlan | None:
    delimiter = find_delimiter(lines).delimiter or ","
    rows = [[cell.strip() for cell in split_line(line, delimiter)] for line in lines]
    numeric = [row for row in rows if _n_read(row) >= 0.5 * len(row) and not is_header(row)]
    if not numeric or len(numeric) < 0.5 * len([row for row in rows if not is_header(row)]):
        return None
    widths = [len(row) for row in numeric]
    width = max(set(widths), key=widths.count)
    data = [row for row in numeric if len(row) == width]
    first = next(k for k, row in enumerate(rows) if row is data[0])
    above = next((row for row in rows if is_header(row) and len(row) == width), None)
    units = find_header(rows[:first], data, ()).units if above is not None and first > 1 else None
    columns = header_columns(above or [f"value {k + 1}" for k in range(width)], units or ())
    found = find_time(data, above)
    if above is not None and found.kind in ("none", "relative"):
        found = _find_ticks(data, above)
    decimal = "." if delimiter == "," else (weigh_marks(cell for row in data for cell in row).decided or ".")
    cells = [[row[k] for row in data] for k in range(width)]
    settled = tuple(
        _settle(column, cells[k], decimal, "time" if k in found.indexes else None) for k, column in enumerate(columns)
    )
    return TextPlan(
        layout="csv", delimiter=delimiter, decimal=decimal, columns=settled, time=_time_plan(found, data, now_ns),
        has_header=above is not None, has_checksum=has_checksum,
    )  # fmt: skip


def _find_ticks(data: Sequence[Sequence[str]], names: Sequence[str]) -> TimeColumns:
    """A count since the device started, by its name (`t_ms`, `millis`, `uptime [s]`), where it rises."""
    for index, name in enumerate(names):
        if _TICK_NAME.fullmatch(name.strip()) is None:
            continue
        steps = np.diff(read_cells(Cells.of([row[index] for row in data]), ".").values)
        # a bare T is a temperature as often as a time: only a clock ticks evenly
        is_even = len(steps) >= MIN_STEPS and float(np.ptp(steps)) <= EVEN_SHARE * float(np.abs(steps).mean())
        is_bare = name.strip().lower() == "t"
        if len(steps) and float((steps > 0).mean()) > MIN_RISING and (is_even or not is_bare):
            return TimeColumns(kind="relative", indexes=(index,), header=name)
    return TimeColumns(kind="none")


def _n_read(row: Sequence[str]) -> int:
    """Values that are numbers, times, or known words for a bad one; a field of text (a message's name) is none."""
    return sum(cell_kind(cell) in "tne" for cell in row if cell)


def _settle(column: ColumnPlan, cells: Sequence[str], decimal: str, role: Role | None) -> ColumnPlan:
    """Unit and role of a column from what stands in it."""
    read = read_cells(Cells.of(cells), "," if decimal == "," else ".")
    unit = column.unit or (read.unit_names[0] if read.unit_names else None)
    is_text = not read.is_state and read.n_text > read.n_number
    return ColumnPlan(
        name=column.name, unit=unit, quantity=find_quantity(unit, column.name), is_state=read.is_state,
        role=role or ("text" if is_text else "channel"),
    )  # fmt: skip


def _guess_pairs(pairs: Sequence[dict[str, str]], now_ns: int, *, has_checksum: bool) -> TextPlan:
    names = list(dict.fromkeys(name for found in pairs for name in found))
    texts = {name: [found[name] for found in pairs if name in found] for name in names}
    decimal = weigh_marks(text for cells in texts.values() for text in cells).decided or "."
    plan_time, columns = TimePlan(), []
    for name in names:
        found = find_time([[text] for text in texts[name]], [name])
        plain, unit = split_unit(name)
        role: Role | None = None
        if found.kind == "relative":
            found = _find_ticks([[text] for text in texts[name]], [name])
        if found.kind in ("stamp", "epoch", "relative") and plan_time.kind == "none":
            rows = [[text] for text in texts[name]]
            plan_time = _time_plan(found, rows, now_ns, name=plain)
            role = "time" if plan_time.kind != "none" else None
        columns.append(_settle(ColumnPlan(name=plain, unit=unit), texts[name], decimal, role))
    return TextPlan(
        layout="keyvalue", decimal=decimal, columns=tuple(columns), time=plan_time, has_header=True, has_checksum=has_checksum
    )


def _time_plan(found: TimeColumns, data: Sequence[Sequence[str]], now_ns: int, *, name: str = "") -> TimePlan:
    if found.kind in ("stamp", "date+clock"):
        texts = [" ".join(row[k] for k in found.indexes if k < len(row)) for row in data]
        stamps = [stamp for stamp in map(parse_stamp, texts) if stamp is not None]
        if not stamps:
            return TimePlan()
        order = _nearest_order(texts, possible_orders(stamps), now_ns)
        has_zone = all(stamp.offset_ns is not None for stamp in stamps)
        return TimePlan(kind="stamp", indexes=found.indexes, name=name, day_order=order, has_zone=has_zone)
    if found.kind == "epoch" and found.epoch in _EPOCH_SCALES:
        return TimePlan(kind="epoch", indexes=found.indexes, name=name, scale_ns=_EPOCH_SCALES[found.epoch], has_zone=True)
    if found.kind == "relative" and found.epoch != "clock":
        return TimePlan(kind="ticks", indexes=found.indexes, name=name, scale_ns=_tick_scale(found.header))
    return TimePlan()


def _tick_scale(header: str) -> int:
    match = _TICK_UNIT.search(header)
    return _TICK_SCALES[(match[1] or match[2]).lower()] if match else 10**9


def _nearest_order(texts: Sequence[str], orders: Sequence[DayOrder], now_ns: int) -> DayOrder:
    def distance(order: DayOrder) -> int:
        read = read_stamps(texts[-1:], order)
        return abs(int(read.ns[0]) - now_ns) if read.is_good[0] else 2**63

    return min(orders or ("dmy",), key=distance)
