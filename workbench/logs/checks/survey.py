"""A log in a thousand short stretches: level, noise and resolution of every channel in each, and whether the pump ran.

The checks compare a channel with its own habits and with its neighbours. They look at the survey first, which costs the same
for a log of any length, and read samples only where it says that something happened. Must not import anything but numpy and this
domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.flat_runs import Samples
from workbench.logs.recordings.time_axis import Instants, Int64s
from workbench.logs.regimes.pump_roles import PumpRoles, find_roles

MEASURED = frozenset({"pressure", "flow", "mass flow", "temperature", "current", "power", "vibration", "level"})
"""Quantities that an instrument tells; a valve, a speed or a set point moves in steps and rests by its nature."""
STRETCH_ROWS = 64
MAX_STRETCHES = 1024
MIN_GOOD = 8
_STOPPED_SHARE = 0.1
_BLOCK_ROWS = 1 << 18
_FEW_RUNNING = 8
_MAX_GATHERED = 512
_SPARSE_ROWS = 30_000_000
"""Up to here reading all of a column is faster than a thousand pieces of it."""

Floats64 = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSurvey:
    """One channel in all stretches."""

    rows: Floats64
    """[stretches, 64], NaN = bad or missing."""
    steps: Floats64
    """[stretches, 63], from each sample to the next."""
    level: Floats64
    """Median of each stretch; NaN with fewer than eight good samples."""
    noise: Floats64
    """Standard deviation of what changes from sample to sample, robust (0.7 × 1.4826 × median of |differences|)."""
    resolution: float
    """Smallest change that occurs, 0 where nothing changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The whole log. A stretch reaches from row `first_rows[k]` to before `end_rows[k]`, in the order of time."""

    times_ns: Instants
    columns: Mapping[str, Samples]
    units: Mapping[str, str | None]
    roles: PumpRoles
    first_rows: Int64s
    end_rows: Int64s
    """Row after the last one of each stretch: 64 on, or more where a stretch is gathered from short runs."""
    channels: dict[str, ChannelSurvey]
    is_running: Bools
    """Whether the pump ran throughout the stretch; always, where no channel tells."""
    is_at_rest: Bools
    """Whether it stood still throughout the stretch; never, where no channel tells."""

    @property
    def is_gathered(self) -> bool:
        """Whether the pump runs for so short that stretches were gathered from several runs."""
        return bool((self.end_rows - self.first_rows > STRETCH_ROWS).any())

    def instant(self, row: int) -> int:
        """Instant of a row, ns."""
        row = min(max(row, 0), len(self.times_ns) - 1)
        return int(self.times_ns[np.array([row])][0])

    def usual_noise(self, name: str) -> float:
        """Median noise of a channel while the pump runs; NaN where that can't be told."""
        noise = self.channels[name].noise[self.is_running]
        noise = noise[np.isfinite(noise)]
        return float(np.median(noise)) if len(noise) else float("nan")

    def usual_level(self, name: str) -> float:
        """Median level of a channel while the pump runs; NaN where that can't be told."""
        level = self.channels[name].level[self.is_running]
        level = level[np.isfinite(level)]
        return float(np.median(level)) if len(level) else float("nan")


