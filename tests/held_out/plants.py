"""Pumps that share no line with the sample pumps: other curves, duties, instruments and faults, with the truth of each row.

Physics: head H = h0 n² − b n q − a q² (affinity laws; Gülich 2014, Centrifugal Pumps, ch. 2 and 4), shaft power by specific
speed (rising with flow for radial wheels, flat for mixed flow, falling for axial ones), a system of static head and friction
k q², the intersection solved in closed form. Motor current from active power and a magnetising share; behind a drive the
current follows the torque. Everything is in shares of the usual duty until an instrument reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tests.held_out.instruments import Instrument, read
from workbench.logs.regimes.regime import REGIME_NAMES

NS = 1_000_000_000
CODES = {name: code for code, name in enumerate(REGIME_NAMES)}
Floats = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """Curve in shares of the usual flow and head: H(1) = 1 at n = 1."""

    shutoff: float
    """Head at no flow."""
    bend: float
    """Share of the fall between 0 and 1 that is linear."""
    power_at_none: float
    """Shaft power at no flow, as a share of that at the usual flow."""
    magnetising: float
    """No-load current as a share of the full-load current."""
    is_on_drive: bool = False
    rpm: float = 1480.0
    coast_s: float = 15.0
    ramp_s: float = 3.0

    def flow(self, n: Floats, rho_static: Floats, k: Floats, prime: Floats) -> Floats:
        fall = self.shutoff - 1.0
        b, a = fall * self.bend, fall * (1 - self.bend)
        over = np.maximum(self.shutoff * n**2 * prime - rho_static, 0.0)
        square, linear = a + k, b * n
        return np.where(n > 0.02, 2 * over / (linear + np.sqrt(linear**2 + 4 * square * over) + 1e-12), 0.0)

    def head(self, n: Floats, q: Floats, prime: Floats) -> Floats:
        fall = self.shutoff - 1.0
        return np.maximum((self.shutoff * n**2) * prime - fall * self.bend * n * q - fall * (1 - self.bend) * q**2, 0.0)

    def power(self, n: Floats, q: Floats, rho: Floats, prime: Floats) -> Floats:
        x = np.divide(q, n, out=np.zeros_like(q), where=n > 0.02)
        # Radial wheels flatten towards their usual flow, axial ones fall steeply from none.
        shape = self.power_at_none + (1 - self.power_at_none) * np.where(x < 1.6, x * (1.35 - 0.35 * x), 1.26)
        return n**3 * np.where(prime > 0.5, shape * rho, 0.12 + 0.2 * prime)

    def current(self, n: Floats, shaft: Floats) -> Floats:
        """In shares of the usual current."""
        torque = np.divide(shaft, n, out=np.zeros_like(shaft), where=n > 0.02)  # a drive keeps the flux
        load = torque if self.is_on_drive else 0.95 * shaft + 0.05
        full = np.hypot(self.magnetising, np.sqrt(1 - self.magnetising**2))
        running = np.hypot(self.magnetising, np.sqrt(1 - self.magnetising**2) * load) / full
        return np.where(n > 0.02, running, 0.0)


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is done to a pump, row by row; all [n]."""

    step_s: float
    on: Floats
    speed: Floats
    k: Floats
    """Friction of the system at the usual valve: 1 − static share."""
    static: Floats
    rho: Floats
    prime: Floats
    twin: Floats
    """A second pump on the same line runs."""
    held: Floats
    """Pressure that the line holds on a standing pump, share of the usual."""
    backward: Floats
    hot: bool = False
    valve_opens_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantLog:
    """A log as an importer would give it, with the state of each row."""

    name: str
    times_ns: np.ndarray
    columns: dict[str, np.ndarray]
    units: dict[str, str | None]
    truth: np.ndarray
    """Code of the state of each row, −1 where limits are too near to say."""
    beside: tuple[tuple[int, int], ...]
    current: str
    discharge: str
    duty: dict[str, np.ndarray] = field(default_factory=dict)
    """By quantity."""
    coarse: frozenset[str] = frozenset()
    """Channels of converters of eight bits."""


