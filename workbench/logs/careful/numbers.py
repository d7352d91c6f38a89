"""Columns from printed cells to numbers on disk, block by block: the rules of `columns`, applied over all rows in passes.

First every cell is read; then what is known of the whole column (quality, sentinels, units) corrects the numbers in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.logs import questions
from workbench.logs.careful.cell_numbers import OtherCells, read_column, read_texts
from workbench.logs.careful.scratch import ScratchArray, SparseCodes
from workbench.logs.careful.tally import TalliedCells
from workbench.logs.careful.texts import TextColumn, Texts, as_cells
from workbench.logs.readers.table import NumberCells
from workbench.logs.summary import Finding, Question
from workbench.logs.tables.cells import ABSENT, Cells, Decimal, Reading, read_cell
from workbench.logs.tables.columns import GOOD, answered_unit, code_of, count_kinds, states_of
from workbench.logs.tables.label_like import StateRuns
from workbench.logs.tables.sentinels import is_near_candidate, judge_candidates
from workbench.logs.units import can_convert, conversion, find_quantity

NO_UNIT = -1
_CELL_UNITS_FROM = 1 << 14
"""Codes of units that cells print; those of headers and unit columns are below."""
_MANY_DISTINCT = 64
Choose = Callable[[int, NDArray[np.float64], NDArray[np.int16]], NDArray[np.bool_]]


@dataclass(slots=True)
class _Rising:
    """Whether whole numbers rise from row to row, gathered."""

    is_whole: bool = True
    n_good: int = 0
    n_steps: int = 0
    n_rising: int = 0
    first: float = 0.0
    last: float = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        good = values[np.isfinite(values)]
        if not good.size or not self.is_whole:
            return
        self.is_whole = bool((good % 1 == 0).all())
        steps = np.diff(good, prepend=self.last) if self.n_good else np.diff(good)
        self.n_steps += steps.size
        self.n_rising += int(np.count_nonzero(steps >= 0))
        self.first = self.first if self.n_good else float(good[0])
        self.last = float(good[-1])
        self.n_good += int(good.size)

    def is_counter(self) -> bool:
        if not self.n_good:
            return self.is_whole
        is_up = self.n_steps == 0 or self.n_rising / self.n_steps > 0.95
        return self.is_whole and is_up and (self.n_good < 3 or self.last > self.first)


class NumberColumn:
    """One column's numbers, reasons and units on disk, and what was counted meanwhile (`ReadFacts`)."""

    def __init__(self, folder: Path, name: str, mark: Decimal, states: Mapping[str, float] | None) -> None:
        self.values: ScratchArray[np.float64] = ScratchArray(folder / f"{name}.values", np.dtype(np.float64))
        self.codes = SparseCodes(folder / f"{name}.codes", GOOD)
        self.cell_units = SparseCodes(folder / f"{name}.units", NO_UNIT)
        self._states = states
        self.is_state = states is not None
        self.n_number = self.n_text = self.n_known_bad = 0
        self._mark = mark
        self._reasons: dict[str, int] = {}
        self._units: dict[str, int] = {}
        self._distinct: set[float] = set()
        self._rising = _Rising()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why cells are no numbers, in order of appearance."""
        return tuple(self._reasons)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Units printed in cells."""
        return tuple(self._units)

    def n_distinct(self) -> int:
        """Distinct numbers, up to a few dozen."""
        return len(self._distinct)

    def counts_up(self) -> bool:
        """Whether whole numbers rise from row to row."""
        return self._rising.is_counter()

    def append(self, column: Texts) -> None:
        """Read the next rows."""
        if isinstance(column, TextColumn) and not self.is_state:
            self.append_read(*read_column(column, self._mark))
            return
        cells = as_cells(column)
        if self.is_state:
            self._append_states(cells)
            return
        values, others = read_texts(cells.texts, self._mark)
        codes = np.zeros(len(cells.texts) + 1, np.int16)
        units = np.full(len(cells.texts) + 1, NO_UNIT, np.int16)
        for index, reading in others.items():
            codes[index] = code_of(reading.reason, self._reasons)
            units[index] = self._unit_code(reading.unit)
        self._count(cells, others)
        self._keep_distinct(values)
        self._store(cells, values, codes, units)

    def append_read(self, values: NDArray[np.float64], others: OtherCells) -> None:
        """The next rows, as `read_column` gives them."""
        codes = np.zeros(values.size, np.int16)
        units = np.full(values.size, NO_UNIT, np.int16)
        if others.readings:
            of_text = [code_of(reading.reason, self._reasons) for reading in others.readings]
            codes[others.rows] = np.array(of_text, np.int16)[others.cells.codes]
            printed = [self._unit_code(reading.unit) for reading in others.readings]
            units[others.rows] = np.array(printed, np.int16)[others.cells.codes]
        self._count(others.cells, dict(enumerate(others.readings)))
        self.n_number += values.size - others.rows.size
        self._keep_distinct(values)
        self._append_rows(values, codes, units)

    def append_numbers(self, cells: NumberCells) -> None:
        """The next rows of a column that is numbers already; as `columns.read_cells` reads them."""
        values = cells.values.copy()
        codes = np.zeros(len(values), np.int16)
        for reason, rows in (("empty", np.isnan(values)), ("inf", np.isinf(values))):
            if rows.any():
                codes[rows] = code_of(reason, self._reasons)
                values[rows] = np.nan
        self.n_number += int(np.count_nonzero(codes == GOOD))
        self._keep_distinct(values)
        self._append_rows(values, codes, np.full(len(values), NO_UNIT, np.int16))

    def _unit_code(self, unit: str | None) -> int:
        return self._units.setdefault(unit, len(self._units)) + _CELL_UNITS_FROM if unit else NO_UNIT

    def _append_states(self, cells: Cells) -> None:
        states = self._states or {}
        values = np.array([states.get(text, np.nan) for text in cells.texts], np.float64)
        codes = np.zeros(len(cells.texts) + 1, np.int16)
        for index, text in enumerate(cells.texts):
            if text not in states:
                codes[index] = code_of(read_cell(text, ".").reason, self._reasons)
        self.n_number += int(cells.counts()[codes[:-1] == GOOD].sum())
        self._keep_distinct(values)
        self._store(cells, values, codes, np.full(len(cells.texts) + 1, NO_UNIT, np.int16))

    def _count(self, cells: Cells, others: dict[int, Reading]) -> None:
        counts = cells.counts()
        picked = list(others)
        texts = [cells.texts[index] for index in picked]
        _, n_text, n_bad = count_kinds(texts, [others[index].reason for index in picked], counts[picked].tolist())
        n_other = sum(int(counts[index]) for index, reading in others.items() if reading.reason)
        self.n_number += int(counts.sum()) - n_other
        self.n_text += n_text
        self.n_known_bad += n_bad

    def _keep_distinct(self, values: NDArray[np.float64]) -> None:
        if len(self._distinct) < _MANY_DISTINCT:
            self._distinct.update(np.unique(values[np.isfinite(values)])[:_MANY_DISTINCT].tolist())

    def _store(self, cells: Cells, values: NDArray[np.float64], codes: NDArray[np.int16], units: NDArray[np.int16]) -> None:
        codes[-1] = ABSENT
        self._append_rows(np.append(values, np.nan)[cells.codes], codes[cells.codes], units[cells.codes])

    def _append_rows(self, values: NDArray[np.float64], codes: NDArray[np.int16], units: NDArray[np.int16]) -> None:
        self._rising.add(values)
        self.values.append(values)
        self.codes.append(codes)
        self.cell_units.append(units)

    def pieces(self) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.int16]]]:
        """(first row, values, reason codes)."""
        for first, values in self.values.pieces():
            yield first, values, self.codes.read(first, first + len(values))

    def mark(self, reasons: list[str], reason: str, choose: Choose) -> None:
        """Make rows bad for a reason, in place; `choose(first row, values, codes)` says which."""
        for first, values, codes in self.pieces():
            rows = choose(first, values, codes)
            if rows.any():
                if reason not in reasons:
                    reasons.append(reason)
                codes[rows], values[rows] = reasons.index(reason) + 1, np.nan
                self.codes.write(first, codes)
                self.values.write(first, values)


