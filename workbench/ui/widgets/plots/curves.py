"""Envelopes to strokes: at most a bar and a line a pixel, drawn one by one with a cosmetic pen.

A pen wider than 1 px on a long polyline makes Qt outline and fill the whole path (150 ms for 800 noisy columns);
the same segments drawn singly take 2 ms and look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.pyramid import Envelope, Floats

HIGH_PX, LOW_PX = 3.0, 0.5
"""A column higher than the first is a bar; one higher than the second is a short line."""
Limits = tuple[float, float]


def limits_of(envelopes: Sequence[Envelope]) -> Limits | None:
    """Least and greatest value drawn; None where there is none."""
    import numpy as np

    ends = [(float(np.fmin.reduce(one.minimum)), float(np.fmax.reduce(one.maximum))) for one in envelopes if len(one.minimum)]
    known = [(low, high) for low, high in ends if np.isfinite(low) and np.isfinite(high)]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def comfortable(drawn: Limits | None, known: Limits | None) -> Limits:
    """A y range with air above and below; noise of a steady channel isn't blown up to fill it."""
    if drawn is None:
        drawn = known or (0.0, 1.0)
    low, high = drawn
    least = 0.08 * (known[1] - known[0]) if known else 0.0
    least = max(least, 1e-3 * max(abs(low), abs(high)), 1e-9)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    air = 0.1 * (high - low)
    return low - air, high + air


@dataclass(frozen=True, slots=True)
class Strokes:
    """What to draw of an envelope: bars where a column is high, lines where it is not and between columns."""

    bars: list[QRectF]
    lines: list[QLineF]


def strokes(envelope: Envelope, origin_ns: int, x_scale: Limits, y_scale: Limits) -> Strokes:
    """Bars and lines of one envelope, none across a missing column: x = x_scale[0] + x_scale[1] · (t − origin), y alike.

    High columns that overlap are joined by their bars already; all others get a line.
    """
    import numpy as np

    x = x_scale[0] + x_scale[1] * (envelope.times_ns - origin_ns).astype(np.float64)
    top = y_scale[0] + y_scale[1] * envelope.maximum.astype(np.float64)
    bottom = y_scale[0] + y_scale[1] * envelope.minimum.astype(np.float64)
    is_good = np.isfinite(top)
    if not is_good.any():
        return Strokes([], [])
    is_high = is_good & (bottom - top > HIGH_PX)
    is_low = is_good & ~is_high & (bottom - top > LOW_PX)
    is_pair = is_good[:-1] & is_good[1:]
    is_apart = np.maximum(top[:-1], top[1:]) >= np.minimum(bottom[:-1], bottom[1:])
    is_joined = is_pair & (is_apart | ~is_high[:-1] | ~is_high[1:])
    middle = (top + bottom) / 2
    before = np.clip(middle[1:], top[:-1], bottom[:-1])
    after = np.clip(middle[:-1], top[1:], bottom[1:])
    is_alone = is_good & ~is_high & ~np.append(is_pair, False) & ~np.append(False, is_pair)
    return Strokes(
        bars=_bars(x, top, bottom, is_high),
        lines=[
            *_lines(x[is_low], bottom[is_low], x[is_low], top[is_low]),
            *_lines(x[:-1][is_joined], before[is_joined], x[1:][is_joined], after[is_joined]),
            *_lines(x[is_alone] - 0.75, middle[is_alone], x[is_alone] + 0.75, middle[is_alone]),
        ],
    )


def draw_strokes(painter: QPainter, drawn: Strokes, colour: QColor, width_px: float, dashes: Sequence[float] = ()) -> None:
    """Bars on whole pixels, so that neighbours leave no seam; lines with antialiasing."""
    if drawn.bars:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects(drawn.bars)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if drawn.lines:
        pen = QPen(colour, width_px * painter.device().devicePixelRatioF())
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        if dashes:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(list(dashes))
        painter.setPen(pen)
        painter.drawLines(drawn.lines)


def draw_points(
    painter: QPainter, envelope: Envelope, origin_ns: int, scales: tuple[Limits, Limits], pen: tuple[QColor, float]
) -> None:
    """A dot of a colour and width at each sample; both extremes where a column holds several."""
    import numpy as np

    x = scales[0][0] + scales[0][1] * (envelope.times_ns - origin_ns).astype(np.float64)
    top, bottom = (scales[1][0] + scales[1][1] * one.astype(np.float64) for one in (envelope.maximum, envelope.minimum))
    is_good, is_two = np.isfinite(top), np.isfinite(top) & (bottom - top > LOW_PX)
    places = zip(
        np.concatenate([x[is_good], x[is_two]]).tolist(), np.concatenate([top[is_good], bottom[is_two]]).tolist(), strict=True
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    stroke = QPen(pen[0], pen[1] * painter.device().devicePixelRatioF())
    stroke.setCosmetic(True)
    stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(stroke)
    painter.drawPoints([QPointF(*at) for at in places])


def _bars(x: Floats, top: Floats, bottom: Floats, is_high: NDArray[np.bool_]) -> list[QRectF]:
    """A bar from its column's pixel to the next column's, at most two pixels wide; one pixel before a gap."""
    import numpy as np

    left = np.floor(x)
    has_next = np.append(np.isfinite(top[1:]), False)
    width = np.where(has_next, np.clip(np.diff(left, append=left[-1] + 1), 1, 2), 1)
    height = bottom - top
    parts = (left[is_high], top[is_high], width[is_high], height[is_high])
    return [QRectF(*box) for box in zip(*(part.tolist() for part in parts), strict=True)]


def _lines(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> list[QLineF]:
    return [QLineF(*ends) for ends in zip(x0.tolist(), y0.tolist(), x1.tolist(), y1.tolist(), strict=True)]
