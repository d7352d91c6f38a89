"""Trends of one file with different steps on one time axis: a channel that is not due at an instant is absent there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs.recordings.of_rows import ParsedRecording
from workbench.logs.recordings.time_axis import Instants, find_gaps
from workbench.logs.summary import ChannelFacts, RecordingFacts
from workbench.logs.tables.columns import unique_names


def merge_trends(recordings: Sequence[ParsedRecording]) -> ParsedRecording:
    """Trends of one file with different steps on one time axis: a channel that is not due at an instant is absent there."""
    if len(recordings) == 1:
        return recordings[0]
    times_ns = np.unique(np.concatenate([recording.times_ns for recording in recordings]))
    names, _ = unique_names([name for recording in recordings for name in recording.columns])
    facts = [channel for recording in recordings for channel in recording.facts.channels]
    columns, channels = {}, []
    position = iter(zip(names, facts, strict=True))
    for recording in recordings:
        rows = np.searchsorted(times_ns, recording.times_ns)
        for values in recording.columns.values():
            name, known = next(position)
            columns[name] = np.full(times_ns.size, np.nan)
            columns[name][rows] = values
            channels.append(renamed(known, name, times_ns.size - rows.size))
    whole = MergedRows(rows=int(times_ns.size), first_ns=int(times_ns[0]), last_ns=int(times_ns[-1]), times_ns=times_ns)
    return replace(
        recordings[0], facts=merged_facts([one.facts for one in recordings], whole, tuple(channels)), times_ns=times_ns,
        columns=columns,
        labels=_merged_labels(recordings, times_ns),
    )  # fmt: skip


def renamed(facts: ChannelFacts, name: str, n_absent: int) -> ChannelFacts:
    """A channel under its name in the whole, not due at so many more instants."""
    return msgspec.structs.replace(facts, name=name, n_absent=facts.n_absent + n_absent)


def _merged_labels(recordings: Sequence[ParsedRecording], times_ns: NDArray[np.int64]) -> dict[str, NDArray[np.floating]]:
    labels: dict[str, NDArray[np.floating]] = {}
    for recording in recordings:
        for name, values in recording.labels.items():
            labels.setdefault(name, np.full(times_ns.size, np.nan))[np.searchsorted(times_ns, recording.times_ns)] = values
    return labels


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedRows:
    """The rows of several trends together: how many, the first and the last instant, and all of them."""

    rows: int
    first_ns: int | None
    last_ns: int | None
    times_ns: Instants


def merged_facts(parts: Sequence[RecordingFacts], rows: MergedRows, channels: tuple[ChannelFacts, ...]) -> RecordingFacts:
    """The facts of trends that were merged."""
    steps = [facts.sample_period_s for facts in parts if facts.sample_period_s]
    step_s = min(steps, default=None)
    return msgspec.structs.replace(
        parts[0], rows=rows.rows, first_ns=rows.first_ns, last_ns=rows.last_ns, sample_period_s=step_s,
        channels=channels, n_gaps=len(find_gaps(rows.times_ns, None if step_s is None else step_s * NS_PER_S)),
        n_duplicates_dropped=sum(facts.n_duplicates_dropped for facts in parts),
        n_backward_steps=sum(facts.n_backward_steps for facts in parts),
        findings=tuple(dict.fromkeys(one for facts in parts for one in facts.findings)),
        left_out=tuple(one for facts in parts for one in facts.left_out),
        labels=tuple(dict.fromkeys(one for facts in parts for one in facts.labels)),
        questions=tuple({(one.code, one.channel, one.text): one for facts in parts for one in facts.questions}.values()),
    )  # fmt: skip
