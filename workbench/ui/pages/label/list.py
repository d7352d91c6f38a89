"""The list of events: two lines each, only what is seen is formatted; several can be chosen; filtered by state and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import groupby

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from workbench.core.clock import NS_PER_S
from workbench.logs.events.looks import Look, own_look
from workbench.services.labels import Event
from workbench.ui.format import duration, instant
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.events import event_state_words
from workbench.ui.widgets.plots.shapes import paint_shape
from workbench.ui.widgets.text import plain_tip

ROW_PX = 48
_PAD_PX, _ACCENT_PX, _SYMBOL_PX = 12, 3, 14
_TEXT_PX = 17
"""From a row's shape to its texts."""
_SYMBOLS = {"real": "check", "not_real": "cancel", "unsure": "help"}
AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class EventModel(QAbstractTableModel):
    """Events in order of time, or those of them that a filter lets through."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC
        self.looks: Mapping[str, Look] = {}
        self._events: Sequence[Event] = ()
        self._state, self._needle = "", ""
        self._shown: Sequence[Event] = ()
        self._rows: dict[str, int] | None = None

    def set_events(self, events: Sequence[Event]) -> None:
        """Show these; where as many remain, only what differs is told, so that the list stays where it is."""
        if events is self._events:
            return
        self._events = events
        self._filter()

    def set_filter(self, state: str, text: str) -> None:
        """Only events of a state ('' all) with a text in name, note or author."""
        self._state, self._needle = state, text.strip().casefold()
        self._filter()

    def event_at(self, row: int) -> Event:
        """The event of a shown row."""
        return self._shown[row]

    def row_of(self, event_id: str) -> int | None:
        """Where an event is shown, None if it is filtered out."""
        if self._rows is None:
            self._rows = {event.id: row for row, event in enumerate(self._shown)}
        return self._rows.get(event_id)

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            event = self._shown[index.row()]
            return f"{event.name}, {event_state_words(event.state)}, {when_words(event, self.zone)}, {who_words(event)}"
        return None

    def _filter(self) -> None:
        shown = self._events
        if self._state or self._needle:
            shown = [event for event in shown if self._is_shown(event)]
        is_same_length = len(shown) == len(self._shown)
        if not is_same_length:
            self.beginResetModel()
        self._shown, self._rows = shown, None
        if not is_same_length:
            self.endResetModel()
        elif shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, 0))

    def _is_shown(self, event: Event) -> bool:
        if self._state == "similar":
            is_state = event.source == "similar" and event.state == "unsure"
        else:
            is_state = not self._state or event.state == self._state
        return is_state and (not self._needle or self._needle in f"{event.name} {event.note} {event.author}".casefold())


class EventPainter(QStyledItemDelegate):
    """Shape and name over time and length at the left; what was judged over who at the right."""

    def __init__(self, theme: ThemeSource, model: EventModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        event = self._model.event_at(index.row())
        theme, box = self._theme, option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(box, theme.colour("selection" if is_selected else "bg2"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("border"))
        if is_selected:
            painter.fillRect(QRect(box.left(), box.top(), _ACCENT_PX, box.height()), theme.colour("accent"))
        look = self._model.looks.get(event.name) or own_look(event.name)
        inner = box.adjusted(_PAD_PX, 0, -_PAD_PX, -1)
        first, second = (
            QRect(inner.left(), inner.top() + 5, inner.width(), 19),
            QRect(inner.left(), inner.top() + 25, inner.width(), 17),
        )
        paint_shape(painter, theme, look, QPointF(first.left() + 5, first.center().y() + 0.5))
        used = self._paint_state(painter, event, first)
        self._text(painter, first.adjusted(_TEXT_PX, 0, -used - 6, 0), event.name, "strong", "text1")
        metrics, when = QFontMetrics(theme.font("caption")), when_words(event, self._model.zone)
        left = second.adjusted(_TEXT_PX, 0, 0, 0)
        who = short_name(who_words(event), metrics, left.width() - metrics.horizontalAdvance(when) - 8)
        self._text(painter, second, who, "caption", "text2", is_right=True)
        self._text(painter, left.adjusted(0, 0, -metrics.horizontalAdvance(who), 0), when, "caption", "text2")
        painter.restore()

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, _option: QStyleOptionViewItem, index: AnyIndex) -> bool:
        """All of it: a list this narrow cuts names."""
        words = ""
        if index.isValid():
            one = self._model.event_at(index.row())
            state = f"{event_state_words(one.state)}, {when_words(one, self._model.zone)}, {who_words(one)}"
            words = "\n".join(filter(None, (one.name, state, one.note)))
        QToolTip.showText(event.globalPos(), plain_tip(words), view)
        return True

    def _paint_state(self, painter: QPainter, event: Event, box: QRect) -> int:
        words = event_state_words(event.state)
        tone = "text1" if event.state != "unsure" else "text2"
        self._text(painter, box, words, "small", tone, is_right=True)
        width = painter.fontMetrics().horizontalAdvance(words)
        view = self.parent()
        scale = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
        pixmap = self._theme.pixmap(_SYMBOLS[event.state], tone, _SYMBOL_PX, scale)
        painter.drawPixmap(box.right() - width - _SYMBOL_PX - 4, box.center().y() - _SYMBOL_PX // 2 + 1, pixmap)
        return width + _SYMBOL_PX + 4

    def _text(self, painter: QPainter, box: QRect, text: str, kind: str, tone: str, *, is_right: bool = False) -> None:
        painter.setFont(self._theme.font(kind))
        painter.setPen(self._theme.colour(tone))
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, fitted)


class EventList(QTableView):
    """`chosen(ids)` when the person chose others: the one that is current comes first."""

    chosen = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.events = EventModel(self)
        self._is_showing = False
        self.setModel(self.events)
        self.setItemDelegate(EventPainter(theme, self.events, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setProperty("focus_inside", True)
        self.horizontalHeader().setVisible(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(ROW_PX)
        rows.setDefaultSectionSize(ROW_PX)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.changed.connect(self._redraw)

    def show_events(self, events: Sequence[Event], chosen: Sequence[str]) -> None:
        """List these with some chosen, the first of them in sight."""
        self._is_showing = True
        self.events.set_events(events)
        rows = [row for one in chosen if (row := self.events.row_of(one)) is not None]
        model = self.selectionModel()
        if self._selected_rows() != sorted(rows):
            model.select(self._selection_of(sorted(rows)), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            first = self.events.index(rows[0], 0)
            if self.currentIndex() != first:
                model.setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)
        self._is_showing = False

    def select_row(self, row: int) -> None:
        """Choose one row, as a click does."""
        self.selectRow(row)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._is_showing:
            return
        rows = self._selected_rows()
        if rows:
            current = self.currentIndex().row()
            ordered = [current, *(row for row in rows if row != current)] if current in rows else rows
            self.chosen.emit(tuple(self.events.event_at(row).id for row in ordered))

    def _selected_rows(self) -> list[int]:
        """In order; by ranges, as an index for each of ten thousand rows costs a frame and more."""
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(number) for number in range(chosen.count())]
        return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})

    def _selection_of(self, rows: Sequence[int]) -> QItemSelection:
        """Rows in order as a selection of few ranges."""
        wanted = QItemSelection()
        for _, run in groupby(enumerate(rows), key=_run_of):
            numbers = [row for _, row in run]
            wanted.select(self.events.index(numbers[0], 0), self.events.index(numbers[-1], 0))
        return wanted

    def _redraw(self, _tokens: object) -> None:
        self.viewport().update()


def _run_of(numbered: tuple[int, int]) -> int:
    """The same for rows that follow each other."""
    return numbered[1] - numbered[0]


def when_words(event: Event, zone: tzinfo) -> str:
    """'12 Mar 03:12 · 42 min'."""
    start, end = event.span_ns
    return f"{instant(start, zone, with_seconds=False)} · {duration((end - start) / NS_PER_S)}"


def who_words(event: Event) -> str:
    """How alike a suggestion is, else who labelled it or where it comes from."""
    if event.distance is not None and event.state == "unsure":
        return alike_words(event.distance)
    return event.author or event.source


def short_name(who: str, metrics: QFontMetrics, room_px: int) -> str:
    """The whole name where it fits, else its initials, which leave the time whole."""
    if metrics.horizontalAdvance(who) <= room_px or " " not in who:
        return metrics.elidedText(who, Qt.TextElideMode.ElideRight, room_px)
    return "".join(word[0] for word in who.split())


def alike_words(distance: float) -> str:
    """'92 %': the correlation that a distance stands for."""
    return f"{max(0.0, 1 - distance**2) * 100:.0f} %"
