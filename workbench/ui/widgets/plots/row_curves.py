"""The curves of one picture: as lines, points or steps; into the picture's own pixels where samples are many, else by a painter.

Curves that lie apart and have the same times are rastered in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QPainter

from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.curves import draw_points, draw_strokes, strokes
from workbench.ui.widgets.plots.raster import fill_spans, pixels_of, spans
from workbench.ui.widgets.plots.row_limits import drawn_values, y_scale
from workbench.ui.widgets.plots.row_model import DASHED_FROM, Scale
from workbench.ui.widgets.plots.steps import stepped

if TYPE_CHECKING:
    from workbench.logs.plot_layout import CurveStyle
    from workbench.logs.recordings.pyramid import Envelope
    from workbench.ui.widgets.plots.row_frame import Scene

_FEW = 3
"""Fewer than one sample in so many pixels is drawn by the painter, which softens steep lines too."""
_DASH_PX, _PAUSE_PX = 7, 3
_POINT_WIDTHS = 2.5
"""A point is so many times as wide as a curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """One stretch of one curve: the `number`-th of its row, drawn as the theme's curve `colour`."""

    row: int
    number: int
    colour: int
    style: CurveStyle
    channel: str
    envelope: Envelope
    is_few: bool


class CurveDrawing:
    """Draws what `envelopes` hold in the scales of the rows: first `fill` into the pixels, then `stroke` over them."""

    def __init__(self, scene: Scene, envelopes: dict[str, list[Envelope]], scales: dict[tuple[int, str], Scale]) -> None:
        self.scene = scene
        self._scales = scales
        self._width_px = scene.theme.tokens.curve_width_px
        self._n_pixels = round(scene.columns.width)
        self._curves = self._found(envelopes)

    def fill(self, image: QImage) -> None:
        """Curves of many samples into the picture's own memory."""
        scene, ratio = self.scene, image.devicePixelRatioF()
        left, right = round(scene.columns.left * ratio), round(scene.columns.right * ratio)
        pixels = pixels_of(image)[:, left:right]
        for found in self._layers():
            scales, ends, drawn = [], [], []
            for curve in found:
                box, scale = scene.box(curve.row), self._scales[curve.row, curve.channel]
                # One pixel of air, so that a line at the very limit keeps its thickness.
                ends.append((max(round((box.top() - 1) * ratio), 0), max(round((box.bottom() + 1) * ratio), 0)))
                scales.append(y_scale(scale, box.height() * ratio, box.bottom() * ratio))
                drawn.append(drawn_values(self._held(curve), scale))
            is_points = found[0].style == "points"
            x_scale = (0.0, (right - left) / scene.columns.view.length_ns)
            shown = spans(drawn, scene.columns.view.start_ns, x_scale, scales, right - left, has_lines=not is_points)
            is_dashed = [_is_dashed(curve) for curve in found]
            if any(is_dashed):
                shown = shown.dashed(is_dashed, round(_DASH_PX * ratio), round(_PAUSE_PX * ratio))
            colours = [curve_colour(scene.theme, curve.colour) for curve in found]
            fill_spans(pixels, shown, self._width_px * ratio * (_POINT_WIDTHS if is_points else 1.0), colours, ends)

    def stroke(self, painter: QPainter, *, has_pixels: bool) -> None:
        """Curves of few samples, or all where there are no pixels to fill."""
        view = self.scene.columns.view
        for curve in self._curves:
            if has_pixels and not curve.is_few:
                continue
            box, scale = self.scene.box(curve.row), self._scales[curve.row, curve.channel]
            painter.save()
            painter.setClipRect(box.adjusted(0, -1, 0, 1))
            scales = ((box.left(), box.width() / view.length_ns), y_scale(scale, box.height(), box.bottom()))
            colour = curve_colour(self.scene.theme, curve.colour)
            if curve.style != "points":
                drawn = strokes(drawn_values(self._held(curve), scale), view.start_ns, *scales)
                dashes = (_DASH_PX / self._width_px, _PAUSE_PX / self._width_px) if _is_dashed(curve) else ()
                draw_strokes(painter, drawn, colour, self._width_px, dashes)
            if curve.style == "points" or (curve.style == "both" and curve.is_few):
                values = drawn_values(curve.envelope, scale)
                draw_points(painter, values, view.start_ns, scales, (colour, _POINT_WIDTHS * self._width_px))
            painter.restore()

    def _found(self, envelopes: dict[str, list[Envelope]]) -> list[_Curve]:
        """Row by row; the first of a row is drawn last, on top."""
        found = []
        for number in self.scene.shown():
            row = self.scene.rows[number]
            if self.scene.box(number).bottom() <= 0 or self.scene.box(number).top() >= self.scene.height_px:
                continue
            for place in reversed(range(len(row.channels))):
                channel, look = row.channels[place].name, row.look(place)
                for one in envelopes.get(channel, ()) if not look.is_hidden else ():
                    is_few = len(one.times_ns) * _FEW < self._n_pixels
                    curve = _Curve(
                        row=number, number=place, colour=row.colour(place), style=look.style, channel=channel, envelope=one,
                        is_few=is_few,
                    )  # fmt: skip
                    found.append(curve)
        return found

    def _layers(self) -> list[list[_Curve]]:
        """Curves of many samples, from the bottom of the pile up: those of one list share their times, and no plot."""
        layers: dict[tuple[int, int, str], list[_Curve]] = {}
        for curve in self._curves:
            if not curve.is_few:
                key = (-curve.number, id(curve.envelope.times_ns), curve.style)
                layers.setdefault(key, []).append(curve)
        # Later recordings of the same curve come after earlier ones, as they were found.
        return [layers[key] for key in sorted(layers, key=_height)]

    def _held(self, curve: _Curve) -> Envelope:
        if curve.style != "steps":
            return curve.envelope
        pixel_ns = self.scene.columns.view.length_ns / max(self._n_pixels, 1)
        return stepped(curve.envelope, self.scene.logs, curve.channel, pixel_ns)


def _height(layer: tuple[int, int, str]) -> int:
    return layer[0]


def _is_dashed(curve: _Curve) -> bool:
    """Also where a person chose one of the later colours."""
    return curve.colour >= DASHED_FROM and curve.style != "points"
