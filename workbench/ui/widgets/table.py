"""ArrayTable: hairlines, an 11 px head, a selected row with an accent bar, cells painted by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
)

from workbench.ui.states import find_state, state_word
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.bars import paint_bar
from workbench.ui.widgets.table_model import ArrayModel, Column, ColumnData
from workbench.ui.widgets.text import plain_tip

ROW_PX = 28
TWO_LINE_ROW_PX = 50
_PAD_PX = 8
_EDGE_PX = 16
"""Before the first column: its text stands below the title of the card or panel."""
_ACCENT_PX = 3
__all__ = ["ArrayTable", "Column"]


class CellPainter(QStyledItemDelegate):
    """Paints one cell by its column's kind; the row's tone can be quieter (baselines)."""

    def __init__(self, theme: ThemeSource, model: ArrayModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_width_px(self._model.columns, index.column()), ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        painter.save()
        box: QRect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(box, self._theme.colour("selection" if is_selected else "bg2"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), self._theme.colour("border"))
        if is_selected and index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), _ACCENT_PX, box.height()), self._theme.colour("accent"))
        column = self._model.columns[index.column()]
        source = self._model.source_row(index.row())
        inner = box.adjusted(_lead_px(index.column()), 0, -_PAD_PX, -1)
        self._paint_value(painter, inner, column, source)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """The whole text of a cell that shows only its beginning."""
        column = self._model.columns[index.column()] if index.isValid() else None
        if column is None or column.kind not in {"text", "strong", "mono", "number"}:
            return super().helpEvent(event, view, option, index)
        source = self._model.source_row(index.row())
        second = self._model.value(column.second_key, source) if column.second_key else None
        kind = {"strong": "strong", "mono": "small"}.get(column.kind, "body")
        metrics = QFontMetrics(self._theme.font(kind, is_mono=column.kind == "mono"))
        texts = [text for text in (self._model.text(column, source), str(second or "")) if text]
        room = _lead_px(index.column()) + _PAD_PX
        is_cut = any(metrics.horizontalAdvance(text) > option.rect.width() - room for text in texts)
        QToolTip.showText(event.globalPos(), plain_tip("\n".join(texts)) if is_cut else "", view)
        return True

    def _paint_value(self, painter: QPainter, box: QRect, column: Column, source: int) -> None:
        if column.kind == "bar":
            self._paint_bar(painter, box, column, source)
        elif column.kind in {"state", "symbol"}:
            self._paint_state(painter, box, column, source)
        elif column.kind == "icon":
            name = str(self._model.value(column.key, source) or "")
            if name:
                painter.drawPixmap(box.left(), box.center().y() - 7, self._theme.pixmap(name, "text1", 16, self._scale()))
        else:
            self._paint_text(painter, box, column, source)

    def _paint_text(self, painter: QPainter, box: QRect, column: Column, source: int) -> None:
        is_quiet = bool(self._model.value("is_quiet", source))
        kind = {"strong": "strong", "mono": "small"}.get(column.kind, "body")
        painter.setFont(self._theme.font(kind, is_mono=column.kind == "mono"))
        painter.setPen(self._theme.colour("text3" if is_quiet else column.tone))
        side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
        text = self._model.text(column, source)
        second = self._model.value(column.second_key, source) if column.second_key else None
        if second:
            half = QRect(box.left(), box.center().y() - 17, box.width(), 18)
            painter.drawText(half, side | Qt.AlignmentFlag.AlignVCenter, _fit(painter, text, box.width()))
            painter.setFont(self._theme.font("caption"))
            painter.setPen(self._theme.colour("text2"))
            half.translate(0, 18)
            painter.drawText(half, side | Qt.AlignmentFlag.AlignVCenter, _fit(painter, str(second), box.width()))
            return
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, _fit(painter, text, box.width()))

    def _paint_state(self, painter: QPainter, box: QRect, column: Column, source: int) -> None:
        word = str(self._model.value(column.key, source) or "")
        state = find_state(word)
        left = box.left()
        if state is not None:
            painter.drawPixmap(left, box.center().y() - 7, self._theme.state_pixmap(state, 16, self._scale()))
            left += 22
        if column.kind == "state":
            shown = self._model.value(column.second_key, source) if column.second_key else None
            text = str(shown or (state_word(state) if state else word))
            painter.setFont(self._theme.font("body"))
            painter.setPen(
                self._theme.colour(f"{state}_text" if state and state.value not in {"good", "not_checked"} else "text1")
            )
            area = QRect(left, box.top(), box.right() - left, box.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, _fit(painter, text, area.width()))

    def _paint_bar(self, painter: QPainter, box: QRect, column: Column, source: int) -> None:
        value = self._model.value(column.key, source)
        if value is None or not np.isfinite(float(value)):  # type: ignore[arg-type]
            self._paint_text(painter, box, column, source)
            return
        full = column.bar_max or 1.0
        limit = None if column.limit is None else column.limit / full
        tone = "not_checked" if self._model.value("is_quiet", source) else "curve"
        paint_bar(painter, self._theme, QRectF(box), (float(value) / full, limit, tone))  # type: ignore[arg-type]

    def _scale(self) -> float:
        view = self.parent()
        return view.devicePixelRatioF() if isinstance(view, QTableView) else 1.0


class HeaderPainter(QHeaderView):
    """The head: 11 px titles aligned as their column, an arrow where it is sorted."""

    def __init__(self, theme: ThemeSource, model: ArrayModel, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._array = model
        self.setSectionsClickable(True)
        self.setFixedHeight(ROW_PX + 1)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        column = self._array.columns[logicalIndex]
        painter.save()
        painter.fillRect(rect, self._theme.colour("bg2"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.colour("border"))
        painter.setFont(self._theme.font("group"))
        painter.setPen(self._theme.colour("text3"))
        side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
        key, is_descending = self._array.sort_state
        box = rect.adjusted(_lead_px(logicalIndex), 0, -_PAD_PX, 0)
        if key == column.key:
            arrow = self._theme.pixmap("chevron-down" if is_descending else "chevron-up", "text3", 12, self.devicePixelRatioF())
            width = QFontMetrics(painter.font()).horizontalAdvance(column.title)
            x = box.right() - width - 16 if column.kind == "number" else box.left() + width + 4
            painter.drawPixmap(x, box.center().y() - 5, arrow)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, column.title)
        painter.restore()


class ArrayTable(QTableView):
    """`set_data` with columns of equal length. A column 'is_quiet' (bool) greys rows. Indices in signals are source rows."""

    row_selected = Signal(int)
    row_activated = Signal(int)

    def __init__(self, theme: ThemeSource, columns: Sequence[Column], *, row_px: int = ROW_PX) -> None:
        super().__init__()
        self.array = ArrayModel(columns, self)
        self._last_selected: int | None = None
        self.setModel(self.array)
        self.setItemDelegate(CellPainter(theme, self.array, self))
        self.setHorizontalHeader(HeaderPainter(theme, self.array, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setProperty("focus_inside", True)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(row_px)
        rows.setDefaultSectionSize(row_px)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._size_columns()
        self.horizontalHeader().sectionClicked.connect(self._on_head_clicked)
        self.doubleClicked.connect(self._on_activated)
        theme.changed.connect(self._redraw)

    def set_data(self, data: Mapping[str, ColumnData]) -> None:
        """Replace all rows; selection is kept by position in the data where the row still exists."""
        kept = self.current_row()
        self.array.set_data(data)
        if kept is not None:
            self.select_row(kept)
        if self.current_row() is None:
            self._last_selected = None  # a reset clears the selection without saying so

    def set_mask(self, mask: NDArray[np.bool_] | None) -> None:
        """Show only these rows (bool [n])."""
        self._keeping(self.array.set_mask, mask)

    def set_filter_text(self, text: str) -> None:
        """Show only rows with this text."""
        self._keeping(self.array.set_filter_text, text)

    def sort_by(self, key: str, is_descending: bool = False) -> None:
        """Sort; a click on a head does the same."""
        kept = self.current_row()
        self.array.sort_by(key, is_descending)
        if kept is not None:
            self.select_row(kept)
        self.horizontalHeader().viewport().update()

    def current_row(self) -> int | None:
        """The selected row's index in the data."""
        rows = self.selectionModel().selectedRows()
        return self.array.source_row(rows[0].row()) if rows and rows[0].row() < self.array.rowCount() else None

    def select_row(self, source: int) -> None:
        """Select and show a row by its index in the data; nothing if it is filtered out."""
        shown = self.array.shown_row(source)
        if shown is not None:
            self.selectRow(shown)
            self.scrollTo(self.array.index(shown, 0))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        row = self.current_row()
        if row is not None and row != self._last_selected:
            self.row_selected.emit(row)
        self._last_selected = row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current_row()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and row is not None:
            self.row_activated.emit(row)
            return
        super().keyPressEvent(event)

    def _keeping(self, change: object, value: object) -> None:
        kept = self.current_row()
        change(value)  # type: ignore[operator]
        if kept is not None:
            self.select_row(kept)

    def _size_columns(self) -> None:
        head = self.horizontalHeader()
        head.setMinimumSectionSize(24)
        for number, column in enumerate(self.array.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(number, mode)
            head.resizeSection(number, _width_px(self.array.columns, number))

    def _on_head_clicked(self, section: int) -> None:
        column = self.array.columns[section]
        if column.is_sortable:
            key, is_descending = self.array.sort_state
            first_descending = column.kind in {"number", "bar"}
            self.sort_by(column.key, not is_descending if key == column.key else first_descending)

    def _on_activated(self, index: QModelIndex) -> None:
        self.row_activated.emit(self.array.source_row(index.row()))

    def _redraw(self, _tokens: object) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()


def _lead_px(place: int) -> int:
    return _PAD_PX if place else _EDGE_PX


def _width_px(columns: Sequence[Column], place: int) -> int:
    """A column's width holds text and 8 px at both sides; the first has more before it."""
    return columns[place].width_px + _lead_px(place) - _PAD_PX


def _fit(painter: QPainter, text: str, width_px: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width_px + 1)
