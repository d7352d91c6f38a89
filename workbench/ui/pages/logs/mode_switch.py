"""The switch between ways to look: as many as the bar has room for, the rest behind 'More'; what is on is always seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.text import polish_again

_GAP_PX = 6
_SPARE_PX = 4
_N_LEAST = 1


class ModeSwitch(QWidget):
    """`chosen(id)` when one was picked."""

    chosen = Signal(str)

    def __init__(self, theme: ThemeSource, options: Sequence[tuple[str, str]], current: str) -> None:
        super().__init__()
        self._options = tuple(options)
        self._segments = Segmented(options, current)
        self._more = SecondaryButton(theme, self.tr("More"), "chevron-down")
        self._menu = QMenu(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = horizontal(self, gap_px=_GAP_PX)
        row.addWidget(self._segments)
        row.addWidget(self._more)
        row.addStretch(1)
        self._segments.chosen.connect(self.chosen)
        self._more.clicked.connect(self._on_more)
        self._menu.triggered.connect(self._on_menu)
        self._fit(1 << 20)

    def current(self) -> str:
        """The id that is on."""
        return self._segments.current()

    def button(self, name: str) -> QWidget:
        """The button of an id; hidden where it is in the menu."""
        return self._segments.button(name)

    def set_current(self, name: str) -> None:
        """Turn one on, without a signal."""
        self._segments.set_current(name)
        self._fit(self.width())

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths().values()) + _SPARE_PX, self._segments.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        widths = sorted(self._widths().values())[-_N_LEAST:]
        return QSize(sum(widths) + _GAP_PX + self._more.sizeHint().width(), self._segments.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _widths(self) -> dict[str, int]:
        """As wide as each is with the bold text it has when it is on."""
        return {name: self._segments.button(name).sizeHint().width() + 2 for name, _ in self._options}

    def _fit(self, width_px: int) -> None:
        widths, now = self._widths(), self.current()
        names = [name for name, _ in self._options]
        shown = set(names)
        if sum(widths.values()) > width_px:
            left = width_px - self._more.sizeHint().width() - _GAP_PX - widths.get(now, 0)
            shown = {now}
            for name in names:
                if name not in shown and widths[name] <= left:
                    shown.add(name)
                    left -= widths[name]
                elif name not in shown:
                    break
        ends = [name for name in names if name in shown]
        for name in names:
            button = self._segments.button(name)
            button.setVisible(name in shown)
            place = "last" if name == ends[-1] else "first" if name == ends[0] else "middle"
            if button.property("place") != place:
                button.setProperty("place", place)
                polish_again(button)
        self._more.setVisible(len(shown) < len(names))

    def _on_more(self) -> None:
        self._menu.clear()
        for name, text in self._options:
            action = QAction(text, self._menu)
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self.current())
            self._menu.addAction(action)
        self._menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _on_menu(self, action: QAction) -> None:
        self.set_current(str(action.data()))
        self.chosen.emit(str(action.data()))
