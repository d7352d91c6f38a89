"""Envelopes to line segments: at most two a pixel, drawn one by one with a cosmetic pen.

A pen wider than 1 px on a long polyline makes Qt outline and fill the whole path (150 ms for 800 noisy columns);
the same segments drawn singly take 2 ms and look the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.logs.pyramid import Envelope

Limits = tuple[float, float]


def limits_of(envelopes: Sequence[Envelope]) -> Limits | None:
    """Least and greatest value drawn; None where there is none."""
    import numpy as np

    lows = [np.nanmin(one.minimum) for one in envelopes if np.isfinite(one.minimum).any()]
    highs = [np.nanmax(one.maximum) for one in envelopes if np.isfinite(one.maximum).any()]
    return (float(min(lows)), float(max(highs))) if lows else None


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


def segments(envelope: Envelope, origin_ns: int, x_scale: Limits, y_scale: Limits) -> list[QLineF]:
    """Line segments of one envelope, none across a missing column: x = x_scale[0] + x_scale[1] · (t − origin), y alike."""
    import numpy as np

    x = x_scale[0] + x_scale[1] * (envelope.times_ns - origin_ns).astype(np.float64)
    top = y_scale[0] + y_scale[1] * envelope.maximum.astype(np.float64)
    bottom = y_scale[0] + y_scale[1] * envelope.minimum.astype(np.float64)
    good = np.isfinite(top)
    if not good.any():
        return []
    lines = []
    is_tall = good & (np.abs(bottom - top) > 0.5)
    for at, one, other in zip(x[is_tall].tolist(), bottom[is_tall].tolist(), top[is_tall].tolist(), strict=True):
        lines.append(QLineF(at, one, at, other))
    joined = good[:-1] & good[1:]
    middle = (top + bottom) / 2
    before = np.clip(middle[1:], np.fmin(top, bottom)[:-1], np.fmax(top, bottom)[:-1])[joined]
    after = np.clip(middle[:-1], np.fmin(top, bottom)[1:], np.fmax(top, bottom)[1:])[joined]
    starts, ends = x[:-1][joined], x[1:][joined]
    for x0, y0, x1, y1 in zip(starts.tolist(), before.tolist(), ends.tolist(), after.tolist(), strict=True):
        lines.append(QLineF(x0, y0, x1, y1))
    alone = good & ~np.append(joined, False) & ~np.append(False, joined) & ~is_tall
    for at, level in zip(x[alone].tolist(), middle[alone].tolist(), strict=True):
        lines.append(QLineF(at - 0.75, level, at + 0.75, level))
    return lines


def draw_segments(painter: QPainter, lines: list[QLineF], colour: QColor, width_px: float) -> None:
    """Draw them with antialiasing."""
    if not lines:
        return
    pen = QPen(colour, width_px)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.drawLines(lines)
