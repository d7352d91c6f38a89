"""Says in words what is wrong with a log: gaps, stuck sensors, signals at a rail, zeros that are no measurement.

Robust rules with one set of defaults: a channel is compared with its own habits (how long it usually rests on one value,
where its values usually lie), never with a fixed limit. A stopped pump, a switch and a log on change are no stuck sensors.
Nothing is changed: a finding is a remark beside the data. Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks import check_channel, check_survey
from workbench.logs.checks.channels import Channel
from workbench.logs.checks.flat_runs import (
    SHORTEST_RUN,
    FlatRun,
    Samples,
    bucket_extremes,
    find_flat_runs,
    find_short_runs,
    learn_habits,
    rows_of_buckets,
)
from workbench.logs.checks.parts import Part, Tick, by_pump, filled_share
from workbench.logs.checks.phrases import format_instant, format_span, format_value
from workbench.logs.checks.survey import MEASURED, take_survey
from workbench.logs.checks.together import put_together, without_parts
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.recordings.time_axis import Instants, Int64s, find_gaps, is_on_change, median_step_ns
from workbench.logs.summary import Finding, Remedy, Severity
from workbench.logs.units import find_quantity

USUAL_RUNS = 10.0
"""A run is too long when it is this many times as long as nineteen of twenty are."""
USUAL_RUNS_COARSE = 30.0
_TENTH, _TIMES_ITS_RESTS = 9, 3.0
"""A slow temperature in whole degrees rests for hours: what is too long for it is three times its tenth longest rest."""
LONG_GAP_STEPS = 10.0
_MIN_PILE = 20
_PILE_SHARE = 0.005
_PILE_RATIO = 5.0
_PILE_NEAR = 0.01
_RESTS_SHARE = 0.2
"""Peaks that are cut off stay at the limit for less than this; a tank may be full for half of the time."""
_FAR_SPREADS = 8.0
_FAR_RAIL_SPANS = 2.0
_MAX_ZERO_SHARE = 0.1
"""More zeros than this are a pump that is switched off and on."""
_MIN_ROWS = 30
_SLOW_NS, _SLOW_ROWS = 300 * 1_000_000_000, 1 << 16
"""A log of this period and so few rows is looked at for stops of `SHORTEST_SLOW_RUN` rows: each one is minutes or hours."""
MAX_TOGETHER = 100
"""Channels that are surveyed at once: some 100 MB, and five thousand pairs."""
_MAX_PROBE_ROWS = 20_000
_SPEED_UNITS = frozenset({"rpm", "1/min", "Hz"})
_SPEEDS = frozenset({"speed", "frequency"})
_TELL_DUTY = frozenset({"current", "power", "pressure"})
_NEVER_ZERO_UNITS = frozenset({"degC", "degF", "K", "V", "kV"})
RULE_CODES = frozenset(
    {
        "GAP", "FLAT_LINE", "SATURATED", "COMMS_LOST", "ZERO_SUSPECTED", "SPIKE", "NE43_FAILURE", "IMPOSSIBLE", "ZERO_OFFSET",
        "FLOW_AT_REST", "UNIT_JUMP", "SWAPPED", "LOOSE_SENSOR", "PLUGGED_LINE", "REDUNDANT", "QUANTIZED", "COMPRESSED",
        "CLOCK_FORWARD", "PERIOD_CHANGE", "CLOCK_DRIFT", "REPEATED_BLOCK", "TWIN_BIAS", "COARSER",
    }
)  # fmt: skip
"""What the rules here can say; other findings are remarks of whoever read the file."""
_OPEN_OR_SHUT = (0.0, 100.0)


def find_quality(
    times_ns: Instants, columns: Mapping[str, Samples], units: Mapping[str, str | None], tick: Tick | None = None
) -> tuple[Finding, ...]:  # fmt: skip
    """Findings about a log, those of the whole log first, then by channel.

    Channels of one pump are held against each other, where names tell several pumps of one table apart each for itself;
    more than `MAX_TOGETHER` are a plant's, and are checked so many at a time.

    Parameters
    ----------
    times_ns : int64 [n]
        Strictly increasing instants; may be a memory map.
    columns : name → float [n]
        NaN = bad or missing; may be memory maps: they are read in blocks.
    units : name → unit
        Unit as printed, None if none; currents, speeds, powers and flows tell whether the pump runs.
    tick : callable (fraction 0..1), optional
        Called once a channel; may raise to cancel.
    """
    step_ns = median_step_ns(times_ns)
    gaps = find_gaps(times_ns, step_ns)
    on_change = is_on_change(len(gaps), len(times_ns), filled_share(columns, len(times_ns)))
    findings = [] if on_change else _long_gaps(gaps, step_ns)
    if len(times_ns) < _MIN_ROWS:
        return tuple(findings)
    say = tick or _say_nothing
    log = _Log(times_ns, units, step_ns, gaps, on_change)
    groups = by_pump(list(columns), units)
    found: dict[tuple[str, str | None, str], Finding] = {}
    for number, (kept, names) in enumerate(groups):
        of_group = {name: columns[name] for name in names}
        for one in _check(log, of_group, Part(say, number / len(groups), 1 / len(groups))):
            if one.channel is None or one.channel in kept:
                found.setdefault((one.code, one.channel, one.text), one)
    return (*findings, *sorted(without_parts(found.values()), key=_whole_log_first))


@dataclass(frozen=True, slots=True)
class _Log:
    """What all channels of a log share."""

    times_ns: Instants
    units: Mapping[str, str | None]
    step_ns: float | None
    gaps: Int64s
    is_on_change: bool


def _whole_log_first(finding: Finding) -> bool:
    return finding.channel is not None


def _check(log: _Log, columns: Mapping[str, Samples], say: Tick) -> tuple[Finding, ...]:
    """What is to be said of channels that belong together."""
    names = list(columns)
    flat: list[Finding] = []
    checked: list[Finding] = []
    for first in range(0, len(names), MAX_TOGETHER):
        mine = {name: columns[name] for name in names[first : first + MAX_TOGETHER]}
        channels = [
            Channel(
                name=name, unit=(unit := log.units.get(name)), quantity=find_quantity(unit, name), values=values,
                habits=learn_habits(values),
            )
            for name, values in mine.items()
        ]  # fmt: skip
        survey = take_survey(log.times_ns, mine, log.units)
        for number, channel in enumerate(channels, first):
            say(number / len(names))
            extremes = bucket_extremes(channel.values)  # of one channel at a time: a tenth of what the log itself takes
            flat += _find_in_channel(channel, channels, log, extremes)
            checked += check_channel(channel.name, survey, extremes, is_on_change=log.is_on_change)
        together = check_survey(survey, log.step_ns, log.gaps, is_on_change=log.is_on_change)
        checked += [finding for finding in together if finding.channel or first == 0]  # of the clock once
    return put_together(flat, checked)


def _say_nothing(fraction: float) -> None:
    """Nobody listens."""


def _long_gaps(gaps: Int64s, step_ns: float | None) -> list[Finding]:
    """One finding about the long gaps."""
    lengths_ns = gaps[:, 1] - gaps[:, 0]
    if step_ns is None or not (lengths_ns > LONG_GAP_STEPS * step_ns).any():
        return []
    longest = int(np.argmax(lengths_ns))
    start_ns, end_ns = int(gaps[longest, 0]), int(gaps[longest, 1])
    span = f"{format_span(end_ns - start_ns)} from {format_instant(start_ns)}"
    text = f"No samples for {span}" if len(gaps) == 1 else f"{len(gaps)} gaps; the longest: {span}"
    return [Finding(code="GAP", text=text, start_ns=start_ns, end_ns=end_ns, severity="not_checked")]


def _find_in_channel(channel: Channel, channels: list[Channel], log: _Log, extremes: Floats) -> list[Finding]:
    good, times_ns, is_on_change = channel.habits.sample, log.times_ns, log.is_on_change
    if len(good) < _MIN_ROWS:
        return []
    is_slow = (log.step_ns or 0) >= _SLOW_NS and len(times_ns) <= _SLOW_ROWS
    runs = find_short_runs(channel.values) if is_slow else find_flat_runs(channel.values, extremes)
    if len(runs) == 1 and runs[0].n_rows >= len(times_ns) - SHORTEST_RUN and len(np.unique(good)) == 1:
        return [_constant(channel, runs[0], times_ns)]
    if channel.is_switch:
        return []
    zeros = _find_zeros(channel, channels, times_ns, extremes)
    low, high = float(np.fmin.reduce(extremes[:, 0])), float(np.fmax.reduce(extremes[:, 1]))
    rests = _usual_rest(runs, channel)
    too_long = [
        run for run in ([] if is_on_change else runs) if _is_too_long(run, channel, rests) and not (zeros and run.value == 0)
    ]
    too_long += [] if is_on_change else [run for run in runs if run not in too_long and _is_far_rail(run, channel, low, high)]
    stuck = [
        run
        for run in too_long
        if not _is_stopped(channel, channels, run)
        and not _is_governed(channel, channels, run)
        and not (run.value == 0 and _is_without_flow(channel, channels, _some_rows(run)))
    ]
    # At an end of the range a few rows may well be the process: a tank that is full.
    stuck = [run for run in stuck if run.n_rows >= SHORTEST_RUN or run.value not in (low, high)]
    whole = [run for run in runs if run.n_rows >= SHORTEST_RUN]
    pinned = [run for run in stuck if run.value in (low, high) and _may_be_rail(run.value, channel, low, high)]
    loose = [run for run in stuck if run not in pinned]
    findings = [*zeros]
    if loose:
        findings.append(_describe("FLAT_LINE", loose, channel, times_ns))
    if pinned:
        findings.append(_describe("SATURATED", pinned, channel, times_ns))
    elif pile := _find_pile(channel, [rail for rail in (high, low) if all(run.value != rail for run in whole)], times_ns):
        findings.append(pile)
    return findings


def _is_too_long(run: FlatRun, channel: Channel, rests: float) -> bool:
    factor = USUAL_RUNS_COARSE if channel.habits.is_coarse else USUAL_RUNS
    return run.n_rows >= max(factor * channel.habits.long_run, _TIMES_ITS_RESTS * rests)


def _usual_rest(runs: list[FlatRun], channel: Channel) -> float:
    """How long a slow and coarse channel (whole degrees) rests time and again; 0 of one that is no such."""
    moving = [run.n_rows for run in runs if run.value != 0]
    return float(moving[_TENTH]) if channel.habits.is_coarse and len(moving) > 2 * _TENTH else 0.0


def _is_far_rail(run: FlatRun, channel: Channel, low: float, high: float) -> bool:
    """A run at an end of the range, far from all else the channel reads: a broken loop, however coarse the channel is."""
    if run.value == 0 or run.value not in (low, high):
        return False
    rest = channel.habits.sample[channel.habits.sample != run.value]
    if len(rest) < _MIN_ROWS:
        return False
    inner_low, inner_high = float(rest.min()), float(rest.max())
    distance = max(inner_low - run.value, run.value - inner_high)
    return distance > _FAR_RAIL_SPANS * max(inner_high - inner_low, 1e-9)


def _some_rows(run: FlatRun) -> Int64s:
    return np.linspace(run.first, run.end - 1, min(run.n_rows, 200)).astype(np.int64)


def _is_stopped(channel: Channel, channels: list[Channel], run: FlatRun) -> bool:
    """Whether what shows the pump's running reads nothing during the run; without such a channel, a zero is a stop."""
    rows = _some_rows(run)
    others = [other for other in channels if other.is_drive and other.name != channel.name and not other.is_switch]
    if others:
        return 2 * sum(other.is_at_rest(rows) for other in others) >= len(others)
    return run.value == 0 or (channel.is_drive and channel.is_at_rest(rows))


