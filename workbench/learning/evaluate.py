"""How good a model is, in words that people can act on: events caught, delay, false alarms a pump-week of running time.

An alarm is a run of windows over the threshold; runs closer than one window length are one alarm. Windows near an event
that is unsure, and the recovery right after an event, count neither way. A false alarm that stays counts again each day,
else a model that always alarms would have one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.learning.dataset import EventSpan

WEEK_S = 7 * 24 * 3600.0
_N_FINE = 100
_N_COARSE = 150
Metrics = dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The windows of one part, in order of asset and time, with what happened. All arrays [n]."""

    assets: tuple[str, ...]
    asset: NDArray[np.int32]
    end_ns: NDArray[np.int64]
    is_running: NDArray[np.bool_]
    events: tuple[EventSpan, ...]
    window_ns: int
    stride_ns: int
    states: tuple[str, ...] = ()
    """Names of operating states, where they were found."""
    state: NDArray[np.int16] | None = None
    """Index of the state in which each window ends, -1 for none."""

    @property
    def running_weeks(self) -> float:
        """Weeks of running time that the windows stand for, one stride each."""
        return float(self.is_running.sum()) * self.stride_ns / NS_PER_S / WEEK_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Windows `first` to `last` (indices) of one alarm; `event` is the index of the event it caught, or None."""

    first: int
    last: int
    event: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Per window [n]: `event` is the index of the real event it is in (or -1), `is_ignored` counts neither way."""

    event: NDArray[np.int64]
    is_ignored: NDArray[np.bool_]
    block: NDArray[np.int64]
    """Number of the unbroken stretch of windows it belongs to."""


def mark_windows(scored: Scored) -> Marks:
    """Relate windows to events: in one until a window length after its end, and ignored for three more window lengths."""
    event = np.full(len(scored.end_ns), -1, np.int64)
    is_ignored = np.zeros(len(scored.end_ns), np.bool_)
    for index, span in enumerate(scored.events):
        if span.asset not in scored.assets:
            continue
        own = (scored.asset == scored.assets.index(span.asset)) & (scored.end_ns >= span.start_ns)
        inside = own & (scored.end_ns <= span.end_ns + scored.window_ns)
        is_ignored |= own & (scored.end_ns <= span.end_ns + 4 * scored.window_ns)
        if span.is_real:
            event[inside & (event < 0)] = index
    is_break = np.diff(scored.end_ns) != scored.stride_ns
    is_break |= np.diff(scored.asset) != 0
    block = np.concatenate(([0], np.cumsum(is_break))) if len(scored.end_ns) else np.empty(0, np.int64)
    return Marks(event=event, is_ignored=is_ignored & (event < 0), block=block.astype(np.int64))


