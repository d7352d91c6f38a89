"""Availability: a row a pump, a cell a day (or some days), darker the more samples there are; empty days are dashed."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.core.clock import NS_PER_DAY
from workbench.ui.format import day, percent
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.text import plain_tip

LEAST_NAME_PX, MOST_NAME_PX = 58, 96
ROW_PX = 15
MOST_CELLS = 28
MOST_EMPTY_DAYS = 31
"""Longer without any sample of any pump: one capture months later must not press all else together."""
_FOOT_PX = 18
_GAP_PX = 1
_BREAK_PX, _BREAKS_SHARE = 7.0, 0.3
_LEAST_BOX_PX = 8
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """The days of the map: the first day of each cell, and days a cell. Long stretches without any sample are left out."""

    starts: tuple[date, ...]
    days_a_cell: int
    breaks: tuple[int, ...] = ()
    """Cells before which days are left out."""

    @property
    def n_cells(self) -> int:
        return len(self.starts)

    @property
    def first(self) -> date:
        return self.starts[0]

    def place(self, day: float) -> float:
        """Cells from the left to a day (ordinal with its share); days that are left out lie on the edge."""
        ordinals = [start.toordinal() for start in self.starts]
        number = bisect.bisect_right(ordinals, day) - 1
        if number < 0:
            return 0.0
        return number + min(1.0, (day - ordinals[number]) / self.days_a_cell)


def scale_of(known: Sequence[date]) -> _Scale:
    """Cells for days that hold something, in order; more empty cells in a row than fit in a glance become a break."""
    held = sorted(set(known))
    spans: list[list[date]] = []
    for one in held:
        if spans and (one - spans[-1][1]).days <= MOST_EMPTY_DAYS:
            spans[-1][1] = one
        else:
            spans.append([one, one])
    n_days = sum((last - first).days + 1 for first, last in spans)
    days_a_cell = math.ceil(n_days / MOST_CELLS)
    starts: list[date] = []
    breaks: list[int] = []
    for first, last in spans:
        if starts:
            breaks.append(len(starts))
        n_cells = math.ceil(((last - first).days + 1) / days_a_cell)
        starts.extend(first + timedelta(days=number * days_a_cell) for number in range(n_cells))
    return _Scale(starts=tuple(starts), days_a_cell=days_a_cell, breaks=tuple(breaks))


class AvailabilityMap(QWidget):
    """`chosen(asset, day)` (day '' for the pump alone) on click or Enter; arrows move between pumps and days."""

    chosen = Signal(str, str)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[tuple[str, dict[str, float]]] = []
        self._scale = _Scale(starts=(date(1970, 1, 1),), days_a_cell=1)
        self._asset = ""
        self._range_ns: tuple[int, int] | None = None
        self._cell = (0, 0)
        self._name_px = LEAST_NAME_PX
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("no_ring", True)
        self.setAccessibleName(self.tr("Availability by pump and day"))
        theme.changed.connect(self._redraw)

    def set_days(self, days: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        """Days with their share of samples (0..1) by pump."""
        self._rows = [(asset, dict(pairs)) for asset, pairs in days.items()]
        widths = [QFontMetrics(self._theme.font("group")).horizontalAdvance(asset) + 6 for asset, _ in self._rows]
        self._name_px = max(LEAST_NAME_PX, min(MOST_NAME_PX, max(widths, default=0)))
        known = sorted({name for _, pairs in self._rows for name in pairs})
        if known:
            self._scale = scale_of([date.fromisoformat(name) for name in known])
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def set_shown(self, asset: str, range_ns: tuple[int, int] | None) -> None:
        """Which pump is looked at, and which stretch (outlined)."""
        self._asset, self._range_ns = asset, range_ns
        self.update()

    @property
    def n_days(self) -> int:
        """Days that are shown; long empty stretches are left out."""
        return self._scale.n_cells * self._scale.days_a_cell if self._rows else 0

    def sizeHint(self) -> QSize:
        return QSize(200, len(self._rows) * ROW_PX + _FOOT_PX)

    def cell_box(self, row: int, cell: int) -> QRectF:
        """Pixels of a cell."""
        return QRectF(self._left_px(cell), row * ROW_PX + 1, self._step_px() - _GAP_PX, ROW_PX - 3)

    def _break_px(self) -> float:
        """Room of a break, which covers no cell: a pump may have nothing but the days beside it."""
        n_breaks = len(self._scale.breaks)
        return min(_BREAK_PX, _BREAKS_SHARE * (self.width() - self._name_px) / n_breaks) if n_breaks else 0.0

    def _step_px(self) -> float:
        """From one cell to the next where no break lies between."""
        room = self.width() - self._name_px - len(self._scale.breaks) * self._break_px()
        return room / self._scale.n_cells

    def _left_px(self, cell: int) -> float:
        """Where a cell begins."""
        n_before = bisect.bisect_right(self._scale.breaks, cell)
        return self._name_px + cell * self._step_px() + n_before * self._break_px()

    def row_middle(self, asset: str) -> int:
        """Pixel of a pump's row; 0 where it has none."""
        return next((row * ROW_PX + ROW_PX // 2 for row, (tag, _) in enumerate(self._rows) if tag == asset), 0)

    def share(self, row: int, cell: int) -> float:
        """Mean share of samples over the days of a cell, 0..1."""
        days = self._cell_days(cell)
        return sum(self._rows[row][1].get(name, 0.0) for name in days) / len(days)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // ROW_PX)
        if not 0 <= row < len(self._rows):
            return
        cell = self._cell_at(event.position().x())
        self._cell = (row, max(0, cell))
        self.chosen.emit(self._rows[row][0], self._cell_days(cell)[0] if cell >= 0 else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, cell = self._cell
        moves = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
        move = moves.get(Qt.Key(event.key()))
        if move is not None and self._rows:
            last_cell = self._scale.n_cells - 1
            self._cell = (max(0, min(len(self._rows) - 1, row + move[0])), max(0, min(last_cell, cell + move[1])))
            self.update()
            if move[0]:
                self.chosen.emit(self._rows[self._cell[0]][0], "")
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._rows:
            self.chosen.emit(self._rows[row][0], self._cell_days(cell)[0])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        names = [asset for asset, _ in self._rows]
        if self._asset in names:
            self._cell = (names.index(self._asset), self._cell[1])
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row, cell = event.pos().y() // ROW_PX, self._cell_at(event.pos().x())
            if 0 <= row < len(self._rows) and cell >= 0:
                words = self.tr("{asset}, {day}: {share} of the day has samples")
                iso = self._cell_days(cell)[0]
                said = f"{day(f'{iso}T00:00:00Z')} {iso[:4]}"
                text = words.format(asset=self._rows[row][0], day=said, share=percent(self.share(row, cell)))
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (asset, _) in enumerate(self._rows):
            self._paint_name(painter, row, asset)
            for cell in range(self._scale.n_cells):
                self._paint_cell(painter, self.cell_box(row, cell), self.share(row, cell))
        self._paint_breaks(painter)
        self._paint_foot(painter)
        self._paint_range(painter)
        if self.hasFocus() and self._rows:
            painter.setPen(QPen(self._theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_box(*self._cell).adjusted(-1, -1, 1, 1))
        painter.end()

    def _paint_name(self, painter: QPainter, row: int, asset: str) -> None:
        is_here = asset == self._asset
        font = self._theme.font("caption")
        font.setWeight(self._theme.font("label" if is_here else "caption").weight())
        painter.setFont(font)
        painter.setPen(self._theme.colour("text1" if is_here else "text2"))
        name = painter.fontMetrics().elidedText(asset, Qt.TextElideMode.ElideMiddle, self._name_px - 4)
        painter.drawText(QPointF(0, row * ROW_PX + 11), name)

    def _paint_cell(self, painter: QPainter, box: QRectF, share: float) -> None:
        if share <= 0 and box.width() < _LEAST_BOX_PX:  # boxes that narrow are a grey noise: a dot says that there is nothing
            painter.fillRect(QRectF(box.center().x() - 0.5, box.center().y() - 0.5, 1.5, 1.5), self._theme.colour("border_mid"))
            return
        if share <= 0:
            pen = QPen(self._theme.colour("border_mid"), 1)
            pen.setDashPattern([2, 2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.fillRect(box, share_colour(self._theme, share))

    def _paint_breaks(self, painter: QPainter) -> None:
        """Two strokes through all rows where months are left out."""
        bottom = len(self._rows) * ROW_PX - 1.0
        for cell in self._scale.breaks:
            x = self._left_px(cell) - self._break_px() / 2 - _GAP_PX / 2
            painter.setPen(QPen(self._theme.colour("text2"), 1))
            for shift in (-1.5, 1.5):
                painter.drawLine(QPointF(x + shift - 1.5, bottom), QPointF(x + shift + 1.5, 0))

    def _paint_foot(self, painter: QPainter) -> None:
        if not self._rows:
            return
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text2"))
        base = len(self._rows) * ROW_PX + 12
        first, last = self.ends_said()
        painter.drawText(QPointF(self._name_px, base), first)
        if last != first:
            painter.drawText(QPointF(self.width() - painter.fontMetrics().horizontalAdvance(last), base), last)

    def ends_said(self) -> tuple[str, str]:
        """The first and the last day; months with their years where the years differ, as there is no room for more."""
        isos = (self._scale.first.isoformat(), self._cell_days(self._scale.n_cells - 1)[-1])
        if isos[0][:4] == isos[1][:4]:
            return day(f"{isos[0]}T00:00:00Z"), day(f"{isos[1]}T00:00:00Z")
        first, last = (f"{day(f'{iso}T00:00:00Z').split(' ')[-1]} {iso[:4]}" for iso in isos)
        return first, last

    def _paint_range(self, painter: QPainter) -> None:
        row = next((number for number, (asset, _) in enumerate(self._rows) if asset == self._asset), None)
        if row is None or self._range_ns is None:
            return
        places = [self._scale.place(at_ns / NS_PER_DAY + _EPOCH_ORDINAL) for at_ns in self._range_ns]
        start, end = (max(0.0, min(float(self._scale.n_cells), at)) for at in places)
        step, most = self._step_px(), self._scale.n_cells - 1
        first, last = min(math.floor(start + 1e-6), most), min(max(math.ceil(end) - 1, 0), most)
        left = self._left_px(first) + (start - first) * step
        right = self._left_px(last) + (end - last) * step
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if right - left < step:  # less than a cell: around the whole of it, or the outline would hide it
            left = self._left_px(first)
            right = left + step
        box = QRectF(left - 1.5, row * ROW_PX, right - left + 2, ROW_PX - 1)
        for tone, width_px in (("bg2", 4.0), ("accent", 1.5)):  # the ground between keeps it apart from the cells
            painter.setPen(QPen(self._theme.colour(tone), width_px))
            painter.drawRoundedRect(box, 2, 2)

    def _cell_days(self, cell: int) -> list[str]:
        first = self._scale.starts[cell]
        return [(first + timedelta(days=number)).isoformat() for number in range(self._scale.days_a_cell)]

    def _cell_at(self, x_px: float) -> int:
        """The cell under a pixel, of a break the one before it; −1 left of all."""
        lefts = [self._left_px(cell) for cell in range(self._scale.n_cells)]
        return bisect.bisect_right(lefts, x_px) - 1 if x_px < self.width() else -1

    def _redraw(self, _tokens: object) -> None:
        self.update()


def share_colour(theme: ThemeSource, share: float) -> QColor:
    """The sequential colour map at a share 0..1; the lightest third is left out, it means 'nothing' elsewhere."""
    stops = theme.tokens.series.tide
    place = (0.28 + 0.5 * min(1.0, share)) * (len(stops) - 1)
    below = min(int(place), len(stops) - 2)
    one, other, mix = QColor(stops[below]), QColor(stops[below + 1]), place - below
    parts = [
        round(a + (b - a) * mix)
        for a, b in zip((one.red(), one.green(), one.blue()), (other.red(), other.green(), other.blue()), strict=True)
    ]
    return QColor(*parts)