def blank(n: int, step_s: float, static: float) -> Plan:
    """Runs all the time at the usual duty."""
    one, none = np.ones(n), np.zeros(n)
    return Plan(
        step_s=step_s, on=one.copy(), speed=one.copy(), k=np.full(n, 1 - static), static=np.full(n, static), rho=one.copy(),
        prime=one.copy(), twin=none.copy(), held=none.copy(), backward=none.copy(),
    )  # fmt: skip


def wander(rng: np.random.Generator, n: int, rows: float, size: float) -> Floats:
    """A slow random signal of `size` standard deviations that forgets itself over `rows`."""
    knots = max(int(n / max(rows, 1)) + 3, 4)
    return np.interp(np.linspace(0, knots - 1, n), np.arange(knots), rng.normal(0, size, knots))


def simulate(name: str, pump: Pump, plan: Plan, tags: dict[str, tuple[str, Instrument]], rng: np.random.Generator) -> PlantLog:
    """Run the plan and read it through the instruments; `tags` are by quantity."""
    n = len(plan.on)
    speed, is_starting, is_coasting = _speeds(pump, plan)
    opening = _opening(plan, is_starting)
    closed = np.maximum(opening, 1e-3) ** -2.0 - 1
    k = np.where(plan.twin > 0, 4.0, 1.0) * plan.k + closed
    runs = plan.on > 0.5
    q = pump.flow(speed, plan.static * plan.rho, k, plan.prime) * (speed > 0.02)
    head = pump.head(speed, q, plan.prime)
    shaft = pump.power(speed, q, plan.rho, plan.prime)
    rise = plan.rho * head
    current = np.where(runs, pump.current(speed, shaft), 0.0)
    rest = ~runs & (plan.held > 0)
    suction = 0.08 + wander(rng, n, 3600 / plan.step_s, 0.01)
    discharge = np.where(rest, np.maximum(plan.held, rise), rise) + suction
    flow = np.where(plan.backward > 0, -0.3 * plan.backward, q)
    turning = np.where(plan.backward > 0, -0.35 * plan.backward, speed)
    ambient = 18 + 6 * np.sin(2 * np.pi * np.arange(n) * plan.step_s / 86_400) + wander(rng, n, 86_400 / plan.step_s, 2.0)
    bearing = _warm(ambient, np.where(runs, 28 + 12 * shaft, 34.0 if plan.hot else 0.0), plan.step_s)
    shake = np.where(
        speed > 0.02, speed**2 * (0.6 + 0.4 * np.abs(np.divide(q, speed, out=np.zeros(n), where=speed > 0.02) - 1)), 0
    )
    signals = {
        "current": current, "power": np.where(runs, shaft, 0.0), "flow": flow, "discharge": discharge, "suction": suction,
        "speed": turning * pump.rpm, "temperature": bearing, "vibration": shake, "level": 0.5 + wander(rng, n, 2000, 0.05),
        "status": runs.astype(float),
    }  # fmt: skip
    columns = {tag: read(signals[quantity], instrument, plan.step_s, rng) for quantity, (tag, instrument) in tags.items()}
    step_ns = int(plan.step_s * NS)
    times = 1_717_200_000 * NS + np.arange(n, dtype=np.int64) * step_ns
    truth = _truth(plan, q, speed, head, is_starting, is_coasting, pump)
    twin = np.flatnonzero(np.diff(plan.twin > 0.5, prepend=False, append=False))
    beside = tuple((int(times[a]), int(times[min(b, n - 1)])) for a, b in zip(twin[0::2], twin[1::2], strict=True))
    return PlantLog(
        name=name, times_ns=times, columns=columns, units={tag: i.unit for tag, i in tags.values()}, truth=truth, beside=beside,
        current=tags["current"][0], discharge=tags["discharge"][0],
        duty={quantity: columns[tag] for quantity, (tag, _) in tags.items()},
        coarse=frozenset(tag for tag, one in tags.values() if one.bits == 8),
    )  # fmt: skip


