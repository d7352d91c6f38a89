"""Changes at one instant that no pump makes: another unit, two exchanged channels, a sensor that came loose.

A change counts when the stretches before it and those after it differ by far more than they do among themselves, while the pump
runs on both sides. Its row is then looked for in the samples. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.conversions import Conversion, conversions_of
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.summary import Finding, Remedy

_SIDE = 5
_MIN_SIDE = 3
_LEAST_RATIO = 1.3
_LEVEL_ERROR = 0.03
_NOISE_RATIO, _NOISE_RATIO_BACKED = 1.6, 2.5
_TELL_DUTY = frozenset({"current", "power", "pressure"})
"""Where one of these goes on as it was, no process changed the channel: its noise may vary by itself."""
_NEAR_ROWS = 12
_NEXT_ROWS = 3
_EDGE_ROWS = 8
_ABOUT, _PLAIN_FACTOR = 0.15, 1.6
_SWAP_ERROR = 0.3
_SWAP_SIGMAS = 6.0
_LOOSE_SHARE = 0.4
_MAX_TURNS = 50
_MAX_STEPS = 12
_LASTING, _LASTING_ERROR = 40, 0.6
_TURNED_SHARE = 0.4
_AT_REST = 0.5
_NEAR_ZERO = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A change at one row: what the samples just before and just after it say."""

    row: int
    place: int
    """The first running stretch after it."""
    before: float
    after: float
    last: float
    """What the three samples before it say."""
    next: float
    noise_before: float
    noise_after: float
    is_within_run: bool
    """No stop lies beside it."""


def find_steps(survey: Survey) -> list[Finding]:
    """Unit jumps, exchanged channels, loose sensors."""
    if np.count_nonzero(survey.is_running) < 2 * _MIN_SIDE:
        return []
    steps = {name: _steps_of(name, survey) for name in survey.channels}
    return [*_unit_jumps(steps, survey), *_swaps(survey), *_loose(steps, survey)]


