"""Tables in which every tag has times of its own: time, value, time, value … as historians export compressed data.

Their rows mean nothing: each pair of columns is a series. They are turned into a long table (tag, time, value, quality), so
that no value is dated by its neighbour's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from workbench.logs.readers.gather import TableLayout
from workbench.logs.readers.table import ColumnEncoder, Header, Segment, TimeColumns
from workbench.logs.tables.cell_quality import split_quality_name
from workbench.logs.tables.cells import are_numbers
from workbench.logs.tables.sniff import is_time_name
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import DayOrder, parse_stamp, read_stamps

_MIN_DIFFERENT = 0.2
_NS_PER_MS = 1_000_000
_QUARTER_HOUR_MS = 900_000
_HEADERS = (Header(name="Tag"), Header(name="Time"), Header(name="Value"), Header(name="Quality"))


def find_tag_times(data: Sequence[Sequence[str]], names: Sequence[str] | None) -> list[tuple[int, int, int | None]]:
    """(time, value, quality or None) columns of each tag; [] for an ordinary table."""
    width = min(max((len(row) for row in data), default=0), 2000)
    stamps = [index for index in range(width) if _is_stamp_column([row[index] for row in data if index < len(row)])]
    if len(stamps) < 2 or stamps[0] > 1 or names is None:
        return []
    spans = [*pairwise([*stamps, width])]
    if not all(2 <= end - start <= 3 for start, end in spans) or not (_differ(data, stamps) or _names_tags(names, stamps)):
        return []
    groups: list[tuple[int, int, int | None]] = []
    beside = [names[start + 1] for start, _ in spans if start + 1 < len(names)]
    if any((split_quality_name(title.strip()) or (title, ""))[0] == "" for title in beside if title.strip()):
        return []  # the time of a source and that of a server, and how good the value is
    for start, end in spans:
        quality = start + 2 if end - start == 3 else None
        title = names[quality] if quality is not None and quality < len(names) else ""
        if quality is not None and title.strip() and split_quality_name(title.strip()) is None:
            return []
        groups.append((start, start + 1, quality if title.strip() else None))
    return groups


def _names_tags(names: Sequence[str], stamps: Sequence[int]) -> bool:
    """Whether tags stand above the times, and nothing above the values."""
    above = [names[index].strip() if index < len(names) else "" for index in stamps]
    beside = [names[index + 1].strip() if index + 1 < len(names) else "" for index in stamps]
    return all(above) and not any(beside) and not any(map(is_time_name, above))


def _is_stamp_column(cells: Sequence[str]) -> bool:
    written = [cell for cell in cells if cell.strip()]
    return (
        bool(written)
        and not are_numbers(written)
        and sum(parse_stamp(cell) is not None for cell in written) >= 0.7 * len(written)
    )


def _differ(data: Sequence[Sequence[str]], stamps: Sequence[int]) -> bool:
    """Whether the times of the columns are not merely one clock beside another."""
    order: DayOrder = "dmy"
    first = read_stamps([row[stamps[0]] if stamps[0] < len(row) else "" for row in data], order)
    for index in stamps[1:]:
        other = read_stamps([row[index] if index < len(row) else "" for row in data], order)
        both = first.is_good & other.is_good
        steps = (other.ns[both] - first.ns[both]) // _NS_PER_MS
        usual = int(sorted(steps.tolist())[len(steps) // 2]) if steps.size else 0
        is_other_clock = usual % _QUARTER_HOUR_MS == 0  # the same instants, of another zone
        if (first.is_good != other.is_good).any() or (steps.size and float((steps != usual).mean()) > _MIN_DIFFERENT):
            return True
        if steps.size and not is_other_clock:
            return True
    return False


def read_tag_times(
    rows: Iterable[list[str]], layout: TableLayout, groups: list[tuple[int, int, int | None]], name: str
) -> Segment:
    """The long table of all tags; a tag without name has that of the column above its times."""
    titles = layout.header.names or ()
    units = layout.header.units or ()
    tags = [_tag_of(titles, units, time, value) for time, value, _ in groups]
    headers = _HEADERS if any(quality is not None for _, _, quality in groups) else _HEADERS[:-1]
    encoders = [ColumnEncoder() for _ in headers]
    for number, row in enumerate(rows):
        if number < layout.first_row:
            continue
        for tag, (time, value, quality) in zip(tags, groups, strict=True):
            if value < len(row) and row[time].strip() and parse_stamp(row[time]) is not None:
                status = row[quality] if quality is not None and quality < len(row) else "Good"
                for encoder, text in zip(encoders, (tag, row[time], row[value], status), strict=False):
                    encoder.extend([text])
    time_columns = TimeColumns(kind="stamp", indexes=(1,), header=clean_text(titles[groups[0][0]]), notes=layout.header.notes)
    return Segment(
        source=name, layout="wide", headers=headers, columns=tuple(encoder.finish() for encoder in encoders), time=time_columns
    )  # fmt: skip


def _tag_of(titles: Sequence[str], units: Sequence[str], time: int, value: int) -> str:
    title = titles[value].strip() if value < len(titles) else ""
    title = title or (titles[time].strip() if time < len(titles) else "") or f"column {value + 1}"
    printed = [units[index].strip().strip("[]()") for index in (value, time) if index < len(units)]
    unit = next(filter(None, printed), "")
    return f"{title} [{unit}]" if unit and "[" not in title else title
