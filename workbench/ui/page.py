"""Base of the pages: what the header says, the side panel, content and inspector, the symbol on the rail.

A page is built once, when it is first shown or before. It may not start work in its constructor: `activated` comes whenever it
is shown.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.states import State
from workbench.ui.widgets.layouts import horizontal

SIDE_PX = 236
INSPECTOR_PX = 312


class Page(QWidget):
    """Subclasses set `page_id`, build widgets in the constructor and override `activated`, `focus_first`, `actions`."""

    page_id: ClassVar[str] = ""

    header_changed = Signal()
    state_changed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.theme = context.theme
        self.setProperty("surface", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # plain widgets paint their sheet's background only so
        self._header_title = ""
        self._header_crumbs: tuple[str, ...] = ()
        self._header_facts = ""
        self._header_ids: tuple[str, ...] = ()
        self._primary_id = ""
        self._rail_state: State | None = None
        self._page_row = horizontal(self)

    # What the window asks

    @property
    def title(self) -> str:
        """The header's title."""
        return self._header_title

    @property
    def breadcrumb(self) -> tuple[str, ...]:
        """Where we are, outermost first; over the title."""
        return self._header_crumbs

    @property
    def facts(self) -> str:
        """A few facts beside the title."""
        return self._header_facts

    @property
    def header_ids(self) -> tuple[str, ...]:
        """Ids of the actions shown as secondary buttons in the header."""
        return self._header_ids

    @property
    def primary_id(self) -> str:
        """Id of the one primary button's action, '' for none."""
        return self._primary_id

    @property
    def state(self) -> State | None:
        """The symbol on the rail: something here needs the person."""
        return self._rail_state

    def actions_offered(self) -> tuple[Action, ...]:
        """The page's actions; asked once, after construction."""
        return ()

    def activated(self, selection: Selection) -> None:
        """The page is shown, or shown again with another selection."""

    def focus_first(self) -> None:
        """Give the keyboard to what comes first on this page."""
        for child in self.findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(self) and child.isEnabled():
                child.setFocus()
                return

    # What the page says

    def set_header(self, title: str, *, breadcrumb: tuple[str, ...] = (), facts: str = "") -> None:
        """Title, where we are, and facts beside the title."""
        crumbs = tuple(name for name in breadcrumb if name)
        self._header_title, self._header_crumbs, self._header_facts = title, crumbs, facts
        self.header_changed.emit()

    def set_header_buttons(self, *secondary: str, primary: str = "") -> None:
        """Ids of this page's actions that are buttons in the header; at most one is primary."""
        self._header_ids, self._primary_id = secondary, primary
        self.header_changed.emit()

    def refresh_actions(self) -> None:
        """Say that `blocked` of some action would answer otherwise now."""
        self.header_changed.emit()

    def set_state(self, state: State | None) -> None:
        """Put a symbol on the rail, or take it away."""
        if state is not self._rail_state:
            self._rail_state = state
            self.state_changed.emit()

    # How it is laid out

    def set_side(self, widget: QWidget, width_px: int = SIDE_PX) -> None:
        """A panel on the left; call before `set_content`."""
        self._add_panel(widget, width_px)
        self._page_row.addWidget(self._hairline())

    def set_content(self, widget: QWidget) -> None:
        """The middle, which grows."""
        self._page_row.addWidget(widget, 1)

    def set_inspector(self, widget: QWidget, width_px: int = INSPECTOR_PX) -> None:
        """A panel on the right; call after `set_content`."""
        self._page_row.addWidget(self._hairline())
        self._add_panel(widget, width_px)

    def _add_panel(self, widget: QWidget, width_px: int) -> None:
        widget.setFixedWidth(width_px)
        widget.setProperty("surface", "panel")
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._page_row.addWidget(widget)

    @staticmethod
    def _hairline() -> QFrame:
        line = QFrame()
        line.setProperty("frame", "line")
        line.setFixedWidth(1)
        return line