def _steps_of(name: str, survey: Survey) -> list[_Step]:
    """Where the running level changes most, by its ratio, the largest first; a throttled hour may well be larger than a jump."""
    known = survey.channels[name]
    order = np.flatnonzero(survey.is_running & np.isfinite(known.level))
    if len(order) < 2 * _MIN_SIDE:
        return []
    size = np.log(np.maximum(np.abs(known.level[order]), 1e-9))
    side = min(_SIDE, len(order) // 2)
    windows = np.median(np.lib.stride_tricks.sliding_window_view(size, side), axis=1)
    jump = np.abs(windows[side:] - windows[:-side])
    found: list[_Step] = []
    for _ in range(_MAX_STEPS if len(jump) else 0):
        peak = int(np.argmax(jump))
        height = float(jump[peak])
        if height < np.log(_LEAST_RATIO):
            break
        low, high = max(peak - 2 * side, 0), peak + 2 * side + 1
        near = side + low + np.flatnonzero(jump[low:high] > 0.8 * height)
        k = int(near[np.argmax(np.abs(size[near] - size[near - 1]))])
        step = _step_at(name, order, k, survey)
        found += [step] if step is not None else []
        jump[low:high] = 0.0
    return found


def _step_at(name: str, order: NDArray[np.int64], k: int, survey: Survey) -> _Step | None:
    first, end = _rows_about(order, k, survey)
    values = _running_rows(name, first, end, survey)
    at = np.flatnonzero(np.isfinite(values))
    cut = _edge(values[at])
    if cut is None:
        return None
    left, right = values[at[max(cut - _NEAR_ROWS, 0) : cut]], values[at[cut : cut + _NEAR_ROWS]]
    before, after = _middle(left), _middle(right)
    noise = survey.channels[name].noise[order]
    is_within_run = bool(np.isfinite(_running_rows(name, first + int(at[cut]) - 2, first + int(at[cut]) + 2, survey)).all())
    return _Step(
        row=first + int(at[cut]), place=int(order[k]), before=before, after=after, is_within_run=is_within_run,
        last=_middle(left[-_NEXT_ROWS:]), next=_middle(right[:_NEXT_ROWS]),
        noise_before=_middle(noise[max(k - _SIDE, 0) : max(k - 1, 1)]), noise_after=_middle(noise[k + 1 : k + 1 + _SIDE]),
    )  # fmt: skip


def _rows_about(order: NDArray[np.int64], k: int, survey: Survey) -> tuple[int, int]:
    """From the second running stretch before to the second one after."""
    first = int(survey.first_rows[order[max(k - 2, 0)]])
    last = int(survey.end_rows[order[max(k - 2, 0) : k + 2]].max())
    return first, min(last, len(survey.times_ns))


def _running_rows(name: str, first: int, end: int, survey: Survey) -> Floats64:
    """Samples of a channel; what the pump's own stop and start do to it is left out as missing."""
    first = max(first, 0)
    values = np.asarray(survey.columns[name][first:end], np.float64).copy()
    for drive in survey.roles.drives[:1]:
        if drive != name:
            size = np.abs(np.asarray(survey.columns[drive][first:end], np.float64))
            values[size < _AT_REST * survey.usual_level(drive)] = np.nan
    return values


def _edge(values: Floats64) -> int | None:
    """The row at which the samples on both sides differ most: of the largest change of medians, the largest single step."""
    if len(values) < 2 * _EDGE_ROWS + 1:
        return None
    medians = np.median(np.lib.stride_tricks.sliding_window_view(values, _EDGE_ROWS), axis=1)
    jump = np.abs(medians[_EDGE_ROWS:] - medians[:-_EDGE_ROWS])
    about = int(np.argmax(jump)) + _EDGE_ROWS
    first = max(about - _EDGE_ROWS // 2, 1)
    return first + int(np.argmax(np.abs(np.diff(values[first - 1 : about + _EDGE_ROWS // 2]))))


def _middle(values: Floats64) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else float("nan")


def _unit_jumps(steps: Mapping[str, list[_Step]], survey: Survey) -> list[Finding]:
    findings = []
    for name, found in steps.items():
        conversions = conversions_of(survey.units.get(name), survey.roles.quantities[name])
        resolution = survey.channels[name].resolution
        candidates = chain(found, _converted(name, conversions, survey) if conversions else ())
        is_backed = any(survey.roles.quantities[other] in _TELL_DUTY for other in survey.channels if other != name)
        fitting = ((step, one) for step in candidates for one in conversions if _fits(one, step, resolution, is_backed=is_backed))
        jump = next(
            ((step, one) for step, one in fitting if _is_alone(name, step, survey) and _lasts(name, step, one, survey)), None
        )
        if jump is not None:
            findings.append(_unit_jump(name, *jump, survey))
    return findings


def _converted(name: str, conversions: Sequence[Conversion], survey: Survey) -> Iterator[_Step]:
    """Where the level becomes about what a conversion makes of it, however much the process moves it elsewhere."""
    level = survey.channels[name].level
    order = np.flatnonzero(survey.is_running & np.isfinite(level))
    if len(order) < 2 * _MIN_SIDE:
        return
    before, after = level[order[:-2]], level[order[2:]]
    for one in conversions:
        if max(one.factor, 1 / one.factor) < _PLAIN_FACTOR:
            continue  # a load changes by a third all day
        wanted = one.factor * before + one.offset
        off = np.abs(after - wanted)
        is_like = (off < _ABOUT * np.abs(wanted)) & (np.abs(wanted - before) > 2 * off)
        near = np.flatnonzero(is_like)
        for k in near[np.argsort(off[near] / np.abs(wanted[near]), kind="stable")][:_MAX_STEPS].tolist():
            step = _step_at(name, order, k + 1, survey)
            if step is not None:
                yield step


def _fits(one: Conversion, step: _Step, resolution: float, *, is_backed: bool) -> bool:
    """Whether level and noise both become what the conversion makes of them."""
    if _converted_pair(one, step) is None:
        return False
    if not min(step.noise_before * min(one.factor, 1), step.noise_after) > 1.5 * resolution:
        return True
    ratio = step.noise_after / (one.factor * step.noise_before)
    is_plain = is_backed and max(one.factor, 1 / one.factor) >= _PLAIN_FACTOR
    apart = _NOISE_RATIO_BACKED if is_plain else _NOISE_RATIO
    return 1 / apart < ratio < apart


def _converted_pair(one: Conversion, step: _Step) -> tuple[float, float] | None:
    """What was read before and after where the second is the first, converted.

    Of the dozen samples on both sides; where the process moves meanwhile, of the three that are next to the change.
    """
    pairs = [(step.before, step.after)]
    if max(one.factor, 1 / one.factor) >= _PLAIN_FACTOR:
        pairs.append((step.last, step.next))
    for before, after in pairs:
        wanted = one.factor * before + one.offset
        slack = max(_LEVEL_ERROR * abs(wanted), 3 * one.factor * step.noise_before)
        if abs(after - wanted) <= slack and abs(wanted - before) >= 4 * slack:
            return before, after
    return None


def _lasts(name: str, step: _Step, one: Conversion, survey: Survey) -> bool:
    """Whether the level stays what the conversion makes of it: a pressure that falls for an hour is no unit."""
    level = np.where(survey.is_running, survey.channels[name].level, np.nan)
    before = _middle(level[max(step.place - _LASTING, 0) : step.place - 1])
    after = _middle(level[step.place + 1 :][:_LASTING])
    wanted = one.factor * before + one.offset
    return bool(abs(after - wanted) < _LASTING_ERROR * abs(wanted))


def _is_alone(name: str, step: _Step, survey: Survey) -> bool:
    """Whether the other channels go on as they were."""
    return not any(other != name and abs(_change(other, step.row, survey)) > np.log(1.2) for other in survey.channels)


def _change(name: str, row: int, survey: Survey) -> float:
    """Log ratio of a channel's samples just after and just before a row; 0 where that can't be told or is near zero."""
    values = _running_rows(name, row - _NEAR_ROWS, row + _NEAR_ROWS, survey)
    if name in survey.roles.drives[:1]:  # a pump that starts every few minutes stands beside the change
        values[np.abs(values) < _AT_REST * survey.usual_level(name)] = np.nan
    cut = min(row, _NEAR_ROWS)
    first, second = _middle(values[:cut]), _middle(values[cut:])
    floor = _NEAR_ZERO * float(np.nanmax(np.abs(survey.channels[name].level), initial=0.0))
    if not max(abs(first), abs(second)) >= floor or not first * second > 0:
        return 0.0
    return float(np.log(abs(second / first)))


def _unit_jump(name: str, step: _Step, one: Conversion, survey: Survey) -> Finding:
    at_ns = survey.instant(step.row)
    factor = f"× {one.factor:.5g}" + (f" + {one.offset:.5g}" if one.offset else "")
    before, after = (f"{value:.4g}" for value in _converted_pair(one, step) or (step.before, step.after))
    text = f"From {format_instant(at_ns)} UTC it reads {after} where it read {before}: {one.words} ({factor})"
    remedy = Remedy(action="scale", factor=1 / one.factor, offset=-one.offset / one.factor if one.offset else 0.0)
    end_ns = survey.instant(len(survey.times_ns) - 1)
    return Finding(code="UNIT_JUMP", text=text, channel=name, start_ns=at_ns, end_ns=end_ns, remedy=remedy)


def _swaps(survey: Survey) -> list[Finding]:
    """Pairs of one quantity whose difference turns round at an instant while their sum goes on."""
    findings = []
    for one, other in combinations(survey.channels, 2):
        quantity = survey.roles.quantities[one]
        if not quantity or quantity != survey.roles.quantities[other] or survey.units.get(one) != survey.units.get(other):
            continue
        if not _cross(one, other, survey):
            continue
        row = _swap_row(one, other, survey)
        if row is not None:
            at_ns, end_ns = survey.instant(row), survey.instant(len(survey.times_ns) - 1)
            text = f"{one} and {other} read as each other from {format_instant(at_ns)} UTC: exchanged cables or tags"
            remedy = Remedy(action="swap", other=other)
            findings.append(Finding(code="SWAPPED", text=text, channel=one, start_ns=at_ns, end_ns=end_ns, remedy=remedy))
    return findings


def _cross(one: str, other: str, survey: Survey) -> bool:
    """Whether each is above the other at some time while the pump runs: by far the most pairs never meet."""
    difference = (survey.channels[one].level - survey.channels[other].level)[survey.is_running]
    return bool((difference >= 0).any() and (difference <= 0).any())


def _swap_row(one: str, other: str, survey: Survey) -> int | None:
    a, b = survey.channels[one], survey.channels[other]
    order = np.flatnonzero(survey.is_running & np.isfinite(a.level) & np.isfinite(b.level))
    if len(order) < 2 * _MIN_SIDE:
        return None
    difference = a.level[order] - b.level[order]
    noise = np.hypot(_middle(a.noise[order]), _middle(b.noise[order]))
    if float(np.median(np.abs(difference))) <= noise:
        return None  # two that read alike cross all the time
    sign = np.sign(difference)
    for k in (np.flatnonzero(sign[1:] != sign[:-1]) + 1).tolist()[:_MAX_TURNS]:
        lasts = (
            min(k, len(order) - k) >= _MIN_SIDE and abs(sign[:k][-_SIDE:].sum()) + abs(sign[k:][:_SIDE].sum()) >= 2 * _MIN_SIDE
        )
        lasts = lasts and _stay_turned(difference, k)
        row = _turn(one, other, order, k, survey) if lasts else None
        if row is not None:
            return row
    return None


def _stay_turned(difference: Floats64, k: int) -> bool:
    """Whether the one that read more before reads less for long: two vibrations that read alike cross now and then."""
    before, after = float(np.median(difference[:k][-_LASTING:])), float(np.median(difference[k:][:_LASTING]))
    return before * after < 0 and min(abs(before), abs(after)) > _TURNED_SHARE * max(abs(before), abs(after))


def _turn(one: str, other: str, order: NDArray[np.int64], k: int, survey: Survey) -> int | None:
    """The row at which one reads what the other did and the other what the one did, from one sample to the next."""
    first, end = _rows_about(order, k, survey)
    x, y = _running_rows(one, first, end, survey), _running_rows(other, first, end, survey)
    at = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    x, y = x[at], y[at]
    cut = _edge(x - y)
    if cut is None:
        return None
    left, right = slice(max(cut - _NEAR_ROWS, 0), cut), slice(cut, cut + _NEAR_ROWS)
    size = min(abs(_middle((x - y)[left])), abs(_middle((x - y)[right])))
    crossed = abs(_middle(x[right]) - _middle(y[left])) + abs(_middle(y[right]) - _middle(x[left]))
    noise = float(np.median(np.abs(np.diff((x - y)[max(cut - 50, 0) : cut + 50]))))
    jump = abs((x - y)[cut] - (x - y)[cut - 1])
    is_turned = _middle((x - y)[left]) * _middle((x - y)[right]) < 0
    is_swap = is_turned and crossed < _SWAP_ERROR * size and size > _SWAP_SIGMAS * noise and jump > 1.5 * size
    return first + int(at[cut]) if is_swap else None


def _loose(steps: Mapping[str, list[_Step]], survey: Survey) -> list[Finding]:
    """One vibration sensor of several that falls to a fraction at one sample while the others shake on."""
    names = survey.roles.of("vibration")
    findings = []
    for name in names if len(names) > 1 else ():
        falls = (step for step in steps.get(name, ()) if step.is_within_run and step.after <= _LOOSE_SHARE * step.before)
        step = next((step for step in falls if _is_alone(name, step, survey)), None)
        if step is None:
            continue
        level = np.where(survey.is_running, survey.channels[name].level, np.nan)
        # What falls back to its usual level had risen before: cavitation that ended shakes one sensor more than the others.
        usual, later = _middle(level[: step.place - 1]), _middle(level[step.place + 1 :])
        if not max(later, step.after) < _LOOSE_SHARE * min(usual, step.before):
            continue
        at_ns, end_ns = survey.instant(step.row), survey.instant(len(survey.times_ns) - 1)
        before, after = (format_value(float(f"{value:.3g}"), survey.units.get(name)) for value in (step.before, step.after))
        text = (
            f"Falls from about {before} to {after} at {format_instant(at_ns)} UTC while the other vibration channels go on: "
            "a sensor that came loose"
        )
        findings.append(
            Finding(
                code="LOOSE_SENSOR", text=text, channel=name, start_ns=at_ns, end_ns=end_ns, severity="maintenance_required",
                remedy=Remedy(action="exclude"),
            )
        )  # fmt: skip
    return findings
