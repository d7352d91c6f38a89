"""From signals at an even rate to recordings: starts dated, files that continue each other joined, facts gathered.

Nothing is read as text here, so a burst of a million samples costs its numbers. Samples may still be in their file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs import questions
from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.checks.flat_runs import Samples
from workbench.logs.checks.waveforms import find_in_waveform
from workbench.logs.readers.lazy import multiplied
from workbench.logs.readers.signals import Signal, Signals
from workbench.logs.readers.table import TimeColumns
from workbench.logs.recordings.of_rows import ParsedRecording
from workbench.logs.recordings.rates import find_waveform
from workbench.logs.recordings.time_axis import AxisInstants, RunsAxis, gaps_between
from workbench.logs.summary import ChannelFacts, LeftOut, Question, RecordingFacts
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.columns import answered_unit, unique_names
from workbench.logs.tables.label_like import NAMED_WHY, is_label_name
from workbench.logs.times.elapsed import relative_start, tells_start
from workbench.logs.times.timing import StoredTimes, TimeChoices, read_times
from workbench.logs.units import find_quantity

_LOOKED_AT = 20_000
"""Samples in which a channel that is named like a label has to have few values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """Signals with their first instant, ns UTC, and what is open about it."""

    signals: Signals
    start_ns: int
    questions: tuple[Question, ...]

    @property
    def end_ns(self) -> int:
        """Where the next sample would be."""
        return self.start_ns + int(self.signals.n_rows * NS_PER_S / self.signals.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLog:
    """Signals that make up one recording: dated, in order, their samples still where they were."""

    parts: tuple[_Dated, ...]
    axis: RunsAxis
    names: tuple[str, ...]
    questions: tuple[Question, ...]

    @property
    def first(self) -> Signals:
        """Rate and channels, which all parts share."""
        return self.parts[0].signals

    @property
    def labels(self) -> tuple[str, ...]:
        """Channels that are named like labels: kept aside. An axis that is called y is none: it has many values."""
        named = zip(self.names, self.first.channels, strict=True)
        return tuple(
            name for name, channel in named if is_label_name(channel.name, channel.unit, _n_distinct(channel.values[:_LOOKED_AT]))
        )

    @property
    def kept(self) -> tuple[tuple[str, Signal], ...]:
        """All others, by the name that they have in the recording."""
        labels = self.labels
        return tuple((name, one) for name, one in zip(self.names, self.first.channels, strict=True) if name not in labels)


def _n_distinct(values: NDArray[np.floating]) -> int:
    return int(np.unique(values[~np.isnan(values)]).size)


def read_signals(found: Sequence[Signals], choices: TimeChoices, *, join: bool | None) -> list[ParsedRecording]:
    """Recordings in memory, as `plan_signals` puts signals together."""
    return [_in_memory(log) for log in plan_signals(found, choices, join=join)]


def plan_signals(found: Sequence[Signals], choices: TimeChoices, *, join: bool | None) -> list[SignalLog]:
    """A recording for each set of channels and rate; bursts of several files stand one after the other in it.

    `join` False keeps files apart. Signals whose start nobody knows stay apart as well: their order is not known either.
    """
    groups: list[list[_Dated]] = []
    scaled = [_named(_scale(signals, choices.answers), choices.answers) for signals in found]
    for dated in sorted((_date(signals, choices, asked) for signals, asked in _as_answered(scaled, choices)), key=_start_of):
        home = next((group for group in groups if _continues(group[-1], dated, join=join)), None)
        if home is None:
            groups.append([dated])
        else:
            home.append(dated)
    return [_plan(group) for group in groups]


def _start_of(dated: _Dated) -> tuple[int, str]:
    return dated.start_ns, dated.signals.source


def _scale(signals: Signals, answers: questions.AnswerBook) -> Signals:
    """Shares of full scale in the unit that a person told; else as they are, and asked."""
    channels, asked = [], []
    for channel in signals.channels:
        answer = answers.find("SCALE_UNKNOWN", channel.name) if channel.is_share else None
        if answer:
            value, unit = questions.full_scale_of(answer)
            values = multiplied(channel.values, value)
            channels.append(replace(channel, values=values, unit=unit, is_share=False))
            continue
        channels.append(channel)
        if channel.is_share:
            asked.append(questions.scale_unknown(channel.name))
    return replace(signals, channels=tuple(channels), questions=(*signals.questions, *asked))


def _named(signals: Signals, answers: questions.AnswerBook) -> Signals:
    """Units that a person told, where the file prints none."""
    is_open = [channel.unit is None and not channel.is_share for channel in signals.channels]
    channels = (
        replace(channel, unit=answered_unit(channel.name, answers)) if asked else channel
        for channel, asked in zip(signals.channels, is_open, strict=True)
    )
    return replace(signals, channels=tuple(channels))


def _as_answered(found: Sequence[Signals], choices: TimeChoices) -> Iterator[tuple[Signals, Question | None]]:
    """Each with what is asked about its start although one was told.

    That holds for one file without a start, and goes before that in its name. Several files did not begin at one instant: they
    keep the starts in their names, and the others are asked about.
    """
    without = {one.file for one in found if one.is_named_start or not one.is_begun}
    is_told = tells_start(choices.answers)
    is_for_it = is_told and choices.one_start and len(without) == 1
    for one in found:
        if is_for_it and one.is_named_start:
            yield replace(one, start_ns=None, is_named_start=False), None
        elif is_told and not is_for_it and not one.is_begun:
            why = f"{one.source} does not say when it began, and one start can't be that of several files"
            yield one, questions.time_relative(why)
        else:
            yield one, None


def _date(signals: Signals, choices: TimeChoices, asked_anyway: Question | None) -> _Dated:
    if asked_anyway is not None:
        return _Dated(signals=signals, start_ns=0, questions=(asked_anyway,))
    if signals.start_ns is None and signals.start_text:
        time = TimeColumns(kind="stamp", indexes=(0,), notes=signals.notes)
        axis = read_times(Cells.of([signals.start_text]), 1, time, [np.arange(1)], choices)
        return _Dated(signals=signals, start_ns=int(axis.times_ns[0]), questions=axis.questions)
    if signals.start_ns is None:
        start_ns, _, asked = relative_start(choices, f"{signals.source} does not say when it began")
        return _Dated(signals=signals, start_ns=start_ns, questions=tuple(asked))
    stored = StoredTimes(ns=np.array([signals.start_ns], np.int64), is_absolute=signals.is_absolute)
    time = TimeColumns(kind="stamp", indexes=(0,), notes=signals.notes)
    axis = read_times(stored, 1, time, [np.arange(1)], choices)
    return _Dated(signals=signals, start_ns=int(axis.times_ns[0]), questions=axis.questions)


def _continues(last: _Dated, following: _Dated, *, join: bool | None) -> bool:
    one, other = last.signals, following.signals
    is_same = _layout(one) == _layout(other)
    is_dated = one.start_ns is not None and other.start_ns is not None
    return join is not False and is_same and is_dated and following.start_ns >= last.end_ns


def _layout(signals: Signals) -> tuple[object, ...]:
    return signals.rate, *((channel.name, channel.unit) for channel in signals.channels)


def _plan(group: Sequence[_Dated]) -> SignalLog:
    first = group[0].signals
    names, doubled = unique_names([channel.name for channel in first.channels])
    asked = [question for dated in group for question in (*dated.questions, *dated.signals.questions)]
    asked += [questions.duplicate_channel(name, copies) for name, copies in doubled.items()]
    log = SignalLog(parts=tuple(group), axis=_axis_of(group), names=tuple(names), questions=())
    without_unit = [name for name, channel in log.kept if channel.unit is None]
    is_asked = any(question.code == "SCALE_UNKNOWN" for question in asked)
    if without_unit and not is_asked:
        asked.append(questions.unit_unknown(without_unit))
    return replace(log, questions=tuple({(one.code, one.channel, one.text): one for one in asked}.values()))


def _axis_of(group: Sequence[_Dated]) -> RunsAxis:
    """The bursts, those that go on without a break as one."""
    axes = [dated.signals.axis(dated.start_ns) for dated in group]
    if len(axes) == 1:
        return axes[0]
    starts = np.cumsum([0, *(axis.n_rows for axis in axes)])
    apart = replace(
        axes[0], n_rows=int(starts[-1]), first_rows=starts[:-1].astype(np.int64),
        first_ns=np.array([dated.start_ns for dated in group], np.int64),
    )  # fmt: skip
    waveform = find_waveform(AxisInstants(apart), group[0].signals.rate)
    return waveform.axis() if waveform else apart


def _in_memory(log: SignalLog) -> ParsedRecording:
    values = {
        name: np.concatenate([dated.signals.channels[number].values[:] for dated in log.parts])
        for number, name in enumerate(log.names)
    }
    counts = {name: SampleCount() for name, _ in log.kept}
    for name, count in counts.items():
        count.add(values[name])
    facts = gather_facts(log, counts, values)
    return ParsedRecording(
        facts=facts, times_ns=log.axis.all(), columns={name: values[name] for name, _ in log.kept},
        labels={name: values[name] for name in log.labels},
    )  # fmt: skip


@dataclass(slots=True)
class SampleCount:
    """What is known of a channel's samples so far."""

    n_good: int = 0
    low: float = float("nan")
    high: float = float("nan")
    total: float = 0.0

    def add(self, values: NDArray[np.floating]) -> None:
        """The next samples."""
        good = values[~np.isnan(values)]
        if good.size:
            self.n_good += int(good.size)
            self.low, self.high = float(np.fmin(self.low, good.min())), float(np.fmax(self.high, good.max()))
            self.total += float(good.sum(dtype=np.float64))


def gather_facts(log: SignalLog, counts: Mapping[str, SampleCount], samples: Mapping[str, Samples]) -> RecordingFacts:
    """The facts of a recording whose samples were counted; `samples` are read again for where they are cut off."""
    axis, labels = log.axis, log.labels
    ends_ns: list[int] = axis.take(np.array([0, axis.n_rows - 1])).tolist() if axis.n_rows else []
    span_s = (ends_ns[1] - ends_ns[0]) / NS_PER_S if ends_ns else 0.0
    timing = Timing(group="waveform", n_bursts=len(axis.first_rows), span_s=span_s, n_rows=axis.n_rows)
    sources = tuple(dict.fromkeys(dated.signals.source for dated in log.parts))
    return RecordingFacts(
        source=sources[0], sources=sources, rows=axis.n_rows, first_ns=ends_ns[0] if ends_ns else None,
        last_ns=ends_ns[1] if ends_ns else None,
        sample_period_s=1.0 / float(log.first.rate),
        channels=tuple(_facts_of(name, channel, counts[name], timing) for name, channel in log.kept),
        n_gaps=len(gaps_between(axis)), n_duplicates_dropped=0, n_backward_steps=0,
        findings=(
            *(found for dated in log.parts for found in dated.signals.findings),
            *find_in_waveform(axis, {name: samples[name] for name, _ in log.kept}, {name: one.unit for name, one in log.kept}),
        ),
        left_out=tuple(LeftOut(channel=name, why=NAMED_WHY) for name in labels), labels=labels, questions=log.questions,
        group="waveform", rate_hz=float(log.first.rate), n_bursts=timing.n_bursts,
    )  # fmt: skip


def _facts_of(name: str, channel: Signal, count: SampleCount, timing: Timing) -> ChannelFacts:
    quantity = find_quantity(channel.unit, name, channel.hint)
    n_bad = timing.n_rows - count.n_good
    is_known = count.n_good > 0
    return ChannelFacts(
        name=name, unit=channel.unit, quantity=quantity, n_good=count.n_good, bad={"empty": n_bad} if n_bad else {},
        min=count.low if is_known else None, max=count.high if is_known else None,
        mean=count.total / count.n_good if is_known else None,
        acquired=how_acquired(channel.hint, timing), detected=how_detected(channel.hint, channel.unit, quantity, "waveform"),
        band_hz=channel.band_hz or band_of(channel.hint),
    )  # fmt: skip
