"""A station: pairs of pumps (duty and standby) of several makers, each pair on one header, with true values and labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import STANDARD_GRAVITY_M_PER_S2
from workbench.samples import motor
from workbench.samples.bearing import Defect
from workbench.samples.faults import (
    KINDS,
    NEEDS_REPAIR,
    Fault,
    FaultKind,
    fault_count,
    labelled_span,
    plan_faults,
    severity_over_time,
)
from workbench.samples.hydraulics import (
    ATMOSPHERE_BAR,
    HeadCurve,
    PumpInputs,
    PumpState,
    SystemInputs,
    head_m,
    solve_pair,
    vapour_pressure_bar,
)
from workbench.samples.makers import PumpType, load_pump_types
from workbench.samples.people import DAY_S, HOUR_S, Duty, plan_duty, running_mask, since_edge_s
from workbench.samples.train import Surroundings, TrainInputs, TrainTruth, simulate_train
from workbench.samples.wander import Streams, lag, ornstein_uhlenbeck, pinkish

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
DENSITY_KG_PER_M3 = 973.0
LIQUID_C = 76.0
_SUCTION_RESERVE = 3.0
_DRIVE_RAMP_S = 20.0
_FIRST_NUMBER = 2041
_NUMBER_STEP = 10
"""Loop numbers of a pair reach from its suction (one below) upwards; the next pair must not meet them."""
_DEFECTS: tuple[Defect, ...] = ("outer race", "inner race", "ball")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPlan:
    """Two sister pumps on one header, with what is going to happen to them."""

    number: int
    pump: PumpType
    duty: Duty
    faults: tuple[tuple[Fault, ...], tuple[Fault, ...]]

    def name(self, pump: int) -> str:
        """The equipment tag, P-2041A."""
        return f"P-{self.number}{'AB'[pump]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """A label: what really was wrong, in s since the log's start."""

    asset: str
    kind: FaultKind
    start_s: float
    end_s: float
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpTruth:
    """One pump's true values and events."""

    name: str
    number: int
    letter: str
    pump: PumpType
    state: PumpState
    train: TrainTruth
    is_running: Flags
    is_repaired: Array
    """How many repairs the pump has had at each sample [n]."""
    events: tuple[TrueEvent, ...]


def surroundings(span_s: float, step_s: float, streams: Streams) -> Surroundings:
    """Weather and grid, the same for every pump of the station."""
    t = np.arange(0.0, span_s, step_s)
    n, rng = t.size, streams.of("station")
    day = np.sin(2.0 * np.pi * (t / DAY_S - 0.4))
    ambient = (
        14.0
        + 3.5 * day
        + 2.5 * ornstein_uhlenbeck(n, step_s, 1.5 * DAY_S, rng)
        + 0.4 * ornstein_uhlenbeck(n, step_s, 1800.0, rng)
    )
    liquid = LIQUID_C + 1.0 * ornstein_uhlenbeck(n, step_s, 5.0 * HOUR_S, rng)
    voltage = 1.0 + 0.008 * ornstein_uhlenbeck(n, step_s, 900.0, rng) + 0.004 * ornstein_uhlenbeck(n, step_s, 20.0, rng)
    frequency = 50.0 + 0.02 * ornstein_uhlenbeck(n, step_s, 200.0, rng)
    return Surroundings(t_s=t, step_s=step_s, ambient_c=ambient, liquid_c=liquid, voltage_ratio=voltage, frequency_hz=frequency)


def plan_station(n_pumps: int, span_s: float, streams: Streams) -> list[PairPlan]:
    """Pairs with duty and faults; the sister of an odd last pump runs too but writes no log."""
    types = load_pump_types()
    n_pairs = (n_pumps + 1) // 2
    order = streams.of("makers").permutation(len(types))
    return [_plan_pair(i, types[order[i % len(types)]], span_s, streams) for i in range(n_pairs)]


def _plan_pair(index: int, pump: PumpType, span_s: float, streams: Streams) -> PairPlan:
    number = _FIRST_NUMBER + _NUMBER_STEP * index
    rng = streams.of("duty", str(number))
    duty = plan_duty(span_s, rng)
    faults = []
    for which in range(2):
        offset = 2 * (2 * index + which) + int(streams.of("kinds").integers(0, 6))
        count = fault_count(span_s, rng)
        kinds = [KINDS[(offset + i) % len(KINDS)] for i in range(count)]
        faults.append(tuple(plan_faults(duty, which, span_s, kinds, rng)))
    for which in range(2):
        for fault in faults[which]:
            if fault.kind in NEEDS_REPAIR:
                hours = float(rng.uniform(3.0, 9.0)) * min(1.0, span_s / DAY_S / 8.0)
                duty = duty.with_repair(which, (fault.end_s, fault.end_s + hours * HOUR_S))
    return PairPlan(number=number, pump=pump, duty=duty, faults=(faults[0], faults[1]))


