"""Holds the pages: builds each when it is first shown or before, registers its actions, tells it when it is shown."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.ui.actions import Action
from workbench.ui.context import AppContext
from workbench.ui.page import Page
from workbench.ui.page_table import PAGES, find_entry, load_page_class


class PageHost(QStackedWidget):
    """`shown(page id)` after a switch, `header_changed` and `state_changed(page id)` from the pages."""

    shown = Signal(str)
    header_changed = Signal()
    state_changed = Signal(str)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._waiting = [*_steps()]

    @property
    def current_id(self) -> str:
        """The page that is shown; '' before the first."""
        return self._current

    def built(self) -> dict[str, Page]:
        """The pages that were built so far."""
        return dict(self._pages)

    def page(self, page_id: str) -> Page:
        """A page, built now if it was not yet."""
        if page_id not in self._pages:
            self._pages[page_id] = self._build(page_id)
        return self._pages[page_id]

    def build_all(self) -> None:
        """Build what was not built yet, so that every action is known."""
        for entry in PAGES:
            self.page(entry.id)

    def build_next(self) -> bool:
        """Do one short step towards `build_all`: load a module or build a page. False when there was nothing left to do."""
        while self._waiting:
            page_id, module = self._waiting.pop(0)
            if module and module not in sys.modules:
                importlib.import_module(module)
                return True
            if not module and page_id not in self._pages:
                self.page(page_id)
                return True
        return False

    def show_page(self, page_id: str) -> Page:
        """Switch to a page and tell it the selection."""
        page = self.page(page_id)
        self._current = page_id
        self.setCurrentWidget(page)
        self.shown.emit(page_id)
        page.activated(self._context.selection)
        return page

    def _build(self, page_id: str) -> Page:
        page = load_page_class(find_entry(page_id))(self._context, self)
        page.setProperty("page_id", page_id)
        self.addWidget(page)
        self._context.theme.dress(page)
        offered = page.actions_offered()
        self._context.actions.add(offered)
        for action in offered:
            if action.keys:
                page.addAction(make_key_action(action, page, Qt.ShortcutContext.WidgetWithChildrenShortcut))
        page.header_changed.connect(self._on_header)
        page.state_changed.connect(self._on_state)
        return page

    def _on_header(self) -> None:
        if self.sender() is self.currentWidget():
            self.header_changed.emit()

    def _on_state(self) -> None:
        sender = self.sender()
        if isinstance(sender, Page):
            self.state_changed.emit(str(sender.property("page_id")))


def _steps() -> Iterator[tuple[str, str]]:
    """(page, module to load), or (page, '') where it is to be built."""
    for entry in PAGES:
        for module in (*entry.parts, entry.module):
            yield entry.id, module
        yield entry.id, ""


class KeyAction(QAction):
    """A QAction made from an Action; asks `blocked` at the moment it is triggered."""

    def __init__(self, action: Action, parent: QObject) -> None:
        super().__init__(action.title, parent)
        self.action = action
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self) -> None:
        if not self.action.blocked():
            self.action.callback()


def make_key_action(action: Action, parent: QObject, context: Qt.ShortcutContext) -> KeyAction:
    """The QAction of an action's keys."""
    made = KeyAction(action, parent)
    made.setShortcuts([QKeySequence(key) for key in action.keys])
    made.setShortcutContext(context)
    return made
