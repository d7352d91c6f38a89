"""The keys of the plots at a glance, over the page: `?` shows and hides it, Escape and a click hide it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from workbench.ui.actions import Action
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.text import Text

_COLUMNS = 2
_WIDTH_PX, _MARGIN_PX = 920, 16


class KeysPanel(QFrame):
    """A card in the middle of its parent. Lists what the mouse and plain keys do, and every action of the page that has a key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("frame", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Keys"))
        self._column = vertical(self, margins_px=(20, 16, 20, 16), gap_px=10)
        self._column.addWidget(Text(self.tr("Keys and mouse"), "title"))
        self._grid: QWidget | None = None
        self.lines: list[tuple[str, str]] = []
        parent.installEventFilter(self)
        self.hide()

    def toggle_with(self, actions: Sequence[Action]) -> None:
        """Show what there is now, or hide it."""
        if self.isVisible():
            self.close_panel()
            return
        self._fill([*self._fixed(), *((_keys(action), action.title) for action in actions if action.keys)])
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Hide it; the keys go back to where they were."""
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_panel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the parent."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _fixed(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Wheel, + −"), self.tr("Zoom")),
            (self.tr("Drag, ← →"), self.tr("Pan")),
            (self.tr("Home"), self.tr("Show everything")),
            (self.tr("Shift + ← →"), self.tr("Move the cursor; Ctrl: ten times as far")),
            (self.tr("Shift + drag"), self.tr("Mark a span; Enter zooms, Esc forgets")),
            (self.tr("Ctrl + click"), self.tr("Second cursor; drag its line")),
            (self.tr("↑ ↓"), self.tr("Choose a row")),
            (self.tr("Drag a name"), self.tr("Move, overlay, take away")),
            (self.tr("Wheel on ticks, Ctrl + ↑ ↓"), self.tr("Y axis; double click fits it")),
            (self.tr("1 to 8, click on its colour"), self.tr("Hide or show a curve of an overlay")),
            (self.tr("Right click, menu key"), self.tr("Everything for a row")),
        ]

    def _fill(self, lines: list[tuple[str, str]]) -> None:
        self.lines = lines
        if self._grid is not None:
            self._column.removeWidget(self._grid)
            self._grid.hide()
            self._grid.deleteLater()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        half = -(-len(lines) // _COLUMNS)
        for number, (keys, what) in enumerate(lines):
            column, row = divmod(number, half)
            grid.addWidget(Text(keys, "strong"), row, 2 * column)
            grid.addWidget(Text(what, "body", "text2"), row, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._column.addWidget(self._grid)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDTH_PX, parent.width() - 2 * _MARGIN_PX)
        height = min(self.sizeHint().height(), parent.height() - _MARGIN_PX)
        self.setGeometry((parent.width() - width) // 2, max(0, (parent.height() - height) // 3), width, height)


def _keys(action: Action) -> str:
    """'Ctrl + Z, /' as the platform writes it."""
    texts = (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in action.keys)
    return ", ".join(text.replace("+", " + ") if len(text) > 1 else text for text in texts)