def find_alarms(is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> list[Alarm]:
    """The alarms as runs of windows: one for each event caught, and the false ones, split each day."""
    alarms = []
    for index in np.unique(marks.event[is_alarm & (marks.event >= 0)]):
        hits = np.flatnonzero(is_alarm & (marks.event == index))
        alarms.append(Alarm(first=int(hits[0]), last=int(hits[-1]), event=int(index)))
    alarms += [Alarm(first=first, last=last, event=None) for first, last in _false_runs(is_alarm, scored, marks)]
    return sorted(alarms, key=lambda alarm: alarm.first)


def count_false_alarms(is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> int:
    """Number of false alarms."""
    return len(_false_runs(is_alarm, scored, marks))


def event_metrics(is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> Metrics:
    """Events caught, delay, false alarms with their 95 % interval, and the rows of the confusion matrix."""
    alarms = find_alarms(is_alarm, scored, marks)
    present = np.unique(marks.event[marks.event >= 0])
    caught = {alarm.event: alarm.first for alarm in alarms if alarm.event is not None}
    delays_s = [
        max(0.0, (int(scored.end_ns[first]) - scored.events[event].start_ns) / NS_PER_S) for event, first in caught.items()
    ]
    n_false = sum(alarm.event is None for alarm in alarms)
    weeks = scored.running_weeks
    low, high = poisson_interval(n_false)
    recall_low, recall_high = share_interval(len(caught), len(present))
    return {
        "n_events": float(len(present)),
        "n_caught": float(len(caught)),
        "event_recall": len(caught) / len(present) if len(present) else None,
        "recall_low": recall_low,
        "recall_high": recall_high,
        "median_delay_s": float(np.median(delays_s)) if delays_s else None,
        "n_false_alarms": float(n_false),
        "false_alarms_per_week": n_false / weeks if weeks else None,
        "false_alarms_low": low / weeks if weeks else None,
        "false_alarms_high": high / weeks if weeks else None,
        "running_weeks": weeks,
        **window_metrics(is_alarm[~marks.is_ignored], marks.event[~marks.is_ignored] >= 0),
    }


def window_metrics(is_alarm: NDArray[np.bool_], is_event: NDArray[np.bool_]) -> Metrics:
    """F1, FAR (false alarm rate) and MAR (missed alarm rate) over windows, and the F1 of always alarming."""
    hits, false = int((is_alarm & is_event).sum()), int((is_alarm & ~is_event).sum())
    n_events, n_normal = int(is_event.sum()), int((~is_event).sum())
    return {
        "f1": 2 * hits / (hits + false + n_events) if n_events else None,
        "far": false / n_normal if n_normal else None,
        "mar": 1 - hits / n_events if n_events else None,
        "always_alarm_f1": 2 * n_events / (2 * n_events + n_normal) if n_events else None,
        "n_windows": float(len(is_alarm)),
    }


def ranking_metrics(raw: NDArray[np.floating], is_event: NDArray[np.bool_]) -> Metrics:
    """Areas under the ROC and the precision-recall curve; None where only one kind of window is there."""
    if is_event.all() or not is_event.any():
        return {"roc_auc": None, "pr_auc": None}
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {"roc_auc": float(roc_auc_score(is_event, raw)), "pr_auc": float(average_precision_score(is_event, raw))}


def curve_points(raw: NDArray[np.floating], is_event: NDArray[np.bool_], n_points: int = 60) -> dict[str, list[list[float]]]:
    """ROC as [FAR, hit rate] and PR as [recall, precision], at most `n_points` each; empty where undefined."""
    if is_event.all() or not is_event.any():
        return {"roc": [], "pr": []}
    order = np.argsort(-raw, kind="stable")
    hits, false = np.cumsum(is_event[order]), np.cumsum(~is_event[order])
    is_last = np.append(np.diff(raw[order]) != 0, True)
    hits, false = hits[is_last], false[is_last]
    pick = np.unique(np.linspace(0, len(hits) - 1, n_points).astype(np.int64))
    hit_rate, false_rate = hits[pick] / hits[-1], false[pick] / false[-1]
    precision = hits[pick] / (hits[pick] + false[pick])
    return {
        "roc": [[0.0, 0.0], *np.column_stack([false_rate, hit_rate]).tolist()],
        "pr": np.column_stack([hit_rate, precision]).tolist(),
    }


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean from one count (Garwood, Biometrika 28, 1936): chi-squared quantiles."""
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def share_interval(count: int, total: int) -> tuple[float | None, float | None]:
    """95 % interval of a share (Wilson, JASA 22, 1927, eq. 6); None where there is nothing to share."""
    if not total:
        return None, None
    z = 1.959964
    middle = (count + z * z / 2) / (total + z * z)
    half = z * np.sqrt(count * (total - count) / total + z * z / 4) / (total + z * z)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def choose_threshold(raw: NDArray[np.floating], scored: Scored, false_alarms_per_week: float) -> float:
    """The lowest threshold that keeps false alarms within the target on these windows (validation).

    With less running time than one false alarm's worth, none is allowed. It lies halfway between two raw scores, so that
    rounding in an exported form can't move a window across.
    """
    marks = mark_windows(scored)
    normal = np.unique(raw[(marks.event < 0) & ~marks.is_ignored])
    if not len(normal):
        return float(np.quantile(raw, 0.5)) if len(raw) else 0.0
    allowed = int(false_alarms_per_week * scored.running_weeks)
    chosen = len(normal)
    for index in _candidates(len(normal)):
        if count_false_alarms(raw >= normal[index], scored, marks) > allowed:
            break
        chosen = index
    if chosen == len(normal):
        return float(normal[-1] + 0.1 * (normal[-1] - np.median(normal)) + 1e-6)
    return float((normal[chosen] + normal[chosen - 1]) / 2) if chosen else float(normal[0])


def _candidates(n: int) -> list[int]:
    """Indices into sorted raw scores from the highest down: each of the highest, then ever wider steps, to the median."""
    steps = np.unique(np.concatenate([np.arange(min(_N_FINE, n)), np.geomspace(1, max(n // 2, 1), _N_COARSE).astype(np.int64)]))
    return [n - 1 - int(step) for step in steps if step < n]


def raw_scale(raw: NDArray[np.floating], threshold: float) -> float:
    """Raw units from usual to the threshold: what the score's map is stretched by; always above 0."""
    distance = abs(threshold - float(np.median(raw))) if len(raw) else 0.0
    return max(distance / 3, 1e-6 * max(1.0, abs(threshold)), 1e-9)


def number_states(
    states: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]], assets: Sequence[str], asset: NDArray[np.int32],
    end_ns: NDArray[np.int64],
) -> tuple[tuple[str, ...], NDArray[np.int16] | None]:  # fmt: skip
    """Names of the operating states, and of each window [n] the index of that in which it ends (-1 for none); None without any.

    `states`: when each asset was in which, [start, end) ns; windows are in order of time within an asset.
    """
    names = tuple(sorted({name for own in states.values() for name in own}))
    if not names:
        return (), None
    found = np.full(len(end_ns), -1, np.int16)
    for index, tag in enumerate(assets):
        own = np.flatnonzero(asset == index)
        for name, spans in states.get(tag, {}).items():
            for start, end in spans:
                found[own[np.searchsorted(end_ns[own], start) : np.searchsorted(end_ns[own], end)]] = names.index(name)
    return names, found


def slice_metrics(is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> list[dict[str, object]]:
    """The same figures by asset, by operating state and by kind of event, the worst first."""
    slices = [
        _slice(scored.assets[index], scored.asset == index, is_alarm, scored, marks) for index in np.unique(scored.asset).tolist()
    ]
    if scored.state is not None:
        slices += [
            _slice(f"while {name}", scored.state == index, is_alarm, scored, marks)
            for index, name in enumerate(scored.states)
            if (scored.state == index).any()
        ]
    names = sorted({event.name for event in scored.events if event.is_real})
    for name in names:
        of_name = np.array([event.name == name for event in scored.events])
        inside = marks.event >= 0
        caught = {int(index) for index in np.unique(marks.event[inside & is_alarm]) if of_name[index]}
        present = {int(index) for index in np.unique(marks.event[inside]) if of_name[index]}
        if present:
            slices.append({"name": name, "n_events": len(present), "n_caught": len(caught), "false_alarms_per_week": None})
    return sorted(slices, key=_badness)


def _badness(row: dict[str, object]) -> tuple[float, float]:
    n_events, n_caught, rate = row["n_events"], row["n_caught"], row["false_alarms_per_week"]
    assert isinstance(n_events, int)
    assert isinstance(n_caught, int)
    return (n_caught / n_events if n_events else 1.0, -(rate if isinstance(rate, float) else 0.0))


def _slice(name: str, own: NDArray[np.bool_], is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> dict[str, object]:
    present, caught = (
        np.unique(marks.event[own & (marks.event >= 0)]),
        np.unique(marks.event[own & is_alarm & (marks.event >= 0)]),
    )
    weeks = float((own & scored.is_running).sum()) * scored.stride_ns / NS_PER_S / WEEK_S
    n_false = count_false_alarms(is_alarm & own, scored, marks)
    rate = n_false / weeks if weeks else None
    return {"name": name, "n_events": len(present), "n_caught": len(caught), "false_alarms_per_week": rate}


def _false_runs(is_alarm: NDArray[np.bool_], scored: Scored, marks: Marks) -> list[tuple[int, int]]:
    hits = np.flatnonzero(is_alarm & (marks.event < 0) & ~marks.is_ignored)
    if not len(hits):
        return []
    apart = np.diff(scored.end_ns[hits]) > scored.window_ns + scored.stride_ns
    apart |= np.diff(scored.asset[hits]) != 0
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    ends = np.concatenate((starts[1:], [len(hits)])) - 1
    runs: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        runs += _daily(hits[start : end + 1], scored.end_ns)
    return runs


def _daily(windows: NDArray[np.int64], end_ns: NDArray[np.int64]) -> list[tuple[int, int]]:
    day = (end_ns[windows] - end_ns[windows[0]]) // NS_PER_DAY
    starts = np.concatenate(([0], np.flatnonzero(np.diff(day)) + 1))
    ends = np.concatenate((starts[1:], [len(windows)])) - 1
    return [(int(windows[start]), int(windows[end])) for start, end in zip(starts, ends, strict=True)]


def sort_key(metrics: Metrics, target_per_week: float) -> tuple[float, float, float]:
    """Best first: event recall, less a tenth for each false alarm a week over the target; then delay; then ROC area.

    Of models that tell hours left: the smaller mean error first.
    """
    if "mae_h" in metrics:
        error = metrics["mae_h"]
        return (error if error is not None else float("inf"), 0.0, 0.0)
    recall = metrics.get("event_recall")
    rate = metrics.get("false_alarms_per_week")
    delay = metrics.get("median_delay_s")
    area = metrics.get("roc_auc")
    value = (recall or 0.0) - 0.1 * max(0.0, (rate or 0.0) - target_per_week)
    return (-value, delay if delay is not None else float("inf"), -(area or 0.0))


def rank_all(metrics: Sequence[Metrics], target_per_week: float) -> list[int]:
    """Indices, best first."""
    return sorted(range(len(metrics)), key=lambda index: sort_key(metrics[index], target_per_week))