def simulate_pair(plan: PairPlan, around: Surroundings, streams: Streams) -> tuple[PumpTruth, PumpTruth]:
    """Both pumps: first the shared hydraulics, then each train."""
    names = [plan.name(i) for i in range(2)]
    is_running = [running_mask(plan.duty.runs[i], around.t_s) for i in range(2)]
    severities = [_severities(plan, i, is_running[i], around, streams) for i in range(2)]
    curves = tuple(_individual_curve(plan.pump, streams.of(name, "casting")) for name in names)
    system, target = _system(plan, curves[0], is_running, around, streams)
    starts = [_speed_ratio(plan, i, around, target) for i in range(2)]
    states = _solve_with_slip(plan, curves, (system, severities, [s[0] for s in starts]), around)
    return (
        _one(plan, 0, (states, severities, is_running, starts), around, streams),
        _one(plan, 1, (states, severities, is_running, starts), around, streams),
    )


Severity = dict[FaultKind, Array]
Story = tuple[tuple[PumpState, ...], list[Severity], list[Flags], list[tuple[Array, Array]]]


def _one(plan: PairPlan, which: int, story: Story, around: Surroundings, streams: Streams) -> PumpTruth:
    states, severities, is_running, starts = story
    name = plan.name(which)
    rng = streams.of(name, "individual")
    ends = sorted(fault.end_s for fault in plan.faults[which] if fault.kind in NEEDS_REPAIR)
    repaired = np.searchsorted(np.asarray(ends), around.t_s, "right").astype(float) if ends else np.zeros(around.t_s.size)
    balance = np.concatenate([[1.0], rng.lognormal(0.0, 0.1, len(ends))])
    rated_hz = motor.rated_rpm(plan.pump.motor) / 60.0
    inputs = TrainInputs(
        pump=plan.pump, name=name, state=states[which], is_running=is_running[which], start_current_a=starts[which][1],
        severity=severities[which], defect=_DEFECTS[int(rng.integers(0, 3))], sudden_bearing_heat=float(rng.uniform(0.4, 0.8)),
        neighbour_hz=states[1 - which].r * rated_hz, balance_ratio=balance[repaired.astype(int)] * float(rng.uniform(0.8, 1.25)),
    )  # fmt: skip
    return PumpTruth(
        name=name, number=plan.number, letter="AB"[which], pump=plan.pump, state=states[which],
        train=simulate_train(inputs, around, streams), is_running=is_running[which], is_repaired=repaired,
        events=_true_events(plan, which, (states, severities), around),
    )  # fmt: skip


def _individual_curve(pump: PumpType, rng: np.random.Generator) -> HeadCurve:
    return HeadCurve.of(pump).worn(float(rng.normal(0.995, 0.012)), float(rng.normal(0.985, 0.012)))


def _severities(plan: PairPlan, which: int, is_running: Flags, around: Surroundings, streams: Streams) -> Severity:
    total: Severity = {kind: np.zeros(around.t_s.size) for kind in KINDS}
    for i, fault in enumerate(plan.faults[which]):
        rng = streams.of(plan.name(which), "fault", str(i))
        total[fault.kind] = np.maximum(total[fault.kind], severity_over_time(fault, around.t_s, is_running, rng))
    return total


def _system(
    plan: PairPlan, curve: HeadCurve, is_running: list[Flags], around: Surroundings, streams: Streams
) -> tuple[SystemInputs, Array]:
    """Static head, valve and suction as the day goes by; also the speed ratio a drive would choose [n].

    H = H_static + K Q². Fixed-speed pumps are throttled: K follows demand through a valve with lag. With a drive K is constant
    and the speed follows demand.
    """
    pump, t, step_s = plan.pump, around.t_s, around.step_s
    rng = streams.of("system", str(plan.number))
    flow = _demand(t, step_s, rng) * pump.rated_flow_m3_per_h
    n_on = np.maximum(is_running[0].astype(float) + is_running[1], 1.0)
    has_drive = pump.motor.has_drive
    total = lag(flow * np.where(n_on > 1.5, 1.45 if has_drive else 1.72, 1.0), step_s, 90.0)
    each = total / lag(n_on, step_s, 90.0)
    wander = ornstein_uhlenbeck(t.size, step_s, 6.0 * HOUR_S, rng)
    static = (0.55 if has_drive else 0.42) * pump.rated_head_m * (1.0 + 0.025 * wander)
    friction, ratio = _driven(curve, each, total, static) if has_drive else _throttled(curve, each, total, static)
    system = SystemInputs(
        static_head_m=static,
        friction=friction * (1.0 + 0.02 * pinkish(t.size, step_s, rng)),
        suction_bar=_suction_bar(plan, around, rng),
        liquid_c=around.liquid_c,
        density_kg_per_m3=np.full(t.size, DENSITY_KG_PER_M3),
    )
    return system, lag(np.clip(ratio, 0.6, 1.06), step_s, 40.0)


