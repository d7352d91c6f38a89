"""Envelopes to pixels by numpy: each column of pixels is one span from the lowest to the highest value drawn in it.

Thousands of strokes through a painter cost 2 ms a curve, most of it making Python objects; the same spans written into the
picture's own memory cost 0.3 ms. A span covers whole pixels fully and those at its ends in part, so steady
channels look as smooth as a painter's line. Nothing is sampled away: a spike of one sample reaches its full height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.pyramid import Envelope, Floats

    Pixels = NDArray[np.uint32]
    Rows = NDArray[np.int32]

_WIDE_PX = 1.8
"""From this width on a lone column is two pixels wide."""
_SPARSE = 3
"""Where less than this part of a plot is covered, single pixels are written faster than a mask is made."""
_MANY = 6
"""Samples in a pixel column, from which on numpy's `reduceat` is the faster way."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What is covered in each pixel column, from `first` on, of m curves: `top` to `bottom` [m, k] in pixels, NaN where
    nothing is."""

    first: int
    top: Floats
    bottom: Floats

    def dashed(self, is_dashed: Sequence[bool], dash_px: int, pause_px: int) -> Spans:
        """The same with pauses in some of the curves [m]; columns much higher than the pauses are wide stay, so that no spike
        falls into one."""
        import numpy as np

        column = self.first + np.arange(self.top.shape[1])
        is_pause = (column % (dash_px + pause_px) >= dash_px) & (self.bottom - self.top < pause_px)
        is_pause &= np.array(is_dashed)[:, None]
        return Spans(self.first, np.where(is_pause, np.nan, self.top), np.where(is_pause, np.nan, self.bottom))


def spans(
    envelopes: Sequence[Envelope], origin_ns: int, x_scale: tuple[float, float], y_scales: Sequence[tuple[float, float]],
    n_columns: int, *, has_lines: bool = True,
) -> Spans:  # fmt: skip
    """The spans of envelopes with the same times on `n_columns` pixels; x = x_scale[0] + x_scale[1] · (t − origin), y alike.

    A column's span holds its samples and the line from the sample before to the sample after it (samples alone without
    `has_lines`); no line crosses a gap. A column in which nothing begins, as what began before it reaches through it, shows
    what that one holds.
    Where columns begin is found once for all curves, and each step of numpy serves all of them.
    """
    import numpy as np

    x = x_scale[0] + x_scale[1] * (envelopes[0].times_ns - origin_ns).astype(np.float64)
    # A step beyond each edge is enough for the lines that leave the picture; more would only be worked on in vain.
    begin = max(int(np.searchsorted(x, 0.0)) - 1, 0)
    last = min(int(np.searchsorted(x, float(n_columns))) + 1, len(x))
    x = x[begin:last]
    left = int(min(max(np.floor(x[0]), 0), n_columns)) if len(x) else 0
    right = int(min(max(np.floor(x[-1]) + 1, left), n_columns)) if len(x) else 0
    shape = (len(envelopes), right - left)
    high, low = np.full(shape, np.nan), np.full(shape, np.nan)
    if not high.size:
        return Spans(left, high, low)
    offset, slope = np.array(y_scales, np.float64).T[:, :, None]
    top = np.stack([one.maximum[begin:last] for one in envelopes]) * slope + offset
    bottom = top
    if any(one.minimum is not one.maximum for one in envelopes):
        bottom = np.stack([one.minimum[begin:last] for one in envelopes]) * slope + offset
    columns = np.floor(x).astype(np.int64) - left
    _add_samples(high, low, columns, (top, bottom))
    if bottom is not top:
        _add_covered(high, low, (columns, x), (top, bottom))
    edges = np.arange(left, right + 1, dtype=np.float64)
    # Where a sample stands on an edge exactly, the line before it belongs to the column before, the one after to the next.
    for line in _lines_at(edges, x, (top, bottom)) if has_lines else ():
        np.fmin(high, line, out=high)
        np.fmax(low, line, out=low)
    return Spans(left, high, low)


def fill_spans(
    pixels: Pixels, found: Spans, width_px: float, colours: Sequence[QColor], limits: Sequence[tuple[int, int]] | None = None
) -> None:
    """Draw the spans `width_px` thick into a picture's own pixels, uint32 0xffRRGGBB [height, width], in place.

    A colour for each of the m curves, and the rows of pixels (from, up to before) that it is cut at; they don't overlap.
    """
    import numpy as np

    n_curves = len(found.top)
    area = pixels[:, found.first : found.first + found.top.shape[1]]
    ends = np.array(limits or [(0, len(pixels))] * n_curves, np.float64).clip(0.0, len(pixels))
    least, limit = ends[:, :1], ends[:, 1:]
    is_there = np.isfinite(found.top)
    pad = width_px / 2
    # What is nowhere begins and ends at the limit: it covers nothing.
    top = np.where(is_there, np.clip(found.top - pad, least, limit), limit)
    bottom = np.where(is_there, np.clip(found.bottom + pad, least, limit), limit)
    if width_px >= _WIDE_PX:
        _widen(top, bottom)
    first, whole, end = top.astype(np.int32), np.ceil(top).astype(np.int32), bottom.astype(np.int32)
    own = np.array([colour.rgb() for colour in colours], np.uint32)
    _soften(area, (top, bottom, limit), (first, whole, end), own)
    _cover(area, whole, end, own)


def _widen(top: Floats, bottom: Floats) -> None:
    """Each column [m, k] also covers what the one before it does; beside nothing, it covers just that."""
    import numpy as np

    before_top, before_bottom = top[:, :-1].copy(), bottom[:, :-1].copy()
    is_before, is_here = before_top < before_bottom, top[:, 1:] < bottom[:, 1:]
    joined = np.minimum(top[:, 1:], before_top), np.maximum(bottom[:, 1:], before_bottom)
    for ends, before, both in ((top, before_top, joined[0]), (bottom, before_bottom, joined[1])):
        ends[:, 1:] = np.where(is_before, np.where(is_here, both, before), ends[:, 1:])


def pixels_of(image: QImage) -> Pixels:
    """The pixels of a 32-bit picture as an array over its own memory; no painter may be at work on it."""
    import numpy as np

    words = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return words[:, : image.width()]


def _add_samples(high: Floats, low: Floats, columns: NDArray[np.int64], ends: tuple[Floats, Floats]) -> None:
    """The samples [m, k] of each column [k], in order."""
    import numpy as np

    (top, bottom), n_columns = ends, high.shape[1]
    inside = slice(int(np.searchsorted(columns, 0)), int(np.searchsorted(columns, n_columns)))
    columns, top, bottom = columns[inside], top[:, inside], bottom[:, inside]
    if not len(columns):
        return
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    counts = np.diff(starts, append=len(columns))
    if counts.max() > _MANY:
        at = columns[starts]
        high[:, at], low[:, at] = np.fmin.reduceat(top, starts, axis=1), np.fmax.reduceat(bottom, starts, axis=1)
        return
    for number in range(int(counts.max())):
        # The number-th sample of each column that has so many.
        taken = starts[counts > number] + number
        at = columns[taken]
        high[:, at] = np.fmin(high.take(at, axis=1), top.take(taken, axis=1))
        low[:, at] = np.fmax(low.take(at, axis=1), bottom.take(taken, axis=1))


def _add_covered(high: Floats, low: Floats, at: tuple[NDArray[np.int64], Floats], ends: tuple[Floats, Floats]) -> None:
    """Columns [k] between two neighbouring spans [m, k] that are wide enough for no more than that column.

    A span holds all samples up to the next one's begin, those of the column between them too. Envelopes are made of columns of
    their own: where one of them begins a hair before a pixel does, that pixel would show nothing but a line.
    """
    import numpy as np

    columns, x = at
    number = np.flatnonzero((np.diff(columns) == 2) & (np.diff(x) < 2.0))
    number = number[(columns[number] >= -1) & (columns[number] < high.shape[1] - 1)]
    if not len(number):
        return
    # Beside a gap nobody knows how far the last span reaches: the column stays as it is.
    is_whole = np.isfinite(ends[0].take(number + 1, axis=1))
    between = columns[number] + 1
    high[:, between] = np.where(is_whole, ends[0].take(number, axis=1), high.take(between, axis=1))
    low[:, between] = np.where(is_whole, ends[1].take(number, axis=1), low.take(between, axis=1))


def _lines_at(edges: Floats, x: Floats, ends: tuple[Floats, Floats]) -> tuple[Floats, ...]:
    """Height of the lines between neighbouring samples at the left and right edges of the columns [m, n] each.

    NaN outside and over gaps. The line joins the nearest ends of two spans, and is level with both where they overlap.
    """
    import numpy as np

    if len(x) < 2:
        return ()
    top, bottom = ends
    before = after = top
    if bottom is not top:
        middle = (top + bottom) / 2
        before = np.clip(middle[:, 1:], top[:, :-1], bottom[:, :-1])
        after = np.clip(middle[:, :-1], top[:, 1:], bottom[:, 1:])
    else:
        before, after = top[:, :-1], top[:, 1:]
    rise = (after - before) / np.maximum(np.diff(x), 1e-12)
    found = []
    for places, side in ((edges[:-1], "right"), (edges[1:], "left")):
        number = np.searchsorted(x, places, side=side) - 1  # type: ignore[call-overload]
        is_between = (number >= 0) & (number < len(x) - 1)
        number = np.where(is_between, number, 0)
        share = np.where(is_between, places - x[number], np.nan)
        line = rise.take(number, axis=1)
        line *= share
        line += before.take(number, axis=1)
        found.append(line)
    return tuple(found)


def _soften(
    pixels: Pixels, ends: tuple[Floats, Floats, Floats], rows: tuple[Rows, Rows, Rows], colours: NDArray[np.uint32]
) -> None:
    """Mix the colour into the pixels that a span covers only in part: its first, and the one after its last whole one."""
    import numpy as np

    (top, bottom, limit), (first, whole, end) = ends, rows
    is_one = first == end
    shares = np.where(is_one, bottom - top, whole - top), np.where(is_one, 0.0, bottom - end)
    flat, stride = _flat(pixels)
    last, column = np.maximum(limit.astype(np.int32) - 1, 0), np.arange(pixels.shape[1], dtype=np.int32)
    for at, share in ((first, shares[0]), (end, shares[1])):
        # What ends at the limit covers nothing below it: the pixel above it, in the same plot, stands in with no share.
        places = (np.minimum(at, last) * stride + column).astype(np.intp)
        flat[places] = _mixed(flat.take(places), colours[:, None], np.rint(256 * share).astype(np.uint32))


def _cover(pixels: Pixels, whole: Rows, end: Rows, colours: NDArray[np.uint32]) -> None:
    """Whole pixels, from `whole` up to before `end` [m, n]: one by one where they are few, by a mask where they are many."""
    import numpy as np

    counts = np.maximum(end - whole, 0)
    totals = counts.sum(axis=1)
    tall = end.max(axis=1) - whole.min(axis=1)
    is_few = totals * _SPARSE < counts.shape[1] * tall
    for number in np.flatnonzero(~is_few & (totals > 0)).tolist():
        first, last = int(whole[number].min()), int(end[number].max())
        rows = np.arange(first, last, dtype=np.int16)[:, None]
        is_in = rows >= whole[number].astype(np.int16)
        is_in &= rows < end[number].astype(np.int16)
        np.copyto(pixels[first:last], colours[number], where=is_in)
    counts, whole = counts[is_few].ravel(), whole[is_few]
    if not len(counts):
        return
    flat, stride = _flat(pixels)
    begins = (whole * stride + np.arange(whole.shape[1], dtype=np.int32)).ravel()
    places = np.repeat(begins - (np.cumsum(counts) - counts) * stride, counts) + np.arange(int(counts.sum())) * stride
    flat[places] = np.repeat(colours[is_few], totals[is_few])


def _flat(pixels: Pixels) -> tuple[Pixels, int]:
    """The same memory as one line, and how far apart in it the rows are: one index a pixel instead of two."""
    import numpy as np

    stride = pixels.strides[0] // pixels.itemsize
    length = (len(pixels) - 1) * stride + pixels.shape[1]
    return np.lib.stride_tricks.as_strided(pixels, (length,), (pixels.itemsize,)), stride


def _mixed(under: NDArray[np.uint32], over: NDArray[np.uint32], share: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """`over` laid on `under` [k] with a share of 0 to 256: red and blue in one multiplication, green in another."""
    import numpy as np

    odd, even = np.uint32(0x00FF00FF), np.uint32(0x0000FF00)
    rest = np.uint32(256) - share
    red_blue = ((under & odd) * rest + (over & odd) * share) >> 8 & odd
    green = ((under & even) * rest + (over & even) * share) >> 8 & even
    mixed: NDArray[np.uint32] = (red_blue | green | np.uint32(0xFF000000)).astype(np.uint32)
    return mixed
