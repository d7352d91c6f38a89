"""A row of joined buttons: one of several, or several of several; where you are is indigo."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from workbench.ui.widgets.layouts import horizontal


class Segmented(QWidget):
    """`chosen(id)` when one was picked; with `is_multiple`, `toggled(id, is_on)`."""

    chosen = Signal(str)
    toggled = Signal(str, bool)

    def __init__(self, options: Iterable[tuple[str, str]], current: str = "", *, is_multiple: bool = False) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._group.setExclusive(not is_multiple)
        self._ids: list[str] = []
        self._is_multiple = is_multiple
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = horizontal(self)
        listed = list(options)
        for number, (name, text) in enumerate(listed):
            place = "only" if len(listed) == 1 else "first" if number == 0 else "last" if number == len(listed) - 1 else "middle"
            row.addWidget(self._make_button(name, text, place))
        if current:
            self.set_current(current)

    def current(self) -> str:
        """The id that is on (single choice), '' if none."""
        number = self._group.checkedId()
        return self._ids[number] if number >= 0 else ""

    def is_on(self, name: str) -> bool:
        """Whether this one is on."""
        return self.button(name).isChecked()

    def set_current(self, name: str) -> None:
        """Turn one on, without a signal."""
        self.button(name).setChecked(True)

    def clear(self) -> None:
        """Turn all off, without a signal."""
        is_exclusive = self._group.exclusive()
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(is_exclusive)

    def set_on(self, name: str, is_on: bool) -> None:
        """Turn one on or off, without a signal."""
        self.button(name).setChecked(is_on)

    def button(self, name: str) -> QPushButton:
        """The button of an id."""
        found = self._group.button(self._ids.index(name))
        if not isinstance(found, QPushButton):
            raise KeyError(name)
        return found

    def _make_button(self, name: str, text: str, place: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("kind", "segment")
        button.setProperty("place", place)
        button.setAutoDefault(False)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group.addButton(button, len(self._ids))
        self._ids.append(name)
        button.clicked.connect(self._on_clicked)
        return button

    def _on_clicked(self, is_on: bool) -> None:
        number = self._group.id(self.sender())  # type: ignore[arg-type]
        if self._is_multiple:
            self.toggled.emit(self._ids[number], is_on)
        else:
            self.chosen.emit(self._ids[number])
