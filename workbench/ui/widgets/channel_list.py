"""The channels of a pump as one list: boxes, what each measures, its state; found by typing, dragged into the plots.

One view paints whatever is visible, so a thousand channels cost as much as ten. Keys: Space turns a channel on or off, Enter
gives it a row and goes there, arrows move; typing a name jumps to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from workbench.ui.format import quantity
from workbench.ui.states import find_state, state_word
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.channel_search import found_channels
from workbench.ui.widgets.plots.gutter import fitting_font
from workbench.ui.widgets.plots.words import channel_words, unit_words
from workbench.ui.widgets.text import plain_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbench.services.log_views import ChannelView, LastValue

ROW_PX = 24
_BOX_PX = 14
_LEFT_PX, _RIGHT_PX = 16, 8
_LEAST_DRAG_PX = 5
_WORD_GAP_PX = 6
_NO_PARENT = QModelIndex()
AnyIndex = QModelIndex | QPersistentModelIndex


class ChannelModel(QAbstractListModel):
    """Channels that the search left over, in its order."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.all: tuple[ChannelView, ...] = ()
        self.shown: list[ChannelView] = []
        self.checked: frozenset[str] = frozenset()
        self.picked: frozenset[str] = frozenset()
        """What is dragged together."""
        self._needle = ""

    def set_channels(self, channels: Sequence[ChannelView], checked: Sequence[str]) -> None:
        """Replace everything."""
        self.all, self.checked, self.picked = tuple(channels), frozenset(checked), frozenset()
        self.find(self._needle)

    def find(self, needle: str) -> None:
        """Show what fits some words, the best first; all in the log's order without any."""
        self.beginResetModel()
        self._needle = needle
        self.shown = found_channels(self.all, needle)
        self.endResetModel()

    def set_checked(self, names: Sequence[str]) -> None:
        """These are on."""
        self.checked = frozenset(names)
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1))

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        channel = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return channel.name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if channel.name in self.checked else Qt.CheckState.Unchecked
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            words = ", ".join(part for part in channel_facts(channel) if part)
            return words if role == Qt.ItemDataRole.AccessibleTextRole else plain_tip(words)
        return None


