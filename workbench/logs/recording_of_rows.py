"""From rows in file order to a recording in the order of time: copies dropped, backward steps counted, facts gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.logs import questions
from workbench.logs.cells import ABSENT
from workbench.logs.columns import Column, facts_of, take_rows
from workbench.logs.label_like import NAMED_WHY
from workbench.logs.summary import Finding, LeftOut, Question, RecordingFacts
from workbench.logs.time_axis import find_gaps, median_step_ns
from workbench.logs.wide import LogRows

_MANY_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRecording:
    """One recording in memory: `times_ns` int64 [n] strictly increasing, columns and labels float64 [n] (NaN = bad, missing)."""

    facts: RecordingFacts
    times_ns: NDArray[np.int64]
    columns: dict[str, NDArray[np.float64]]
    labels: dict[str, NDArray[np.float64]]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the facts."""
        return self.facts.findings

    def with_findings(self, findings: Sequence[Finding]) -> ParsedRecording:
        """The recording with more findings."""
        facts = msgspec.structs.replace(self.facts, findings=(*self.facts.findings, *findings))
        return replace(self, facts=facts)


def build_recording(log: LogRows, time_questions: Sequence[Question], findings: Sequence[Finding]) -> ParsedRecording:
    """Sort, drop copies, merge rows of one instant, and count."""
    everything = (*log.columns, *log.labels)
    kept, n_copies, n_backward, n_conflicts = _order_rows(log.times_ns, everything)
    merged = [_merge(column, log.times_ns, kept) for column in everything]
    columns, labels = merged[: len(log.columns)], merged[len(log.columns) :]
    times_ns = np.ascontiguousarray(log.times_ns[kept])
    step_ns = median_step_ns(times_ns)
    found = [*findings, *log.findings, *(finding for column in columns for finding in column.findings)]
    if n_conflicts:
        text = f"{n_conflicts} rows repeat an instant with other values; the first value of each channel is kept."
        found.append(Finding(code="CONFLICTING_ROWS", text=text))
    asked = [*time_questions, *log.questions, *(question for column in columns for question in column.questions)]
    without_unit = [column.name for column in columns if column.unit is None and not column.is_state]
    if without_unit:
        asked.append(questions.unit_unknown(without_unit))
    named = tuple(column.name for column in labels)
    said = {item.channel for item in log.left_out}
    left = (*log.left_out, *(LeftOut(channel=name, why=NAMED_WHY) for name in named if name not in said))
    sources = tuple(log.sources[index] for index in dict.fromkeys(log.source_of_row[kept].tolist()))
    facts = RecordingFacts(
        source=sources[0] if sources else log.sources[0], rows=int(times_ns.size),
        first_ns=int(times_ns[0]) if times_ns.size else None, last_ns=int(times_ns[-1]) if times_ns.size else None,
        sample_period_s=None if step_ns is None else step_ns / 1e9, channels=tuple(map(facts_of, columns)),
        n_gaps=len(find_gaps(times_ns, step_ns)), n_duplicates_dropped=log.n_duplicates + n_copies,
        n_backward_steps=log.n_backward + n_backward, findings=tuple(found), left_out=left, labels=named,
        sources=sources, questions=tuple(asked),
    )  # fmt: skip
    return ParsedRecording(
        facts=facts, times_ns=times_ns, columns={column.name: column.values for column in columns},
        labels={column.name: column.values for column in labels},
    )  # fmt: skip


def _order_rows(times_ns: NDArray[np.int64], columns: Sequence[Column]) -> tuple[NDArray[np.intp], int, int, int]:
    """(rows in order of time, one an instant; equal copies; backward steps without them; rows with other values)."""
    order = np.argsort(times_ns, kind="stable")
    repeats = np.concatenate([[False], np.diff(times_ns[order]) == 0]) if times_ns.size else np.zeros(0, np.bool_)
    if not repeats.any():
        return order, 0, int(np.count_nonzero(np.diff(times_ns) < 0)), 0
    is_copy = np.zeros(times_ns.size, np.bool_)
    starts = np.flatnonzero(~repeats)
    ends = np.append(starts[1:], times_ns.size)
    codes = np.stack([column.codes for column in columns], axis=1)
    values = np.nan_to_num(np.stack([column.values for column in columns], axis=1))
    sizes = ends - starts
    pairs = starts[sizes == 2]
    n_conflicts = _mark_pairs(codes, values, order[pairs], order[pairs + 1], is_copy)
    for start, end in zip(starts[sizes > 2].tolist(), ends[sizes > 2].tolist(), strict=True):
        rows = order[start:end]
        copies, is_conflict = _find_copies(codes[rows], values[rows])
        is_copy[rows] = copies
        n_conflicts += is_conflict
    n_backward = int(np.count_nonzero(np.diff(times_ns[~is_copy]) < 0))
    return order[~repeats], int(is_copy.sum()), n_backward, n_conflicts


def _mark_pairs(
    codes: NDArray[np.int16],
    values: NDArray[np.float64],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    is_copy: NDArray[np.bool_],
) -> int:
    """Instants with two rows, all at once: mark copies in place, return how many contradict; as `_find_copies` does."""
    equal = (codes[second] == codes[first]) & (values[second] == values[first])
    copies = (equal | (codes[second] == ABSENT)).all(axis=1)
    is_copy[second] = copies
    both_good = (codes[second] == 0) & (codes[first] == 0)
    differs = (both_good & (values[second] != values[first])).any(axis=1)
    return int(np.count_nonzero(differs & ~copies))


def _find_copies(codes: NDArray[np.int16], values: NDArray[np.float64]) -> tuple[NDArray[np.bool_], int]:
    """Among rows [n, c] of one instant: which repeat an earlier one, and how many contradict the first.

    A cell that was never written (the column came later) contradicts nothing; a row that only adds such cells is no copy.
    """
    if len(codes) > _MANY_AT_ONCE:
        _, first = np.unique(np.concatenate([codes, values], axis=1), axis=0, return_index=True)
        copies = np.ones(len(codes), np.bool_)
        copies[first] = False
        return copies, first.size - 1
    seen: set[bytes] = set()
    copies = np.zeros(len(codes), np.bool_)
    n_conflicts = 0
    for row in range(len(codes)):
        key = codes[row].tobytes() + values[row].tobytes()
        agrees = bool(((codes[row] == ABSENT) | ((codes[row] == codes[0]) & (values[row] == values[0]))).all())
        copies[row] = row > 0 and (key in seen or agrees)
        seen.add(key)
        both_good = (codes[row] == 0) & (codes[0] == 0)
        n_conflicts += bool((both_good & (values[row] != values[0])).any()) and not copies[row]
    return copies, n_conflicts


def _merge(column: Column, times_ns: NDArray[np.int64], kept: NDArray[np.intp]) -> Column:
    """One cell an instant: the first good one, else the first that was written."""
    if kept.size == times_ns.size:
        return take_rows(column, kept)
    rank = np.where(column.codes == 0, 0, np.where(column.codes == ABSENT, 2, 1))
    order = np.lexsort((np.arange(times_ns.size), rank, times_ns))
    first = np.concatenate([[True], np.diff(times_ns[order]) != 0])
    chosen = order[first]
    return take_rows(column, chosen if chosen.size == kept.size else kept)