def _throttled(curve: HeadCurve, each: Array, total: Array, static: Array) -> tuple[Array, Array]:
    """K of a valve that lets the wanted flow through, and speed ratio 1; [n] each."""
    ratio = np.ones(total.size)
    return np.maximum(head_m(curve, each, ratio) - static, 0.12 * curve.a) / total**2, ratio


def _driven(curve: HeadCurve, each: Array, total: Array, static: Array) -> tuple[Array, Array]:
    """K of the open line, and the speed ratio that the wanted flow needs; [n] each."""
    friction = np.full(total.size, 0.25 * curve.a / curve.bep_m3_per_h**2)
    return friction, _speed_for(curve, each, static + friction * total**2)


def _speed_for(curve: HeadCurve, flow: Array, head: Array) -> Array:
    """The speed ratio at which a pump gives `flow` at `head`: root of a r² + b Q r − (c Q² + H) = 0 (affinity laws)."""
    linear = curve.b * flow
    return np.asarray((-linear + np.sqrt(linear**2 + 4.0 * curve.a * (curve.c * flow**2 + head))) / (2.0 * curve.a))


def _demand(t: Array, step_s: float, rng: np.random.Generator) -> Array:
    """Wanted flow of one pump as share of BEP: time of day, slow wander, and set-point steps by the operators."""
    phase = 2.0 * np.pi * t / DAY_S
    profile = 0.05 * np.sin(phase - 1.9) + 0.025 * np.sin(2.0 * phase + 0.6)
    n_steps = max(int(t[-1] / DAY_S * 3.0), 1)
    levels = rng.normal(0.0, 0.06, n_steps + 1)
    steps = levels[np.searchsorted(np.sort(rng.uniform(0.0, t[-1], n_steps)), t)]
    wander = 0.03 * ornstein_uhlenbeck(t.size, step_s, 3.0 * HOUR_S, rng)
    return np.clip(0.95 + profile + lag(steps, step_s, 200.0) + wander, 0.55, 1.2)


def _suction_bar(plan: PairPlan, around: Surroundings, rng: np.random.Generator) -> Array:
    """Suction header, bar gauge: set for an NPSH ratio of about 3, breathing with the feed tank's level."""
    head_bar = _SUCTION_RESERVE * plan.pump.npsh3_m * DENSITY_KG_PER_M3 * STANDARD_GRAVITY_M_PER_S2 * 1e-5
    base = head_bar - ATMOSPHERE_BAR + float(vapour_pressure_bar(np.asarray(LIQUID_C)))
    tank = 0.035 * ornstein_uhlenbeck(around.t_s.size, around.step_s, 4.0 * HOUR_S, rng)
    return np.asarray(base + tank + 0.006 * pinkish(around.t_s.size, around.step_s, rng))


def _speed_ratio(plan: PairPlan, which: int, around: Surroundings, target: Array) -> tuple[Array, Array]:
    """Commanded speed ratio with run-up and coast-down, before slip, and the current while starting A; [n] each."""
    t, machine = around.t_s, plan.pump.motor
    runs = plan.duty.runs[which]
    since_start, since_stop = since_edge_s(runs, t)
    on = running_mask(runs, t)
    if machine.has_drive:
        up = np.minimum(since_start / _DRIVE_RAMP_S, 1.0) * target
        down = np.maximum(1.0 - since_stop / _DRIVE_RAMP_S, 0.0) * target
        return np.where(on, up, down), np.zeros(t.size)
    start = motor.run_up(machine)
    starting = on & (since_start < start.t_s[-1])
    r = np.where(starting, np.interp(np.where(starting, since_start, 0.0), start.t_s, start.r), 1.0)
    inrush = np.where(starting, np.interp(np.where(starting, since_start, 0.0), start.t_s, start.current_a), 0.0)
    coasting = np.where(np.isfinite(since_stop), motor.coast_down_ratio(machine, since_stop), 0.0)
    return np.where(on, r, coasting), inrush


