"""Temperatures: a motor's winding and frame as two thermal masses, and bearing housings as one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from workbench.samples.makers import ThermalType

Array = NDArray[np.float64]
STANDSTILL_COOLING = 0.35
"""Share of the running heat transfer that is left without the shaft-mounted fan."""


def motor_temperatures(
    thermal: ThermalType, loss_kw: Array, ambient_c: Array, is_running: NDArray[np.bool_], step_s: float
) -> Array:
    """Winding and frame temperature, °C [n, 2].

    C_w dT_w/dt = p − g_w (T_w − T_f), C_f dT_f/dt = (1−share) p + g_w (T_w − T_f) − g_f (T_f − T_a): the lumped network of
    Boglietti et al. 2009 (IEEE Trans. Ind. Electron. 56-3) cut to two nodes; 60 % of the losses arise in the winding.
    """
    conductance = np.where(is_running, 1.0, STANDSTILL_COOLING) * thermal.frame_w_per_k
    inputs = np.column_stack([loss_kw * 600.0, loss_kw * 400.0, ambient_c * conductance])
    result = np.empty((loss_kw.size, 2))
    state: Array | None = None
    for start, stop in _spans(is_running):
        matrix, drive = _motor_matrices(thermal, float(conductance[start]))
        push = inputs[start:stop] @ drive.T
        # The log begins in the middle of the plant's life: in balance, not cold.
        state = np.linalg.solve(matrix, -push[0]) if state is None else state
        result[start:stop] = _propagate(matrix, push, state, step_s)
        state = result[stop - 1]
    return result


def bearing_temperature(thermal: ThermalType, friction_w: Array, ambient_c: Array, liquid_c: Array, step_s: float) -> Array:
    """C dT/dt = P_f − g (T − T_sink), the sink lying between ambient air and pumped liquid; [n] °C.

    Friction power ~ speed × moment (Harris & Kotzalas 2006, ch. 10); given by the caller.
    """
    sink = 0.75 * ambient_c + 0.25 * liquid_c
    rate = thermal.bearing_w_per_k / (thermal.bearing_kj_per_k * 1000.0)
    drive = friction_w / (thermal.bearing_kj_per_k * 1000.0) + rate * sink
    first = np.array([[-rate]])
    return _propagate(first, drive[:, None], np.array([drive[0] / rate]), step_s)[:, 0]


def _motor_matrices(thermal: ThermalType, frame_w_per_k: float) -> tuple[Array, Array]:
    c_w, c_f = thermal.winding_kj_per_k * 1000.0, thermal.frame_kj_per_k * 1000.0
    g = thermal.winding_w_per_k
    matrix = np.array([[-g / c_w, g / c_w], [g / c_f, -(g + frame_w_per_k) / c_f]])
    drive = np.array([[1.0 / c_w, 0.0, 0.0], [0.0, 1.0 / c_f, 1.0 / c_f]])
    return matrix, drive


def _propagate(matrix: Array, drive: Array, state: Array, step_s: float) -> Array:
    """x' = A x + u, u held over each step: exact, mode by mode (A is diagonalised), each mode one recursive filter."""
    values, vectors = np.linalg.eig(matrix)
    values, vectors = values.real, vectors.real
    inverse = np.linalg.inv(vectors)
    modes = drive @ inverse.T
    start = inverse @ state
    decay = np.exp(values * step_s)
    gain = (decay - 1.0) / values
    out = np.empty_like(modes)
    for i in range(values.size):
        out[:, i] = lfilter([gain[i]], [1.0, -decay[i]], modes[:, i], zi=np.array([decay[i] * start[i]]))[0]
    return np.asarray(out @ vectors.T)


def _spans(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(flags)) + 1
    bounds = [0, *edges.tolist(), flags.size]
    return list(pairwise(bounds))
