"""What arrives, and how it would be read: the first lines as they came, and a row a channel to name or leave out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from workbench.services.capture import CapturePreviewResult, PreviewChannel
from workbench.ui.context import AppContext
from workbench.ui.format import count, number, quantity
from workbench.ui.states import State
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import CheckBox, UnitField
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.text import StateSymbol, Text

_UNIT_PX = 76
_NAME_PX = 180


class ChannelRow:
    """The widgets of one channel: kept or not, its name, its unit, its first values."""

    def __init__(self, context: AppContext, channel: PreviewChannel) -> None:
        self.channel = channel
        self.keep = CheckBox(context.theme, channel.name, is_on=True)
        self.name = UnitField(context.theme, text=channel.name)
        self.name.setMinimumWidth(_NAME_PX)
        self.name.setAccessibleName(context.tr("Name of {channel}").format(channel=channel.name))
        self.unit = UnitField(context.theme, text=channel.unit or "")
        self.unit.setFixedWidth(_UNIT_PX)
        self.unit.setAccessibleName(context.tr("Unit of {channel}").format(channel=channel.name))
        unit = channel.unit or ""
        shown = [quantity(value, unit_words(unit)) for value in channel.values]
        self.values = Text("   ".join(shown) or "–", "small", "text2")

    def rename(self) -> str:
        """What the request takes for it, '' where it stays as it was found."""
        name, unit = self.name.text().strip(), self.unit.text().strip()
        if not self.keep.isChecked():
            return f"{self.channel.name}="
        if name in ("", self.channel.name) and unit == (self.channel.unit or ""):
            return ""
        return f"{self.channel.name}={name or self.channel.name} [{unit}]"


class LivePreview(QWidget):
    """`changed` when a channel was edited, `baud_asked` when other baud rates are to be tried."""

    changed = Signal()
    baud_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.rows: list[ChannelRow] = []
        self._lines = Text("", "small", is_mono=True)
        self._lines.setAccessibleName(self.tr("First lines"))
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(3, 1)
        self._symbol = StateSymbol(context.theme, State.OUT_OF_SPECIFICATION)
        self._advice = Text("", "body", "text1", is_wrapped=True)
        self.find_baud = SecondaryButton(context.theme, self.tr("Try the usual baud rates"), "search")
        self.find_baud.clicked.connect(self.baud_asked)
        self.channels = Card(self.tr("Channels"))
        self.lines = Card(self.tr("First lines"))
        self._lay_out()

    def show_result(self, result: CapturePreviewResult) -> None:
        """Show what was heard."""
        self._lines.setText("\n".join(result.lines))
        self._lines.setVisible(bool(result.lines))
        self._advice.setText(result.advice)
        self._symbol.setVisible(bool(result.advice))
        self._advice.setVisible(bool(result.advice))
        is_serial = not result.port.startswith("socket://")
        self.find_baud.setVisible(bool(result.bytes) and not result.rows and is_serial and result.format != "modbus-rtu")
        heard = count(result.bytes, self.tr("byte"), self.tr("bytes"))
        lost = sum(problem.count for problem in result.lost)
        parts = [heard, count(result.rows, self.tr("row"), self.tr("rows"))]
        if result.rate_rows_per_s:
            parts.append(self.tr("{rate} a second").format(rate=number(result.rate_rows_per_s, 1)))
        if lost:
            parts.append(self.tr("{n} not readable").format(n=number(lost)))
        self.lines.set_title(self.tr("First lines"), " · ".join(parts))
        self.channels.set_title(self.tr("Channels"), ", ".join(result.guesses.values()))
        self._show_channels(result.channels)

    def renames(self) -> tuple[str, ...]:
        """Names and units as the request takes them."""
        return tuple(text for row in self.rows if (text := row.rename()))

    def _show_channels(self, channels: tuple[PreviewChannel, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.channels.setVisible(bool(channels))
        heads = (self.tr("As sent"), self.tr("Name"), self.tr("Unit"), self.tr("First values"))
        for column, head in enumerate(heads):
            self._grid.addWidget(Text(head, "caption", "text3"), 0, column)
        self.rows = [ChannelRow(self._context, channel) for channel in channels]
        for number_, row in enumerate(self.rows, start=1):
            for column, widget in enumerate((row.keep, row.name, row.unit, row.values)):
                self._grid.addWidget(widget, number_, column)
            row.keep.toggled.connect(self._on_edited)
            row.name.textEdited.connect(self._on_edited)
            row.unit.textEdited.connect(self._on_edited)

    def _lay_out(self) -> None:
        notice = horizontal(gap_px=8)
        notice.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        notice.addWidget(self._advice, 1)
        notice.addWidget(self.find_baud, 0, Qt.AlignmentFlag.AlignTop)
        self.lines.body.addLayout(notice)
        self.lines.body.addWidget(scrolled(self._lines, is_sideways=True), 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.channels.body.addWidget(scrolled(inner, is_sideways=True))
        outer = vertical(self, margins_px=16, gap_px=12)
        outer.addWidget(self.lines, 2)
        outer.addWidget(self.channels, 3)

    def _on_edited(self, _value: object) -> None:
        for row in self.rows:
            row.name.setEnabled(row.keep.isChecked())
            row.unit.setEnabled(row.keep.isChecked())
        self.changed.emit()
