"""The import preview's columns: what each is taken for, and which channel of which pump it is.

What the project's tag map says is shown as it is; a suggestion has an arrow, or a question mark where it is doubtful, and becomes
a part of the map only when a person accepts or types it.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from workbench.services.logs import PreviewColumn
from workbench.services.tag_map import TagEntry, TagRow
from workbench.ui.format import count
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import IconButton, SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import UnitField
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, plain_tip

_SHOWN_AS = {"channel", "time", "tag", "value"}
_NAME_PX = 190


class ColumnsCard(Card):
    """`unit_given(channel, unit)`; `tags_changed()` after an entry of the tag map was accepted or typed; `command_wanted()`."""

    unit_given = Signal(str, str)
    tags_changed = Signal()
    command_wanted = Signal()

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=0)
        self._columns: tuple[PreviewColumn, ...] = ()
        self._units: dict[str, str] = {}
        self._rows: dict[str, TagRow] = {}
        self._entries: dict[str, TagEntry] = {}
        self.set_title(self.tr("Columns"))
        columns = (
            Column(key="name", title=self.tr("Column"), kind="strong", stretch=True),
            Column(key="role", title=self.tr("Taken for"), width_px=82),
            Column(key="channel", title=self.tr("Channel"), width_px=150),
            Column(key="pump", title=self.tr("Pump"), width_px=86),
            Column(key="quantity", title=self.tr("Quantity"), width_px=92),
            Column(key="unit", title=self.tr("Unit"), width_px=72),
            Column(key="sample", title=self.tr("First values"), width_px=158),
        )
        self.table = ArrayTable(theme, columns)
        self.table.setAccessibleName(self.tr("Columns of the file"))
        self.channel = self._field(theme, 170, self.tr("as printed"), self.tr("Channel of the chosen column"))
        self.pump = self._field(theme, 100, self.tr("the file's"), self.tr("Pump of the chosen column"))
        self.unit = self._field(theme, 96, self.tr("not known"), self.tr("Unit of the chosen column"))
        self.accept = SecondaryButton(theme, self.tr("Accept suggestions"))
        self.command = IconButton(theme, "terminal", self.tr("Copy the tag map's changes as command"))
        self.header.add(self.command)
        self.header.add(self.accept)
        self._whose = Text("", "small", "text2")
        self._whose.setFixedWidth(_NAME_PX)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(self._editor())
        self.table.row_selected.connect(self._on_row)
        self.unit.editingFinished.connect(self._on_unit)
        self.channel.editingFinished.connect(self._on_entry)
        self.pump.editingFinished.connect(self._on_entry)
        self.accept.clicked.connect(self._on_accept)
        self.command.clicked.connect(self.command_wanted)
        self._show_buttons()

    def show_columns(self, columns: tuple[PreviewColumn, ...], units: dict[str, str]) -> None:
        """List these; units that a person gave replace the guessed ones."""
        if {column.name for column in columns} != {column.name for column in self._columns}:
            self._rows, self._entries = {}, {}
        self._columns, self._units = columns, units
        n_channels = sum(column.role == "channel" for column in columns)
        self.set_title(self.tr("Columns"), count(n_channels, self.tr("channel"), self.tr("channels")))
        self._fill()

    def show_tags(self, rows: tuple[TagRow, ...]) -> None:
        """What the tag map says of the columns, and what is suggested."""
        self._rows = {row.tag: row for row in rows}
        self._fill()
        self._show_buttons()

    def entries(self) -> tuple[TagEntry, ...]:
        """What a person accepted or typed, to be kept in the tag map."""
        return tuple(self._entries.values())

    def suggested(self) -> list[TagEntry]:
        """Sure suggestions that say more than the log: channel, unit in the name, the pump only where the file has several."""
        rows = [row for row in self._rows.values() if not row.is_mapped]
        has_several = len({row.asset for row in self._rows.values() if row.asset}) > 1
        found = [
            TagEntry(tag=row.tag, unit=self._unit_ahead(row.tag))
            if row.is_doubtful
            else TagEntry(
                tag=row.tag, channel=row.channel, quantity=row.quantity, unit=self._unit_ahead(row.tag),
                asset=row.asset if has_several else "",
            )
            for row in rows
        ]  # fmt: skip
        return [one for one in found if (one.channel or one.asset or one.unit) and one.tag not in self._entries]

    def _field(self, theme: ThemeSource, width_px: int, hint: str, name: str) -> UnitField:
        field = UnitField(theme)
        field.setFixedWidth(width_px)
        field.setPlaceholderText(hint)
        field.setAccessibleName(name)
        return field

    def _editor(self) -> QHBoxLayout:
        row = horizontal(margins_px=(16, 8, 16, 8), gap_px=8)
        row.addWidget(self._whose)
        for title, field in (
            (self.tr("Channel"), self.channel), (self.tr("Pump"), self.pump), (self.tr("Unit"), self.unit)
        ):  # fmt: skip
            row.addWidget(Text(title, "small", "text2"))
            row.addWidget(field)
        row.addStretch(1)
        return row

    def _fill(self) -> None:
        chosen = self.table.current_row()
        roles = {
            "channel": self.tr("channel"), "time": self.tr("time"), "label": self.tr("label, set aside"),
            "index": self.tr("counter, left out"), "quality": self.tr("quality"), "annotation": self.tr("text, left out"),
            "tag": self.tr("tag"), "value": self.tr("value"), "equipment": self.tr("the pump"),
        }  # fmt: skip
        columns = self._columns
        self.table.blockSignals(True)
        self.table.set_data({
            "name": [column.name for column in columns],
            "role": [roles.get(column.role, column.role) for column in columns],
            "channel": [self._shown(column.name, "channel") for column in columns],
            "pump": [self._shown(column.name, "asset") for column in columns],
            "quantity": [self._quantity(column) for column in columns],
            "unit": [self._unit(column) for column in columns],
            "sample": ["  ".join(column.sample[: 1 if column.role == "time" else None]) for column in columns],
            "is_quiet": [column.role not in _SHOWN_AS for column in columns],
        })  # fmt: skip
        self.table.blockSignals(False)
        first = next((number for number, column in enumerate(columns) if column.role == "channel"), 0)
        chosen = chosen if chosen is not None and chosen < len(columns) else first
        self.table.select_row(chosen)
        self._on_row(chosen)

    def _shown(self, name: str, field: str) -> str:
        """What was accepted or mapped; a suggestion with an arrow, a doubtful one with a question mark."""
        entry, row = self._entries.get(name), self._rows.get(name)
        if entry is not None and getattr(entry, field):
            return str(getattr(entry, field))
        value = str(getattr(row, field)) if row is not None else ""
        if not value or row is None:
            return "–"
        return value if row.is_mapped else f"{value} ?" if row.is_doubtful else f"→ {value}"

    def _unit(self, column: PreviewColumn) -> str:
        """The printed unit, what a person or the map said, else with an arrow what the name ends in."""
        entry, row = self._entries.get(column.name), self._rows.get(column.name)
        known = column.unit or self._units.get(column.name) or (entry.unit if entry else "")
        known = known or (row.unit if row is not None and row.is_mapped else "")
        ahead = self._unit_ahead(column.name)
        return unit_words(known) if known else f"→ {unit_words(ahead)}" if ahead else "–"

    def _unit_ahead(self, name: str) -> str:
        """The unit that is only suggested, '' for none."""
        row = self._rows.get(name)
        is_open = name not in self._units and all(column.unit is None for column in self._columns if column.name == name)
        return row.unit if row is not None and not row.is_mapped and is_open else ""

    def _quantity(self, column: PreviewColumn) -> str:
        row = self._rows.get(column.name)
        if row is None or column.quantity or not row.quantity:
            return column.quantity or "–"
        return f"{row.quantity} ?"

    def _show_buttons(self) -> None:
        n_suggested = len(self.suggested())
        self.accept.setVisible(n_suggested > 0)
        several = self.tr("Accept {n} suggestions").format(n=n_suggested)
        self.accept.setText(several if n_suggested > 1 else self.tr("Accept suggestion"))
        self.command.setVisible(bool(self._entries))

    def _on_row(self, index: int) -> None:
        if index >= len(self._columns):
            return
        column = self._columns[index]
        is_channel = column.role == "channel"
        entry, row = self._entries.get(column.name), self._rows.get(column.name)
        known = entry or (TagEntry(tag=row.tag, channel=row.channel, asset=row.asset) if row and row.is_mapped else None)
        for field, value in ((self.channel, known.channel if known else ""), (self.pump, known.asset if known else "")):
            field.setEnabled(is_channel)
            field.setText(value)
        self.unit.setEnabled(is_channel and not column.unit)
        self.unit.setText(column.unit or self._units.get(column.name) or (entry.unit if entry else ""))
        words = column.name if is_channel else self.tr("{name} is no channel").format(name=column.name)
        self._whose.setText(self._whose.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _NAME_PX))
        self._whose.setToolTip(plain_tip(row.why) if row and is_channel else "")

    def _on_unit(self) -> None:
        index = self.table.current_row()
        if index is not None and index < len(self._columns) and self.unit.isModified():
            self.unit.setModified(False)
            self.unit_given.emit(self._columns[index].name, self.unit.text().strip())

    def _on_entry(self) -> None:
        index = self.table.current_row()
        if index is None or index >= len(self._columns) or not (self.channel.isModified() or self.pump.isModified()):
            return
        self.channel.setModified(False)
        self.pump.setModified(False)
        name = self._columns[index].name
        old = self._entries.get(name, TagEntry(tag=name))
        new = msgspec.structs.replace(old, channel=self.channel.text().strip(), asset=self.pump.text().strip())
        if new.channel or new.asset:
            self._entries[name] = new
        else:
            self._entries.pop(name, None)
        self._on_changed()

    def _on_accept(self) -> None:
        self._entries.update({entry.tag: entry for entry in self.suggested()})
        self._on_changed()

    def _on_changed(self) -> None:
        self._fill()
        self._show_buttons()
        self.tags_changed.emit()
