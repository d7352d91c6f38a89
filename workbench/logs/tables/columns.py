"""One column from cells to numbers: values, a reason for every bad cell, one unit, states as 0 and 1, sentinels out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.logs import questions
from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.readers.table import NumberCells
from workbench.logs.summary import ChannelFacts, Finding, Question
from workbench.logs.tables.bad_words import is_bad_word
from workbench.logs.tables.cells import ABSENT, Cells, Decimal, read_cell, read_plain, state_of
from workbench.logs.tables.sentinels import find_sentinels
from workbench.logs.units import can_convert, conversion, find_quantity, find_unit

GOOD = 0
_MAX_REASONS = 64
_HEAD_ROWS, _MANY_DISTINCT = 4096, 100
_OTHER = "other text"
_HAS_DIGIT = re.compile(r"\d")
_MIN_TELLING_CHARS = 2
"""Letters of a word that tells what the only other word of its column says: N may be no, or north."""


class ReadFacts(Protocol):
    """What a column's role depends on: of a column in memory, or gathered block by block."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why cells are no numbers, in order of appearance."""

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Units printed in cells."""

    @property
    def n_number(self) -> int:
        """Rows that are numbers."""

    @property
    def n_text(self) -> int:
        """Rows of other text."""

    @property
    def n_known_bad(self) -> int:
        """Rows with a known word for bad."""

    @property
    def is_state(self) -> bool:
        """Whether words say on and off."""

    def n_distinct(self) -> int:
        """Distinct numbers."""

    def counts_up(self) -> bool:
        """Whether whole numbers rise from row to row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCells:
    """A column read: values float64 [n], reason codes int16 [n] (0 good, -1 absent, k the k-th reason), units per cell."""

    values: NDArray[np.float64]
    codes: NDArray[np.int16]
    reasons: tuple[str, ...]
    cell_units: NDArray[np.int16]
    unit_names: tuple[str, ...]
    n_number: int
    n_text: int
    n_known_bad: int
    is_state: bool

    def n_distinct(self) -> int:
        """Distinct numbers; of a column in which the beginning has many, only that they are many."""
        good = self.values[np.isfinite(self.values)]
        head = np.unique(good[:_HEAD_ROWS]).size
        return int(head if head > _MANY_DISTINCT else np.unique(good).size)

    def counts_up(self) -> bool:
        """Whether whole numbers rise from row to row, as a running number does."""
        good = self.values[np.isfinite(self.values)]
        if good.size == 0:
            return True
        steps = np.diff(good)
        return bool(
            (good % 1 == 0).all() and (steps.size == 0 or np.mean(steps >= 0) > 0.95) and (good.size < 3 or good[-1] > good[0])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A finished channel or label, rows in the order of its table."""

    name: str
    unit: str | None
    quantity: str
    values: NDArray[np.float64]
    codes: NDArray[np.int16]
    reasons: tuple[str, ...]
    is_state: bool = False
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    hint: str = ""
    """What header, unit and description print: how the value was acquired and detected may be among it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRows:
    """Units that headers or a unit column give to rows: codes int16 [n] into names, -1 none."""

    codes: NDArray[np.int16]
    names: tuple[str, ...]

    @classmethod
    def constant(cls, unit: str | None, n_rows: int) -> UnitRows:
        """One unit (or none) for all rows."""
        return cls(codes=np.full(n_rows, 0 if unit else -1, np.int16), names=(unit,) if unit else ())


def read_cells(cells: Cells | NumberCells, decimal: Decimal) -> ReadCells:
    """Read every distinct text of a column once."""
    if isinstance(cells, NumberCells):
        return _read_numbers(cells)
    plain = read_plain(cells.texts, decimal)
    if plain is not None:
        return _read_plain(cells, plain)
    states = states_of(cells.used())
    if states is not None:
        return _read_states(cells, states)
    readings = [read_cell(text, decimal) for text in cells.texts]
    reasons: dict[str, int] = {}
    units: dict[str, int] = {}
    codes = [code_of(reading.reason, reasons) for reading in readings]
    unit_codes = [units.setdefault(reading.unit, len(units)) if reading.unit else -1 for reading in readings]
    n_number, n_text, n_known_bad = count_kinds(cells.texts, [reading.reason for reading in readings], cells.counts().tolist())
    return ReadCells(
        values=np.array([reading.value for reading in readings] + [np.nan])[cells.codes],
        codes=np.array([*codes, ABSENT], np.int16)[cells.codes],
        reasons=tuple(reasons),
        cell_units=np.array([*unit_codes, -1], np.int16)[cells.codes],
        unit_names=tuple(units),
        n_number=n_number,
        n_text=n_text,
        n_known_bad=n_known_bad,
        is_state=False,
    )


def count_kinds(texts: Sequence[str], reasons: Sequence[str], counts: Sequence[int]) -> tuple[int, int, int]:
    """Rows that are numbers, other text, and known words for bad."""
    n_number = n_text = n_known_bad = 0
    for text, reason, count in zip(texts, reasons, counts, strict=True):
        if not reason:
            n_number += count
        elif reason in ("empty", "inf") or is_bad_word(text):
            n_known_bad += count if reason != "empty" else 0
        else:
            n_text += count
    return n_number, n_text, n_known_bad


def _read_plain(cells: Cells, values: NDArray[np.float64]) -> ReadCells:
    is_absent = cells.codes == ABSENT
    return ReadCells(
        values=np.append(values, np.nan)[cells.codes], codes=np.where(is_absent, ABSENT, GOOD).astype(np.int16), reasons=(),
        cell_units=np.full(cells.codes.shape, -1, np.int16), unit_names=(), n_number=int(np.count_nonzero(~is_absent)), n_text=0,
        n_known_bad=0, is_state=False,
    )  # fmt: skip


def code_of(reason: str, reasons: dict[str, int]) -> int:
    """The code of a reason, a new one where it is new; beyond a number of them they are one."""
    if not reason:
        return GOOD
    if reason not in reasons and len(reasons) >= _MAX_REASONS:
        reason = _OTHER
    return reasons.setdefault(reason, len(reasons)) + 1


def _read_numbers(cells: NumberCells) -> ReadCells:
    values = cells.values.astype(np.float64, copy=True)
    codes = np.zeros(values.shape, np.int16)
    codes[np.isnan(values)] = 1
    codes[np.isinf(values)] = 2
    values[np.isinf(values)] = np.nan
    n_number = int(np.count_nonzero(codes == GOOD))
    none = np.full(values.shape, -1, np.int16)
    return ReadCells(
        values=values, codes=codes, reasons=("empty", "inf"), cell_units=none, unit_names=(), n_number=n_number, n_text=0,
        n_known_bad=0, is_state=False,
    )  # fmt: skip


def states_of(texts: Collection[str]) -> dict[str, float] | None:
    """The words of a column of these distinct texts that say on and off; None when it is no such column.

    Of two words of which one is known the other is its opposite: Marcha and Paro, open and shut.
    """
    if cannot_be_states(texts):
        return None
    found = {text: float(is_on) for text in texts if (is_on := state_of(text)) is not None}
    known = {text.strip().casefold() for text in found}
    unknown = [text for text in texts if text not in found and is_no_state(text)]
    if unknown:
        if len(known) != 1 or len(known.pop()) < _MIN_TELLING_CHARS:
            return None
        found |= dict.fromkeys(unknown, 1.0 - next(iter(found.values())))
    return found or None


def cannot_be_states(texts: Collection[str]) -> bool:
    """Whether a column of these texts can't be one that says on and off: it has numbers, or two words that are neither."""
    unknown: set[str] = set()
    for text in texts:
        if is_no_state(text):
            unknown.add(text.strip().casefold())
            if len(unknown) > 1 or _HAS_DIGIT.search(text):
                return True
    return False


def is_no_state(text: str) -> bool:
    """Whether a cell is neither a known word for on or off nor one that says that there is no value."""
    if state_of(text) is not None:
        return False
    reason = read_cell(text, ".").reason
    return not reason or (bool(text.strip()) and not is_bad_word(text) and reason != "empty")


def _read_states(cells: Cells, states: dict[str, float]) -> ReadCells:
    reasons: dict[str, int] = {}
    codes = [GOOD if text in states else code_of(read_cell(text, ".").reason, reasons) for text in cells.texts]
    row_codes = np.array([*codes, ABSENT], np.int16)[cells.codes]
    return ReadCells(
        values=np.array([states.get(text, np.nan) for text in cells.texts] + [np.nan])[cells.codes],
        codes=row_codes,
        reasons=tuple(reasons),
        cell_units=np.full(cells.codes.shape, -1, np.int16),
        unit_names=(),
        n_number=int(np.count_nonzero(row_codes == GOOD)),
        n_text=0,
        n_known_bad=0,
        is_state=True,
    )


def finish_column(
    name: str,
    read: ReadCells,
    units: UnitRows,
    is_good: NDArray[np.bool_] | None,
    description: str,
    answers: questions.AnswerBook,
) -> Column:
    """Apply quality, sentinels and units, in this order, to a column that was read."""
    made = _Making(name=name, values=read.values.copy(), codes=read.codes.copy(), reasons=list(read.reasons))
    if is_good is not None:
        made.leave_out(~is_good & (made.codes != ABSENT), "quality")
    made.drop_sentinels(answers)
    unit = made.unify(read, units)
    if unit is None and not read.is_state:
        unit = answered_unit(name, answers)
    return Column(
        name=name, unit=unit, quantity="state" if read.is_state else find_quantity(unit, name, description), values=made.values,
        codes=made.codes, reasons=tuple(made.reasons), is_state=read.is_state, questions=tuple(made.asked),
        findings=tuple(made.found),
    )  # fmt: skip


def answered_unit(name: str, answers: questions.AnswerBook) -> str | None:
    """The unit that a person gave."""
    answer = answers.find("UNIT_UNKNOWN", name)
    return None if answer is None else find_unit(answer) or answer


@dataclass(slots=True, kw_only=True)
class _Making:
    """A column in the making: values [n], what each cell is [n], and what was asked and found on the way."""

    name: str
    values: NDArray[np.float64]
    codes: NDArray[np.int16]
    reasons: list[str]
    asked: list[Question] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)

    def leave_out(self, rows: NDArray[np.bool_], reason: str) -> None:
        """Make cells bad, and say why."""
        if rows.any():
            if reason not in self.reasons:
                self.reasons.append(reason)
            self.codes[rows] = self.reasons.index(reason) + 1
            self.values[rows] = np.nan

    def drop_sentinels(self, answers: questions.AnswerBook) -> None:
        """Leave out numbers that stand for no value; ask about those that may."""
        found = find_sentinels(self.values)
        if found is None:
            return
        self.leave_out(found.is_sentinel, "sentinel")
        if not found.doubtful:
            return
        answer = answers.find("SENTINEL_SUSPECTED", self.name)
        if answer == "missing":
            self.leave_out(np.isin(self.values, found.doubtful), "sentinel")
        elif answer is None:
            self.asked.append(questions.sentinel_suspected(self.name, found.doubtful))

    def unify(self, read: ReadCells, units: UnitRows) -> str | None:
        """Bring all rows to the first unit that occurs, which is returned; rows whose unit can't be converted become bad."""
        names = (*units.names, *read.unit_names)
        row_units = np.where(read.cell_units >= 0, read.cell_units + len(units.names), units.codes)
        used = row_units[self.codes == GOOD]
        used = used[used >= 0]
        if used.size == 0:
            first = row_units[row_units >= 0]
            return names[int(first[0])] if first.size else None
        target = names[int(used[0])]
        for code in np.unique(used).tolist():
            if names[code] != target:
                self._convert((row_units == code) & (self.codes == GOOD), names[code], target)
        return target

    def _convert(self, rows: NDArray[np.bool_], unit: str, target: str) -> None:
        if not can_convert(unit, target):
            self.leave_out(rows, f"unit {unit}")
            self.asked.append(questions.unit_mixed(self.name, (target, unit)))
            return
        factor, offset = conversion(unit, target)
        self.values[rows] = self.values[rows] * factor + offset
        text = f"{int(rows.sum())} cells in {unit} were converted to {target}."
        self.found.append(Finding(code="UNIT_CHANGE", channel=self.name, text=text))


