"""Points on a plot of two quantities: as large as leaves them apart, so that few of them are seen and many don't run together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_PX, MOST_PX = 2, 7
_COVERED = 0.02
"""The share of the plot that points cover together before they become smaller."""


def dot_px(n_places: int, area_px: float) -> int:
    """Edge of a point, px, where `n_places` of them are apart from each other on a plot of `area_px` square pixels."""
    return max(LEAST_PX, min(MOST_PX, round(math.sqrt(_COVERED * area_px / max(1, n_places)))))


def put_squares(
    pixels: NDArray[np.uint32], rows: NDArray[np.int64], columns: NDArray[np.int64], colours: NDArray[np.uint32], edge_px: int
) -> None:
    """Paint squares around pixels (rows [n], columns [n]) in colours [n]; later ones cover earlier ones.

    What lies at the edge of the picture is cut off there.
    """
    import numpy as np

    height, width = pixels.shape
    number = np.arange(len(rows))
    on_top = np.full(pixels.shape, -1, np.int64)
    offsets = range(-(edge_px // 2), edge_px - edge_px // 2)
    for down in offsets:
        for right in offsets:
            row, column = rows + down, columns + right
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            place, one = (row[inside], column[inside]), number[inside]
            later = one > on_top[place]
            on_top[place[0][later], place[1][later]] = one[later]
    is_painted = on_top >= 0
    pixels[is_painted] = colours[on_top[is_painted]]
