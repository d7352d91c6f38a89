"""Head against flow of a centrifugal pump: from what is measured, to nominal speed, against a curve, with its regions.

Flow in m³/h, head in m of the pumped liquid, pressure in bar gauge, power in kW, speed in rpm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import MAD_TO_SIGMA, STANDARD_GRAVITY_M_PER_S2
from workbench.core.errors import InputError

Array = NDArray[np.float64]
_PA_PER_BAR = 1e5
_S_PER_H = 3600.0
POR = (0.70, 1.20)
"""Preferred operating region as shares of BEP flow: ANSI/HI 9.6.3-2017, low to medium specific speed; API 610, 12th ed., 6.1."""
_HUBER = 1.345
_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSite:
    """What sensors don't say: liquid, heights of the pressure gauges above one datum, pipes where they sit, nominal speed."""

    density_kg_per_m3: float = 998.2
    suction_height_m: float = 0.0
    discharge_height_m: float = 0.0
    suction_pipe_mm: float | None = None
    discharge_pipe_mm: float | None = None
    nominal_rpm: float | None = None
    motor_efficiency: float = 0.95
    vapour_pressure_bar: float = 0.0234
    """Absolute; water at 20 °C."""
    atmosphere_bar: float = 1.01325


def velocity_m_per_s(flow_m3_per_h: Array, pipe_mm: float) -> Array:
    """Mean velocity in a round pipe, Q / (π d²/4)."""
    return np.asarray(flow_m3_per_h / _S_PER_H / (np.pi * (pipe_mm / 1000.0) ** 2 / 4.0))


def total_head_m(suction_bar: Array, discharge_bar: Array, flow_m3_per_h: Array, site: PumpSite) -> Array:
    """H = (p₂ − p₁)/(ρ g) + z₂ − z₁ + (v₂² − v₁²)/(2 g) (ISO 9906:2012, eq. 4); without both pipes no velocity head."""
    head = (discharge_bar - suction_bar) * _PA_PER_BAR / (site.density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2)
    head = head + (site.discharge_height_m - site.suction_height_m)
    if site.suction_pipe_mm and site.discharge_pipe_mm:
        out = velocity_m_per_s(flow_m3_per_h, site.discharge_pipe_mm)
        into = velocity_m_per_s(flow_m3_per_h, site.suction_pipe_mm)
        head = head + (out**2 - into**2) / (2.0 * STANDARD_GRAVITY_M_PER_S2)
    return np.asarray(head)


def to_nominal_speed(value: Array, rpm: Array, nominal_rpm: float, power_of_speed: int) -> Array:
    """Affinity laws: Q ~ n (1), H ~ n² (2), P ~ n³ (3) (ISO 9906:2012, 6.1.2; Gülich 2014, ch. 3.4)."""
    return np.asarray(value * (nominal_rpm / rpm) ** power_of_speed)


def efficiency(flow_m3_per_h: Array, head_m: Array, motor_input_kw: Array, site: PumpSite) -> Array:
    """Pump efficiency η = ρ g Q H / P at the shaft, P = motor input × motor efficiency (ISO 9906:2012, eq. 8)."""
    useful_kw = site.density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2 * flow_m3_per_h / _S_PER_H * head_m / 1000.0
    return np.asarray(useful_kw / np.maximum(motor_input_kw * site.motor_efficiency, 1e-9))


def npsh_available_m(suction_bar: Array, flow_m3_per_h: Array, site: PumpSite) -> Array:
    """NPSHa = (p₁ + p_atm − p_v)/(ρ g) + z₁ + v₁²/(2 g), heights from the impeller's datum (ISO 9906:2012, 3.2.27)."""
    absolute = (suction_bar + site.atmosphere_bar - site.vapour_pressure_bar) * _PA_PER_BAR
    head = absolute / (site.density_kg_per_m3 * STANDARD_GRAVITY_M_PER_S2) + site.suction_height_m
    if site.suction_pipe_mm:
        head = head + velocity_m_per_s(flow_m3_per_h, site.suction_pipe_mm) ** 2 / (2.0 * STANDARD_GRAVITY_M_PER_S2)
    return np.asarray(head)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCurve:
    """H = a + b Q − c Q² at nominal speed, valid between two flows; `source`: points entered, or the period it was fitted to."""

    a: float
    b: float
    c: float
    least_flow: float
    most_flow: float
    rms_error_m: float
    source: str

    def head(self, flow_m3_per_h: Array) -> Array:
        """Head in m [n]."""
        return np.asarray(self.a + self.b * flow_m3_per_h - self.c * flow_m3_per_h**2)


