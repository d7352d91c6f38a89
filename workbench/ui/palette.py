"""The command palette (Ctrl+K): actions, pages and help topics by a few letters. 520 px wide, in the top third."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)  # fmt: skip

from workbench.ui.palette_entry import PaletteEntry
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.fields import SearchField
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.text import hairline

WIDTH_PX = 520
ROW_PX = 29
MAX_ROWS = 9
_NO_PARENT = QModelIndex()
_ENTRY_ROLE = Qt.ItemDataRole.UserRole


def score(needle: str, text: str) -> float | None:
    """How well letters match in order (None: not at all): word starts and neighbours count more, short texts first."""
    needle, text = needle.casefold().replace(" ", ""), text.casefold()
    total, at, former = 0.0, 0, -2
    for letter in needle:
        found = text.find(letter, at)
        if found < 0:
            return None
        starts_word = found == 0 or not text[found - 1].isalnum()
        total += 3.0 if starts_word else 2.0 if found == former + 1 else 0.5
        former, at = found, found + 1
    if needle and needle in text.replace(" ", ""):
        total += 4.0
    return total - len(text) * 0.01


def best(needle: str, entries: Iterable[PaletteEntry]) -> list[PaletteEntry]:
    """Entries that match, best first; all of them, in order, for an empty needle."""
    if not needle.strip():
        return list(entries)
    rated = [(score(needle, entry.title), entry) for entry in entries]
    # What can't run now goes down a little, so that Enter mostly does something.
    found = [(value - bool(entry.blocked), entry) for value, entry in rated if value is not None]
    return [entry for _value, entry in sorted(found, key=_by_value, reverse=True)]


def _by_value(rated: tuple[float, PaletteEntry]) -> float:
    return rated[0]


class EntryModel(QAbstractListModel):
    """The entries that match."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shown: list[PaletteEntry] = []

    def set_entries(self, entries: list[PaletteEntry]) -> None:
        """Show these."""
        self.beginResetModel()
        self._shown = entries
        self.endResetModel()

    def entry(self, row: int) -> PaletteEntry:
        """The entry of a row."""
        return self._shown[row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown[index.row()].title
        return self._shown[index.row()] if role == _ENTRY_ROLE else None


class EntryPainter(QStyledItemDelegate):
    """Icon, title, where."""

    def __init__(self, theme: ThemeSource, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH_PX - 2, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        entry = index.data(_ENTRY_ROLE)
        if not isinstance(entry, PaletteEntry):
            return
        painter.save()
        box, theme = QRect(option.rect), self._theme
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("selection"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        tone = "text_disabled" if entry.blocked else "text1"
        scale = self._view.devicePixelRatioF()
        painter.drawPixmap(box.left() + 13, box.center().y() - 7, theme.pixmap(entry.icon or "arrow", tone, 16, scale))
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("text2"))
        where = entry.blocked or entry.where
        width = min(painter.fontMetrics().horizontalAdvance(where), box.width() // 2)
        right = QRect(box.right() - 13 - width, box.top(), width + 1, box.height())
        where = painter.fontMetrics().elidedText(where, Qt.TextElideMode.ElideRight, width + 1)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, where)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour(tone))
        left = QRect(box.left() + 38, box.top(), right.left() - box.left() - 50, box.height())
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class Palette(QFrame):
    """An overlay over the window: opens with entries, closes on Escape or when it loses the keyboard."""

    def __init__(self, theme: ThemeSource, window: QWidget, run: Callable[[str], None]) -> None:
        super().__init__(window)
        self._run = run
        self._entries: list[PaletteEntry] = []
        self._returns_to: QWidget | None = None
        self.setProperty("frame", "popup")
        self.setFixedWidth(WIDTH_PX)
        self.line = SearchField(theme, self.tr("Find an act, a page or help"))
        self.line.setProperty("plain", True)
        self.line.setProperty("no_ring", True)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_text)
        self.view = QListView()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = EntryModel(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(EntryPainter(theme, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.clicked.connect(self._on_clicked)
        column = vertical(self, margins_px=1)
        column.addWidget(self.line)
        column.addWidget(hairline())
        column.addWidget(self.view)
        self.hide()

    def open_with(self, entries: list[PaletteEntry]) -> None:
        """Show the palette over these entries."""
        window = self.window()
        self._returns_to = window.focusWidget()
        self._entries = entries
        self.line.clear()
        self._on_text("")
        self.move((window.width() - WIDTH_PX) // 2, window.height() // 8)
        self.show()
        self.raise_()
        self.line.setFocus()

    def set_entries(self, entries: list[PaletteEntry]) -> None:
        """Other entries while it is open; what was typed and what is selected stay."""
        row = self.view.currentIndex().row()
        selected = self.model.entry(row).key if row >= 0 else ""
        self._entries = entries
        self._on_text(self.line.text())
        keys = [self.model.entry(number).key for number in range(self.model.rowCount())]
        if selected in keys:
            self._select(keys.index(selected))

    def close_palette(self) -> None:
        """Hide it and give the keyboard back."""
        if self.isVisible():
            self.hide()
            if self._returns_to is not None:
                self._returns_to.setFocus()
        self._returns_to = None

    def choose_current(self) -> None:
        """Run what is selected."""
        row = self.view.currentIndex().row()
        if row < 0:
            return
        entry = self.model.entry(row)
        if not entry.blocked:
            self.close_palette()
            self._run(entry.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event.key())
        if watched is self.line and isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._on_focus_lost(event.reason())
        return False

    def _on_focus_lost(self, reason: Qt.FocusReason) -> None:
        # Another window in front is no reason to forget what was typed.
        if reason != Qt.FocusReason.ActiveWindowFocusReason:
            self.close_palette()

    def _on_key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.choose_current()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            step = 1 if key == Qt.Key.Key_Down else -1
            self._select((self.view.currentIndex().row() + step) % max(1, self.model.rowCount()))
        else:
            return False
        return True

    def _on_text(self, text: str) -> None:
        self.model.set_entries(best(text, self._entries))
        n_rows = max(1, min(MAX_ROWS, self.model.rowCount()))
        self.view.setFixedHeight(n_rows * ROW_PX)
        self.adjustSize()
        self._select(0)

    def _select(self, row: int) -> None:
        if row < self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(row))

    def _on_clicked(self, _index: QModelIndex) -> None:
        self.choose_current()