def states_of_column(cells: TalliedCells) -> dict[str, float] | None:
    """The words of a column that says on and off; None of another."""
    return None if cells.is_many else states_of(cells.used())


@dataclass(slots=True, kw_only=True)
class FinishedColumn:
    """A column whose numbers on disk are final: what the in-memory reader calls a `Column`."""

    name: str
    numbers: NumberColumn
    reasons: tuple[str, ...]
    unit: str | None
    quantity: str
    runs: StateRuns
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    hint: str = ""
    """What its header, unit and description print."""

    @property
    def is_state(self) -> bool:
        """Whether its words say on and off."""
        return self.numbers.is_state

    @property
    def values(self) -> StateRuns:
        """What was gathered of its values, for telling labels."""
        return self.runs


@dataclass(slots=True, kw_only=True)
class UnitSource:
    """Units that headers or a unit column give to rows; `read(first, end)` are codes int16 into `names`, None where one holds."""

    names: tuple[str, ...]
    read: Callable[[int, int], NDArray[np.int16]] | None = None


@dataclass(slots=True)
class _Work:
    """One column on its way to be finished."""

    name: str
    numbers: NumberColumn
    reasons: list[str]
    asked: list[Question] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)


def finish_numbers(
    name: str, numbers: NumberColumn, units: UnitSource, description: str, answers: questions.AnswerBook,
    bad_quality: Callable[[int, int], NDArray[np.bool_]] | None = None,
) -> FinishedColumn:  # fmt: skip
    """Quality, sentinels, units, in this order, over a column on disk; as `columns.finish_column` does in memory.

    `bad_quality(first, end)` tells which rows a quality column doesn't call good.
    """
    work = _Work(name, numbers, list(numbers.reasons))
    if bad_quality is not None:
        numbers.mark(work.reasons, "quality", _quality_chooser(bad_quality))
    _drop_sentinels(work, answers)
    unit = _unify(work, units)
    if unit is None and not numbers.is_state:
        unit = answered_unit(name, answers)
    quantity = "state" if numbers.is_state else find_quantity(unit, name, description)
    return FinishedColumn(
        name=name, numbers=numbers, reasons=tuple(work.reasons), unit=unit, quantity=quantity, runs=_runs_of(numbers),
        questions=tuple(work.asked), findings=tuple(work.found),
    )  # fmt: skip


