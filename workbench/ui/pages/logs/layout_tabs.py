"""Kept layouts as tabs over the plots: one click or key from one to the next, each as it was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from workbench.logs.plot_layout import PlotLayout
from workbench.services.log_layouts import StoredLayout
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import hairline, plain_tip

if TYPE_CHECKING:
    from workbench.ui.context import AppContext
    from workbench.ui.pages.logs.modes import ModeStack
    from workbench.ui.pages.logs.view import LogsView

START = ""
"""Name of the tab with the pump's own layout, kept or not."""
_MOST_NAME_PX = 220
_CHANGED = " •"
_MOST_SEEN = 200
Matching = Callable[[StoredLayout], PlotLayout]


class LayoutTabs(QWidget):
    """Hidden while no layout is kept under a name that suits the pump. A tab that was changed keeps its changes while another one
    is shown, and has a dot. `keep_asked()` on the button beside them."""

    keep_asked = Signal()

    def __init__(self, context: AppContext, view: LogsView, modes: ModeStack) -> None:
        super().__init__()
        self._view = view
        self._modes = modes
        self._kept: dict[str, PlotLayout] = {}
        self._left: dict[tuple[str, str], PlotLayout] = {}
        self._seen: list[tuple[PlotLayout, str]] = []
        self._first: dict[str, PlotLayout] = {}
        self._current: dict[str, str] = {}
        self._asset = ""
        self._is_switching = False
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)  # more than fit are scrolled to
        self.bar.setUsesScrollButtons(True)
        self.bar.setAccessibleName(self.tr("Kept layouts"))
        self.add = IconButton(context.theme, "plus", self.tr("Keep layout as…"))
        self.add.clicked.connect(self.keep_asked)
        self._lay_out()
        self.bar.currentChanged.connect(self._on_tab)
        view.channels_shown.connect(self._on_layout)
        self.hide()

    @property
    def current(self) -> str:
        """Name of the tab that is shown."""
        return self._current.get(self._view.asset, START)

    @property
    def names(self) -> tuple[str, ...]:
        """The tabs from the left."""
        return (START, *(name for name in self._kept if name != START))

    def show_kept(self, stored: tuple[StoredLayout, ...], matching: Matching) -> None:
        """The tabs of the pump that is open: its own layouts, then those of other pumps that have a match here."""
        asset = self._view.asset
        listed = sorted(stored, key=lambda one: one.asset != asset)
        kept: dict[str, PlotLayout] = {}
        for one in listed:
            layout = matching(one) if one.name and one.name not in kept else PlotLayout()
            if layout.rows:
                kept[one.name] = layout
        default = next((one.layout for one in stored if not one.name and one.asset == asset), None)
        kept |= {START: default} if default is not None else {}
        former = self._kept if asset == self._asset else {}
        renewed = {name for name, layout in kept.items() if former.get(name, layout) != layout}
        self._kept, self._asset = kept, asset
        for name in renewed:
            self._left.pop((asset, name), None)  # kept anew: what was changed before is in it, or was not wanted
        self._first.setdefault(asset, self._now())
        self._fill()
        self._on_layout()

    def took(self, name: str) -> None:
        """A layout is about to be taken from the menu, as it was kept: its tab is where the person is then."""
        self._current[self._view.asset] = name
        self._left.pop((self._view.asset, name), None)

    def kept_as(self, name: str) -> None:
        """What is shown was kept under this name: the tab that it was made from is as it was before."""
        self._left.pop((self._view.asset, self.current), None)
        self.took(name)
        self._note()

    def step(self, places: int) -> None:
        """So many tabs further to the right (left: negative), round the end."""
        if self.isVisible():
            self.bar.setCurrentIndex((self.bar.currentIndex() + places) % self.bar.count())

    def next(self) -> None:
        """One tab to the right."""
        self.step(1)

    def previous(self) -> None:
        """One tab to the left."""
        self.step(-1)

    def _fill(self) -> None:
        names = self.names
        if self.current not in names:
            self._current[self._view.asset] = START
        self._is_switching = True
        while self.bar.count() > len(names):
            self.bar.removeTab(self.bar.count() - 1)
        while self.bar.count() < len(names):
            self.bar.addTab("")
        self.bar.setCurrentIndex(names.index(self.current))
        self._is_switching = False
        self.setVisible(len(names) > 1)

    def _on_tab(self, number: int) -> None:
        if self._is_switching or number < 0 or not self._is_known:
            return
        asset, name = self._view.asset, self.names[number]
        self._left[asset, self.current] = self._now()
        self._note()
        layout = self._layout_of(name)
        self._current[asset] = name
        if layout is not None and layout.rows:
            self._is_switching = True
            self._view.change_layout(msgspec.structs.replace(layout))
            self._is_switching = False
            self._modes.choose_known(layout.mode)
        self._on_layout()

    def _on_layout(self) -> None:
        """Rows were changed, or undone: the tab whose rows they are is the one that is shown."""
        if self._is_switching or not self._is_known:
            return
        asset, drawn = self._view.asset, self._drawn()
        # Undo brings back the very layout that there was, in the tab where it was.
        known = next((name for one, name in self._seen if one is drawn and name in self.names), None)
        if known is not None:
            self._current[asset] = known
        self._note()
        self._left[asset, self.current] = self._now()
        self._is_switching = True
        self.bar.setCurrentIndex(self.names.index(self.current))
        self._is_switching = False
        self._write()

    @property
    def _is_known(self) -> bool:
        """Whether the tabs are those of the pump that is open, and not of the one before."""
        return self._view.logs is not None and self._asset == self._view.asset

    def _drawn(self) -> PlotLayout:
        """The layout in the history of undo, as the very object that it is."""
        chosen = self._view.layouts.current()
        return chosen if chosen.rows else self._view.plots.rows.layout_now

    def _note(self) -> None:
        """What is drawn belongs to the tab that is shown."""
        drawn = self._drawn()
        self._seen = [*(one for one in self._seen if one[0] is not drawn), (drawn, self.current)][-_MOST_SEEN:]

    def _layout_of(self, name: str) -> PlotLayout | None:
        asset = self._view.asset
        return self._left.get((asset, name)) or self._kept.get(name) or (self._first.get(asset) if name == START else None)

    def _write(self) -> None:
        for number, name in enumerate(self.names):
            left, kept = self._left.get((self._view.asset, name)), self._kept.get(name)
            is_changed = left is not None and kept is not None and _rows(left) != _rows(kept)
            words = name or self.tr("Start")
            text = self.bar.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, _MOST_NAME_PX)
            # An & would be taken for a key of the tab's.
            self.bar.setTabText(number, text.replace("&", "&&") + (_CHANGED if is_changed else ""))
            tip = self.tr("{name}: changed since it was kept").format(name=words) if is_changed else words
            self.bar.setTabToolTip(number, plain_tip(tip))

    def _now(self) -> PlotLayout:
        return msgspec.structs.replace(self._view.plots.rows.layout_now, mode=self._modes.current)

    def _lay_out(self) -> None:
        row = horizontal(margins_px=(12, 0, 22, 0), gap_px=4)
        row.addWidget(self.bar)
        row.addWidget(self.add)
        row.addStretch(1)
        column = vertical(self)
        column.addLayout(row)
        column.addWidget(hairline())


def _rows(layout: PlotLayout) -> PlotLayout:
    """What is compared: rows and curves, not the way to look."""
    return msgspec.structs.replace(layout, mode="")
