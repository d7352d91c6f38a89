"""Envelopes to pixels by numpy: each column of pixels is one span from the lowest to the highest value drawn in it.

Thousands of strokes through a painter cost 2 ms a curve, most of it making Python objects; the same spans written into the
picture's own memory cost 0.3 ms. A span covers whole pixels fully and those at its ends in part, so steady
channels look as smooth as a painter's line. Nothing is sampled away: a spike of one sample reaches its full height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.pyramid import Envelope, Floats

    Pixels = NDArray[np.uint32]
    Rows = NDArray[np.int16]

_WIDE_PX = 1.8
"""From this width on a lone column is two pixels wide."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What is covered in each pixel column, from `first` on: `top` to `bottom` [k] in pixels, NaN where nothing is."""

    first: int
    top: Floats
    bottom: Floats

    def dashed(self, dash_px: int, pause_px: int) -> Spans:
        """The same with pauses; columns much higher than the pauses are wide stay, so that no spike falls into one."""
        import numpy as np

        column = self.first + np.arange(len(self.top))
        is_pause = (column % (dash_px + pause_px) >= dash_px) & (self.bottom - self.top < pause_px)
        return Spans(self.first, np.where(is_pause, np.nan, self.top), np.where(is_pause, np.nan, self.bottom))


def spans(
    envelope: Envelope, origin_ns: int, x_scale: tuple[float, float], y_scale: tuple[float, float], n_columns: int
) -> Spans:
    """The spans of one envelope on `n_columns` pixels; x = x_scale[0] + x_scale[1] · (t − origin), y alike.

    A column's span holds its samples and the line from the sample before to the sample after it; no line crosses a gap.
    """
    import numpy as np

    x = x_scale[0] + x_scale[1] * (envelope.times_ns - origin_ns).astype(np.float64)
    # A step beyond each edge is enough for the lines that leave the picture; more would only be worked on in vain.
    first = max(int(np.searchsorted(x, 0.0)) - 1, 0)
    last = min(int(np.searchsorted(x, float(n_columns))) + 1, len(x))
    x = x[first:last]
    top = y_scale[0] + y_scale[1] * envelope.maximum[first:last].astype(np.float64)
    bottom = y_scale[0] + y_scale[1] * envelope.minimum[first:last].astype(np.float64)
    left = int(min(max(np.floor(x[0]), 0), n_columns)) if len(x) else 0
    right = int(min(max(np.floor(x[-1]) + 1, left), n_columns)) if len(x) else 0
    n = right - left
    high, low = np.full(n, np.nan), np.full(n, np.nan)
    if n == 0:
        return Spans(left, high, low)
    _add_samples(high, low, np.floor(x).astype(np.int64) - left, top, bottom)
    edges = np.arange(left, right + 1, dtype=np.float64)
    # Where a sample stands on an edge exactly, the line before it belongs to the column before, the one after to the next.
    for side in (_line_at(edges[:-1], "right", x, (top, bottom)), _line_at(edges[1:], "left", x, (top, bottom))):
        np.fmin(high, side, out=high)
        np.fmax(low, side, out=low)
    return Spans(left, high, low)


def fill_spans(pixels: Pixels, found: Spans, width_px: float, colour: QColor) -> None:
    """Draw the spans `width_px` thick into a picture's own pixels, uint32 0xffRRGGBB [height, width], in place."""
    import numpy as np

    is_there = np.flatnonzero(np.isfinite(found.top))
    if not len(is_there):
        return
    pad, limit, n = width_px / 2, float(len(pixels)), len(found.top)
    top, bottom = np.full(n, limit), np.full(n, limit)
    top[is_there] = (found.top[is_there] - pad).clip(0.0, limit)
    bottom[is_there] = (found.bottom[is_there] + pad).clip(0.0, limit)
    if width_px >= _WIDE_PX:
        top[1:], bottom[1:] = (
            np.minimum(top[1:], top[:-1]),
            np.where(top[:-1] < limit, np.maximum(bottom[1:], bottom[:-1]), bottom[1:]),
        )
    first, whole, end = (one.astype(np.int16) for one in (top, np.ceil(top), bottom))
    area = pixels[:, found.first : found.first + n]
    _soften(area, (top, bottom), (first, whole, end), colour)
    used = slice(int(whole.min()), int(end.max()) + 1)
    rows = np.arange(len(pixels), dtype=np.int16)[used, None]
    is_in = rows >= whole
    is_in &= rows < end
    np.copyto(area[used], np.uint32(colour.rgb()), where=is_in)


def pixels_of(image: QImage) -> Pixels:
    """The pixels of a 32-bit picture as an array over its own memory; no painter may be at work on it."""
    import numpy as np

    words = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return words[:, : image.width()]


def _add_samples(high: Floats, low: Floats, columns: NDArray[np.int64], top: Floats, bottom: Floats) -> None:
    import numpy as np

    is_inside = (columns >= 0) & (columns < len(high)) & np.isfinite(top)
    columns = columns[is_inside]
    if len(columns):
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        high[columns[starts]] = np.minimum.reduceat(top[is_inside], starts)
        low[columns[starts]] = np.maximum.reduceat(bottom[is_inside], starts)


def _line_at(edges: Floats, side: Literal["left", "right"], x: Floats, ends: tuple[Floats, Floats]) -> Floats:
    """Height of the line between neighbouring samples at these pixels [k]; NaN outside and over gaps.

    The line joins the nearest ends of two spans, and is level with both where they overlap.
    """
    import numpy as np

    top, bottom = ends
    if len(x) < 2:
        return np.full(len(edges), np.nan)
    middle = (top + bottom) / 2
    before = np.clip(middle[1:], top[:-1], bottom[:-1])
    after = np.clip(middle[:-1], top[1:], bottom[1:])
    number = np.searchsorted(x, edges, side=side) - 1
    is_between = (number >= 0) & (number < len(x) - 1)
    number = np.where(is_between, number, 0)
    share = (edges - x[number]) / np.maximum(x[number + 1] - x[number], 1e-12)
    return np.where(is_between, before[number] + share * (after[number] - before[number]), np.nan)


def _soften(pixels: Pixels, ends: tuple[Floats, Floats], rows: tuple[Rows, Rows, Rows], colour: QColor) -> None:
    """Mix the colour into the pixels that a span covers only in part: its first, and the one after its last whole one."""
    import numpy as np

    (top, bottom), (first, whole, end) = ends, rows
    is_one = first == end
    shares = np.where(is_one, bottom - top, whole - top), np.where(is_one, 0.0, bottom - end)
    at, column = np.concatenate([first, end]), np.tile(np.arange(len(top)), 2)
    share = np.rint(256 * np.concatenate(shares)).astype(np.uint32)
    is_part = np.flatnonzero((share > 0) & (at < len(pixels)))
    place = at[is_part], column[is_part]
    pixels[place] = _mixed(pixels[place], np.uint32(colour.rgb()), share[is_part])


def _mixed(under: NDArray[np.uint32], over: np.uint32, share: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """`over` laid on `under` [k] with a share of 0 to 256: red and blue in one multiplication, green in another."""
    import numpy as np

    odd, even = np.uint32(0x00FF00FF), np.uint32(0x0000FF00)
    rest = np.uint32(256) - share
    red_blue = ((under & odd) * rest + (over & odd) * share) >> 8 & odd
    green = ((under & even) * rest + (over & even) * share) >> 8 & even
    mixed: NDArray[np.uint32] = (red_blue | green | np.uint32(0xFF000000)).astype(np.uint32)
    return mixed
