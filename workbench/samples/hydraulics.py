"""Centrifugal pump against its system: head, power, suction, minimum flow and two pumps on one header.

Flow is in m³/h, head in m of the pumped liquid, pressure in bar (gauge unless it says absolute), speed as the ratio
`r` of the pump's rated speed. All functions take and return arrays of one shape (or scalars). Must not draw random
numbers: what wanders is an input.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import STANDARD_GRAVITY_M_PER_S2
from workbench.samples.makers import PumpType

Array = NDArray[np.float64]
ATMOSPHERE_BAR = 1.01325
_BISECTIONS = 32
_OUTER_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCurve:
    """H = a r² + b r Q − c Q² (quadratic fit of a test curve; Gülich, Centrifugal Pumps, 3rd ed. 2014, ch. 4).

    The powers of r are the affinity laws Q ~ n, H ~ n² (ibid. ch. 3.4; Karassik et al., Pump Handbook, 4th ed. 2008).
    """

    a: float
    b: float
    c: float
    bep_m3_per_h: float
    efficiency: float
    npsh3_m: float

    @classmethod
    def of(cls, pump: PumpType) -> HeadCurve:
        """The curve through the rated point with the type's shut-off head and slope."""
        flow, head = pump.rated_flow_m3_per_h, pump.rated_head_m
        a = pump.shutoff_head_ratio * head
        b = pump.head_slope_ratio * head / flow
        c = (a + b * flow - head) / flow**2
        return cls(a=a, b=b, c=c, bep_m3_per_h=flow, efficiency=pump.efficiency, npsh3_m=pump.npsh3_m)

    def worn(self, head_ratio: float, efficiency_ratio: float) -> HeadCurve:
        """The curve of one individual pump: castings, clearances and wear differ between sisters by a per cent or two."""
        return replace(
            self,
            a=self.a * head_ratio,
            b=self.b * head_ratio,
            c=self.c / head_ratio,
            efficiency=self.efficiency * efficiency_ratio,
        )


def head_m(curve: HeadCurve, flow: Array, r: Array) -> Array:
    """Total head at `flow` and speed ratio `r`, without cavitation."""
    return curve.a * r**2 + curve.b * r * flow - curve.c * flow**2


def efficiency_at(curve: HeadCurve, flow: Array, r: Array) -> Array:
    """η = η_bep (2q − q²), q = Q/(r·Q_bep): a parabola through zero flow (Gülich 2014, ch. 3); similar points share η."""
    q = flow / np.maximum(r * curve.bep_m3_per_h, 1e-9)
    return np.maximum(curve.efficiency * (2.0 * q - q**2), 1e-3)


def shaft_power_kw(curve: HeadCurve, flow: Array, r: Array, density_kg_per_m3: Array | float) -> Array:
    """P = ρ g Q H / η with its finite limit at shut-off (η is linear in Q there)."""
    q = np.maximum(flow, 1e-6 * curve.bep_m3_per_h)
    hydraulic_w = density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2 * q / 3600.0 * head_m(curve, q, r)
    return np.where(r > 0.0, hydraulic_w / efficiency_at(curve, q, r) / 1000.0, 0.0)


def vapour_pressure_bar(temperature_c: Array) -> Array:
    """Water's vapour pressure, bar absolute (Magnus form; Alduchov & Eskridge 1996, eq. 21)."""
    return 6.1094e-3 * np.exp(17.625 * temperature_c / (temperature_c + 243.04))


def npsh_available_m(suction_bar: Array, temperature_c: Array, density_kg_per_m3: Array | float) -> Array:
    """NPSHa = (p_s + p_atm − p_v)/(ρ g) at the suction flange (ANSI/HI 9.6.1), velocity head left out."""
    head_pa = (suction_bar + ATMOSPHERE_BAR - vapour_pressure_bar(temperature_c)) * 1e5
    return head_pa / (density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2)


def npsh3_required_m(curve: HeadCurve, flow: Array, r: Array) -> Array:
    """NPSH at 3 % head drop: NPSH3 = r² NPSH3_bep (0.6 + 0.4 q²), rising with flow and speed (Gülich 2014, ch. 6)."""
    q = flow / np.maximum(r * curve.bep_m3_per_h, 1e-9)
    return curve.npsh3_m * r**2 * (0.6 + 0.4 * q**2)


def head_drop_ratio(npsh_ratio: Array) -> Array:
    """Share of head lost to cavitation; 3 % where NPSHa = NPSH3 by definition (ANSI/HI 9.6.1), falling off exponentially above.

    `npsh_ratio` is NPSHa / NPSH3. Below 1 the drop steepens towards breakdown and is capped at 60 %.
    """
    return np.minimum(0.03 * np.exp(-9.0 * (npsh_ratio - 1.0)), 0.6)


def cavitation_noise(npsh_ratio: Array) -> Array:
    """Relative noise 0..1: begins at inception (NPSHa about 3 × NPSH3), peaks just above 3 % head drop, then vapour cushions it.

    Shape after McNulty & Pearsall 1982 and Gülich 2014, ch. 6.5.
    """
    x = np.log(np.maximum(npsh_ratio, 0.05) / 1.12)
    rising = np.exp(-((x / 0.32) ** 2))
    falling = np.exp(-((x / 0.45) ** 2))
    return np.where(x > 0.0, rising, np.maximum(falling, 0.35))


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpInputs:
    """What one pump of a pair sees: speed ratio (0 = stopped) and extra losses, m/(m³/h)², each an array [n]."""

    r: Array
    strainer_loss: Array
    branch_loss: Array
    min_flow_m3_per_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInputs:
    """The common system: H = H_static + K Q² and the suction side, arrays [n]."""

    static_head_m: Array
    friction: Array
    suction_bar: Array
    liquid_c: Array
    density_kg_per_m3: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpState:
    """One pump's operating point, arrays [n]: flow through the impeller and forward, head, power, suction and NPSH."""

    flow: Array
    forward_flow: Array
    head_m: Array
    power_kw: Array
    suction_bar: Array
    discharge_bar: Array
    npsh_ratio: Array
    q: Array
    r: Array


