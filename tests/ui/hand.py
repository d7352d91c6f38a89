"""A hand: real mouse and key events on a window, and waiting until its jobs have ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLineEdit, QWidget

from workbench.app.window import Built
from workbench.ui.page import Page
from workbench.ui.widgets.menu_button import PickMenuButton
from workbench.ui.widgets.states import NoticeBar
from workbench.ui.widgets.table import ArrayTable

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class Hand:
    """Works a built window. `shots`: where `look` keeps pictures, None for nowhere."""

    def __init__(self, built: Built, shots: Path | None = None) -> None:
        self.built = built
        self.window = built.window
        self._shots = shots
        self._n_shots = 0

    def show(self, page: str) -> Page:
        """Click the page's item on the rail and wait for what it reads."""
        if not self.window.isVisible():
            self.window.show()
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window, 2000)
        self.click(self.window.rail.button(page))
        self.rest()
        return self.window.host.page(page)

    def wait(self, is_so: Callable[[], bool], timeout_s: float = 10.0) -> None:
        """Run the event loop until it is so."""
        deadline_s = time.monotonic() + timeout_s
        while not is_so():
            assert time.monotonic() < deadline_s, f"Not so after {timeout_s} s; notices: {self.notices()}"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def pause(self, seconds: float) -> None:
        """Let timers run."""
        end_s = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end_s, seconds + 5)

    def rest(self, timeout_s: float = 60.0) -> None:
        """Until no job has run for a moment."""
        self.pause(0.05)
        while True:
            self.wait(lambda: not self.built.context.jobs.running, timeout_s)
            self.pause(0.08)
            if not self.built.context.jobs.running:
                return

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A left click, in the middle where no place is given."""
        assert widget.isVisible() and widget.isEnabled(), f"{widget} can't be clicked"
        target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        QTest.mouseClick(target, LEFT, NO_KEY, at or target.rect().center())

    def double_click(self, widget: QWidget, at: QPoint) -> None:
        """A click, then a double click, as a mouse sends them."""
        QTest.mouseClick(widget, LEFT, NO_KEY, at)
        QTest.mouseDClick(widget, LEFT, NO_KEY, at)

    def press(self, text: str) -> None:
        """Click the visible button with this text."""
        self.click(self.button(text))

    def button(self, text: str) -> QAbstractButton:
        """The visible button with this text."""
        found = [one for one in self.window.findChildren(QAbstractButton) if one.text() == text and one.isVisible()]
        assert found, f"no button {text!r}"
        return found[0]

    def row(self, table: ArrayTable, row: int) -> None:
        """Click a row, counted in the data."""
        shown = table.array.shown_row(row)
        assert shown is not None
        self.click(table, table.visualRect(table.array.index(shown, 1)).center())

    def type(self, field: QLineEdit, text: str) -> None:
        """Click into a field, replace what is there."""
        self.click(field)
        field.selectAll()
        QTest.keyClicks(field, text)

    def pick(self, button: PickMenuButton, text: str) -> None:
        """Click a button with a menu, then the menu's line with this text."""
        self.click(button)
        self.pause(0.2)
        menu = button.menu_box
        line = next(action for action in menu.actions() if action.data() == text)
        QTest.mouseClick(menu, LEFT, NO_KEY, menu.actionGeometry(line).center())

    def hold(self, widget: QWidget, seconds: float) -> None:
        """Press, wait, let go."""
        QTest.mousePress(widget, LEFT)
        self.pause(seconds)
        QTest.mouseRelease(widget, LEFT)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move in steps, let go."""
        QTest.mousePress(widget, LEFT, NO_KEY, start)
        for step in range(1, 6):
            QTest.mouseMove(widget, start + (end - start) * step / 5)
            self.pause(0.02)
        QTest.mouseRelease(widget, LEFT, NO_KEY, end)

    def drop(self, paths: list[Path]) -> None:
        """Drop files on the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        at, action = self.window.rect().center(), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(at, action, data, LEFT, NO_KEY))
        QApplication.sendEvent(self.window, QDropEvent(at.toPointF(), action, data, LEFT, NO_KEY))

    def notices(self) -> list[str]:
        """What the window says now."""
        shown = [bar for bar in self.window.findChildren(NoticeBar) if bar.isVisible()]
        return [f"{bar.notice.title} {bar.notice.text}".strip() for bar in shown]

    def look(self, name: str) -> None:
        """Keep a picture of the window."""
        if self._shots is not None:
            self._n_shots += 1
            self._shots.mkdir(parents=True, exist_ok=True)
            self.window.grab().save(str(self._shots / f"{self._n_shots:02}-{name}.png"))
