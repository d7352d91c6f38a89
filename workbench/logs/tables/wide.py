"""Wide tables: a row an instant, a column a channel. Reads cells, gives roles, applies quality and units."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.logs import questions
from workbench.logs.summary import Finding, LeftOut, Question
from workbench.logs.tables.cell_quality import (
    QualityColumn,
    assumed_good,
    find_scheme,
    good_rows,
    split_quality_name,
    value_name,
)
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.columns import Column, ReadCells, UnitRows, finish_column, read_cells, take_rows, unique_names
from workbench.logs.tables.decimals import Marks, decide_marks
from workbench.logs.tables.label_like import BEHAVES_WHY, SUSPECTED_WHY, StateRuns, is_two_state, names_a_state, trailing_labels
from workbench.logs.tables.roles import Roles, assign_roles
from workbench.logs.tables.segments import Table
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """A log read to numbers, its rows still in the order of the files."""

    sources: tuple[str, ...]
    source_of_row: NDArray[np.int32]
    times_ns: NDArray[np.int64]
    columns: tuple[Column, ...]
    labels: tuple[Column, ...]
    left_out: tuple[LeftOut, ...]
    questions: tuple[Question, ...]
    marks: Marks
    n_duplicates: int = 0
    n_backward: int = 0
    findings: tuple[Finding, ...] = ()
    is_sorted: bool = False
    """Whether rows are already one an instant (long tables)."""
    machine: str = ""
    """The machine that these rows name, where the table names several."""


def mark_columns(table: Table, answers: questions.AnswerBook) -> Marks:
    """Decimal marks of a table's columns."""
    texts = [column if isinstance(column, Cells) else None for column in table.columns]
    names = [header.name for header in table.headers]
    return decide_marks(names, texts, table.delimiter, answers)


def source_of_rows(table: Table) -> NDArray[np.int32]:
    """Index of the source of each row."""
    bounds = np.append(table.source_rows, table.n_rows)
    return np.repeat(np.arange(len(table.sources), dtype=np.int32), np.diff(bounds))


def read_wide(table: Table, times_ns: NDArray[np.int64], rows: NDArray[np.intp], answers: questions.AnswerBook) -> LogRows:
    """Read the columns of a wide table; `rows` are those to keep (with a time), `times_ns` the instants of all rows."""
    marks = mark_columns(table, answers)
    reads = [read_cells(column, mark) for column, mark in zip(table.columns, marks.marks, strict=True)]
    roles = assign_roles(table.headers, table.columns, reads)
    good = _good_by_target(table, roles.quality)
    units = _units_by_target(table, roles)
    names, doubled = unique_names([channel_name(table, roles, index) for index in roles.channels])
    finished = [
        _finish(table, reads, index, name, units.get(index, table.units[index]), good.get(index), answers)
        for index, name in zip(roles.channels, names, strict=True)
    ]
    labels = [_label(table, reads, index, answers) for index in roles.labels]
    columns, more_labels, left = set_aside(finished)
    asked = [questions.duplicate_channel(name, kept) for name, kept in doubled.items()]
    return LogRows(
        sources=table.sources, source_of_row=source_of_rows(table)[rows], times_ns=times_ns[rows],
        columns=tuple(take_rows(column, rows) for column in columns),
        labels=tuple(take_rows(column, rows) for column in (*labels, *more_labels)),
        left_out=(*roles.left_out, *left), questions=(*relevant_questions(marks, roles, table), *asked), marks=marks,
        findings=(*second_times(table, roles), *quality_assumptions(table, roles)),
    )  # fmt: skip


def _finish(
    table: Table, reads: list[ReadCells], index: int, name: str, units: UnitRows, is_good: NDArray[np.bool_] | None,
    answers: questions.AnswerBook,
) -> Column:  # fmt: skip
    header = table.headers[index]
    column = finish_column(name, reads[index], units, is_good, header.description, answers)
    return replace(column, hint=clean_text(f"{header.printed} {header.description}"))


def second_times(table: Table, roles: Roles) -> tuple[Finding, ...]:
    """More than one set of times is said: values may belong to the times beside them."""
    first = table.time.header or "the first column"
    return tuple(
        Finding(code="SECOND_TIME", channel=item.channel, text=f"{item.channel} holds other times; rows are dated by {first}.")
        for item in roles.left_out
        if item.why == "time"
    )


def quality_assumptions(table: Table, roles: Roles) -> tuple[Finding, ...]:
    """Words of quality columns that nobody here knows."""
    found = []
    for item in roles.quality:
        column = table.columns[item.index]
        word = assumed_good(column, item.kind) if isinstance(column, Cells) else ""
        if word:
            found.append(quality_assumed(table.headers[item.index].name, word))
    return tuple(found)