def solve_pair(
    curves: tuple[HeadCurve, ...], pumps: tuple[PumpInputs, ...], system: SystemInputs
) -> tuple[tuple[PumpState, ...], Array]:
    """Operating points of pumps in parallel on one header, and the header's head over the suction source [n].

    For a header head h each pump's flow is explicit (the quadratic's root), so the one unknown h is found by bisection:
    the sum of forward flows falls with h and the system's rises. Cavitation (head loss) is iterated around it.
    """
    drop = [np.zeros_like(system.static_head_m) for _ in curves]
    for _ in range(_OUTER_ROUNDS):
        header = _header_head(curves, pumps, system, drop)
        flows = [_flow_at(curve, pump, d, header) for curve, pump, d in zip(curves, pumps, drop, strict=True)]
        ratios = [_npsh_ratio(c, p, system, q) for c, p, q in zip(curves, pumps, flows, strict=True)]
        drop = [0.5 * (d + head_drop_ratio(ratio)) for d, ratio in zip(drop, ratios, strict=True)]
    states = tuple(
        _state(curve, pump, system, (flow, d, ratio, header))
        for curve, pump, flow, d, ratio in zip(curves, pumps, flows, drop, ratios, strict=True)
    )
    return states, header


def _header_head(curves: tuple[HeadCurve, ...], pumps: tuple[PumpInputs, ...], system: SystemInputs, drop: list[Array]) -> Array:
    low = system.static_head_m.copy()
    high = np.maximum.reduce([curve.a * 1.2 * pump.r**2 for curve, pump in zip(curves, pumps, strict=True)]) + low
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        delivered = np.zeros_like(middle)
        for curve, pump, d in zip(curves, pumps, drop, strict=True):
            flow = _flow_at(curve, pump, d, middle)
            delivered += flow - bypass_flow(flow, pump.min_flow_m3_per_h, curve, middle)
        taken = np.sqrt(np.maximum(middle - system.static_head_m, 0.0) / system.friction)
        is_short = delivered > taken
        low = np.where(is_short, middle, low)
        high = np.where(is_short, high, middle)
    return np.asarray(0.5 * (low + high))


def _flow_at(curve: HeadCurve, pump: PumpInputs, drop: Array, header: Array) -> Array:
    """Flow of a pump that works against `header`, 0 where it can't lift the check valve."""
    keep = 1.0 - drop
    c = keep * curve.c + pump.strainer_loss + pump.branch_loss
    b = keep * curve.b * pump.r
    a = keep * curve.a * pump.r**2 - header
    root = np.sqrt(np.maximum(b * b + 4.0 * c * a, 0.0))
    return np.where(a > 0.0, (b + root) / (2.0 * c), 0.0)


def bypass_flow(flow: Array, min_flow: float, curve: HeadCurve, header: Array) -> Array:
    """Flow of the automatic recirculation valve: open at 80 % of the minimum flow, closed at 120 %, passing √h of its rating."""
    opening = np.clip((1.2 * min_flow - flow) / (0.4 * min_flow), 0.0, 1.0)
    return np.asarray(np.minimum(opening * min_flow * np.sqrt(np.maximum(header, 0.0) / curve.a), flow))


def _npsh_ratio(curve: HeadCurve, pump: PumpInputs, system: SystemInputs, flow: Array) -> Array:
    suction = _suction_bar(pump, system, flow)
    available = npsh_available_m(suction, system.liquid_c, system.density_kg_per_m3)
    required = npsh3_required_m(curve, flow, pump.r)
    return np.where(flow > 0.0, np.maximum(available, 0.05) / np.maximum(required, 0.05), 10.0)


def _suction_bar(pump: PumpInputs, system: SystemInputs, flow: Array) -> Array:
    lost_m = pump.strainer_loss * flow**2
    return np.asarray(system.suction_bar - lost_m * system.density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2 * 1e-5)


def _state(curve: HeadCurve, pump: PumpInputs, system: SystemInputs, solved: tuple[Array, Array, Array, Array]) -> PumpState:
    flow, drop, ratio, header = solved
    suction = _suction_bar(pump, system, flow)
    head = np.where(pump.r > 0.0, head_m(curve, flow, pump.r) * (1.0 - drop), 0.0)
    bar_per_m = system.density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2 * 1e-5
    return PumpState(
        flow=flow,
        forward_flow=flow - bypass_flow(flow, pump.min_flow_m3_per_h, curve, header),
        head_m=head,
        power_kw=shaft_power_kw(curve, flow, pump.r, system.density_kg_per_m3),
        suction_bar=suction,
        discharge_bar=suction + head * bar_per_m,
        npsh_ratio=ratio,
        q=flow / np.maximum(pump.r * curve.bep_m3_per_h, 1e-9),
        r=pump.r,
    )
