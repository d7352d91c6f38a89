"""From signals at an even rate to recordings: starts dated, files that continue each other joined, facts gathered.

Nothing is read as text here, so a burst of a million samples costs its numbers and one time axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs import questions
from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.columns import unique_names
from workbench.logs.label_like import NAMED_WHY, is_label_name
from workbench.logs.phrases import format_value
from workbench.logs.rates import find_waveform
from workbench.logs.readers.signals import Signal, Signals
from workbench.logs.readers.table import TimeColumns
from workbench.logs.recording_of_rows import ParsedRecording
from workbench.logs.summary import ChannelFacts, Finding, LeftOut, Question, RecordingFacts
from workbench.logs.time_axis import find_gaps
from workbench.logs.timing import StoredTimes, TimeChoices, read_times, relative_start
from workbench.logs.units import find_quantity

_MIN_CLIPPED = 10
_CLIPPED_SHARE = 1e-4
_MIN_LEVELS = 50
_TOGETHER = 0.3
_HEAD_SAMPLES = 100_000


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


def read_signals(found: Sequence[Signals], choices: TimeChoices, *, join: bool | None) -> list[ParsedRecording]:
    """A recording for each set of channels and rate; bursts of several files stand one after the other in it.

    `join` False keeps files apart. Signals whose start nobody knows stay apart as well: their order is not known either.
    """
    groups: list[list[_Dated]] = []
    scaled = [_scale(signals, choices.answers) for signals in found]
    for dated in sorted((_date(signals, choices) for signals in scaled), key=_start_of):
        home = next((group for group in groups if _continues(group[-1], dated, join=join)), None)
        if home is None:
            groups.append([dated])
        else:
            home.append(dated)
    return [_build(group) for group in groups]


def _start_of(dated: _Dated) -> tuple[int, str]:
    return dated.start_ns, dated.signals.source


def _scale(signals: Signals, answers: questions.AnswerBook) -> Signals:
    """Shares of full scale in the unit that a person told; else as they are, and asked."""
    channels, asked = [], []
    for channel in signals.channels:
        answer = answers.find("SCALE_UNKNOWN", channel.name) if channel.is_share else None
        if answer:
            value, unit = questions.full_scale_of(answer)
            values = (channel.values.astype(np.float64) * value).astype(channel.values.dtype)
            channels.append(replace(channel, values=values, unit=unit, is_share=False))
            continue
        channels.append(channel)
        if channel.is_share:
            asked.append(questions.scale_unknown(channel.name))
    return replace(signals, channels=tuple(channels), questions=(*signals.questions, *asked))


def _date(signals: Signals, choices: TimeChoices) -> _Dated:
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


def _build(group: list[_Dated]) -> ParsedRecording:
    first = group[0].signals
    times_ns = np.concatenate([dated.signals.instants(dated.start_ns) for dated in group])
    waveform = find_waveform(times_ns, first.rate)
    span_s = (int(times_ns[-1]) - int(times_ns[0])) / NS_PER_S if times_ns.size else 0.0
    timing = Timing(group="waveform", n_bursts=len(waveform.first_rows) if waveform else 1, span_s=span_s, n_rows=times_ns.size)
    names, doubled = unique_names([channel.name for channel in first.channels])
    values = {
        name: np.concatenate([dated.signals.channels[number].values for dated in group]) for number, name in enumerate(names)
    }
    labels = [name for name, channel in zip(names, first.channels, strict=True) if is_label_name(channel.name, channel.unit)]
    kept = [(name, channel) for name, channel in zip(names, first.channels, strict=True) if name not in labels]
    asked = [question for dated in group for question in (*dated.questions, *dated.signals.questions)]
    asked += [questions.duplicate_channel(name, copies) for name, copies in doubled.items()]
    without_unit = [name for name, channel in kept if channel.unit is None]
    is_asked = any(question.code == "SCALE_UNKNOWN" for question in asked)
    if without_unit and not is_asked:
        asked.append(questions.unit_unknown(without_unit))
    sources = tuple(dict.fromkeys(dated.signals.source for dated in group))
    facts = RecordingFacts(
        source=sources[0], sources=sources, rows=int(times_ns.size), first_ns=int(times_ns[0]) if times_ns.size else None,
        last_ns=int(times_ns[-1]) if times_ns.size else None, sample_period_s=1.0 / float(first.rate),
        channels=tuple(_facts_of(name, channel, values[name], timing) for name, channel in kept),
        n_gaps=len(find_gaps(times_ns, float(NS_PER_S / first.rate))), n_duplicates_dropped=0, n_backward_steps=0,
        findings=(
            *(found for dated in group for found in dated.signals.findings),
            *(found for name, _ in kept for found in _find_clipping(name, values[name], times_ns, first)),
        ),
        left_out=tuple(LeftOut(channel=name, why=NAMED_WHY) for name in labels), labels=tuple(labels),
        questions=tuple({(one.code, one.channel, one.text): one for one in asked}.values()),
        group="waveform", rate_hz=float(first.rate), n_bursts=timing.n_bursts,
    )  # fmt: skip
    return ParsedRecording(
        facts=facts, times_ns=times_ns, columns={name: values[name] for name, _ in kept},
        labels={name: values[name] for name in labels},
    )  # fmt: skip


def _facts_of(name: str, channel: Signal, values: NDArray[np.floating], timing: Timing) -> ChannelFacts:
    quantity = find_quantity(channel.unit, name, channel.hint)
    is_good = ~np.isnan(values)
    n_good = int(np.count_nonzero(is_good))
    n_bad = values.size - n_good
    return ChannelFacts(
        name=name, unit=channel.unit, quantity=quantity, n_good=n_good, bad={"empty": n_bad} if n_bad else {},
        min=float(np.nanmin(values)) if n_good else None, max=float(np.nanmax(values)) if n_good else None,
        mean=float(np.nanmean(values, dtype=np.float64)) if n_good else None,
        acquired=how_acquired(channel.hint, timing), detected=how_detected(channel.hint, channel.unit, quantity, "waveform"),
        band_hz=channel.band_hz or band_of(channel.hint),
    )  # fmt: skip


def _find_clipping(name: str, values: NDArray[np.floating], times_ns: NDArray[np.int64], signals: Signals) -> list[Finding]:
    """A waveform that stands at its largest or smallest value again and again was cut off there by its converter."""
    if values.size < _HEAD_SAMPLES // 100 or np.unique(values[:_HEAD_SAMPLES]).size < _MIN_LEVELS:
        return []
    unit = next(channel.unit for channel in signals.channels if name.startswith(channel.name))
    found = []
    for side, rail in (("top", np.nanmax(values)), ("bottom", np.nanmin(values))):
        at = np.flatnonzero(values == rail)
        n_together = np.count_nonzero(np.diff(at) == 1)  # a pure tone meets its peak often, but not twice in a row
        if at.size >= max(_MIN_CLIPPED, _CLIPPED_SHARE * values.size) and n_together > _TOGETHER * at.size:
            share = 100 * at.size / values.size
            text = f"Cut off at the {side}: {share:.2g} % of the samples are exactly {format_value(float(rail), unit)}"
            finding = Finding(
                code="SATURATED", text=text, channel=name, start_ns=int(times_ns[at[0]]), end_ns=int(times_ns[at[-1]])
            )
            found.append(finding)
    return found


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
            channels.append(_renamed(known, name, times_ns.size - rows.size))
    return replace(
        recordings[0], facts=_merged_facts(recordings, times_ns, tuple(channels)), times_ns=times_ns, columns=columns,
        labels=_merged_labels(recordings, times_ns),
    )  # fmt: skip


def _renamed(facts: ChannelFacts, name: str, n_absent: int) -> ChannelFacts:
    import msgspec

    return msgspec.structs.replace(facts, name=name, n_absent=facts.n_absent + n_absent)


def _merged_labels(recordings: Sequence[ParsedRecording], times_ns: NDArray[np.int64]) -> dict[str, NDArray[np.floating]]:
    labels: dict[str, NDArray[np.floating]] = {}
    for recording in recordings:
        for name, values in recording.labels.items():
            labels.setdefault(name, np.full(times_ns.size, np.nan))[np.searchsorted(times_ns, recording.times_ns)] = values
    return labels


def _merged_facts(
    recordings: Sequence[ParsedRecording], times_ns: NDArray[np.int64], channels: tuple[ChannelFacts, ...]
) -> RecordingFacts:  # fmt: skip
    import msgspec

    parts = [recording.facts for recording in recordings]
    steps = [facts.sample_period_s for facts in parts if facts.sample_period_s]
    step_s = min(steps, default=None)
    return msgspec.structs.replace(
        parts[0], rows=int(times_ns.size), first_ns=int(times_ns[0]), last_ns=int(times_ns[-1]), sample_period_s=step_s,
        channels=channels, n_gaps=len(find_gaps(times_ns, None if step_s is None else step_s * NS_PER_S)),
        n_duplicates_dropped=sum(facts.n_duplicates_dropped for facts in parts),
        n_backward_steps=sum(facts.n_backward_steps for facts in parts),
        findings=tuple(dict.fromkeys(one for facts in parts for one in facts.findings)),
        left_out=tuple(one for facts in parts for one in facts.left_out),
        labels=tuple(dict.fromkeys(one for facts in parts for one in facts.labels)),
        questions=tuple({(one.code, one.channel, one.text): one for facts in parts for one in facts.questions}.values()),
    )  # fmt: skip
