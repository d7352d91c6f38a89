"""Cards, section headers and lists of facts. Never a card in a card."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from workbench.ui.widgets.layouts import horizontal, refilled, vertical
from workbench.ui.widgets.text import Text, hairline

HEADER_PX = 39
KEY_GAP_PX = 8


class SectionHeader(QWidget):
    """A title, a fact beside it, and small widgets at the right end."""

    def __init__(self, title: str, facts: str = "", *, margins_px: int = 16) -> None:
        super().__init__()
        self.setFixedHeight(HEADER_PX)
        self._row = horizontal(self, margins_px=(margins_px, 0, margins_px, 0), gap_px=8)
        self.title = Text(title, "label")
        self.facts = Text(facts, "small", "text2")
        self._row.addWidget(self.title)
        self._row.addWidget(self.facts)
        self._row.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)


class Card(QFrame):
    """A bordered surface with a header (if it has a title) and a `body` layout."""

    def __init__(self, title: str = "", facts: str = "", *, padding_px: int = 16) -> None:
        super().__init__()
        self.setProperty("frame", "card")
        outer = vertical(self, margins_px=1)
        self.header = SectionHeader(title, facts, margins_px=15)
        self.header.setVisible(bool(title))
        self._line = hairline()
        self._line.setVisible(bool(title))
        outer.addWidget(self.header)
        outer.addWidget(self._line)
        self.body = vertical(margins_px=padding_px, gap_px=8)
        outer.addLayout(self.body, 1)

    def set_title(self, title: str, facts: str = "") -> None:
        """Another title and fact."""
        self.header.title.setText(title)
        self.header.facts.setText(facts)
        self.header.setVisible(bool(title))
        self._line.setVisible(bool(title))


class KeyValueList(QWidget):
    """Names at the left (text2), values at the right; `set_rows` replaces all."""

    def __init__(self, rows: Iterable[tuple[str, str]] = (), *, key_px: int = 96, is_mono: bool = False) -> None:
        super().__init__()
        self._is_mono = is_mono
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(KEY_GAP_PX)
        self._grid.setColumnMinimumWidth(0, key_px)
        self._grid.setColumnStretch(1, 1)
        self.set_rows(rows)

    def set_rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Show these (name, value) pairs."""
        with refilled(self):
            self._fill(rows)

    def _fill(self, rows: Iterable[tuple[str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, (name, value) in enumerate(rows):
            key = Text(name, "small", "text2")
            shown = Text(value, "small", "text1", is_mono=self._is_mono, is_wrapped=not self._is_mono)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(key, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, number, 1)
