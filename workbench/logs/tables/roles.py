"""What each column of a table is: channel, label, index, quality, unit, remark, or the tag and value of a long table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.logs.events.date_names import date_role
from workbench.logs.readers.table import Header, NumberCells
from workbench.logs.summary import LeftOut
from workbench.logs.tables.bad_words import is_bad_word
from workbench.logs.tables.cell_quality import (
    QualityColumn,
    find_quality_columns,
    has_quality_content,
    is_quality_of_rows,
    split_quality_name,
)
from workbench.logs.tables.cells import Cells, are_numbers, read_cell, state_of
from workbench.logs.tables.columns import ReadFacts
from workbench.logs.tables.label_like import NAMED_WHY, is_label_name
from workbench.logs.tables.sniff import cell_kind, fold_name, is_tag_name, is_time_name, may_be_name
from workbench.logs.tables.words import (
    ANNOTATION_NAMES,
    ASSET_NAMES,
    CLOCK_FLAG_NAMES,
    INDEX_NAMES,
    PLACE_NAMES,
    QUANTITY_NAMES,
    SEVERITY_NAMES,
    UNIT_NAMES,
    VALUE_NAMES,
    WEAK_VALUE_NAMES,
)
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import parse_clock, parse_stamp, unix_ns
from workbench.logs.units import find_unit, is_no_unit

_UNNAMED = re.compile(r"(unnamed: ?\d+(?:\.\d+)*|column \d+|)", re.IGNORECASE)
_TAG_LIKE = re.compile(r"\d|\w[._:/\\|$-]\w")
_START = re.compile(r"start|begin|from|von|fra\b|debut|début", re.IGNORECASE)
_END = re.compile(r"end|until|to\b|bis\b|till?\b|stop|fin\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_TAG_NUMBER = "numericid"
"""What Kepware puts beside each tag's value where tags stand side by side."""
_IDENTITY = re.compile(r"0\d{4,}")
"""A number of a site or a device in every row: 01234567."""
_SAMPLE = 200
_MAX_BAD_STATES = 20
_MAX_TAGS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Indexes into a wide table's columns by role, and what is left out with the reason."""

    channels: tuple[int, ...]
    labels: tuple[int, ...]
    quality: tuple[QualityColumn, ...]
    units: tuple[tuple[int, int], ...]
    """(unit column, the column it is the unit of)."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRoles:
    """Columns of a long table: one row a tag and instant."""

    tag: int
    value: int
    unit: int | None
    quality: tuple[int, ...]
    asset: int | None
    """The column that may name the machine of each row (`long_assets` decides)."""
    left_out: tuple[LeftOut, ...]


def assign_roles(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], reads: Sequence[ReadFacts]) -> Roles:
    """Roles of a wide table's columns."""
    names = [header.name for header in headers]
    texts = [column if isinstance(column, Cells) else None for column in columns]
    quality = find_quality_columns(names, texts)
    taken = {item.index for item in quality}
    channels: list[int] = []
    labels: list[int] = []
    units: list[tuple[int, int]] = []
    left: list[LeftOut] = [LeftOut(channel=names[item.index], why="quality") for item in quality]
    for index, (header, column, read) in enumerate(zip(headers, columns, reads, strict=True)):
        if index in taken:
            continue
        why = _why_not(index, header, column, read)
        if why == "unit" and channels:
            units.append((index, channels[-1]))
        if why == NAMED_WHY:
            labels.append(index)
        if why is None:
            channels.append(index)
        elif why:
            left.append(_left_out(index, header, column, why))
    return Roles(channels=tuple(channels), labels=tuple(labels), quality=tuple(quality), units=tuple(units), left_out=tuple(left))


def _left_out(index: int, header: Header, column: Cells | NumberCells, why: str) -> LeftOut:
    name = header.name or f"column {index + 1}"
    machine = _one_machine(header, column)
    return LeftOut(channel=name, why="equipment", machine=machine) if machine else LeftOut(channel=name, why=why)