def _is_governed(channel: Channel, channels: list[Channel], run: FlatRun) -> bool:
    """A drive holds its speed to the digit, most of all at its limit; only one that goes on through a stop is stuck."""
    is_speed = channel.unit in _SPEED_UNITS or (channel.unit is None and channel.quantity in _SPEEDS)
    if not is_speed or run.value == 0:
        return False
    others = [other for other in channels if other.is_drive and other.name != channel.name and not other.is_switch]
    thirds = np.array_split(np.linspace(run.first, run.end - 1, min(run.n_rows, 300)).astype(np.int64), 3)
    return not any(other.is_at_rest(rows) for other in others for rows in thirds)


def _is_without_flow(channel: Channel, channels: list[Channel], rows: Int64s) -> bool:
    """Nothing flows at `rows`, and load or pressure say so too: a shut valve, gas in the pump; no meter that is stuck or dead.

    What reads a plain zero itself says nothing: a lost link makes all of its channels zero.
    """
    if channel.quantity != "flow":
        return False
    chosen = rows[:: max(len(rows) // 200, 1)]
    telling = [other for other in channels if other.quantity in _TELL_DUTY and not other.is_switch]
    return any(other.is_elsewhere(chosen) and np.mean(np.asarray(other.values[chosen]) == 0) < 0.5 for other in telling)


def _may_be_rail(value: float, channel: Channel, low: float, high: float) -> bool:
    """A valve fully open or shut and a plain zero at the low end are no rails."""
    if channel.unit == "%" and value in _OPEN_OR_SHUT:
        return False
    return low < high and not (value == 0 and value == low)


def _find_pile(channel: Channel, rails: list[float], times_ns: Instants) -> Finding | None:
    """Peaks cut off at one value: many samples exactly there (in no long run), hardly any just inside it."""
    sample = channel.habits.sample
    low, high = float(sample.min()), float(sample.max())
    for rail in rails:
        if not _may_be_rail(rail, channel, low, high) or channel.habits.is_coarse:
            continue
        n_at = int(np.count_nonzero(sample == rail))
        n_near = int(np.count_nonzero((np.abs(sample - rail) < _PILE_NEAR * (high - low)) & (sample != rail)))
        is_pile = n_at >= max(_MIN_PILE, _PILE_SHARE * len(sample)) and n_at >= _PILE_RATIO * max(n_near, 1)
        if is_pile and len(np.unique(sample)) > 5 * _MIN_PILE:
            share = 100 * n_at / len(sample)
            side = "top" if rail == high else "bottom"
            text = f"Cut off at the {side}: {share:.2g} % of the samples are exactly {format_value(rail, channel.unit)}"
            if n_at > _RESTS_SHARE * len(sample):
                ends = "highest" if rail == high else "lowest"
                text = (
                    f"{share:.2g} % of the samples are exactly {format_value(rail, channel.unit)}, its {ends} value: the process "
                    "stands at its limit, or the signal is cut off there"
                )
            return Finding(
                code="SATURATED", text=text, channel=channel.name, start_ns=_instant(times_ns, 0), end_ns=_instant(times_ns, -1)
            )
    return None


def _find_zeros(channel: Channel, channels: list[Channel], times_ns: Instants, extremes: Floats) -> list[Finding]:
    """Plain zeros far outside of what the channel measures, while the pump runs."""
    rows = _zero_rows(channel.values, extremes)
    usual = channel.habits.sample[channel.habits.sample != 0]
    if len(rows) and len(usual) >= _MIN_ROWS and not _is_zero_far(usual):
        usual, rows = _while_running(channel, channels, rows)  # a stop is near zero, too: what it measures in motion tells
    if len(usual) < _MIN_ROWS or not len(rows) or len(rows) > _MAX_ZERO_SHARE * len(times_ns) or not _is_zero_far(usual):
        return []
    first = FlatRun(first=int(rows[0]), end=int(rows[-1]) + 1, value=0.0)
    if channel.unit not in _NEVER_ZERO_UNITS and _is_at_rest_there(channel, channels, rows):
        return []
    if _is_without_flow(channel, channels, rows):
        return []
    span = (
        f"between {format_instant(_instant(times_ns, first.first))} and {format_instant(_instant(times_ns, first.end - 1))} UTC"
    )
    typical = format_value(float(np.median(usual)), channel.unit)
    text = f"{len(rows)} samples are exactly 0 {span}, while it usually reads about {typical}: probably no measurement"
    return [
        Finding(
            code="ZERO_SUSPECTED", text=text, channel=channel.name, severity="function_check",
            start_ns=_instant(times_ns, first.first), end_ns=_instant(times_ns, first.end - 1),
            remedy=Remedy(action="missing", value=0.0),
        )
    ]  # fmt: skip


def _is_zero_far(usual: NDArray[np.float64]) -> bool:
    """Zero lies beyond eight spreads and beyond half of the way from the nearest value to the median."""
    median = float(np.median(usual))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(usual - median)))
    edge = float(np.quantile(usual, 0.001 if median > 0 else 0.999))
    return median * edge > 0 and abs(median) > _FAR_SPREADS * spread and abs(edge) > 0.5 * abs(median)


