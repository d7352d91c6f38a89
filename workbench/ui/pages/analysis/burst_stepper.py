"""One burst of several: its time, and the one before and after."""

from __future__ import annotations

from datetime import UTC, tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.ui.format import instant
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.text import Text


class BurstStepper(QWidget):
    """`chosen(ns)` when another burst was asked for."""

    chosen = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._starts: tuple[int, ...] = ()
        self._zone: tzinfo = UTC
        self.number: int | None = None
        self._before = IconButton(theme, "chevron-left", self.tr("Burst before"))
        self._after = IconButton(theme, "chevron-right", self.tr("Burst after"))
        self._text = Text("", "small")
        self._text.setMinimumWidth(108)
        row = horizontal(self, gap_px=2)
        row.addWidget(self._before)
        row.addWidget(self._text)
        row.addWidget(self._after)
        self._before.clicked.connect(self.step_back)
        self._after.clicked.connect(self.step_on)

    def show_bursts(self, starts_ns: tuple[int, ...], number: int | None, zone: tzinfo) -> None:
        """All bursts of the stretch, and which one is shown (None: all together)."""
        self._starts, self.number, self._zone = starts_ns, number, zone
        if number is None:
            self._text.setText(self.tr("{n} bursts").format(n=len(starts_ns)) if len(starts_ns) > 1 else self.tr("1 burst"))
        else:
            self._text.setText(instant(starts_ns[number], zone))
        self._before.setEnabled(number is not None and number > 0)
        self._after.setEnabled(number is not None and number + 1 < len(starts_ns))

    def step_back(self) -> None:
        """The burst before."""
        self._step(-1)

    def step_on(self) -> None:
        """The burst after."""
        self._step(1)

    def _step(self, n: int) -> None:
        if self.number is not None and 0 <= self.number + n < len(self._starts):
            self.number += n
            self.chosen.emit(self._starts[self.number])