def fit_head_curve(flow: Array, head: Array, source: str) -> HeadCurve:
    """Least squares with Huber's weights (Huber 1981, ch. 7), so that starts and bad readings don't bend the curve.

    Form after Gülich 2014, ch. 4. Raises InputError where the flows hardly differ: a curve through one point is made up.
    """
    is_good = np.isfinite(flow) & np.isfinite(head)
    flow, head = flow[is_good], head[is_good]
    if len(flow) < 3 or np.ptp(flow) < 0.1 * max(float(np.max(np.abs(flow), initial=0.0)), 1e-9):
        low, high = (float(flow.min()), float(flow.max())) if len(flow) else (0.0, 0.0)
        raise InputError(
            f"The flow only covers {low:.4g} to {high:.4g} m³/h ({len(flow)} points): no curve follows from that.",
            "Choose a period with more different flows, or enter points of the pump's own curve.",
        )
    scale = float(np.max(np.abs(flow)))
    columns = np.stack([np.ones_like(flow), flow / scale, -((flow / scale) ** 2)], axis=1)
    weights = np.ones_like(flow)
    solution: Array = np.zeros(3)
    for _ in range(_ROUNDS):
        root = np.sqrt(weights)
        solution = np.asarray(np.linalg.lstsq(columns * root[:, None], head * root, rcond=None)[0], np.float64)
        misses = np.abs(head - columns @ solution)
        sigma = max(MAD_TO_SIGMA * float(np.median(misses)), 1e-9)
        weights = np.minimum(1.0, _HUBER * sigma / np.maximum(misses, 1e-12))
    error = float(np.sqrt(np.average((head - columns @ solution) ** 2, weights=weights)))
    return HeadCurve(
        a=float(solution[0]), b=float(solution[1] / scale), c=float(solution[2] / scale**2), least_flow=float(flow.min()),
        most_flow=float(flow.max()), rms_error_m=error, source=source,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BestPoint:
    """Flow of best efficiency in m³/h, the efficiency there (None when it was typed), and whether it lies beyond the data."""

    flow_m3_per_h: float
    efficiency: float | None
    is_extrapolated: bool = False


def find_best_point(flow: Array, eta: Array) -> BestPoint | None:
    """BEP of the parabola η = e₁ Q − e₂ Q² through no flow (Gülich 2014, ch. 4); None where the points show no maximum."""
    is_good = np.isfinite(flow) & np.isfinite(eta) & (flow > 0) & (eta > 0.02) & (eta < 1.0)
    flow, eta = flow[is_good], eta[is_good]
    if len(flow) < 8 or np.ptp(flow) < 0.1 * float(flow.max()):
        return None
    columns = np.stack([flow, -(flow**2)], axis=1)
    first, second = np.linalg.lstsq(columns, eta, rcond=None)[0]
    if first <= 0 or second <= 0:
        return None
    best = float(first / (2.0 * second))
    is_beyond = not float(flow.min()) <= best <= float(flow.max())
    return BestPoint(flow_m3_per_h=best, efficiency=float(first**2 / (4.0 * second)), is_extrapolated=is_beyond)


def deviation_percent(flow: Array, head: Array, curve: HeadCurve) -> Array:
    """(H / H_curve(Q) − 1) in %; NaN outside the flows that the curve was made from (5 % beyond is let pass)."""
    expected = curve.head(flow)
    margin = 0.05 * (curve.most_flow - curve.least_flow)
    is_in = (flow >= curve.least_flow - margin) & (flow <= curve.most_flow + margin) & (expected > 0)
    return np.where(is_in, 100.0 * (head / np.where(expected > 0, expected, 1.0) - 1.0), np.nan)


def share_in(flow: Array, best_flow: float, region: tuple[float, float]) -> float:
    """Share of the points 0..1 that lie in a region of BEP flow; NaN without points."""
    good = flow[np.isfinite(flow)]
    if not len(good):
        return float("nan")
    return float(np.mean((good >= region[0] * best_flow) & (good <= region[1] * best_flow)))
