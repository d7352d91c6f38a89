"""The rows of the stacked plots: one a channel or some overlaid, with gutter, grid, curves, events, gaps and quality strip.

Everything but cursors and values is drawn once for a range and kept as one picture: moving the cursor copies a few columns of
it. At most two samples a pixel are ever drawn, from the min/max pyramid, however long the log is.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar

from workbench.logs.plot_layout import PlotLayout
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots import keys
from workbench.ui.widgets.plots.curve_acts import CurveActs
from workbench.ui.widgets.plots.geometry import EDGE_PX, GUTTER_PX
from workbench.ui.widgets.plots.gutter import TICK_COLUMN_PX, NamesCache
from workbench.ui.widgets.plots.limit_lines import NO_LIMITS, Limits
from workbench.ui.widgets.plots.limits_box import LimitsBox
from workbench.ui.widgets.plots.marks import Marks
from workbench.ui.widgets.plots.quality import QualityMark, paint_dimmed
from workbench.ui.widgets.plots.row_acts import RowActs
from workbench.ui.widgets.plots.row_cursor import paint_moving, repaint_dots
from workbench.ui.widgets.plots.row_drag import RowDrag
from workbench.ui.widgets.plots.row_frame import Drawn, Scene, draw_frame, gaps_px
from workbench.ui.widgets.plots.row_model import PLOT_SHARE_PX, ROW_PX, PlotRow, Scale, known_value, row_heights, rows_of
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.plots.tools import PanTool, Tool

if TYPE_CHECKING:
    from workbench.services.log_views import AssetLogs, ChannelView, LastValue

__all__ = ["ROW_PX", "PlotRows"]

LEAST_DRAG_PX = 5
_MOST_KNOWN = 4096
_SCROLL_PX = 10


class PlotRows(Strip):
    """`row_chosen(channel)` after a click into a gutter; the tool decides what dragging in a plot does.

    `acts.asked` and `drag.dropped` carry the layout that the person wants; this widget only draws the one it is given.
    """

    row_chosen = Signal(str)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Plots"))
        self.setProperty("no_ring", True)
        self.setMinimumHeight(ROW_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.logs: AssetLogs | None = None
        self.rows: tuple[PlotRow, ...] = ()
        self.layout_now = PlotLayout()
        self.current = 0
        """The row that keys act on."""
        self.acts = RowActs(self)
        self.curves = CurveActs(self)
        self._limits_box: LimitsBox | None = None
        self.drag = RowDrag(self)
        self.marks = Marks((), (), {})
        self.chosen_event = ""
        self.quality: dict[str, tuple[QualityMark, ...]] = {}
        self._scene_serial = 0  # findings and limits: a new dictionary may have a former one's id
        self.dimmed: tuple[tuple[int, int], ...] = ()
        """Stretches, ns, that recede behind a filter."""
        self.limits: Limits = NO_LIMITS
        self.tool: Tool = PanTool(self)
        self._image = QImage()
        self._picture_key: object = None
        self._names = NamesCache()
        self.drawn = Drawn()
        self._held: tuple[QPointF, tuple[str, ...]] | None = None
        self.has_menu = True
        """Whether a right click opens the rows' menu; a tool that needs the button turns it off."""
        self._known: dict[tuple[str, int], LastValue | None] = {}
        self._dots_px: frozenset[int] = frozenset()
        self._tops: list[float] = []
        self._heights: list[float] = []
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self.update)

    # What is shown

    def show_layout(self, logs: AssetLogs | None, layout: PlotLayout) -> None:
        """Draw the rows of a layout from a pump's logs; channels that are not in it are left out."""
        if logs is not self.logs:
            self._picture_key = None
            self._known.clear()
        self.logs = logs
        self.layout_now, self.rows = rows_of(layout, logs.channels if logs else ())
        self.current = min(self.current, max(0, len(self.rows) - 1))
        self.drawn = Drawn()
        self._picture_key = None
        self._place_bar()
        self.update()

    @property
    def channels(self) -> tuple[ChannelView, ...]:
        """All channels that are drawn, row by row."""
        return tuple(channel for row in self.rows for channel in row.channels)

    def set_marks(self, marks: Marks, chosen: str = "") -> None:
        """Show these events; one of them as chosen."""
        self.marks, self.chosen_event = marks, chosen
        self.update()

    def set_limits(self, limits: Limits) -> None:
        """Lines behind the curves by channel, such as severity zones."""
        self.limits = limits
        self._scene_serial += 1
        self.update()

    def set_quality(self, quality: dict[str, tuple[QualityMark, ...]]) -> None:
        """Findings by channel for the strips under the plots; empty hides the strips' words."""
        self.quality = quality
        self._scene_serial += 1
        self.update()

    def set_dimmed(self, spans: tuple[tuple[int, int], ...]) -> None:
        """Let these stretches recede: what a filter leaves out."""
        self.dimmed = spans
        self.update()

    @property
    def row_px(self) -> float:
        """Height of the first row."""
        return self._heights[0] if self._heights else float(ROW_PX)

    @property
    def content_px(self) -> float:
        """Height of all rows together."""
        return self._tops[-1] + self._heights[-1] if self._tops else 0.0

    def plot_box(self, row: int) -> QRectF:
        """The plot of a row in this widget's pixels."""
        top = self._tops[row] - self._bar.value()
        return QRectF(self.columns.left, top + 2, self.columns.width, self._heights[row] - PLOT_SHARE_PX)

    def row_at(self, y_px: float) -> int | None:
        """The row under a pixel."""
        y = y_px + self._bar.value()
        return next((row for row, top in enumerate(self._tops) if top <= y < top + self._heights[row]), None)

    def bottom_px(self) -> float:
        """Where the last row ends in this widget."""
        return min(self.content_px - self._bar.value(), float(self.height()))

    def unit_of(self, channel: str) -> str:
        """The unit of a channel of the logs; '' where it has none."""
        return next((one.unit for one in (self.logs.channels if self.logs else ()) if one.name == channel), "")

    def shown_limits(self, row: int) -> Scale | None:
        """What the ticks of a row say now."""
        return self.drawn.axes.get(row)

    # Keys, wheel and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.drag.is_active and event.key() == Qt.Key.Key_Escape:
            self.drag.cancel()
        elif not self.tool.key(event) and not keys.press(self, event):
            super().keyPressEvent(event)

    def step_cursor(self, n_pixels: int) -> None:
        """Move the cursor by pixels, from the middle where it is outside."""
        at_ns = self.view.cursor_ns
        if at_ns is None or not self.view.start_ns <= at_ns <= self.view.end_ns:
            at_ns = (self.view.start_ns + self.view.end_ns) // 2
        moved = at_ns + round(n_pixels * self.view.length_ns / self.columns.width)
        self.view.set_cursor(max(self.view.start_ns, min(self.view.end_ns, moved)))

    def choose_row(self, row: int) -> None:
        """Make a row the one that keys act on, and bring it into view."""
        if not self.rows:
            return
        self.current = min(max(row, 0), len(self.rows) - 1)
        top, end = self._tops[self.current], self._tops[self.current] + self._heights[self.current]
        if top < self._bar.value():
            self._bar.setValue(math.floor(top))
        elif end > self._bar.value() + self.height():
            self._bar.setValue(math.ceil(end - self.height()))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, x, y = event.angleDelta(), event.position().x(), event.position().y()
        row = self.row_at(y)
        if _is_in_ticks(self, x) and row is not None:
            box = self.plot_box(row)
            self.acts.zoom(row, turned.y() / 120, min(max((box.bottom() - y) / box.height(), 0.0), 1.0))
        elif x < self.columns.left and self._bar.isVisible():
            self._bar.setValue(self._bar.value() - turned.y())
        else:
            super().wheelEvent(event)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        row = self.row_at(event.position().y())
        if row is not None and row != self.current:
            self.choose_row(row)
        if event.position().x() < self.columns.left:
            if row is not None and event.button() == Qt.MouseButton.LeftButton:
                if event.position().x() < EDGE_PX - 2 and len(self.rows[row].channels) > 1:
                    self.curves.toggle_named(self.channels_at(row, event.position().y())[0])
                    return
                self._held = (event.position(), self.channels_at(row, event.position().y()))
                self.row_chosen.emit(self._held[1][0])
            return
        self.tool.press(event)

    def channels_at(self, row: int, y_px: float) -> tuple[str, ...]:
        """The channel of a row whose name is at a height; all of them for one channel alone."""
        names = [channel.name for channel in self.rows[row].channels]
        box = self.plot_box(row)
        number = int((y_px - box.top()) / (box.height() + 8) * len(names))
        return (names[min(max(number, 0), len(names) - 1)],)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            start, names = self._held
            if not self.drag.is_active and (event.position() - start).manhattanLength() >= LEAST_DRAG_PX:
                self.drag.begin(names)
            self.drag.move(event.position())
            return
        self.tool.move(event)  # first: where it pans, another instant comes under the mouse
        if self.columns.left <= event.position().x() <= self.columns.right:
            self.view.set_cursor(self.columns.at_ns(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            if self.drag.is_active:
                self.drag.drop()
            return
        self.tool.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x, row = event.position().x(), self.row_at(event.position().y())
        if x >= self.columns.left:
            self.view.zoom(4, self.columns.at_ns(x))
        elif _is_in_ticks(self, x) and row is not None:
            self.acts.set_limits(row, None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self.row_at(event.pos().y())
        if event.reason() == QContextMenuEvent.Reason.Mouse and row is not None:
            self.choose_row(row)
        is_name = event.reason() == QContextMenuEvent.Reason.Mouse and event.pos().x() < self.columns.left
        self.curves.aim(self.channels_at(row, event.pos().y()) if is_name and row is not None else ())
        if self.has_menu:
            self.acts.show_menu(event.globalPos())

    def ask_limits(self) -> None:
        """Let the person type where the y axis of the chosen row begins and ends."""
        if self.rows and self.logs is not None and self._limits_box is None:
            self.choose_row(self.current)
            self._limits_box = LimitsBox(self, self.current)

    def end_limits(self) -> None:
        """Close the fields; the keys are the plots' again."""
        box, self._limits_box = self._limits_box, None
        if box is not None:
            box.hide()
            box.deleteLater()
            self.setFocus()

    def end_limits_later(self) -> None:
        """Close the fields once the keys are elsewhere."""
        QTimer.singleShot(0, self, self._end_unused_limits)

    def _end_unused_limits(self) -> None:
        if self._limits_box is not None and not self._limits_box.has_keys:
            self.end_limits()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bar()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._picture_key, self._names = None, NamesCache()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the kept picture where it is asked for, then what moves: span, cursors, dots and values."""
        painter = QPainter(self)
        area = event.rect()
        if self.logs is None or not self.rows:
            painter.fillRect(area, self.theme.colour("plot"))
            painter.end()
            return
        # Qt clips to the region that was asked for.
        painter.drawImage(QPointF(0, 0), self._picture())
        paint_dimmed(painter, self.theme, self.columns, self.dimmed, self.bottom_px())
        paint_moving(self, painter, is_gutter_asked=area.left() < GUTTER_PX)
        painter.end()

    def known(self, channel: str, at_ns: int | None) -> LastValue | None:
        """The last known value of a channel at an instant; looked up once for each place of the cursor."""
        if self.logs is None or at_ns is None:
            return None
        key = (channel, at_ns)
        if key not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[key] = known_value(self.logs, channel, at_ns)
        return self._known[key]

    def known_at_cursor(self, channel: str) -> LastValue | None:
        """The same at the cursor."""
        return self.known(channel, self.view.cursor_ns)

    def scene(self) -> Scene | None:
        """What is to be drawn now."""
        if self.logs is None:
            return None
        return Scene(
            theme=self.theme, columns=self.columns, zone=self.zone, logs=self.logs, rows=self.rows,
            tops=tuple(top - self._bar.value() for top in self._tops), heights=tuple(self._heights), height_px=self.height(),
            marks=self.marks, chosen_event=self.chosen_event, quality=self.quality, limits=self.limits, names=self._names,
        )  # fmt: skip

    def whole_scene(self) -> Scene:
        """All rows from the top, for a picture that is not cut off by the window."""
        scene = self.scene()
        assert scene is not None
        return replace(scene, tops=tuple(self._tops), height_px=math.ceil(self.content_px), names=None)

    def _picture(self) -> QImage:
        """All but what moves, kept while nothing but the cursor changes."""
        scene = self.scene()
        assert scene is not None
        key = (
            self.view.start_ns, self.view.end_ns, self.width(), self.height(), scene.rows, scene.tops, scene.zone,
            self.theme.tokens.name, self.devicePixelRatioF(), scene.marks.serial, scene.chosen_event, self._scene_serial,
        )  # fmt: skip
        if key != self._picture_key:
            scale = self.devicePixelRatioF()
            size = QSize(math.ceil(self.width() * scale), math.ceil(self.height() * scale))
            if self._image.size() != size:
                self._image = QImage(size, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(scale)
            self.drawn = draw_frame(self._image, scene)
            self._picture_key = key
        return self._image

    def _on_cursor(self) -> None:
        super()._on_cursor()
        self._dots_px = repaint_dots(self, self._dots_px)
        # Values stand left of the ticks; nothing else in the gutter changes.
        self.update(QRect(EDGE_PX - 2, 0, GUTTER_PX - TICK_COLUMN_PX - EDGE_PX + 2, self.height()))

    def gaps_px(self) -> list[tuple[float, float]]:
        """Pixels of the gaps in the range; those that begin in one pixel and end in it are one."""
        return gaps_px(self.logs, self.columns) if self.logs is not None else []

    # Inside

    def zoom_centre(self) -> int | None:
        """The cursor, where it is in the range."""
        at_ns = self.view.cursor_ns
        return at_ns if at_ns is not None and self.view.start_ns <= at_ns <= self.view.end_ns else None

    def _place_bar(self) -> None:
        self._heights = row_heights(self.rows, self.height())
        self._tops = list(itertools.accumulate(self._heights, initial=0.0))[:-1]
        needed = math.ceil(self.content_px) - self.height()
        self._bar.setVisible(needed > 0)
        self._bar.setRange(0, max(0, needed))
        self._bar.setPageStep(self.height())
        self._bar.setSingleStep(ROW_PX // 2)
        self._bar.setGeometry(self.width() - _SCROLL_PX, 0, _SCROLL_PX, self.height())


def _is_in_ticks(rows: PlotRows, x_px: float) -> bool:
    return GUTTER_PX - TICK_COLUMN_PX <= x_px < rows.columns.left
