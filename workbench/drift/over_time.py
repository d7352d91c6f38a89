"""Watches the channels of one recording after its reference period, evaluation by evaluation: history, alarms, ranking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.drift.calibrate import Limits, Statistics, calibrate, effect_limit, lasting, statistics_of
from workbench.drift.chunks import Chunks, ReferenceShape, WindowEffects, cut, shape_of, window_means
from workbench.drift.measures import Distances, measure_distances

Array = NDArray[np.float64]
Times = NDArray[np.int64]
Flags = NDArray[np.bool_]
Measure = Literal["step", "spread", "flat", "missing", "effect"]
FAST: tuple[Measure, ...] = ("missing", "flat", "step", "spread")
MIN_REFERENCE_CHUNKS = 3
_WINDOW_SAMPLES = 30
_LONG_WINDOW_SAMPLES = 270
_MOST_LONG_WINDOWS = 5
_REARM_WINDOWS = 5
_SAME_STORY_WINDOWS = 30
_SAME_ONSET_WINDOWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When is evaluated: chunk bounds in s after the recording's first sample [k + 1], of which the first `n_reference` are
    reference; a window is `n_chunks` chunks, and the distances look at `n_long` chunks."""

    bounds_s: Array
    n_reference: int
    n_chunks: int
    n_long: int
    every_s: float
    first_ns: int

    def at_ns(self, chunk: int) -> int:
        """The instant at which a chunk is complete and evaluated."""
        return self.first_ns + round(float(self.bounds_s[chunk + 1]) * NS_PER_S)

    @property
    def n_evaluations(self) -> int:
        """Evaluations after the reference."""
        return self.bounds_s.size - 1 - self.n_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A statistic of a channel crossed its limit at the end of a chunk."""

    chunk: int
    channel: str
    measure: Measure
    value: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHistory:
    """One channel's drift; arrays have one entry a chunk [k], the reference's first. `is_over` is False within the reference."""

    channel: str
    shape: ReferenceShape
    limits: Limits
    effects: WindowEffects
    effect_limit: Array
    is_over: Flags
    alarms: tuple[Alarm, ...]
    total: Distances
    """Whole analysis period against whole reference, exact."""


def plan_schedule(times_ns: Times, reference_end_ns: int | None, every_s: float) -> Schedule:
    """Chunks of `every_s` counted both ways from the reference's end (by default the middle of the recording).

    Raises InputError when the reference or the analysis period is too short.
    """
    if times_ns.size < 2 * _WINDOW_SAMPLES:
        raise InputError(f"{times_ns.size} samples are too few to look for drift.", "Take a longer log.")
    first_ns = int(times_ns[0])
    period_s = float(np.median(np.diff(times_ns))) / NS_PER_S
    span_s = float(times_ns[-1] - first_ns) / NS_PER_S + period_s
    end_s = 0.5 * span_s if reference_end_ns is None else (reference_end_ns - first_ns) / NS_PER_S
    # Only whole chunks are evaluated, but for a log that holds less than one after its reference.
    n_reference, n_after = int(end_s / every_s + 1e-9), max(int((span_s - end_s) / every_s + 1e-9), 1)
    if n_reference < MIN_REFERENCE_CHUNKS or end_s >= span_s:
        raise InputError(
            f"The reference lasts {max(min(end_s, span_s), 0.0):.0f} s of a log of {span_s:.0f} s; "
            f"{MIN_REFERENCE_CHUNKS * every_s:.0f} s are needed, and something after it.",
            "Move the end of the reference, or evaluate more often.",
        )
    bounds_s = np.asarray(end_s + np.arange(-n_reference, n_after + 1) * every_s, dtype=np.float64)
    n_chunks = min(_chunks_for(_WINDOW_SAMPLES, period_s, every_s), max(n_reference // 10, 1))
    n_long = max(_chunks_for(_LONG_WINDOW_SAMPLES, period_s, every_s), n_chunks)
    n_long = min(n_long, _MOST_LONG_WINDOWS * n_chunks, max(n_reference // 2, 1))
    return Schedule(
        bounds_s=bounds_s, n_reference=n_reference, n_chunks=n_chunks, n_long=n_long, every_s=every_s, first_ns=first_ns
    )


def _chunks_for(n_samples: int, period_s: float, every_s: float) -> int:
    return max(1, int(np.ceil(n_samples * period_s / every_s - 1e-9)))


def watch_channel(channel: str, times_ns: Times, values: Array, schedule: Schedule) -> ChannelHistory | None:
    """The history of one channel [n]; None where the reference holds hardly a number."""
    times_s = (times_ns - schedule.first_ns) / NS_PER_S
    split = int(np.searchsorted(times_s, schedule.bounds_s[schedule.n_reference]))
    reference, analysis = _good(values[:split]), _good(values[split:])
    if reference.size < _WINDOW_SAMPLES:
        return None
    shape = shape_of(reference)
    chunks = cut(times_s, values, schedule.bounds_s, shape)
    found = statistics_of(chunks, schedule.n_chunks, schedule.n_long, shape)
    limits = _limits(chunks, found, shape, schedule)
    over, values_of = _over(found, limits, schedule)
    is_over = np.logical_or.reduce([over[measure] for measure in over])
    is_over[: schedule.n_reference] = False
    return ChannelHistory(
        channel=channel,
        shape=shape,
        limits=limits,
        effects=found.effects,
        effect_limit=values_of["effect"][1],
        is_over=is_over,
        alarms=_alarms(channel, over, values_of, schedule),
        total=measure_distances(reference, analysis) if analysis.size else _NOTHING,
    )


def rank(histories: Iterable[ChannelHistory]) -> list[ChannelHistory]:
    """Largest effect over the whole analysis period first."""
    return sorted(histories, key=_total_effect, reverse=True)


_NOTHING = Distances(psi=0.0, ks=0.0, js=0.0, wasserstein=0.0, effect=0.0)


def _total_effect(history: ChannelHistory) -> float:
    return history.total.effect


def _good(values: Array) -> Array:
    return values[np.isfinite(values)]


def _limits(chunks: Chunks, found: Statistics, shape: ReferenceShape, schedule: Schedule) -> Limits:
    """Only whole windows of the reference calibrate: the first ones have no past."""
    n = schedule.n_reference
    settled = slice(min(schedule.n_long, n) - 1, n)
    reference = Statistics(
        steps=tuple(step[:n] for step in found.steps),
        roughness=found.roughness[min(schedule.n_chunks, n) - 1 : n],
        missing=found.missing[:n],
        flat_s=found.flat_s[:n],
        effects=_sliced(found.effects, settled),
    )
    means = window_means(chunks, schedule.n_chunks, shape)[:n]
    return calibrate(reference, means, chunks.longest_flat_s[:n], schedule.n_chunks, schedule.every_s)


def _over(
    found: Statistics, limits: Limits, schedule: Schedule
) -> tuple[dict[Measure, Flags], dict[Measure, tuple[Array, Array]]]:
    """Where each statistic is over its limit, and (value, limit) at each chunk; [k] each."""
    k = schedule.bounds_s.size - 1
    elapsed = (np.arange(k) + 1.0 - schedule.n_reference) / schedule.n_reference
    ones = np.ones(k)
    values: dict[Measure, tuple[Array, Array]] = {
        "missing": (found.missing, ones * limits.missing),
        "flat": (found.flat_s, ones * limits.flat_s),
        "step": _worst_step(found, limits),
        "spread": (
            np.abs(lasting(found.roughness - limits.usual_roughness, schedule.n_chunks)),
            ones * limits.roughness,
        ),
        "effect": (found.effects.effect, effect_limit(limits, elapsed)),
    }
    with np.errstate(invalid="ignore"):
        return {measure: value > limit for measure, (value, limit) in values.items()}, values


def _worst_step(found: Statistics, limits: Limits) -> tuple[Array, Array]:
    """Of the step statistics the one nearest to (or furthest over) its limit, with that limit; [k] each."""
    values = np.abs(np.nan_to_num(np.asarray(found.steps)))
    worst = np.argmax(values / np.asarray(limits.steps)[:, None], axis=0)
    return values[worst, np.arange(worst.size)], np.asarray(limits.steps)[worst]


def _alarms(
    channel: str, over: dict[Measure, Flags], values: dict[Measure, tuple[Array, Array]], schedule: Schedule
) -> tuple[Alarm, ...]:
    """One alarm a story: a fast measure tells of an onset; the slow effect speaks only where no fast one has just spoken.

    A group of measures is armed again after five quiet windows. The same onset seen by the other group is not told twice.
    """
    alarms: list[Alarm] = []
    window = schedule.n_chunks
    fast_last = slow_last = slow_told = -(10**9)
    is_fast = np.logical_or.reduce([over[measure] for measure in FAST])
    watched = np.flatnonzero(is_fast | over["effect"])
    for at in map(int, watched[watched >= schedule.n_reference]):
        if is_fast[at]:
            if at - fast_last > _REARM_WINDOWS * window and at - slow_told > _SAME_ONSET_WINDOWS * window:
                measure = next(measure for measure in FAST if over[measure][at])
                alarms.append(_alarm(channel, measure, at, values))
            fast_last = at
        if over["effect"][at]:
            if at - slow_last > _REARM_WINDOWS * window and at - fast_last > _SAME_STORY_WINDOWS * window:
                alarms.append(_alarm(channel, "effect", at, values))
                slow_told = at
            slow_last = at
    return tuple(alarms)


def _alarm(channel: str, measure: Measure, chunk: int, values: dict[Measure, tuple[Array, Array]]) -> Alarm:
    value, limit = values[measure]
    return Alarm(chunk=chunk, channel=channel, measure=measure, value=float(value[chunk]), limit=float(limit[chunk]))


def _sliced(effects: WindowEffects, part: slice) -> WindowEffects:
    return WindowEffects(
        psi=effects.psi[part], ks=effects.ks[part], js=effects.js[part],
        wasserstein=effects.wasserstein[part], effect=effects.effect[part],
    )  # fmt: skip