def _solve_with_slip(
    plan: PairPlan, curves: tuple[HeadCurve, ...], given: tuple[SystemInputs, list[Severity], list[Array]], around: Surroundings
) -> tuple[PumpState, ...]:
    """Speed depends on load (slip) and load on speed: twice around is within 0.01 %."""
    system, severities, ratios = given
    system = _with_cavitation_cause(system, severities, plan)
    pump = plan.pump
    rated = motor.rated_rpm(pump.motor)
    synchronous = motor.synchronous_rpm(pump.motor, around.frequency_hz)
    full = np.asarray([0.75 * pump.motor.rated_power_kw])
    slips = [np.broadcast_to(motor.slip_at(pump.motor, full, np.ones(1)), system.friction.shape) for _ in ratios]
    states: tuple[PumpState, ...] = ()
    for _ in range(2):
        speeds = [_actual_ratio(plan, r, slip, synchronous / rated) for r, slip in zip(ratios, slips, strict=True)]
        inputs = tuple(_pump_inputs(plan, i, r, severities[i]) for i, r in enumerate(speeds))
        states, _ = solve_pair(curves, inputs, system)
        slips = [motor.slip_at(pump.motor, s.power_kw, around.voltage_ratio) for s in states]
    return states


def _actual_ratio(plan: PairPlan, commanded: Array, slip: Array, synchronous_ratio: Array) -> Array:
    if plan.pump.motor.has_drive:
        # The drive compensates its slip to a third.
        return np.asarray(commanded * (1.0 - 0.33 * (slip - plan.pump.motor.rated_slip)))
    return np.asarray(np.where(commanded > 0.97, synchronous_ratio * (1.0 - slip), commanded))


def _pump_inputs(plan: PairPlan, which: int, r: Array, severity: Severity) -> PumpInputs:
    """A pump clogs in its suction strainer or in its discharge branch, as its first blockage's variant says."""
    nominal = plan.pump.rated_head_m / plan.pump.rated_flow_m3_per_h**2
    faults = [fault for fault in plan.faults[which] if fault.kind == "blockage"]
    in_strainer = float(bool(faults) and faults[0].variant < 0.4)
    clogged = severity["blockage"]
    reserve_m = 0.5 * _SUCTION_RESERVE * plan.pump.npsh3_m / plan.pump.rated_flow_m3_per_h**2
    return PumpInputs(
        r=r,
        strainer_loss=0.002 * nominal + 1.25 * reserve_m * clogged * in_strainer,
        branch_loss=0.01 * nominal + 1.8 * nominal * clogged**1.5 * (1.0 - in_strainer),
        min_flow_m3_per_h=plan.pump.min_flow_ratio * plan.pump.rated_flow_m3_per_h,
    )


def _with_cavitation_cause(system: SystemInputs, severities: list[Severity], plan: PairPlan) -> SystemInputs:
    """Cavitation comes from upstream: the feed runs low and the shared suction header loses pressure, for both pumps."""
    worst = np.maximum(severities[0]["cavitation"], severities[1]["cavitation"])
    needed = 0.78 if plan.pump.motor.has_drive else 1.0  # NPSH3 at the usual speed; a drive runs slower
    lost_m = (_SUCTION_RESERVE - needed) * plan.pump.npsh3_m * worst
    lost_bar = lost_m * DENSITY_KG_PER_M3 * STANDARD_GRAVITY_M_PER_S2 * 1e-5
    return SystemInputs(
        static_head_m=system.static_head_m, friction=system.friction, suction_bar=system.suction_bar - lost_bar,
        liquid_c=system.liquid_c, density_kg_per_m3=system.density_kg_per_m3,
    )  # fmt: skip


def _true_events(
    plan: PairPlan, which: int, story: tuple[tuple[PumpState, ...], list[Severity]], around: Surroundings
) -> tuple[TrueEvent, ...]:
    states, severities = story
    events = []
    for fault in plan.faults[which]:
        inside = (around.t_s >= fault.start_s) & (around.t_s < fault.end_s)
        span = labelled_span(severities[which][fault.kind] * inside, around.t_s)
        if span is not None:
            events.append(TrueEvent(asset=plan.name(which), kind=fault.kind, start_s=span[0], end_s=span[1], fault=fault))
    for fault in plan.faults[1 - which]:
        if fault.kind == "cavitation":
            event = _shared_cavitation(plan, which, fault, states[which], around)
            events.extend([event] if event is not None else [])
    return tuple(sorted(events, key=_start))


def _start(event: TrueEvent) -> float:
    return event.start_s


def _shared_cavitation(plan: PairPlan, which: int, fault: Fault, state: PumpState, around: Surroundings) -> TrueEvent | None:
    """The sister cavitates too where she ran on the same starved header for at least ten minutes."""
    t = around.t_s
    hit = (t >= fault.start_s) & (t < fault.end_s) & (state.r > 0.5) & (state.npsh_ratio < 1.8)
    if hit.sum() * around.step_s < 600.0:
        return None
    at = np.flatnonzero(hit)
    return TrueEvent(asset=plan.name(which), kind="cavitation", start_s=float(t[at[0]]), end_s=float(t[at[-1]]), fault=fault)