def _quality_chooser(bad_quality: Callable[[int, int], NDArray[np.bool_]]) -> Choose:
    def choose(first: int, values: NDArray[np.float64], codes: NDArray[np.int16]) -> NDArray[np.bool_]:
        return np.asarray(bad_quality(first, first + len(values)) & (codes != ABSENT))

    return choose


def _runs_of(numbers: NumberColumn) -> StateRuns:
    runs = StateRuns()
    for _, values in numbers.values.pieces():
        runs.add(values)
        if not runs.is_states:
            break
    return runs


def _drop_sentinels(work: _Work, answers: questions.AnswerBook) -> None:
    low, high, rest_low, rest_high = np.nan, np.nan, np.nan, np.nan
    candidates: set[float] = set()
    for _, values in work.numbers.values.pieces():
        if values.size:
            low, high = float(np.fmin(low, np.fmin.reduce(values))), float(np.fmax(high, np.fmax.reduce(values)))
            is_candidate = is_near_candidate(values)
            candidates.update(np.unique(values[is_candidate]).tolist())
            rest = values[~is_candidate & np.isfinite(values)]
            if rest.size:
                rest_low, rest_high = float(np.fmin(rest_low, rest.min())), float(np.fmax(rest_high, rest.max()))
    if not candidates or np.isnan(rest_low) or not is_near_candidate(np.array([low, high])).any():
        return
    sure, doubtful = judge_candidates(sorted(candidates), rest_low, rest_high)
    answer = answers.find("SENTINEL_SUSPECTED", work.name) if doubtful else None
    dropped = (*sure, *doubtful) if answer == "missing" else sure
    if dropped:
        work.numbers.mark(work.reasons, "sentinel", lambda _first, values, _codes: np.isin(values, dropped))
    if doubtful and answer is None:
        work.asked.append(questions.sentinel_suspected(work.name, doubtful))


def _row_units(work: _Work, units: UnitSource, first: int, end: int) -> NDArray[np.int16]:
    given = units.read(first, end) if units.read else np.full(end - first, 0 if units.names else NO_UNIT, np.int16)
    printed = work.numbers.cell_units.read(first, end)
    return np.where(printed >= 0, printed, given)


def _unify(work: _Work, units: UnitSource) -> str | None:
    """Bring all rows to the first unit that occurs; rows whose unit can't be converted become bad."""
    if units.read is None and work.numbers.cell_units.is_constant:
        return units.names[0] if units.names else None
    names = dict(enumerate(units.names))
    names.update({_CELL_UNITS_FROM + code: name for code, name in enumerate(work.numbers.unit_names)})
    first_any = first_good = None
    counts: dict[int, int] = {}
    for first, _, codes in work.numbers.pieces():
        row_units = _row_units(work, units, first, first + len(codes))
        said = row_units[row_units >= 0]
        first_any = int(said[0]) if first_any is None and said.size else first_any
        used = row_units[(codes == GOOD) & (row_units >= 0)]
        first_good = int(used[0]) if first_good is None and used.size else first_good
        for code, count in zip(*np.unique(used, return_counts=True), strict=True):
            counts[int(code)] = counts.get(int(code), 0) + int(count)
    if first_good is None:
        return None if first_any is None else names[first_any]
    target = names[first_good]
    for code in sorted(code for code in counts if names[code] != target):
        _convert(work, units, code, names[code], target, counts[code])
    return target


def _convert(work: _Work, units: UnitSource, code: int, unit: str, target: str, count: int) -> None:
    if not can_convert(unit, target):
        work.numbers.mark(
            work.reasons, f"unit {unit}",
            lambda first, values, codes: (_row_units(work, units, first, first + len(values)) == code) & (codes == GOOD),
        )  # fmt: skip
        work.asked.append(questions.unit_mixed(work.name, (target, unit)))
        return
    factor, offset = conversion(unit, target)
    for first, values, codes in work.numbers.pieces():
        rows = (_row_units(work, units, first, first + len(values)) == code) & (codes == GOOD)
        if rows.any():
            values[rows] = values[rows] * factor + offset
            work.numbers.values.write(first, values)
    text = f"{count} cells in {unit} were converted to {target}."
    work.found.append(Finding(code="UNIT_CHANGE", channel=work.name, text=text))