def facts_of(column: Column, timing: Timing | None = None) -> ChannelFacts:
    """The column in numbers, and how it was acquired as far as header, unit and timing tell."""
    timing = timing or Timing()
    good = column.values[column.codes == GOOD]
    counts = [int(np.count_nonzero(column.codes == index + 1)) for index in range(len(column.reasons))]
    bad = {reason: count for reason, count in zip(column.reasons, counts, strict=True) if count}
    return ChannelFacts(
        name=column.name,
        unit=column.unit,
        n_good=int(good.size),
        bad=bad,
        min=float(good.min()) if good.size else None,
        max=float(good.max()) if good.size else None,
        mean=float(good.mean()) if good.size else None,
        quantity=column.quantity,
        n_absent=int(np.count_nonzero(column.codes == ABSENT)),
        acquired=how_acquired(column.hint, timing),
        detected=how_detected(column.hint, column.unit, column.quantity, timing.group),
        band_hz=band_of(column.hint),
    )


def take_rows(column: Column, rows: NDArray[np.intp]) -> Column:
    """The column with these rows only, in this order; -1 makes an absent row."""
    values = np.append(column.values, np.nan)[rows]
    codes = np.append(column.codes, np.int16(ABSENT))[rows]
    return replace(column, values=values, codes=codes)


def unique_names(names: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Names with ' (2)' and so on added to later ones of equal name, and what each doubled name became."""
    taken = set(names)
    seen: dict[str, list[str]] = {}
    result = []
    for name in names:
        kept = name
        number = len(seen.get(name, [])) + 1
        while number > 1 and (kept == name or kept in taken):
            kept = f"{name} ({number})"
            number += kept in taken
        taken.add(kept)
        seen.setdefault(name, []).append(kept)
        result.append(kept)
    return result, {name: kept for name, kept in seen.items() if len(kept) > 1}