def _zero_rows(values: Samples, extremes: Floats) -> Int64s:
    is_near = (extremes[:, 0] <= 0) & (extremes[:, 1] >= 0)
    found = [rows[np.asarray(values[rows]) == 0] for rows in rows_of_buckets(is_near, len(values))]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _while_running(channel: Channel, channels: list[Channel], rows: Int64s) -> tuple[NDArray[np.float64], Int64s]:
    """What else than zero a channel reads while another one shows that the pump runs as usual, and those of `rows` then."""
    others = [other for other in channels if other.is_drive and other.name != channel.name and not other.is_switch]
    if not others:
        return np.zeros(0), rows[:0]
    probe = np.linspace(0, len(channel.values) - 1, min(len(channel.values), _MAX_PROBE_ROWS)).astype(np.int64)
    probed, met = (np.logical_or.reduce([other.is_at_full(at) for other in others]) for at in (probe, rows))
    read = np.asarray(channel.values[probe[probed]], np.float64)
    return read[~np.isnan(read) & (read != 0)], rows[met]


def _is_at_rest_there(channel: Channel, channels: list[Channel], rows: Int64s) -> bool:
    """Whether the pump stood still at `rows`: by the drive channels, else the zero of a drive channel itself."""
    chosen = rows[:: max(len(rows) // 200, 1)]
    others = [other for other in channels if other.is_drive and other.name != channel.name and not other.is_switch]
    if not others:
        return channel.is_drive
    return 2 * sum(other.is_at_rest(chosen) for other in others) >= len(others)


def _constant(channel: Channel, run: FlatRun, times_ns: Instants) -> Finding:
    if run.value == 0:
        why = "a pump that never ran, a state that never came, or a signal that is not connected"
    elif run.value == 1 and channel.unit is None and channel.quantity not in MEASURED:
        why = "a state that never changed, or a signal that is not connected"
    else:
        why = "a set point, or a signal that is not connected"
    return Finding(
        code="FLAT_LINE", text=f"Always {format_value(run.value, channel.unit)}: {why}",
        channel=channel.name, severity="not_checked", start_ns=_instant(times_ns, run.first),
        end_ns=_instant(times_ns, run.end - 1),
    )  # fmt: skip


def _instant(times_ns: Instants, row: int) -> int:
    return int(times_ns[np.array([row % len(times_ns)])][0])


def _describe(code: str, runs: list[FlatRun], channel: Channel, times_ns: Instants) -> Finding:
    """One finding about the longest run; how many more there are is said."""
    run = runs[0]
    start_ns, end_ns = _instant(times_ns, run.first), _instant(times_ns, run.end - 1)
    word = "Flat" if code == "FLAT_LINE" else "Pinned"
    is_last = run.end >= len(times_ns) - 1
    when = f"since {format_instant(start_ns)}" if is_last else f"from {format_instant(start_ns)}"
    text = f"{word} {when} UTC, {format_span(end_ns - start_ns)}, at {format_value(run.value, channel.unit)}"
    more = f"; {len(runs) - 1} more times" if len(runs) > 2 else "; once more" if len(runs) == 2 else ""
    severity: Severity = "failure" if code == "FLAT_LINE" else "out_of_specification"
    return Finding(
        code=code, text=text + more, channel=channel.name, start_ns=start_ns, end_ns=end_ns, severity=severity,
        remedy=Remedy(action="exclude"),
    )  # fmt: skip