def _one_machine(header: Header, column: Cells | NumberCells) -> str:
    """What a column of machines says in every row; '' of another column, and where it names several or none."""
    if fold_name(header.name) not in ASSET_NAMES or not isinstance(column, Cells):
        return ""
    said = {clean_text(text).strip() for text in column.used(2)}
    name = said.pop() if len(said) == 1 else ""
    return name if any(map(str.isalpha, name)) and state_of(name) is None else ""


def _why_not(index: int, header: Header, column: Cells | NumberCells, read: ReadFacts) -> str | None:
    """Why a column is no channel; '' for a column without name and content; None for a channel."""
    folded = fold_name(header.name)
    n_said = read.n_number + read.n_text + read.n_known_bad
    if _UNNAMED.fullmatch(header.name) and n_said == 0:
        return ""
    if is_label_name(header.name, header.unit, read.n_distinct()):
        return NAMED_WHY
    # a frame that was saved twice has its old index beside the new one: 'Unnamed: 0.1'
    is_index = folded in INDEX_NAMES or (_UNNAMED.fullmatch(header.name) and (index == 0 or folded.startswith("unnamed0")))
    if header.unit is None and is_index and read.counts_up():
        return "index"
    if folded in ANNOTATION_NAMES and not read.is_state and header.unit is None and (read.n_text or not read.n_number):
        return "annotation"
    if folded in CLOCK_FLAG_NAMES or folded.endswith(_TAG_NUMBER):
        return "annotation"
    if isinstance(column, Cells):
        return _why_not_text(header, folded, column, read)
    return None


def _why_not_text(header: Header, folded: str, column: Cells, read: ReadFacts) -> str | None:
    if read.is_state:
        return None
    texts = [text for text in column.used(50) if text.strip()]
    is_called = not {folded, *_WORDS.findall(header.name.casefold())[-1:]}.isdisjoint(UNIT_NAMES)
    is_called &= all(find_unit(text) or is_no_unit(text) for text in texts)
    if is_called or (_UNNAMED.fullmatch(header.name) and texts and all(map(find_unit, texts))):
        return "unit"
    if is_instant_column(column, header.name):
        return "time"
    if len(texts) == 1 and (_IDENTITY.fullmatch(texts[0].strip()) or (is_tag_name(folded) and not read.n_number)):
        return "annotation"
    return "text" if header.unit is None and _is_text(read) else None


def _is_text(read: ReadFacts) -> bool:
    """More words than numbers; but a few kinds of words between numbers are states of a bad signal."""
    if read.n_text <= read.n_number:
        return False
    return read.n_number < 0.05 * read.n_text or len(set(read.reasons)) > _MAX_BAD_STATES


def is_instant_column(column: Cells, name: str) -> bool:
    """Whether a column holds a second set of times."""
    sample = [text for text in column.used(_SAMPLE) if text.strip()]
    if not sample or are_numbers(sample):
        return False
    stamps = sum(parse_stamp(text) is not None for text in sample)
    clocks = sum(parse_clock(text) is not None for text in sample)
    if all(text.strip().isdigit() for text in sample):
        stamps = sum(unix_ns(text) is not None for text in sample) or stamps
        return is_time_name(name) and stamps >= 0.8 * len(sample)
    return max(stamps, clocks) >= 0.8 * len(sample)


def find_long(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], n_rows: int) -> LongRoles | None:
    """Whether a table is long: a column of tags, one of values, at most a few tags."""
    tag = _find_tag(headers, columns, n_rows)
    if tag is None:
        return None
    value = _find_value(headers, columns, tag)
    if value is None or (_is_single(columns[tag]) and not _has_value_word(headers[value])):
        return None  # 'Sensor' with one name in every row, beside a signal that has its own
    rest = [index for index in range(len(headers)) if index not in (tag, value)]
    unit = next((index for index in rest if fold_name(headers[index].name) in UNIT_NAMES), None)
    quality = tuple(index for index in rest if _is_quality(headers[index], columns[index]))
    left = [
        _left_out(index, headers[index], columns[index], _long_why(index, unit, quality)) for index in rest if headers[index].name
    ]
    asset = _find_asset(headers, columns, [index for index in rest if index != unit and index not in quality])
    return LongRoles(tag=tag, value=value, unit=unit, quality=quality, asset=asset, left_out=tuple(left))


