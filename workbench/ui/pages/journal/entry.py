"""One journal entry, whole: what happened, when, who, its hashes, and the command that does the same."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workbench.services.projects import JournalEntry
from workbench.ui.context import AppContext
from workbench.ui.format import instant, short_hash, zone_of
from workbench.ui.pages.devices.words import state_of_word
from workbench.ui.states import State
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.card import KeyValueList
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import StateSymbol, Text, hairline


class EntryPanel(QWidget):
    """The inspector of the Journal page."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._symbol = StateSymbol(context.theme, State.NOT_CHECKED, 20)
        self._act = Text("", "title")
        self._what = Text("", "body", is_wrapped=True)
        self._facts = KeyValueList(key_px=72)
        self._hashes = KeyValueList(key_px=84, is_mono=True)
        self._command = Text("", "small", is_mono=True, is_wrapped=True)
        self._copy = IconButton(context.theme, "copy", self.tr("Copy the command"))
        self._command_text = ""
        self._lay_out()
        self._copy.clicked.connect(self._on_copy)

    def show_entry(self, entry: JournalEntry) -> None:
        """Show this entry."""
        state = state_of_word(entry.state)
        self._symbol.setVisible(state is not None)
        if state is not None:
            self._symbol.set_state(state)
        self._act.setText(entry.act.replace("-", " ").replace("_", " ").capitalize())
        self._what.setText(entry.what)
        zone = zone_of(self._context.settings.zone)
        rows = [(self.tr("When"), f"{instant(entry.at_utc, zone, with_year=True)} {self._context.settings.zone or 'UTC'}"),
                (self.tr("Who"), entry.who), (self.tr("On"), entry.on), (self.tr("Entry"), str(entry.number)),
                (self.tr("Laptop"), short_hash(entry.writer))]  # fmt: skip
        self._facts.set_rows([row for row in rows if row[1]])
        hashes = [(self.tr("This entry"), entry.hash), (self.tr("Entry before"), entry.previous)]
        hashes += [(self.tr("Object"), ref) for ref in entry.refs[:6]]
        self._hashes.set_rows([(name, f"{short_hash(value, 4)} …" if value else "–") for name, value in hashes])
        self._command_text = entry.command
        self._command.setText(_breakable(entry.command))
        self._box.setVisible(bool(entry.command))

    def _lay_out(self) -> None:
        column = vertical(self)
        column.addLayout(self._head())
        column.addWidget(hairline())
        column.addLayout(_padded(self._facts))
        column.addWidget(hairline())
        column.addLayout(_padded(Text(self.tr("Hashes"), "group", "text2"), self._hashes))
        column.addWidget(self._make_command_box())
        column.addStretch(1)

    def _head(self) -> QVBoxLayout:
        head = vertical(margins_px=(16, 14, 16, 14), gap_px=6)
        row = horizontal(gap_px=8)
        row.addWidget(self._symbol)
        row.addWidget(self._act)
        row.addStretch(1)
        head.addLayout(row)
        head.addWidget(self._what)
        return head

    def _make_command_box(self) -> QWidget:
        self._box = QWidget()
        column = vertical(self._box, margins_px=(16, 0, 16, 16), gap_px=8)
        title = QHBoxLayout()
        title.addWidget(Text(self.tr("Same act as a command"), "label"))
        title.addStretch(1)
        title.addWidget(self._copy)
        inset = QFrame()
        inset.setProperty("frame", "inset")
        inner = vertical(inset, margins_px=(12, 10, 12, 10))
        inner.addWidget(self._command)
        column.addWidget(hairline())
        column.addLayout(title)
        column.addWidget(inset)
        return self._box

    def _on_copy(self) -> None:
        self._context.messages.copy(self._command_text)


def _padded(*widgets: QWidget) -> QVBoxLayout:
    layout = vertical(margins_px=(16, 12, 16, 12), gap_px=8)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def _breakable(command: str) -> str:
    """Zero-width spaces after slashes, so that long paths wrap instead of being cut."""
    return command.replace("/", "/\u200b").replace(" --", "\n  --")
