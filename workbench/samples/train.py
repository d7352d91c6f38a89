"""One pump train over time: from operating point, electricity and faults to temperatures and vibration bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.samples import motor, thermal
from workbench.samples.bearing import Defect
from workbench.samples.faults import FaultKind
from workbench.samples.hydraulics import PumpState, cavitation_noise
from workbench.samples.makers import PumpType
from workbench.samples.motor import ElectricState
from workbench.samples.seal import pot_level_percent
from workbench.samples.vibration import BurstConditions, BurstMaker, off_design_ratio, unbalance_velocity_mm_per_s
from workbench.samples.wander import Streams, lag, ornstein_uhlenbeck, pinkish

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
BURST_PERIOD_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the station gives to all pumps, arrays [n]: time, ambient, liquid, grid voltage ratio and frequency."""

    t_s: Array
    step_s: float
    ambient_c: Array
    liquid_c: Array
    voltage_ratio: Array
    frequency_hz: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainInputs:
    """One pump's story: solved operating point, what it was told to do, how ill it is, and what its neighbour shakes."""

    pump: PumpType
    name: str
    state: PumpState
    is_running: Flags
    start_current_a: Array
    severity: dict[FaultKind, Array]
    defect: Defect
    sudden_bearing_heat: float
    neighbour_hz: Array
    balance_ratio: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainTruth:
    """True values at the sample instants [n], by quantity; vibration still as burst trends held to the samples."""

    electric: ElectricState
    current_a: Array
    power_kw: Array
    winding_c: Array
    bearing_de_c: Array
    bearing_nde_c: Array
    seal_level: Array
    velocity_mm_per_s: Array
    acceleration_g: Array
    shaking: BurstConditions
    """What shook the machine at each burst, one every `BURST_PERIOD_S`."""


def simulate_train(inputs: TrainInputs, around: Surroundings, streams: Streams) -> TrainTruth:
    """Everything of one train that follows from its operating point."""
    pump, state, step_s = inputs.pump, inputs.state, around.step_s
    electric = motor.electric_state(pump.motor, state.power_kw, around.voltage_ratio)
    is_on = inputs.is_running
    loss = np.where(is_on, electric.loss_kw, 0.0)
    winding = thermal.motor_temperatures(pump.thermal, loss, around.ambient_c, is_on, step_s)[:, 0]
    de, nde = _bearing_temperatures(inputs, around, streams.of(inputs.name, "bearings"))
    level = pot_level_percent(pump.seal.pot_l, inputs.severity["seal leak"], is_on, 0.5 * (de + around.liquid_c), around.t_s)
    shaking = burst_conditions(inputs, burst_samples(around), streams.of(inputs.name, "shaking"))
    velocity, acceleration = _vibration(inputs, around, shaking, streams)
    wobble = 1.0 + 0.004 * pinkish(around.t_s.size, step_s, streams.of(inputs.name, "load"))
    current = np.where(is_on, np.maximum(electric.current_a * wobble, inputs.start_current_a), 0.0)
    power = np.where(is_on, electric.power_kw * wobble, 0.0)
    return TrainTruth(
        electric=electric, current_a=current, power_kw=power, winding_c=winding, bearing_de_c=de, bearing_nde_c=nde,
        seal_level=level, velocity_mm_per_s=velocity, acceleration_g=acceleration, shaking=shaking,
    )  # fmt: skip


def _bearing_temperatures(inputs: TrainInputs, around: Surroundings, rng: np.random.Generator) -> tuple[Array, Array]:
    """Friction ~ speed × (load-free + load) moment (Harris & Kotzalas 2006, ch. 10), raised by a late defect and misalignment."""
    pump, state = inputs.pump, inputs.state
    n = state.r.size
    load = 0.6 + 0.4 * (1.0 + 0.6 * (state.q - 1.0) ** 2)
    grease = 1.0 + 0.05 * ornstein_uhlenbeck(n, around.step_s, 9000.0, rng)
    base = pump.thermal.bearing_friction_w * state.r * load * grease * (state.r > 0.05)
    defect = inputs.sudden_bearing_heat * inputs.severity["bearing growth"] ** 3
    de_w = base * (1.0 + defect + 0.16 * inputs.severity["misalignment"])
    nde_w = 0.86 * base * (1.0 + 0.03 * inputs.severity["misalignment"])
    de = thermal.bearing_temperature(pump.thermal, de_w, around.ambient_c, around.liquid_c, around.step_s)
    nde = thermal.bearing_temperature(pump.thermal, nde_w, around.ambient_c, around.liquid_c, around.step_s)
    return de, nde


def burst_samples(around: Surroundings) -> NDArray[np.int64]:
    """The sample at which each burst was taken [b]."""
    return np.arange(0, around.t_s.size, max(1, round(BURST_PERIOD_S / around.step_s)))


