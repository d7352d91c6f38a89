"""Notices between header and content: at most a few, newest on top, a later one with the same key replaces the former."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.ui.messages import Messages, NoticeText
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.states import NoticeBar

MAX_SHOWN = 4


class NoticeArea(QWidget):
    """Follows a Messages object; takes no room while there is nothing to say."""

    help_asked = Signal(str)

    def __init__(self, theme: ThemeSource, messages: Messages) -> None:
        super().__init__()
        self._theme = theme
        self._bars: dict[str, NoticeBar] = {}
        self._column = vertical(self, margins_px=(16, 12, 16, 12), gap_px=8)
        messages.posted.connect(self._on_posted)
        messages.withdrawn.connect(self._remove)
        self.setVisible(False)

    def shown(self) -> tuple[NoticeText, ...]:
        """The notices on screen, newest first."""
        return tuple(bar.notice for bar in reversed(self._bars.values()))

    def bar(self, key: str) -> NoticeBar:
        """The widget of a notice."""
        return self._bars[key]

    def clear(self) -> None:
        """Take every notice away, when the window closes."""
        for key in tuple(self._bars):
            self._remove(key)

    def _on_posted(self, notice: NoticeText) -> None:
        self._remove(notice.key)
        bar = NoticeBar(self._theme, notice)
        bar.hidden.connect(self._remove)
        bar.help_asked.connect(self.help_asked)
        self._bars[notice.key] = bar
        self._column.insertWidget(0, bar)
        while len(self._bars) > MAX_SHOWN:
            self._remove(next(iter(self._bars)))
        self.setVisible(True)

    def _remove(self, key: str) -> None:
        bar = self._bars.pop(key, None)
        if bar is not None:
            self._column.removeWidget(bar)
            bar.retire()
        self.setVisible(bool(self._bars))