def _speeds(pump: Pump, plan: Plan) -> tuple[Floats, np.ndarray, np.ndarray]:
    n, on = len(plan.on), plan.on > 0.5
    speed = np.where(on, plan.speed, 0.0)
    starting, coasting = np.zeros(n, bool), np.zeros(n, bool)
    edges = np.flatnonzero(np.diff(on)) + 1
    for row in edges.tolist():
        if on[row]:
            rows = round(max(pump.ramp_s, plan.valve_opens_s) / plan.step_s)
            ramp = np.clip((np.arange(rows) + 1) * plan.step_s / max(pump.ramp_s, 1e-6), 0, 1)
            span = slice(row, min(row + rows, n))
            speed[span] *= ramp[: span.stop - row]
            starting[span] = on[span]
        else:
            rows = int(3 * pump.coast_s / plan.step_s)
            down = plan.speed[row - 1] / (1 + (np.arange(rows) + 0.5) * plan.step_s / pump.coast_s * 3)
            span = slice(row, min(row + rows, n))
            still = ~on[span] & (down[: span.stop - row] > 0.05) & (np.arange(span.stop - row) * plan.step_s < 3 * pump.coast_s)
            speed[span] = np.where(still, down[: span.stop - row], speed[span])
            coasting[span] |= still
    return speed, starting, coasting


def _opening(plan: Plan, is_starting: np.ndarray) -> Floats:
    """Discharge valve: opens slowly after a start where the plan says so."""
    opening = np.ones(len(is_starting))
    if plan.valve_opens_s > 0:
        edges = np.flatnonzero(np.diff(is_starting, prepend=False, append=False))
        for first, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
            opening[first:end] = np.linspace(0.05, 1, end - first)
    return opening


def _warm(ambient: Floats, excess: Floats, step_s: float) -> Floats:
    out, state, share = np.empty(len(ambient)), float(excess[0]), min(step_s / 2400, 1.0)
    for row, value in enumerate(excess.tolist()):
        state += (value - state) * share
        out[row] = state
    return ambient + out


def _truth(plan: Plan, q: Floats, n: Floats, head: Floats, starting: np.ndarray, coasting: np.ndarray, pump: Pump) -> np.ndarray:
    on = plan.on > 0.5
    usual_q = float(np.median(q[on & ~starting & (plan.twin < 0.5) & (plan.prime > 0.5)]))
    usual_n = float(np.median(n[on & ~starting]))
    share = np.divide(q / usual_q, n / usual_n, out=np.ones(len(q)), where=n > 0.02)
    state = np.full(len(q), CODES["steady"])
    for name, limit in (("throttled", 0.6), ("minimum flow", 0.3), ("dead-head", 0.05)):
        state[share < limit] = CODES[name]
    state[np.abs(plan.rho - np.median(plan.rho)) > 0.06] = CODES["density change"]
    state[plan.prime < 0.5] = CODES["dry run"]
    near = np.minimum.reduce([np.abs(share - limit) for limit in (0.6, 0.3)]) < 0.03
    state[near & (plan.prime > 0.5)] = -1
    shared = (plan.twin > 0.5) & ((state == CODES["steady"]) | (state == CODES["throttled"]) | (state == -1))
    state[shared] = CODES["parallel"]
    state[starting & on] = CODES["start-up"]
    state[~on] = CODES["stopped"]
    usual_head = float(np.median(head[on & ~starting]))
    state[~on & ((plan.held > 0.55 * usual_head) | plan.hot)] = CODES["standby"]
    state[coasting] = CODES["coast-down"]
    state[plan.backward > 0] = CODES["reverse rotation"]
    return state


Scenario = Callable[[np.random.Generator], PlantLog]