def _vibration(inputs: TrainInputs, around: Surroundings, shaking: BurstConditions, streams: Streams) -> tuple[Array, Array]:
    at = burst_samples(around)
    every = max(1, round(BURST_PERIOD_S / around.step_s))
    trends = BurstMaker(inputs.pump, streams.of(inputs.name, "bursts")).trends(shaking)
    hold = np.minimum(np.arange(around.t_s.size) // every, at.size - 1)
    averaging_s = 90.0
    burst_s = every * around.step_s
    velocity = np.column_stack([lag(trends.velocity_mm_per_s[:, i], burst_s, averaging_s) for i in range(3)])
    acceleration = np.column_stack([lag(trends.acceleration_g[:, i], burst_s, averaging_s) for i in range(3)])
    return velocity[hold], acceleration[hold]


def burst_conditions(inputs: TrainInputs, at: NDArray[np.int64], rng: np.random.Generator) -> BurstConditions:
    """What shakes the train at the samples `at`: each fault only where physics lets it show."""
    pump, state = inputs.pump, inputs.state
    r, q = state.r[at], state.q[at]
    severity = {kind: values[at] for kind, values in inputs.severity.items()}
    own_hz = r * motor.rated_rpm(pump.motor) / 60.0
    stands = r <= 0.02
    shaft_hz = np.where(stands, np.maximum(inputs.neighbour_hz[at], 0.5), own_hz)
    # A standing pump is shaken through the common base plate by its running neighbour (false brinelling).
    carried = np.where(stands, np.where(inputs.neighbour_hz[at] > 1.0, 0.07, 0.0), 1.0)
    tones = _tones(inputs, (shaft_hz, q, carried, inputs.balance_ratio[at]), severity, rng)
    excitation = off_design_ratio(np.where(stands, 1.0, q)) * (shaft_hz / (100.0 / pump.motor.n_poles)) ** 2
    turbulence = 0.9 * excitation * carried * (1.0 + 0.1 * ornstein_uhlenbeck(at.size, BURST_PERIOD_S, 600.0, rng))
    cavitating = 11.0 * cavitation_noise(state.npsh_ratio[at]) * np.where(stands, 0.0, r**2)
    sputter = np.exp(0.25 * ornstein_uhlenbeck(at.size, BURST_PERIOD_S, 240.0, rng))
    return BurstConditions(
        shaft_hz=shaft_hz,
        tones_mm_per_s=tones,
        hum_m_per_s2=np.where(stands, 0.002, 0.06),
        turbulence_m_per_s2=np.maximum(turbulence, 0.01),
        cavitation_m_per_s2=cavitating * sputter,
        impacts_m_per_s2=_impact_rms(severity["bearing growth"], own_hz, pump),
        defect=inputs.defect,
    )


def _impact_rms(severity: Array, shaft_hz: Array, pump: PumpType) -> Array:
    """Early stages ring only the housing (kHz), later ones grow fast (four stages; ISO 13373-3, annex D)."""
    speed = shaft_hz / (100.0 / pump.motor.n_poles)
    return np.asarray(np.where(severity > 0, (2.0 * np.sqrt(severity) + 22.0 * severity**2) * speed**1.5, 0.0))


def _tones(
    inputs: TrainInputs, flow: tuple[Array, Array, Array, Array], severity: dict[FaultKind, Array], rng: np.random.Generator
) -> Array:
    """Peak velocities mm/s [b, place, (1X, 2X, 3X, vane pass)].

    Misalignment: 2X and axial 1X and 2X (Piotrowski, Shaft Alignment Handbook, 3rd ed. 2006, ch. 2; ISO 13373-3). Vane pass grows
    off BEP. Late bearing damage loosens the rotor: some 1X and 3X.
    """
    pump = inputs.pump
    shaft_hz, q, carried, balance = flow
    n = shaft_hz.size
    bow = 1.0 + 0.07 * ornstein_uhlenbeck(n, BURST_PERIOD_S, 5400.0, rng)
    speed = shaft_hz / (100.0 / pump.motor.n_poles)
    one = unbalance_velocity_mm_per_s(pump, shaft_hz, bow * balance + 2.4 * severity["unbalance"])
    crooked, worn = severity["misalignment"] * speed, severity["bearing growth"] ** 3 * speed
    two = (0.2 + 2.6 * crooked) * speed
    vane = 0.3 * off_design_ratio(q) * speed**2
    tones = np.zeros((n, 3, 4))
    tones[:, 0] = np.column_stack([one * (1 + 0.25 * worn) + 0.6 * crooked, two, 0.06 + 0.5 * worn + 0.4 * crooked, vane])
    tones[:, 1] = np.column_stack([1.12 * one + 0.3 * crooked, 0.55 * two, 0.05 + 0.2 * crooked, 0.9 * vane])
    tones[:, 2] = np.column_stack([0.3 * one + 1.9 * crooked, 0.35 * two + 1.4 * crooked, 0.04 + 0.2 * crooked, 0.6 * vane])
    return np.asarray(tones * carried[:, None, None])
