"""float32 or float64: single precision is kept only where it gives back every digit that was printed.

A float32 tells about seven significant digits apart. A totaliser of 12345678.9 or a computed 73.96732207 needs more and
is stored as float64. Must not import anything but numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EXACT_COUNTS = 1 << 23
"""Whole numbers below this are a float32's spacing of at most one half apart: rounding finds them again."""
_MAX_DECIMALS = 9
_DIGITS = 7
_TOLERANCE = 1e-6
"""Of one unit of the last printed digit: what float64 arithmetic itself leaves on a product with a power of ten."""
_MAX_LOOKED_AT = 1 << 14
_PROBE = 64


def is_exact_in_float32(values: NDArray[np.float64]) -> bool:
    """Whether every printed decimal in `values` [n] is found again from its float32. NaN is.

    A log prints all values of a column alike, so in blocks of more than 16,384 every eighth or so is looked at.
    """
    stride = max(len(values) // _MAX_LOOKED_AT, 1)
    return _is_exact(np.ascontiguousarray(values[::stride]))


def restore_float64(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The float64 of each printed decimal whose float32 is given: what `is_exact_in_float32` promised."""
    wide = values.astype(np.float64)
    with np.errstate(all="ignore"):
        decimals = _decimals_of(wide)
        scale = 10.0 ** np.abs(decimals)
        down = np.rint(wide * scale) / scale
        up = np.rint(wide / scale) * scale
    restored = np.where(decimals >= 0, down, up)
    return np.where(np.isfinite(wide) & (wide != 0), restored, wide)


def as_printed(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Stored samples as the decimals that were printed, float64 [n]: before arithmetic, so that 11.9 − 0.7 is not 11.200001."""
    return restore_float64(values) if values.dtype == np.float32 else np.asarray(values, np.float64)


def _is_exact(values: NDArray[np.float64]) -> bool:
    sizes = np.abs(values)
    largest = float(np.fmax.reduce(sizes))
    if np.isnan(largest):
        return True
    for decimals in range(_MAX_DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale >= _EXACT_COUNTS:
            break
        if _are_whole(sizes[:_PROBE] * scale) and _are_whole(sizes * scale):
            return True
    return _is_exact_each(values[np.isfinite(values)])


def _are_whole(counts: NDArray[np.float64]) -> bool:
    rest = np.rint(counts)
    rest -= counts
    return not np.fmax.reduce(np.abs(rest, out=rest)) > _TOLERANCE


def _is_exact_each(good: NDArray[np.float64]) -> bool:
    """Numbers of very different size: each with its own seven digits."""
    with np.errstate(all="ignore"):
        single = good.astype(np.float32)
    return bool(np.array_equal(restore_float64(single), good))


def _decimals_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Decimals that make seven significant digits."""
    return np.asarray(_DIGITS - 1 - np.floor(np.log10(np.abs(values))))
