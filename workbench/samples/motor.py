"""Squirrel-cage motor: slip, current with its magnetising part, losses, run-up with inrush, coast-down.

Chapman = Chapman, Electric Machinery Fundamentals, 5th ed. 2012.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.samples.makers import MotorType

Array = NDArray[np.float64]
_RUN_UP_STEP_S = 0.01
_RUN_UP_LIMIT_S = 60.0
_FIXED_LOSS_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricState:
    """Line current A, electric power kW and copper + iron losses kW, arrays [n]."""

    current_a: Array
    power_kw: Array
    loss_kw: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class RunUp:
    """A direct-on-line start from standstill: seconds, speed ratio of rated and line current A, arrays [m]."""

    t_s: Array
    r: Array
    current_a: Array


def synchronous_rpm(motor: MotorType, frequency_hz: Array) -> Array:
    """n_s = 120 f / poles."""
    return 120.0 * frequency_hz / motor.n_poles


def rated_rpm(motor: MotorType) -> float:
    """Speed at rated load on 50 Hz."""
    return 6000.0 / motor.n_poles * (1.0 - motor.rated_slip)


def slip_at(motor: MotorType, shaft_kw: Array, voltage_ratio: Array) -> Array:
    """s = s_rated (P/P_rated) / (U/U_rated)²: the straight part of the torque curve (Chapman 2012, ch. 6)."""
    return motor.rated_slip * shaft_kw / motor.rated_power_kw / voltage_ratio**2


def rated_current_a(motor: MotorType) -> float:
    """I = P / (√3 U cos φ η) from the name plate."""
    return motor.rated_power_kw * 1000.0 / (math.sqrt(3.0) * motor.voltage_v * motor.power_factor * motor.efficiency)


def electric_state(motor: MotorType, shaft_kw: Array, voltage_ratio: Array) -> ElectricState:
    """Power in, current and losses at a shaft load.

    I² = I_active² + I_magnetising²: the magnetising part is constant at given voltage, which is why the current of a
    lightly loaded motor hardly falls (Chapman 2012, ch. 6). Losses = fixed share + share ~ load² (IEC 60034-2-1).
    """
    full_loss = motor.rated_power_kw * (1.0 / motor.efficiency - 1.0)
    load = shaft_kw / motor.rated_power_kw
    loss = full_loss * (_FIXED_LOSS_SHARE * voltage_ratio**2 + (1.0 - _FIXED_LOSS_SHARE) * (load / voltage_ratio) ** 2)
    power = shaft_kw + loss
    volts = motor.voltage_v * voltage_ratio
    active = power * 1000.0 / (np.sqrt(3.0) * volts)
    magnetising = rated_current_a(motor) * np.sqrt(1.0 - motor.power_factor**2) * voltage_ratio
    return ElectricState(current_a=np.hypot(active, magnetising), power_kw=power, loss_kw=loss)


def torque_ratio(motor: MotorType, slip: float) -> float:
    """T/T_rated = 2 k / (s/s_k + s_k/s) with breakdown ratio k at slip s_k (Kloss 1909; Chapman 2012, ch. 6)."""
    s = max(slip, 1e-6)
    return 2.0 * motor.breakdown_ratio / (s / motor.breakdown_slip + motor.breakdown_slip / s)


def starting_current_a(motor: MotorType, slip: Array) -> Array:
    """I(s) = I_lr √(1 + s_k²) / √(1 + (s_k/s)²): rotor branch of the equivalent circuit (Chapman 2012, eq. 6-45 rearranged)."""
    s = np.maximum(slip, 1e-6)
    locked = motor.locked_rotor_ratio * rated_current_a(motor)
    return np.asarray(locked * np.sqrt(1.0 + motor.breakdown_slip**2) / np.sqrt(1.0 + (motor.breakdown_slip / s) ** 2))


def run_up(motor: MotorType, load_ratio: float = 0.6) -> RunUp:
    """J dω/dt = T_motor − T_pump from standstill; the pump's torque goes with ω² (closed check valve: `load_ratio`)."""
    omega_s = 2.0 * np.pi * 100.0 / motor.n_poles
    rated_torque = motor.rated_power_kw * 1000.0 / (omega_s * (1.0 - motor.rated_slip))
    settle = motor.rated_slip * load_ratio
    ratio, speeds = 0.0, [0.0]
    while ratio < 1.0 - 1.15 * settle and len(speeds) * _RUN_UP_STEP_S < _RUN_UP_LIMIT_S:
        torque = rated_torque * (torque_ratio(motor, 1.0 - ratio) - load_ratio * ratio**2)
        ratio = min(ratio + max(torque, 0.02 * rated_torque) / motor.inertia_kg_m2 * _RUN_UP_STEP_S / omega_s, 1.0 - settle)
        speeds.append(ratio)
    r = np.asarray(speeds)
    t = np.arange(r.size, dtype=np.float64) * _RUN_UP_STEP_S
    return RunUp(t_s=t, r=r / (1.0 - motor.rated_slip), current_a=starting_current_a(motor, 1.0 - r))


def coast_down_ratio(motor: MotorType, since_stop_s: Array) -> Array:
    """ω/ω₀ = 1/(1 + t/τ), τ = J ω₀ / T₀: J dω/dt = −T₀ (ω/ω₀)², stopped below 3 % where friction wins."""
    omega = 2.0 * np.pi * 100.0 / motor.n_poles
    torque = motor.rated_power_kw * 1000.0 / omega * 0.7
    ratio = 1.0 / (1.0 + np.maximum(since_stop_s, 0.0) / (motor.inertia_kg_m2 * omega / torque))
    return np.where(ratio > 0.03, ratio, 0.0)
