"""Beside a spectrum: what stands at the cursor, the highest peaks, and the lines that the machine or a bearing should have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui.format import MISSING, number
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.fields import UnitField
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.table import ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

PANEL_PX = 300
_TABLE_EDGES_PX = 3
_PER_HOUR = "1/h"
_SCALES = ((0.05, 1.0, ""), (5e-5, 1e3, "10⁻³ "), (0.0, 1e6, "10⁻⁶ "))
"""(least highest value, factor, word): small heights are shown as thousandths or millionths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One row: name ('' for a peak), place, order (None without speed), height, dB above the floor; quiet ones are side lines."""

    name: str
    x: float
    order: float | None
    height: float
    decibel: float
    is_quiet: bool = False


class LinesPanel(QWidget):
    """`line_chosen(x)` when a row was picked; `spacing_changed(Hz)` when a distance of sidebands was typed (0: none)."""

    line_chosen = Signal(float)
    spacing_changed = Signal(float)

    def __init__(self, theme: ThemeSource, *, marks_title: str) -> None:
        super().__init__()
        self.setFixedWidth(PANEL_PX)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._at = Text("", "value")
        self._height = Text("", "value")
        self._more = Text("", "small", "text2", is_wrapped=True)
        self._rows: dict[str, tuple[LineRow, ...]] = {"peaks": (), "marks": ()}
        self._marks_title = marks_title
        self._unit, self._place_unit = "", "Hz"
        self.verdict = Text("", "small", "text1", is_wrapped=True)
        self.combs = Segmented([("harmonics", self.tr("Harmonics")), ("sidebands", self.tr("Sidebands"))], is_multiple=True)
        name = Column(key="name", title=marks_title, kind="text", width_px=92, stretch=True)
        order = Column(key="order", title=self.tr("Peaks, ×"), kind="number", width_px=92, stretch=True, digits=2)
        self.peaks = ArrayTable(theme, _columns(order))
        self.marks = ArrayTable(theme, _columns(name))
        self.spacing = UnitField(theme, "Hz")
        self.spacing.setAccessibleName(self.tr("Distance of sidebands"))
        self.spacing.setToolTip(self.tr("Distance of sidebands; empty: shaft speed"))
        self._every = QWidget()
        self._spare = QWidget()
        """Takes the room of the tables where there is none, so that what is above stays there."""
        self._lay_out()
        self.combs.toggled.connect(self._on_comb)
        self.spacing.textEdited.connect(self._on_spacing)
        self.peaks.row_selected.connect(self._on_peak)
        self.marks.row_selected.connect(self._on_mark)

    def show_cursor(self, at: str, height: str, more: str) -> None:
        """What stands at the cursor, in words with units."""
        self._at.setText(at)
        self._height.setText(height)
        self._more.setText(more)

    def show_rows(self, peaks: Sequence[LineRow], marks: Sequence[LineRow], verdict: str = "") -> None:
        """Peaks by height; expected lines in their own order; and a sentence on what stands out."""
        self._rows = {"peaks": tuple(peaks), "marks": tuple(marks)}
        scale = self._show_unit()
        self.peaks.set_data(_data(peaks, scale, self._place_unit))
        self.peaks.setVisible(bool(peaks))
        self.marks.set_data(_data(marks, scale, self._place_unit))
        self.marks.setVisible(bool(marks))
        # What the expected lines don't need is the peaks'.
        self.marks.setMaximumHeight((len(marks) + 1) * ROW_PX + _TABLE_EDGES_PX)
        self._spare.setHidden(bool(peaks or marks))
        self.verdict.setText(verdict)
        self.verdict.setVisible(bool(verdict))

    def _on_comb(self, name: str, is_on: bool) -> None:
        if name == "sidebands":
            self._every.setVisible(is_on)

    def show_spacing(self, spacing_hz: float) -> None:
        """What distance sidebands have where none is typed."""
        self.spacing.setPlaceholderText(number(spacing_hz, 1) if spacing_hz > 0 else "–")

    def _on_spacing(self, text: str) -> None:
        try:
            typed = float(text.strip().replace(",", ".") or 0.0)
        except ValueError:
            typed = -1.0
        self.spacing.set_invalid(typed < 0)
        if typed >= 0:
            self.spacing_changed.emit(typed)

    def set_unit(self, unit: str, place_unit: str = "Hz") -> None:
        """What heights and places are in; the titles say it, heights with a power of ten where they are small."""
        self._unit, self._place_unit = unit, place_unit

    def _show_unit(self) -> float:
        """Title of the height columns; returns what heights are multiplied by."""
        highest = max((row.height for rows in self._rows.values() for row in rows), default=1.0)
        scale, words = next((s, w) for least, s, w in _SCALES if highest >= least)
        unit = f"{words}{self._unit}"
        titles = {"height": unit, "x": self._place_unit, "order": self._order_title()}
        for table in (self.peaks, self.marks):
            columns = (replace(one, title=titles.get(one.key, one.title)) for one in table.array.columns)
            table.array.columns = tuple(columns)
            table.horizontalHeader().viewport().update()
        return scale

    def _order_title(self) -> str:
        """A slow cycle has a length, a peak of a machine is a multiple of its speed."""
        if self._place_unit == _PER_HOUR:
            return self.tr("Peaks, h")
        is_known = any(row.order is not None for row in self._rows["peaks"])
        return self.tr("Peaks, ×") if is_known else self.tr("Peaks")

    def _on_scroll_range(self) -> None:
        """A bar with nothing to scroll is not seen."""
        for table in (self.marks, self.peaks):
            bar = table.verticalScrollBar()
            bar.setEnabled(bar.maximum() > bar.minimum())

    def _on_peak(self, row: int) -> None:
        self.line_chosen.emit(self._rows["peaks"][row].x)

    def _on_mark(self, row: int) -> None:
        self.line_chosen.emit(self._rows["marks"][row].x)

    def _lay_out(self) -> None:
        every = QHBoxLayout(self._every)
        every.setContentsMargins(0, 2, 0, 2)
        label = Text(self.tr("Sidebands every"), "small", "text2")
        label.setBuddy(self.spacing)
        self.spacing.setFixedWidth(92)
        every.addWidget(label)
        every.addWidget(self.spacing)
        every.addStretch(1)
        self._every.hide()
        head = vertical(margins_px=(16, 10, 12, 8), gap_px=2)
        values = QHBoxLayout()
        values.addWidget(self._at)
        values.addStretch(1)
        values.addWidget(self._height)
        head.addLayout(values)
        head.addWidget(self._more)
        head.addSpacing(4)
        head.addWidget(self.combs)
        head.addWidget(self._every)
        head.addWidget(self.verdict)
        inner = vertical()
        inner.addLayout(head)
        inner.addWidget(hairline())
        for table in (self.marks, self.peaks):
            table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            # Room for the bar also where there is none, or the columns of the two don't stand below one another.
            table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
            table.verticalScrollBar().rangeChanged.connect(self._on_scroll_range)
        self._on_scroll_range()
        inner.addWidget(self.marks, 3)
        inner.addWidget(hairline())
        inner.addWidget(self.peaks, 2)
        inner.addWidget(self._spare, 1)
        self.peaks.setAccessibleName(self.tr("Peaks"))
        self.marks.setAccessibleName(self._marks_title)
        outer = horizontal(self)
        outer.addWidget(hairline(is_vertical=True))
        outer.addLayout(inner, 1)


def _columns(first: Column) -> tuple[Column, ...]:
    """Both tables differ in their first column only, so that the others stand below one another."""
    return (
        first,
        Column(key="x", title="Hz", kind="number", width_px=76, sort_key="x_value"),
        Column(key="height", title="", kind="number", width_px=74, sort_key="height_value"),
        Column(key="decibel", title="dB", kind="number", width_px=40, digits=0),
    )


def _data(rows: Sequence[LineRow], scale: float, place_unit: str) -> dict[str, Sequence[object]]:
    most = max((row.x for row in rows), default=0.0)
    digits = 1 if most >= 100 else 2 if most >= 1 else 4  # the same in the whole column
    is_slow = place_unit == _PER_HOUR
    return {
        "name": [row.name for row in rows], "x": [number(row.x, digits) for row in rows],
        "x_value": [row.x for row in rows],
        "order": [1 / row.x if is_slow and row.x > 0 else math.nan if row.order is None else row.order for row in rows],
        "height": [height_text(row.height * scale) for row in rows], "height_value": [row.height for row in rows],
        "decibel": [row.decibel for row in rows],
        "is_quiet": [row.is_quiet for row in rows],
    }  # fmt: skip


def height_text(value: float) -> str:
    """Three significant digits: '0.0123', '2.31', '418'; very small ones as '3.1e−7'."""
    if not math.isfinite(value):
        return MISSING
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        digits = 2 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
        return number(value, digits)
    return f"{value:.1e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e")


def frequency_text(value: float, unit: str) -> str:
    """A frequency with digits that tell its lines apart."""
    digits = 2 if abs(value) < 100 else 1
    if abs(value) < 1:
        digits = 3 if value == 0 else min(6, 2 - math.floor(math.log10(abs(value))))
    return number(value, digits, unit)