def quality_assumed(name: str, word: str) -> Finding:
    """What is said when a quality column speaks an unknown language."""
    text = f"{name} says '{clean_text(word)}' most of the time; that is taken for good, and all else for bad. Check it."
    return Finding(code="QUALITY_ASSUMED", text=text, severity="function_check")


def relevant_questions(marks: Marks, roles: Roles, table: Table) -> tuple[Question, ...]:
    """Questions about marks that concern a channel (not a remark or a label)."""
    names = {table.headers[index].name for index in roles.channels}
    return tuple(question for question in marks.questions if question.channel is None or question.channel in names)


def channel_name(table: Table, roles: Roles, index: int) -> str:
    """What a channel is called: without the word 'value' where a quality column stands beside it."""
    name = table.headers[index].name
    if not name:
        return f"column {index + 1}"
    has_quality = any(
        index in item.targets and split_quality_name(table.headers[item.index].name) not in (None, ("", item.kind))
        for item in roles.quality
    )
    return value_name(name) if has_quality else name


def _label(table: Table, reads: list[ReadCells], index: int, answers: questions.AnswerBook) -> Column:
    return finish_column(table.headers[index].name, reads[index], table.units[index], None, "", answers)


def _good_by_target(table: Table, quality: tuple[QualityColumn, ...]) -> dict[int, NDArray[np.bool_]]:
    """Good rows of each channel that quality columns speak about; bad in one is bad."""
    result: dict[int, NDArray[np.bool_]] = {}
    cells = {item.index: column for item in quality if isinstance(column := table.columns[item.index], Cells)}
    for item in quality:
        siblings = [cells[other.index] for other in quality if other.kind == item.kind and other.index in cells]
        mine = cells[item.index]
        verdict = good_rows(mine, find_scheme(mine, siblings, item.kind), item.kind)
        for target in item.targets:
            value = table.columns[target]
            # where neither a value nor a quality was written, nothing is said about the row
            unsaid = _is_blank(value) & _is_blank(mine) if isinstance(value, Cells) else np.zeros(table.n_rows, np.bool_)
            result[target] = result.get(target, np.ones(table.n_rows, np.bool_)) & (verdict | unsaid)
    return result


def _is_blank(cells: Cells) -> NDArray[np.bool_]:
    blank = np.array([not text.strip() for text in cells.texts] + [True])
    return np.asarray(blank[cells.codes], np.bool_)


def _units_by_target(table: Table, roles: Roles) -> dict[int, UnitRows]:
    result = {}
    for index, target in roles.units:
        column = table.columns[index]
        if isinstance(column, Cells):
            result[target] = unit_rows_of(column)
    return result


def unit_rows_of(cells: Cells) -> UnitRows:
    """Units that a unit column gives to rows."""
    names: dict[str, int] = {}
    codes = []
    for text in cells.texts:
        unit = find_unit(text) or (text.strip() or None)
        codes.append(names.setdefault(unit, len(names)) if unit else -1)
    return UnitRows(codes=np.array([*codes, -1], np.int16)[cells.codes], names=tuple(names))


class Labelled(Protocol):
    """What tells a label from a channel by its behaviour."""

    @property
    def name(self) -> str:
        """Of the column."""

    @property
    def unit(self) -> str | None:
        """What has one is measured."""

    @property
    def is_state(self) -> bool:
        """Whether its words say on and off."""

    @property
    def values(self) -> NDArray[np.float64] | StateRuns:
        """All values [n], or what was gathered of them."""


Item = TypeVar("Item", bound=Labelled)


def set_aside(columns: list[Item]) -> tuple[list[Item], list[Item], list[LeftOut]]:
    """Channels, labels by behaviour, and what is said about them and about suspects that stay."""
    by_name = {column.name: column.values for column in columns if not column.is_state}
    last_state = max((index for index, column in enumerate(columns) if column.is_state), default=-1)
    candidates = [column.name for column in columns[last_state + 1 :] if column.unit is None]
    aside = set(trailing_labels(candidates, by_name)) if len(candidates) < len(columns) or len(candidates) > 1 else set()
    channels = [column for column in columns if column.name not in aside]
    labels = [column for column in columns if column.name in aside]
    left = [LeftOut(channel=column.name, why=BEHAVES_WHY) for column in labels]
    suspects = [column for column in channels if column.unit is None and is_two_state(column.values)]
    if len(suspects) < len(channels):
        left += [LeftOut(channel=column.name, why=SUSPECTED_WHY) for column in suspects if not names_a_state(column.name)]
    return channels, labels, left


def most_common(texts: list[str]) -> str:
    """The text that occurs most often, '' when there is none."""
    counts = Counter(text for text in texts if text)
    return counts.most_common(1)[0][0] if counts else ""