class ChannelList(QListView):
    """`checked_changed(names)`, `chosen(name)` after Enter, `drag_moved(names, QPoint on the screen)`, `drag_ended(dropped)`,
    `together_asked(names)` after Shift + Enter: what was picked (Ctrl + click, Ctrl + Space) in one row."""

    checked_changed = Signal(object)
    chosen = Signal(str)
    drag_moved = Signal(object, QPoint)
    drag_ended = Signal(bool)
    together_asked = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self._model = ChannelModel(self)
        self.setModel(self._model)
        self.setItemDelegate(ChannelPainter(theme, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Channels"))
        self.setProperty("no_ring", True)
        self.longest = ""
        """The name that the size of all is chosen for."""
        self.value_of: Callable[[str], LastValue | None] | None = None
        """The last known value of a channel at the cursor; asked for the rows in sight only."""
        self._pressed: tuple[QPoint, str] | None = None
        self._is_dragging = False
        theme.changed.connect(self._redraw)

    @property
    def names(self) -> list[str]:
        """What the search left over, from above."""
        return [channel.name for channel in self._model.shown]

    @property
    def n_all(self) -> int:
        """How many channels there are."""
        return len(self._model.all)

    def set_channels(self, channels: Sequence[ChannelView], checked: Sequence[str]) -> None:
        """Show these; some are on."""
        self._model.set_channels(channels, checked)
        self.longest = max((channel.name for channel in channels), key=len, default="")

    def set_checked(self, names: Sequence[str]) -> None:
        """Turn on these and no others, without saying so."""
        self._model.set_checked(names)

    def checked(self) -> tuple[str, ...]:
        """Names of the channels that are on, in the log's order."""
        return tuple(channel.name for channel in self._model.all if channel.name in self._model.checked)

    def narrow(self, needle: str) -> None:
        """Show what fits some words; the best is current, so that Enter takes it."""
        self._model.find(needle)
        if self._model.shown and needle.strip():
            self.setCurrentIndex(self._model.index(0))

    def choose_current(self) -> None:
        """Give the current channel a row, and say that it was chosen."""
        name = self._name_at(self.currentIndex())
        if name:
            if name not in self._model.checked:
                self._toggle(name)
            self.chosen.emit(name)

    def show_values(self) -> None:
        """The cursor is elsewhere: say the values there."""
        self.viewport().update()

    def box_of(self, name: str) -> QRect:
        """Where the box of a channel is, in the viewport's pixels."""
        place = self.visualRect(self._model.index(self.names.index(name)))
        return QRect(place.left() + _LEFT_PX, place.center().y() - _BOX_PX // 2, _BOX_PX, _BOX_PX)

    def picked(self, name: str) -> tuple[str, ...]:
        """All that was picked, in the log's order, where a name is among it; else the name alone."""
        if name not in self._model.picked:
            return (name,)
        return tuple(channel.name for channel in self._model.all if channel.name in self._model.picked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name, is_ctrl = self._name_at(self.currentIndex()), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Space:
            if name:
                (self._pick if is_ctrl else self._toggle)(name)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if name and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.together_asked.emit(self.picked(name))
                self._pick("")
            else:
                self.choose_current()
        elif event.key() == Qt.Key.Key_Escape and self._model.picked and not self._is_dragging:
            self._pick("")
        elif event.key() == Qt.Key.Key_Escape and self._is_dragging:
            self._end(is_dropped=False)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        name = self._name_at(self.indexAt(event.position().toPoint()))
        if event.button() == Qt.MouseButton.LeftButton and name:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._pick(name)
                return
            self._pressed = (event.position().toPoint(), name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        start, name = self._pressed
        if self._is_dragging or (event.position().toPoint() - start).manhattanLength() >= _LEAST_DRAG_PX:
            self._is_dragging = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.drag_moved.emit(self.picked(name), event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._is_dragging:
            self._end(is_dropped=True)
        elif pressed is not None and self._name_at(self.indexAt(event.position().toPoint())) == pressed[1]:
            self._toggle(pressed[1])
        else:
            super().mouseReleaseEvent(event)

    def _end(self, *, is_dropped: bool) -> None:
        self._is_dragging = False
        self._pressed = None
        self._pick("")
        self.viewport().unsetCursor()
        self.drag_ended.emit(is_dropped)

    def _name_at(self, index: QModelIndex) -> str:
        return self._model.shown[index.row()].name if index.isValid() else ""

    def _pick(self, name: str) -> None:
        """Take a channel among those that are dragged together, or out of them; '' takes all out."""
        self._model.picked = self._model.picked ^ {name} if name else frozenset()
        self.viewport().update()

    def _toggle(self, name: str) -> None:
        checked = self._model.checked
        self._model.set_checked(tuple(checked - {name} if name in checked else checked | {name}))
        self.checked_changed.emit(self.checked())

    def _redraw(self, _tokens: object) -> None:
        self.viewport().update()


class ChannelPainter(QStyledItemDelegate):
    """Box, tag, what it measures, unit, and the symbol of its state."""

    def __init__(self, theme: ThemeSource, parent: ChannelList) -> None:
        super().__init__(parent)
        self._theme = theme
        self._list = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        assert isinstance(model, ChannelModel)
        channel, theme = model.shown[index.row()], self._theme
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_picked = channel.name in model.picked
        if has_focus or is_picked or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(theme.colour("accent"), 1) if is_picked else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection" if has_focus or is_picked else "bg3"))
            painter.drawRoundedRect(QRectF(box).adjusted(8, 1, -6, -1), 4, 4)
        self._paint_box(painter, box, is_on=channel.name in model.checked)
        right = box.right() - _RIGHT_PX
        state = find_state(channel.state)
        if state is not None:
            right -= _BOX_PX
            painter.drawPixmap(right, box.center().y() - 6, theme.state_pixmap(state, _BOX_PX, self._list.devicePixelRatioF()))
            right -= 4
        left = box.left() + _LEFT_PX + 20
        self._paint_words(painter, channel, QRect(left, box.top(), right - left - 2, box.height()))
        painter.restore()

    def _paint_box(self, painter: QPainter, box: QRect, *, is_on: bool) -> None:
        theme = self._theme
        place = QRectF(box.left() + _LEFT_PX + 0.5, box.center().y() - 6.5, _BOX_PX - 1, _BOX_PX - 1)
        painter.setPen(QPen(theme.colour("accent" if is_on else "border_strong"), 1))
        painter.setBrush(theme.colour("accent" if is_on else "bg2"))
        painter.drawRoundedRect(place, 3, 3)
        if is_on:
            painter.drawPixmap(
                round(place.left()) + 1,
                round(place.top()) + 1,
                theme.pixmap("check", "on_accent", 12, self._list.devicePixelRatioF()),
            )

    def _paint_words(self, painter: QPainter, channel: ChannelView, box: QRect) -> None:
        """Name, what it measures with its unit, and the value at the cursor at the right end, grey after a gap."""
        theme, middle = self._theme, Qt.AlignmentFlag.AlignVCenter
        known = self._list.value_of(channel.name) if self._list.value_of is not None else None
        row = self.fitted(channel, quantity(known.value, unit_words(channel.unit)) if known is not None else "", box.width())
        if known is not None and row.value:
            painter.setFont(theme.font("strong"))
            painter.setPen(theme.colour("text3" if known.is_late else "text1"))
            painter.drawText(box, int(middle | Qt.AlignmentFlag.AlignRight), row.value)
        painter.setFont(row.font)
        painter.setPen(theme.colour("text1"))
        # Names of one kind differ at their ends.
        name = painter.fontMetrics().elidedText(channel.name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, int(middle), name)
        used = painter.fontMetrics().horizontalAdvance(name) + _WORD_GAP_PX
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(box.adjusted(used, 0, 0, 0), int(middle), row.words)

    def fitted(self, channel: ChannelView, value: str, width_px: int) -> FittedRow:
        """What of a row finds room: the word goes first, then the name gets smaller, then the value goes, as without its unit it
        says little; the plot has both. Nothing is cut: the tip has all of it.
        """
        theme, unit = self._theme, unit_words(channel.unit)
        small, strong = QFontMetrics(theme.font("small")), QFontMetrics(theme.font("strong"))
        words = self._list.tr("derived") if channel.formula else channel_words(channel.name, channel.unit, channel.quantity)
        words = words.partition(",")[0]
        offers = [(f"{words}, {unit}", value)] if words and unit else []
        offers += [(unit, value), (unit, ""), ("", value)] if unit else [(words, value), ("", value)]
        usual = fitting_font(theme.font("body"), self._list.longest, width_px)
        for said, shown in offers:
            room = width_px - (strong.horizontalAdvance(shown) + _WORD_GAP_PX if shown else 0)
            room -= small.horizontalAdvance(said) + _WORD_GAP_PX if said else 0
            # A name gets smaller than the others for its unit, not for a word.
            font = QFont(usual) if words in said and words else _fitting(usual, channel.name, room)
            if QFontMetrics(font).horizontalAdvance(channel.name) <= room:
                return FittedRow(font=font, words=said, value=shown)
        return FittedRow(font=_fitting(usual, channel.name, width_px), words="", value="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRow:
    """How a row is written: the font of its name, what stands behind it, and the value at the right."""

    font: QFont
    words: str
    value: str


def _fitting(font: QFont, name: str, width_px: int) -> QFont:
    """The font, smaller where a name needs it; a name with blanks is one line here."""
    return fitting_font(QFont(font), name.replace(" ", "\u00a0"), width_px)


def channel_facts(channel: ChannelView) -> tuple[str, ...]:
    """Name, what it measures, unit, state: for tips and screen readers."""
    state = find_state(channel.state)
    words = channel_words(channel.name, channel.unit, channel.quantity)
    formula = f"= {channel.formula}" if channel.formula else ""
    return (channel.name, words, unit_words(channel.unit), state_word(state) if state else "", formula)