def take_survey(times_ns: Instants, columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> Survey:
    """Read a thousand stretches, evenly placed (all rows of a log of up to 65,536).

    Parameters
    ----------
    times_ns : int64 [n]
        Strictly increasing.
    columns : name → float [n]
        NaN = bad or missing; read piece by piece.
    units : name → unit as printed
    """
    roles = find_roles(columns, units)
    n_rows = len(times_ns)
    n_stretches = min(max(n_rows // STRETCH_ROWS, 1), MAX_STRETCHES)
    first_rows = np.linspace(0, max(n_rows - STRETCH_ROWS, 0), n_stretches).astype(np.int64)
    end_rows = np.minimum(first_rows + STRETCH_ROWS, n_rows)
    channels = {name: _survey_channel(_read_stretches(values, first_rows)) for name, values in columns.items()}
    is_running, is_at_rest = _running(channels, roles, len(first_rows))
    if np.count_nonzero(is_running) < _FEW_RUNNING and (rows := _rows_of_runs(columns, channels, roles)) is not None:
        # A sump pump runs for minutes: no stretch of the clock shows it at work.
        order = np.argsort(np.concatenate([first_rows, rows[:, 0]]), kind="stable")
        for name, values in columns.items():
            table = np.concatenate([channels[name].rows, _read_gathered(values, rows)])[order]
            channels[name] = _survey_channel(table)
        is_running = np.append(is_running, np.ones(len(rows), np.bool_))[order]
        is_at_rest = np.append(is_at_rest, np.zeros(len(rows), np.bool_))[order]
        first_rows = np.append(first_rows, rows[:, 0])[order]
        end_rows = np.append(end_rows, rows.max(axis=1) + 1)[order]
    return Survey(
        times_ns=times_ns, columns=columns, units=units, roles=roles, first_rows=first_rows, end_rows=end_rows, channels=channels,
        is_running=is_running, is_at_rest=is_at_rest,
    )  # fmt: skip


def _rows_of_runs(columns: Mapping[str, Samples], channels: Mapping[str, ChannelSurvey], roles: PumpRoles) -> Int64s | None:
    """Rows [stretches, 64] in which the pump runs, run after run, with −1 between runs; None where that says nothing.

    The first two rows and the last one of each run are its start and its stop.
    """
    if not roles.drives:
        return None
    drive = columns[roles.drives[0]]
    good = np.abs(channels[roles.drives[0]].rows)
    high = float(np.nanquantile(good, 0.98)) if np.isfinite(good).any() else 0.0
    blocks = [
        first + np.flatnonzero(np.abs(np.asarray(drive[first : first + _BLOCK_ROWS])) > 0.5 * high)
        for first in range(0, len(drive), _BLOCK_ROWS)
    ]
    on = np.concatenate(blocks) if high > 0 else np.zeros(0, np.int64)
    if len(on) < _FEW_RUNNING * STRETCH_ROWS // 4 or len(on) > 0.9 * len(drive):
        return None
    is_new = np.diff(on, prepend=on[0] - 2) != 1
    since = np.arange(len(on)) - np.maximum.accumulate(np.where(is_new, np.arange(len(on)), 0))
    is_last = np.append(is_new[1:], True)
    kept = (since >= 2) & ~is_last
    on, seams = on[kept], np.flatnonzero(is_new & (np.arange(len(on)) > 0))
    at = np.searchsorted(np.flatnonzero(kept), seams)
    on = np.insert(on, at, -1)
    n_stretches = len(on) // STRETCH_ROWS
    if n_stretches < 2:
        return None
    table = on[: n_stretches * STRETCH_ROWS].reshape(n_stretches, STRETCH_ROWS)
    table = table[np.unique(np.linspace(0, n_stretches - 1, min(n_stretches, _MAX_GATHERED)).astype(np.int64))]
    lowest = np.where(table < 0, np.iinfo(np.int64).max, table).min(axis=1)
    return np.asarray(np.concatenate([lowest[:, None], table], axis=1)[(table >= 0).sum(axis=1) >= MIN_GOOD])


def _read_gathered(values: Samples, rows: Int64s) -> Floats64:
    table = rows[:, 1:]
    found = np.asarray(values[np.maximum(table, 0).ravel()], np.float64).reshape(table.shape)
    return np.where(table < 0, np.nan, found)


def _read_stretches(values: Samples, first_rows: Int64s) -> Floats64:
    rows = np.full((len(first_rows), STRETCH_ROWS), np.nan)
    block_rows = _BLOCK_ROWS if len(values) < _SPARSE_ROWS else STRETCH_ROWS
    at, block = 0, np.zeros(0)
    for number, first in enumerate(first_rows.tolist()):
        if first + STRETCH_ROWS > at + len(block):
            at, block = first, np.asarray(values[first : first + block_rows])
        piece = block[first - at : first - at + STRETCH_ROWS]
        rows[number, : len(piece)] = piece
    return rows


def _survey_channel(rows: Floats64) -> ChannelSurvey:
    rows[~np.isfinite(rows)] = np.nan
    steps = np.diff(rows, axis=1)
    sizes = np.abs(steps)
    moves = sizes[sizes > 0]
    return ChannelSurvey(
        rows=rows, steps=steps, level=row_medians(rows), noise=row_medians(sizes) * MAD_TO_SIGMA / np.sqrt(2.0),
        resolution=_smallest(moves),
    )  # fmt: skip


def _smallest(moves: Floats64) -> float:
    """The smallest change, but for two in a thousand (rounding of rounded numbers)."""
    if not len(moves):
        return 0.0
    at = len(moves) // 500
    return float(np.partition(moves, at)[at])


def row_medians(table: Floats64) -> Floats64:
    """Median of the good samples of each row [n, k] → [n]; NaN with fewer than eight."""
    ordered = np.sort(table, axis=1)
    n_good = np.count_nonzero(~np.isnan(table), axis=1)
    low, high = np.maximum((n_good - 1) // 2, 0), np.maximum(n_good // 2, 0)
    at = np.arange(len(table))
    medians = 0.5 * ordered[at, low] + 0.5 * ordered[at, np.minimum(high, table.shape[1] - 1)]  # 1.7e308 twice is too much
    return np.where(n_good >= MIN_GOOD, medians, np.nan)


def _running(channels: Mapping[str, ChannelSurvey], roles: PumpRoles, n_stretches: int) -> tuple[Bools, Bools]:
    """By the first drive channel that is ever at rest and ever not; a stretch with a start or a stop in it is neither."""
    for name in roles.drives:
        size = np.abs(channels[name].rows)
        good = size[np.isfinite(size)]
        if not len(good):
            continue
        limit = _STOPPED_SHARE * float(np.quantile(good, 0.95))
        if not (good <= limit).any():
            continue
        is_low = size <= limit
        is_none = is_low | np.isnan(size)
        return ~np.asarray(is_none.any(axis=1), np.bool_), np.asarray(is_none.all(axis=1) & is_low.any(axis=1), np.bool_)
    return np.ones(n_stretches, np.bool_), np.zeros(n_stretches, np.bool_)