def _find_asset(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], among: Sequence[int]) -> int | None:
    """The column that may name machines: by its name, with at least two of them that are no states."""
    names = {index: fold_name(headers[index].name) for index in among}
    for words in (ASSET_NAMES, PLACE_NAMES):
        for index in among:
            column = columns[index]
            if names[index] in words and isinstance(column, Cells):
                used = {text.strip().casefold() for text in column.used() if text.strip()}
                if len(used) > 1 and not used <= {"0", "1"} and not all(state_of(text) is not None for text in used):
                    return index
    return None


def _is_quality(header: Header, column: Cells | NumberCells) -> bool:
    if isinstance(column, Cells):
        return is_quality_of_rows(header.name, column)
    return split_quality_name(header.name) is not None


def _long_why(index: int, unit: int | None, quality: tuple[int, ...]) -> str:
    if index == unit:
        return "unit"
    return "quality" if index in quality else "annotation"


def _find_tag(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], n_rows: int) -> int | None:
    found = []
    has_value = any(fold_name(header.name) in VALUE_NAMES for header in headers)
    for index, (header, column) in enumerate(zip(headers, columns, strict=True)):
        if not isinstance(column, Cells):
            continue
        used = column.used()
        folded = fold_name(header.name)
        is_named = is_tag_name(folded) or folded in QUANTITY_NAMES
        if not is_named and are_numbers(used[:_SAMPLE]):
            continue
        n_words = sum(may_be_name(text) and (is_named or not is_bad_word(text)) for text in used[:_SAMPLE])
        is_text = used and n_words >= 0.6 * len(used[:_SAMPLE])
        is_stacked = _UNNAMED.fullmatch(header.name) is not None and _is_stacked(column)
        if not is_named and (_is_state(column) or has_quality_content(column) or not (is_stacked or _alternates(column))):
            continue
        is_number = is_named and has_value and len(used) <= n_rows // 4 and all(text.strip().isdecimal() for text in used)
        if (is_text or is_number) and len(used) <= min(_MAX_TAGS, max(4, n_rows // 2) if is_named else n_rows // 3):
            rank = (not is_named, folded in ASSET_NAMES, not is_text, len(used) < 2, folded in QUANTITY_NAMES, index)
            found.append(rank)
    if not found:
        return None
    is_unnamed, _, _, is_single, _, index = min(found)
    # without a telling name a column of words is a tag only where there is nothing else but one value
    if is_unnamed and (is_single or len(_values(headers, columns, index)) != 1):
        return None
    return index


def _alternates(column: Cells) -> bool:
    """Whether neighbouring rows mostly differ, as tags do and remarks don't."""
    return column.n_rows > 1 and column.alternation() >= 0.3


def _is_stacked(column: Cells) -> bool:
    """Whether each of a few texts stands in one run of rows and looks like a tag: one tag after the other, without a header."""
    used = [text.strip() for text in column.used(_SAMPLE)]
    n_runs = round(column.alternation() * (column.n_rows - 1)) + 1
    return 2 <= len(used) == n_runs and column.n_rows >= 3 * n_runs and all(map(_TAG_LIKE.search, used))


def _n_numeric(columns: Sequence[Cells | NumberCells]) -> int:
    return sum(_is_numeric(column) for column in columns)


def _is_numeric(column: Cells | NumberCells) -> bool:
    if isinstance(column, NumberCells):
        return True
    used = [text for text in column.used(_SAMPLE) if text.strip()]
    return are_numbers(used) or (bool(used) and sum(cell_kind(text) == "n" for text in used) >= 0.5 * len(used))


def _is_single(column: Cells | NumberCells) -> bool:
    return isinstance(column, Cells) and len(column.used(2)) < 2


def _is_whole(column: Cells | NumberCells) -> bool:
    """Whether a column may be a running number."""
    return not isinstance(column, Cells) or all(text.strip().isdecimal() for text in column.used(_SAMPLE) if text.strip())


def _find_value(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], tag: int) -> int | None:
    names = [fold_name(header.name) for header in headers]
    ranked = ["value", *sorted(VALUE_NAMES - {"value", "vvalue"}), "vvalue"]
    named = [names.index(word) for word in ranked if word in names and names.index(word) != tag]
    if named:
        return named[0]
    numeric = _values(headers, columns, tag)
    if len(numeric) == 1:
        return numeric[0]
    for is_called in (_has_value_word, lambda header: fold_name(header.name) in WEAK_VALUE_NAMES):
        called = [index for index in numeric if is_called(headers[index])]
        if called:
            return called[0] if len(called) == 1 else None
    return None


def _has_value_word(header: Header) -> bool:
    """Whether a word of a header says value: raw_value, Present Value, SensorValue."""
    return any(word in VALUE_NAMES for word in _WORDS.findall(header.name.casefold())) or fold_name(header.name).endswith("value")


def _values(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], tag: int) -> list[int]:
    """Columns of numbers that are no running number and no quality."""
    return [
        index
        for index, (header, column) in enumerate(zip(headers, columns, strict=True))
        if index != tag
        and fold_name(header.name) not in SEVERITY_NAMES
        and not (fold_name(header.name) in INDEX_NAMES and _is_whole(column))
        and _is_numeric(column)
        and not _is_quality(header, column)
    ]


