"""Two fields over the ticks of a row: where its y axis begins and ends. Enter takes them, Escape doesn't, empty ones fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout

from workbench.core.errors import InputError
from workbench.logs.plot_layout import RowLayout, check_limits
from workbench.ui.format import MINUS
from workbench.ui.widgets.fields import UnitField
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.row_model import Scale
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.text import Text

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

_WIDTH_PX, _FIELD_PX = 224, 132
_DIGITS = 6


class LimitsBox(QFrame):
    """A small card in the gutter, made anew each time for the row that is chosen; it goes when the keys go elsewhere."""

    def __init__(self, rows: PlotRows, row: int) -> None:
        super().__init__(rows)
        self._rows, self._row = rows, row
        self.setProperty("frame", "card")
        self.setAccessibleName(self.tr("Y axis"))
        axis, held = rows.shown_limits(row), rows.rows[row]
        unit = unit_words(held.unit)
        self.high = UnitField(rows.theme, unit, _text(axis.high) if axis else "")
        self.low = UnitField(rows.theme, unit, _text(axis.low) if axis else "")
        self.problem = Text("", "caption", "failure_text", is_wrapped=True)
        grid = QGridLayout()
        grid.setSpacing(6)
        for line, (field, words) in enumerate(((self.high, self.tr("Y axis to")), (self.low, self.tr("from")))):
            field.setAccessibleName(words)
            field.setFixedWidth(_FIELD_PX)
            field.installEventFilter(self)
            grid.addWidget(Text(words, "body", "text2"), line, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(field, line, 1)
        column = vertical(self, margins_px=(10, 10, 10, 8), gap_px=6)
        column.addLayout(grid)
        column.addWidget(self.problem)
        column.addWidget(Text(self.tr("Enter takes them; empty: fits itself"), "caption", "text2"))
        self.problem.hide()
        self._place()
        self.show()
        self.high.setFocus(Qt.FocusReason.PopupFocusReason)
        self.high.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Escape, and up and down between the fields."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.take()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_box()
                return True
            if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
                (self.low if watched is self.high else self.high).setFocus(Qt.FocusReason.TabFocusReason)
                return True
        if event.type() == QEvent.Type.FocusOut and watched in {self.high, self.low}:
            self._rows.end_limits_later()
        return super().eventFilter(watched, event)

    def take(self) -> None:
        """The limits as typed; what makes no axis is said, and nothing changes."""
        texts = self.low.text().strip(), self.high.text().strip()
        if texts == ("", ""):
            self._rows.acts.set_limits(self._row, None)
            self.close_box()
            return
        numbers = [parse_number(text) for text in texts]
        for field, known in zip((self.low, self.high), numbers, strict=True):
            field.set_invalid(known is None)
        low, high = numbers
        if low is None or high is None:
            wrong = texts[0] if low is None else texts[1]
            self._say(self.tr("“{text}” is no number.").format(text=wrong) if wrong else self.tr("Give both, or none."))
            return
        row = self._rows.rows[self._row]
        try:
            check_limits(RowLayout(channels=(row.channels[0].name,), low=low, high=high, is_log=row.is_log))
        except InputError as error:
            self._say(str(error))
            return
        self._rows.acts.set_limits(self._row, Scale(low, high, row.is_log))
        self.close_box()

    def close_box(self) -> None:
        """Go; the keys are the plots' again."""
        self._rows.end_limits()

    @property
    def has_keys(self) -> bool:
        """Whether one types here."""
        return self.high.hasFocus() or self.low.hasFocus()

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()
        self._place()

    def _place(self) -> None:
        self.setFixedWidth(_WIDTH_PX)
        self.adjustSize()
        top = round(self._rows.plot_box(self._row).top())
        self.move(EDGE_PX - 8, max(0, min(top, self._rows.height() - self.height())))


def parse_number(text: str) -> float | None:
    """A plain number as people type it: a comma for the point, a true minus, spaces between thousands."""
    for old, new in ((MINUS, "-"), ("\u2009", ""), ("\u202f", ""), ("\u00a0", ""), (" ", ""), (",", ".")):
        text = text.replace(old, new)
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _text(value: float) -> str:
    return f"{value:.{_DIGITS}g}".replace("-", MINUS)
