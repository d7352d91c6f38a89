"""From rows in file order to a recording in the order of time: copies dropped, backward steps counted, facts gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs import questions
from workbench.logs.acquisition import Timing
from workbench.logs.checks.pressure_reference import Printed, find_absolute_pressures
from workbench.logs.recordings.conflicts import Conflicts, conflicting_rows
from workbench.logs.recordings.rate_groups import RateGroup, part_by_rate
from workbench.logs.recordings.time_axis import find_gaps, is_on_change, median_step_ns
from workbench.logs.summary import CHECKS_VERSION, Finding, LeftOut, Question, RecordingFacts
from workbench.logs.tables.cells import ABSENT
from workbench.logs.tables.columns import Column, facts_of, take_rows
from workbench.logs.tables.label_like import NAMED_WHY
from workbench.logs.tables.wide import LogRows

_MANY_AT_ONCE = 1000
EVEN_SHARE = 0.25
MOSTLY = 0.9
"""An axis is even when nine of ten steps are within a quarter of the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRecording:
    """One recording: `times_ns` int64 [n] strictly increasing, columns and labels float [n] (NaN = bad), in memory or on disk."""

    facts: RecordingFacts
    times_ns: NDArray[np.int64]
    columns: Mapping[str, NDArray[np.floating]]
    labels: Mapping[str, NDArray[np.floating]]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the facts."""
        return self.facts.findings

    def with_findings(self, findings: Sequence[Finding]) -> ParsedRecording:
        """The recording with more findings."""
        facts = msgspec.structs.replace(self.facts, findings=(*self.facts.findings, *findings))
        return replace(self, facts=facts)


def build_recordings(log: LogRows, time_questions: Sequence[Question], findings: Sequence[Finding]) -> list[ParsedRecording]:
    """Sort, drop copies, merge rows of one instant, count, and part what has different rates; the trend comes first."""
    everything = (*log.columns, *log.labels)
    order = find_order(log.times_ns, everything)
    kept = order.kept
    merged = [merge_column(column, log.times_ns, kept) for column in everything]
    columns, labels = merged[: len(log.columns)], merged[len(log.columns) :]
    n_backward = log.n_backward + count_backward(log.times_ns[~order.is_copy])
    groups = part_by_rate(np.ascontiguousarray(log.times_ns[kept]), columns)
    found = [*findings, *log.findings]
    if order.conflicts_ns.size:
        lost = Conflicts()
        lost.add(order.conflicts_ns)
        found.append(conflicting_rows(lost, n_backward))
    asked = [*time_questions, *log.questions]
    counts = (log.n_duplicates + int(order.is_copy.sum()), n_backward)
    recordings = [_build_group(log, kept, groups[0], labels, (asked, found, counts))]
    recordings += [_build_group(log, kept, group, (), (time_questions, (), (0, 0))) for group in groups[1:]]
    return recordings


Said = tuple[Sequence[Question], Sequence[Finding], tuple[int, int]]


def _build_group(
    log: LogRows, kept: NDArray[np.intp], group: RateGroup, labels: Sequence[Column], said: Said
) -> ParsedRecording:  # fmt: skip
    """The recording of one rate group; what was asked and found about the whole log stands with the first."""
    times_ns, rows = group.times_ns, group.rows
    columns = [take_rows(column, rows) for column in group.columns] if rows is not None else group.columns
    labels = [take_rows(column, rows) for column in labels] if rows is not None else list(labels)
    asked, found, (n_duplicates, n_backward) = said
    step_ns = median_step_ns(times_ns)
    gaps = find_gaps(times_ns, step_ns)
    without_unit = [column.name for column in columns if column.unit is None and not column.is_state]
    questions_of = [question for column in columns for question in column.questions]
    if without_unit:
        questions_of.append(questions.unit_unknown(without_unit))
    named = tuple(column.name for column in labels)
    told = {item.channel for item in log.left_out}
    left = (
        (*log.left_out, *(LeftOut(channel=name, why=NAMED_WHY) for name in named if name not in told)) if group.is_first else ()
    )
    source_of_row = log.source_of_row[kept] if rows is None else log.source_of_row[kept][rows]
    sources = tuple(log.sources[index] for index in dict.fromkeys(source_of_row.tolist()))
    timing = _timing_of(group, columns, step_ns, len(gaps))
    first_ns, last_ns = (int(times_ns[0]), int(times_ns[-1])) if times_ns.size else (None, None)
    printed = [Printed(name=column.name, unit=column.unit, words=column.hint) for column in columns]
    facts = RecordingFacts(
        checks=CHECKS_VERSION,
        source=sources[0] if sources else log.sources[0], rows=int(times_ns.size),
        first_ns=first_ns, last_ns=last_ns,
        sample_period_s=None if step_ns is None else step_ns / 1e9,
        channels=tuple(facts_of(column, timing) for column in columns),
        n_gaps=len(gaps), n_duplicates_dropped=n_duplicates, n_backward_steps=n_backward,
        findings=(
            *found, *(finding for column in columns for finding in column.findings),
            *find_absolute_pressures(printed, first_ns, last_ns),
        ),
        left_out=left, labels=named,
        sources=sources, questions=(*asked, *questions_of), group=timing.group,
        rate_hz=None if group.waveform is None else group.waveform.rate_hz, n_bursts=timing.n_bursts,
        machine=log.machine,
    )  # fmt: skip
    return ParsedRecording(
        facts=facts, times_ns=times_ns, columns={column.name: column.values for column in columns},
        labels={column.name: column.values for column in labels},
    )  # fmt: skip


def _timing_of(group: RateGroup, columns: Sequence[Column], step_ns: float | None, n_gaps: int) -> Timing:
    times_ns = group.times_ns
    span_s = (int(times_ns[-1]) - int(times_ns[0])) / NS_PER_S if times_ns.size else 0.0
    if group.waveform is not None:
        return Timing(group="waveform", n_bursts=len(group.waveform.first_rows), span_s=span_s)
    is_even = step_ns is not None and float(np.mean(np.abs(np.diff(times_ns) - step_ns) < EVEN_SHARE * step_ns)) > MOSTLY
    filled = float(np.median([np.mean(column.codes != ABSENT) for column in columns])) if columns and times_ns.size else 1.0
    return Timing(span_s=span_s, is_on_change=is_on_change(n_gaps, times_ns.size, filled), is_even=is_even)


@dataclass(frozen=True, slots=True)
class RowOrder:
    """Rows `kept` in the order of time, one an instant; which of all rows [n] copy an earlier one; instants of differing rows."""

    kept: NDArray[np.intp]
    is_copy: NDArray[np.bool_]
    conflicts_ns: NDArray[np.int64]


def count_backward(times_ns: NDArray[np.int64]) -> int:
    """Steps back of instants [n] in the order of a file."""
    return int(np.count_nonzero(np.diff(times_ns) < 0))


def find_order(times_ns: NDArray[np.int64], columns: Sequence[Column]) -> RowOrder:
    """How rows are sorted, and which are copies."""
    order = np.argsort(times_ns, kind="stable")
    repeats = np.concatenate([[False], np.diff(times_ns[order]) == 0]) if times_ns.size else np.zeros(0, np.bool_)
    is_copy = np.zeros(times_ns.size, np.bool_)
    if not repeats.any():
        return RowOrder(order, is_copy, np.zeros(0, np.int64))
    starts = np.flatnonzero(~repeats)
    ends = np.append(starts[1:], times_ns.size)
    codes = np.stack([column.codes for column in columns], axis=1)
    values = np.nan_to_num(np.stack([column.values for column in columns], axis=1))
    sizes = ends - starts
    pairs = starts[sizes == 2]
    is_lost = _mark_pairs(codes, values, order[pairs], order[pairs + 1], is_copy)
    conflicts_ns = [times_ns[order[pairs[is_lost]]]]
    for start, end in zip(starts[sizes > 2].tolist(), ends[sizes > 2].tolist(), strict=True):
        rows = order[start:end]
        copies, n_lost = _find_copies(codes[rows], values[rows])
        is_copy[rows] = copies
        conflicts_ns.append(np.repeat(times_ns[rows[:1]], n_lost))
    return RowOrder(order[~repeats], is_copy, np.concatenate(conflicts_ns))


def _mark_pairs(
    codes: NDArray[np.int16],
    values: NDArray[np.float64],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    is_copy: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Instants with two rows, all at once: mark copies in place, return which contradict; as `_find_copies` does."""
    equal = (codes[second] == codes[first]) & (values[second] == values[first])
    copies = (equal | (codes[second] == ABSENT)).all(axis=1)
    is_copy[second] = copies
    both_good = (codes[second] == 0) & (codes[first] == 0)
    differs = (both_good & (values[second] != values[first])).any(axis=1)
    return np.asarray(differs & ~copies)


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


def merge_column(column: Column, times_ns: NDArray[np.int64], kept: NDArray[np.intp]) -> Column:
    """One cell an instant: the first good one, else the first that was written."""
    if kept.size == times_ns.size:
        return take_rows(column, kept)
    rank = np.where(column.codes == 0, 0, np.where(column.codes == ABSENT, 2, 1))
    order = np.lexsort((np.arange(times_ns.size), rank, times_ns))
    first = np.concatenate([[True], np.diff(times_ns[order]) != 0])
    chosen = order[first]
    return take_rows(column, chosen if chosen.size == kept.size else kept)
