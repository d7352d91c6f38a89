"""The one control with which a person keeps to operating states, the same on every page: a button with a menu to tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workbench.services.regimes import REGIME_NAMES
from workbench.ui.actions import Action
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.plots.regimes import regime_words
from workbench.ui.widgets.text import plain_tip, polish_again

KEYS = "Ctrl+R"
_WIDTH_PX = 118


class StateFilter(SecondaryButton):
    """`edited()` after a person ticked other states; without any, everything counts. Says what is on, in colour too;
    a compact one has an icon alone, and says it in its tip."""

    edited = Signal()

    def __init__(self, theme: ThemeSource, *, is_compact: bool = False) -> None:
        super().__init__(theme, "", "gauge" if is_compact else "chevron-down")
        self._is_compact = is_compact
        if is_compact:
            self.setProperty("fit", "icon")
        self._names: tuple[str, ...] = REGIME_NAMES
        self._chosen: tuple[str, ...] = ()
        self.menu_box = QMenu(self)
        self.menu_box.triggered.connect(self._on_triggered)
        self.clicked.connect(self.open_menu)
        self.setCheckable(True)
        self.setAccessibleName(self.tr("Operating states"))
        self._show()

    def value(self) -> tuple[str, ...]:
        """Names of the states that are on, as the log has them; () is all."""
        return self._chosen

    def set_value(self, names: Sequence[str]) -> None:
        """Turn states on, without a signal."""
        self._chosen = tuple(dict.fromkeys(names))
        self._show()

    def set_states(self, names: Sequence[str]) -> None:
        """Offer these states, such as those that a pump was in; one that is on and was never there is turned off."""
        self._names = tuple(dict.fromkeys(names)) or REGIME_NAMES
        self.set_value([name for name in self._chosen if name in self._names])

    def open_menu(self) -> None:
        """Show what can be ticked."""
        self.fill_menu()
        self._show()
        self.menu_box.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def fill_menu(self) -> None:
        """All, and each state; what is on is ticked."""
        self.menu_box.clear()
        self._add(self.tr("All states"), "", is_on=not self._chosen)
        self.menu_box.addSeparator()
        for name in self._names:
            self._add(regime_words(name), name, is_on=name in self._chosen)

    def sizeHint(self) -> QSize:
        """As wide for any single state as for all, so that nothing beside it moves."""
        hint = super().sizeHint()
        return hint if self._is_compact else hint.expandedTo(QSize(_WIDTH_PX, 0))

    def _add(self, text: str, name: str, *, is_on: bool) -> None:
        action = QAction(text.replace("&", "&&"), self.menu_box)
        action.setCheckable(True)
        action.setChecked(is_on)
        action.setData(name)
        self.menu_box.addAction(action)

    def _on_triggered(self, action: QAction) -> None:
        name = str(action.data())
        if not name:
            self.set_value(())
        elif name in self._chosen:
            self.set_value([one for one in self._chosen if one != name])
        else:
            self.set_value([one for one in self._names if one in (*self._chosen, name)])
        self.edited.emit()

    def _show(self) -> None:
        n = len(self._chosen)
        one = regime_words(self._chosen[0]) if n else self.tr("All states")
        if not self._is_compact:
            self.setText(one if n < 2 else self.tr("{n} states").format(n=n))
        self.setChecked(bool(n))
        if self.property("filter") != ("on" if n else "off"):
            self.setProperty("filter", "on" if n else "off")
            polish_again(self)
        names = ", ".join(map(regime_words, self._chosen)) or self.tr("all states")
        tip = self.tr("Only what was in these operating states ({keys}): {names}").format(keys=KEYS, names=names)
        self.setToolTip(plain_tip(tip))


def states_action(page: str, callback: Callable[[], None]) -> Action:
    """The action that opens it: the same words and keys on each page."""
    title = QCoreApplication.translate("StateFilter", "Keep to operating states…")
    return Action(id=f"{page}.states", title=title, icon="filter", callback=callback, page=page, keys=(KEYS,))
