"""Numbers as text: the shortest that reads back to what is stored. Must not import anything but numpy and this domain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def value_texts(values: NDArray[np.floating], stored: str = "") -> list[str]:
    """Shortest texts [n] that read back to the values [n] as they are stored; '' for NaN.

    `stored` is the type that the samples came from, such as float32: a corrected channel is computed in float64, and samples
    that no correction touched would show digits there that no sensor wrote.
    """
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    is_single = single == values if stored == "float32" or values.dtype == np.float32 else np.zeros(len(values), np.bool_)
    return [
        "" if value != value else str(short if is_short else value)
        for value, short, is_short in zip(values, single, is_single.tolist(), strict=True)
    ]
