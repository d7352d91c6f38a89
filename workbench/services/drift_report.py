"""Turns watched channels into the result of `drift`: alarms by time, channels by effect, histories short enough to draw."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from workbench.core.clock import format_utc
from workbench.services.drift import DriftAlarm, DriftChannel, DriftPoint, DriftResult
from workbench.services.drift_logs import Watched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.drift.over_time import ChannelHistory, Schedule

_MOST_POINTS = 500
_N_DENSITY_BINS = 60
_BRIDGED_CHUNKS = 5


def build_result(watched: list[Watched]) -> DriftResult:
    """Everything of all logs; channels whose name occurs in two logs carry the log's name."""
    counts = Counter(history.channel for one in watched for history in one.histories)
    clashes = {name for name, count in counts.items() if count > 1}
    channels = [_channel(one, history, _shown(one, history.channel, clashes)) for one in watched for history in one.histories]
    alarms = [alarm for one in watched for alarm in _alarms(one, clashes)]
    first = watched[0]
    schedule = first.schedule
    return DriftResult(
        evaluations=sum(one.schedule.n_evaluations for one in watched),
        alarms=tuple(sorted(alarms, key=_when)),
        channels=tuple(sorted(channels, key=_effect, reverse=True)),
        reference=(format_utc(schedule.first_ns), format_utc(schedule.at_ns(schedule.n_reference - 1))),
        analysis=(format_utc(schedule.at_ns(schedule.n_reference - 1)), format_utc(int(first.log.times_ns[-1]))),
        source=", ".join(one.log.source for one in watched),
    )


def _shown(one: Watched, channel: str, clashes: set[str]) -> str:
    return f"{one.log.source}: {channel}" if channel in clashes else channel


def _alarms(one: Watched, clashes: set[str]) -> list[DriftAlarm]:
    return [
        DriftAlarm(
            at_utc=format_utc(one.schedule.at_ns(alarm.chunk)), channel=_shown(one, alarm.channel, clashes), kind=None,
            measure=alarm.measure, value=alarm.value, limit=alarm.limit,
        )
        for history in one.histories
        for alarm in history.alarms
    ]  # fmt: skip


def _when(alarm: DriftAlarm) -> tuple[str, str]:
    return alarm.at_utc, alarm.channel


def _effect(channel: DriftChannel) -> float:
    return channel.effect


def _channel(one: Watched, history: ChannelHistory, shown: str) -> DriftChannel:
    import numpy as np

    schedule, limits = one.schedule, history.limits
    values = np.asarray(one.log.columns[history.channel], dtype=np.float64)
    split = int(np.searchsorted(one.log.times_ns, schedule.at_ns(schedule.n_reference - 1)))
    reference, analysis = values[:split], values[split:]
    reference, analysis = reference[np.isfinite(reference)], analysis[np.isfinite(analysis)]
    edges, densities = _densities(reference, analysis)
    known = np.flatnonzero(np.isfinite(history.effects.effect))
    last = int(known[-1]) if known.size else -1
    since = _over_since(history)
    return DriftChannel(
        channel=shown,
        unit=one.log.units.get(history.channel, ""),
        effect=float(history.effects.effect[last]) if known.size else 0.0,
        effect_limit=float(history.effect_limit[last]),
        limits={"psi": limits.psi, "ks": limits.ks, "js": limits.js, "wasserstein": limits.wasserstein},
        is_over=since is not None,
        over_since_utc=None if since is None else format_utc(schedule.at_ns(since)),
        points=_points(history, schedule, known),
        bin_edges=edges,
        reference_density=densities[0],
        analysis_density=densities[1],
        reference_median=float(np.median(reference)),
        analysis_median=float(np.median(analysis)) if analysis.size else 0.0,
        n_reference=int(reference.size),
        n_analysis=int(analysis.size),
    )


def _over_since(history: ChannelHistory) -> int | None:
    """The chunk since which the channel is over a limit (short pauses bridged); None if it is within at the end."""
    import numpy as np

    over = np.flatnonzero(history.is_over)
    if over.size == 0 or history.is_over.size - 1 - over[-1] > _BRIDGED_CHUNKS:
        return None
    breaks = np.flatnonzero(np.diff(over) > _BRIDGED_CHUNKS + 1)
    return int(over[breaks[-1] + 1]) if breaks.size else int(over[0])


def _points(history: ChannelHistory, schedule: Schedule, known: NDArray[np.intp]) -> tuple[DriftPoint, ...]:
    """At most 500 points; of each group of neighbours the one with the largest effect, so that no peak is lost."""
    import numpy as np

    effects = history.effects
    groups = np.array_split(known, min(_MOST_POINTS, known.size)) if known.size else []
    chosen = [int(group[np.argmax(effects.effect[group])]) for group in groups]
    return tuple(
        DriftPoint(
            at_utc=format_utc(schedule.at_ns(chunk)), effect=float(effects.effect[chunk]), psi=float(effects.psi[chunk]),
            ks=float(effects.ks[chunk]), js=float(effects.js[chunk]), wasserstein=float(effects.wasserstein[chunk]),
            is_over=bool(history.is_over[chunk]),
        )
        for chunk in chosen
    )  # fmt: skip


def _densities(
    reference: NDArray[np.float64], analysis: NDArray[np.float64]
) -> tuple[tuple[float, ...], tuple[tuple[float, ...], tuple[float, ...]]]:
    """Shared edges from the 0.1st to the 99.9th percentile of both, and shares per unit; values beyond count at the ends."""
    import numpy as np

    low, high = np.inf, -np.inf
    for sample in (reference, analysis):
        if sample.size:
            a, b = np.quantile(sample, [0.001, 0.999])
            low, high = min(low, float(a)), max(high, float(b))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, _N_DENSITY_BINS + 1)
    width = edges[1] - edges[0]
    shares = []
    for sample in (reference, analysis):
        counts = np.histogram(np.clip(sample, low, high), edges)[0]
        shares.append(tuple((counts / max(sample.size, 1) / width).tolist()))
    return tuple(edges.tolist()), (shares[0], shares[1])
