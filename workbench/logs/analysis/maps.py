"""Spectra side by side: over time (spectrogram, or one column a burst). Columns that stand for no samples are not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.logs.analysis.spectrum import (
    LEAST_SAMPLES,
    Samples,
    SpectrumOptions,
    Tick,
    motion_gain,
    no_tick,
    piece_lines,
    piece_samples,
    piece_step,
)

Array = NDArray[np.float64]
MOST_COLUMNS = 1200
_BLOCK_SAMPLES = 1 << 20
_PART_SAMPLES = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a waveform without a break: first instant ns since 1970, samples a second, values [n]."""

    start_ns: int
    rate_hz: float
    values: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralMap:
    """RMS amplitude float32 [m columns, k lines] at `y` [k] (Hz, or orders) for the instants `start_ns`..`end_ns` [m]."""

    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    y: Array
    rms: NDArray[np.float32]
    unit: str
    y_unit: str
    n_a_column: int
    """Spectra averaged into a column where there were more than are drawn."""


def find_spectrogram(stretches: Sequence[Stretch], unit: str, options: SpectrumOptions, tick: Tick = no_tick) -> SpectralMap:
    """Short-time spectra of a stream, or of bursts far apart one averaged spectrum each.

    With more than 1200 columns neighbours are averaged (mean squares), none is dropped. Allen & Rabiner 1977 (short-time Fourier
    analysis). `tick(fraction)` is called between blocks and may raise to cancel.
    """
    rate_hz, good = one_rate(stretches)
    n_piece = piece_samples(min(len(one.values) for one in good), rate_hz, options)
    step = piece_step(n_piece, options)
    n_columns = sum(1 + (len(one.values) - n_piece) // step for one in good)
    is_bursts = _are_bursts(good)
    n_joined = 1 + (len(good[0].values) - n_piece) // step if is_bursts else max(1, -(-n_columns // MOST_COLUMNS))
    frequency_hz = np.arange(n_piece // 2 + 1) * rate_hz / n_piece
    gain, shown = motion_gain(frequency_hz, unit, options.motion, options.high_pass_hz)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]] = []
    for number, one in enumerate(good):
        tick(number / len(good))
        n_all = 1 + (len(one.values) - n_piece) // step
        parts.extend(_columns(one, n_piece, step, options, n_all if is_bursts else n_joined, gain))
    starts, ends, rms = (np.concatenate([part[at] for part in parts]) for at in range(3))
    if len(good) > MOST_COLUMNS:
        starts, ends, rms = _join_bursts(starts, ends, rms, -(-len(good) // MOST_COLUMNS))
    return SpectralMap(
        start_ns=starts, end_ns=ends, y=frequency_hz, rms=rms, unit=shown, y_unit="Hz",
        n_a_column=n_joined,
    )  # fmt: skip


def _are_bursts(stretches: Sequence[Stretch]) -> bool:
    """Whether there is less waveform than pause: bursts, and not a stream with drop-outs."""
    if len(stretches) < 2:
        return False
    lengths_ns = [len(one.values) / one.rate_hz * NS_PER_S for one in stretches]
    whole_ns = stretches[-1].start_ns + lengths_ns[-1] - stretches[0].start_ns
    return sum(lengths_ns) < 0.5 * whole_ns


def one_rate(stretches: Sequence[Stretch], *, by_piece: bool = False) -> tuple[float, list[Stretch]]:
    """The rate that most samples have, and the usable stretches of it. Raises InputError when there is none.

    Bursts less than half as long as the others, such as one that the range cuts off, are left out: they would coarsen all; so are
    those with missing values, except streams of more than a million samples where the caller leaves out pieces (`by_piece`).
    """
    usable = [
        one
        for one in stretches
        if len(one.values) >= LEAST_SAMPLES
        and ((by_piece and len(one.values) > _BLOCK_SAMPLES) or bool(np.isfinite(one.values).all()))
    ]
    if not usable:
        raise InputError("No waveform without missing values lies in this stretch.", "Choose another stretch of time.")
    counts: dict[float, int] = {}
    for one in usable:
        counts[one.rate_hz] = counts.get(one.rate_hz, 0) + len(one.values)
    rate_hz = max(counts, key=lambda rate: counts[rate])
    good = [one for one in usable if one.rate_hz == rate_hz]
    usual = float(np.median([len(one.values) for one in good]))
    return rate_hz, [one for one in good if len(one.values) >= usual / 2]


def in_parts(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Streams of more than four million samples cut into equal parts of at most so many, without those that miss samples.

    For what needs an FFT of all its samples, as the envelope of a band does. Raises InputError where no part is whole.
    """
    found: list[Stretch] = []
    for one in stretches:
        n_parts = -(-len(one.values) // _PART_SAMPLES)
        if n_parts == 1:
            found.append(one)
            continue
        length = len(one.values) // n_parts
        for first in range(0, n_parts * length, length):
            values = one.values[first : first + length]
            if np.isfinite(values).all():
                found.append(replace(one, start_ns=one.start_ns + round(first / one.rate_hz * NS_PER_S), values=values))
    if not found:
        raise InputError("Every part of the waveform misses samples.", "Choose another stretch of time.")
    return found


def _columns(
    one: Stretch, n_piece: int, step: int, options: SpectrumOptions, n_joined: int, gain: Array
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]:
    """Columns of a stretch, in blocks so that an hour of waveform needs little memory."""
    n_all = 1 + (len(one.values) - n_piece) // step
    a_block = max(1, _BLOCK_SAMPLES // step // n_joined) * n_joined
    found = []
    for first in range(0, n_all, a_block):
        last = min(first + a_block, n_all)
        values = np.asarray(one.values[first * step : (last - 1) * step + n_piece], np.float64)
        lines, _ = piece_lines(values, one.rate_hz, n_piece, options)
        edges = np.arange(0, last - first, n_joined)
        counts = np.diff(np.append(edges, last - first))
        mean = np.add.reduceat(lines, edges, axis=1) / counts
        rms = (np.sqrt(mean) * gain[:, None]).T.astype(np.float32)
        middle_s = ((first + edges) * step + n_piece / 2) / one.rate_hz
        half_s = step / one.rate_hz / 2
        starts = one.start_ns + np.round((middle_s - half_s) * NS_PER_S).astype(np.int64)
        ends = starts + np.round(counts * 2 * half_s * NS_PER_S).astype(np.int64)
        if first == 0:
            starts[0] = one.start_ns
        if last == n_all:  # the outermost pieces reach to the ends of the waveform
            ends[-1] = one.start_ns + round(((n_all - 1) * step + n_piece) / one.rate_hz * NS_PER_S)
        found.append((starts, ends, rms))
    return found


def _join_bursts(
    starts: NDArray[np.int64], ends: NDArray[np.int64], rms: NDArray[np.float32], n_joined: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    edges = np.arange(0, len(starts), n_joined)
    counts = np.diff(np.append(edges, len(starts)))
    mean = np.add.reduceat(rms.astype(np.float64) ** 2, edges, axis=0) / counts[:, None]
    return starts[edges], ends[np.minimum(edges + n_joined, len(ends)) - 1], np.sqrt(mean).astype(np.float32)