def is_event_list(headers: Sequence[Header], columns: Sequence[Cells | NumberCells], time_header: str, n_rows: int) -> bool:
    """Whether a table lists events (starts and ends, or dated remarks) and not measurements."""
    texts = [(header, column) for header, column in zip(headers, columns, strict=True) if isinstance(column, Cells)]
    stamps = [header.name for header, column in texts if is_instant_column(column, header.name)]
    if (
        stamps
        and any(_START.search(name) for name in (*stamps, time_header))
        and any(_END.search(name) for name in (*stamps, time_header))
    ):
        return True
    graded = [column for header, column in zip(headers, columns, strict=True) if fold_name(header.name) in SEVERITY_NAMES]
    if graded and _n_numeric(columns) == _n_numeric(graded):
        return True
    remarks = sum(_is_remark(column) for _, column in texts)
    if remarks and stamps and len({date_role(name) for name in (*stamps, time_header)} - {None}) > 1:
        return True  # reported and completed: an order, whatever hours and costs stand beside
    n_numeric = _n_numeric(columns)
    return (remarks > 0 and n_numeric <= 1 and n_rows < 5_000) or (
        n_numeric == 0 and not any(_is_state(column) for _, column in texts)
    )


def _is_remark(column: Cells) -> bool:
    """Words in most rows that seldom repeat; a log with a remark here and there has none in most rows."""
    if are_numbers(column.used(_SAMPLE)):
        return False
    is_word = np.array([bool(text.strip()) for text in column.texts], np.bool_)
    n_written = int(column.counts()[is_word].sum())
    used = [text for text in column.used(_SAMPLE) if text.strip()]
    if not used or n_written < 0.5 * column.n_rows or len(used) < min(0.3 * n_written, _SAMPLE / 2):
        return False
    return sum(" " in text.strip() and cell_kind(text) == "x" for text in used) >= 0.5 * len(used)


def _is_state(column: Cells) -> bool:
    used = [text.strip().casefold() for text in column.used(_SAMPLE)]
    known = sum(state_of(text) is not None or not read_cell(text, ".").reason for text in used)
    return bool(used) and known >= 0.5 * len(used)
