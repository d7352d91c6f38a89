"""Parts of the Label page: the list of events, the chosen event in full, and the bar under the plots."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.services.labels import Event
from workbench.ui.actions import Action
from workbench.ui.context import AppContext
from workbench.ui.format import count, duration, instant, zone_of
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import ActionButton, SecondaryButton
from workbench.ui.widgets.card import KeyValueList, SectionHeader
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.plots.events import event_state_words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.table import TWO_LINE_ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import KeyCap, Text, hairline

_LABEL_PX = 84
BAR_PX = 44
_CAP_PX = 18


class NameField(QLineEdit):
    """What happened: free text, with common names to choose from (arrow down opens them)."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(self.tr("What happened"))
        self._open = QAction(self)
        self._open.setToolTip(self.tr("Common names"))
        self._open.triggered.connect(self.open_names)
        self.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)
        theme.changed.connect(self._draw)
        self._draw()
        self.set_names(())

    def set_names(self, used: tuple[str, ...]) -> None:
        """Names that were used in this project come first."""
        common = (
            self.tr("bearing growth"), self.tr("cavitation"), self.tr("misalignment"), self.tr("unbalance"),
            self.tr("seal leak"), self.tr("blockage"), self.tr("dry running"), self.tr("looseness"), self.tr("gas in the pump"),
            self.tr("impeller wear"), self.tr("sensor fault"), self.tr("maintenance"), self.tr("start-up"),
        )  # fmt: skip
        completer = QCompleter(list(dict.fromkeys([*used, *common])), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)

    def open_names(self) -> None:
        """Show all common names."""
        self.setFocus()
        completer = self.completer()
        completer.setCompletionPrefix("")
        completer.complete()

    def _draw(self, _tokens: object = None) -> None:
        self._open.setIcon(self._theme.icon("chevron-down", "text2"))


class EventPanel(QWidget):
    """Pump, and its events in order of time. `asset_chosen(tag)`, `event_chosen(id)`, `column_asked(name)`."""

    asset_chosen = Signal(str)
    event_chosen = Signal(str)
    column_asked = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._events: tuple[Event, ...] = ()
        self.asset = Choice(context.theme)
        self.asset.setAccessibleName(self.tr("Pump"))
        self._head = SectionHeader(self.tr("Events"))
        columns = (
            Column(key="name", title=self.tr("Event"), kind="strong", stretch=True, second_key="when"),
            Column(key="state", title=self.tr("State"), width_px=70, second_key="who"),
        )
        self.table = ArrayTable(context.theme, columns)
        self.table.setAccessibleName(self.tr("Events"))
        self.table.verticalHeader().setDefaultSectionSize(TWO_LINE_ROW_PX)
        self.hint = Text(
            self.tr("Draw over the plots, or press N for an event at the cursor."), "small", "text2", is_wrapped=True
        )
        self.column = Choice(context.theme)
        self.column.setAccessibleName(self.tr("Label column"))
        self.column_button = SecondaryButton(context.theme, self.tr("Make events"))
        self._column_box = QWidget()
        self._lay_out()
        self.asset.currentIndexChanged.connect(self._on_asset)
        self.table.row_selected.connect(self._on_row)
        self.column_button.clicked.connect(self._on_column)

    def show_assets(self, tags: tuple[str, ...], chosen: str) -> None:
        """The pumps to choose from."""
        self.asset.blockSignals(True)
        self.asset.set_options([(tag, tag) for tag in tags])
        self.asset.set_value(chosen)
        self.asset.blockSignals(False)

    def show_columns(self, names: tuple[str, ...]) -> None:
        """Label-like columns of the log that events can be made from."""
        self.column.set_options([(name, name) for name in names])
        self._column_box.setVisible(bool(names))

    def show_events(self, events: tuple[Event, ...], chosen: str) -> None:
        """List these, one chosen."""
        zone = zone_of(self._context.settings.zone)
        self._events = events
        self.table.blockSignals(True)
        self.table.set_data({
            "name": [event.name for event in events],
            "when": [_when(event, zone) for event in events],
            "state": [event_state_words(event.state) for event in events],
            "who": [event.author or event.source for event in events],
        })  # fmt: skip
        ids = [event.id for event in events]
        if chosen in ids:
            self.table.select_row(ids.index(chosen))
        else:
            self.table.clearSelection()
        self.table.blockSignals(False)
        n_unsure = sum(event.state == "unsure" for event in events)
        words = count(len(events), self.tr("event"), self.tr("events"))
        self._head.facts.setText(self.tr("{events}, {n} unsure").format(events=words, n=n_unsure) if n_unsure else words)
        self.hint.setVisible(not events)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(16, 6, 12, 6)
        top.setSpacing(8)
        top.addWidget(Text(self.tr("Pump"), "small", "text2"))
        top.addWidget(self.asset, 1)
        column.addLayout(top)
        column.addWidget(hairline())
        column.addWidget(self._head)
        self.hint.setContentsMargins(16, 0, 16, 8)
        column.addWidget(self.hint)
        column.addWidget(self.table, 1)
        inner = QVBoxLayout(self._column_box)
        inner.setContentsMargins(16, 8, 12, 12)
        inner.setSpacing(6)
        inner.addWidget(Text(self.tr("The log has label columns, set aside at import."), "small", "text2", is_wrapped=True))
        row = QHBoxLayout()
        row.addWidget(self.column, 1)
        row.addWidget(self.column_button)
        inner.addLayout(row)
        column.addWidget(self._column_box)
        self._column_box.hide()

    def _on_asset(self, _index: int) -> None:
        if self.asset.value():
            self.asset_chosen.emit(self.asset.value())

    def _on_row(self, index: int) -> None:
        if index < len(self._events):
            self.event_chosen.emit(self._events[index].id)

    def _on_column(self) -> None:
        if self.column.value():
            self.column_asked.emit(self.column.value())


class EventInspector(QWidget):
    """The chosen event: `name_given(text)`, `state_given(word)`, `span_given(start text, end text)`, `note_given(text)`."""

    name_given = Signal(str)
    state_given = Signal(str)
    span_given = Signal(str, str)
    note_given = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._event: Event | None = None
        states = [("real", self.tr("Real")), ("not_real", self.tr("Not real")), ("unsure", self.tr("Unsure"))]
        self.name = NameField(context.theme)
        self.states = Segmented(states)
        self.start = UnitField(context.theme)
        self.end = UnitField(context.theme)
        self.note = QLineEdit()
        self.note.setPlaceholderText(self.tr("what speaks for it"))
        self.problem = Text("", "caption", "failure_text", is_wrapped=True)
        self.facts = KeyValueList((), key_px=_LABEL_PX - 8)
        self._zone = Text("", "caption", "text3")
        self._empty = Text(
            self.tr("No event is chosen. Click one in the plots or in the list."), "small", "text2", is_wrapped=True
        )
        self._form = QWidget()
        self._lay_out()
        self.name.editingFinished.connect(self._on_name)
        self.states.chosen.connect(self.state_given)
        self.start.editingFinished.connect(self._on_span)
        self.end.editingFinished.connect(self._on_span)
        self.note.editingFinished.connect(self._on_note)
        self.show_event(None)

    def show_event(self, event: Event | None) -> None:
        """Show one, or say that none is chosen."""
        self._event = event
        self._form.setVisible(event is not None)
        self._empty.setVisible(event is None)
        self.say_problem("")
        if event is None:
            return
        zone = zone_of(self._context.settings.zone)
        self._zone.setText(self.tr("Times in {zone}").format(zone=self._context.settings.zone or "UTC"))
        self.name.setText(event.name)
        self.states.set_current(event.state)
        self.start.setText(editable_instant(event.start_utc, zone))
        self.end.setText(editable_instant(event.end_utc, zone))
        self.note.setText(event.note)
        length_s = (parse_utc(event.end_utc) - parse_utc(event.start_utc)) / NS_PER_S
        self.facts.set_rows([
            (self.tr("Lasts"), duration(length_s)),
            (self.tr("By"), event.author or "–"),
            (self.tr("Made"), instant(event.created_utc, zone, with_year=True, with_seconds=False)),
            (self.tr("From"), event.source),
        ])  # fmt: skip

    def say_problem(self, text: str) -> None:
        """What is wrong with what was typed; '' when nothing is."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.start.set_invalid(bool(text))
        self.end.set_invalid(bool(text))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Event")))
        self._empty.setContentsMargins(16, 0, 16, 0)
        column.addWidget(self._empty)
        inner = QVBoxLayout(self._form)
        inner.setContentsMargins(16, 0, 16, 0)
        inner.setSpacing(8)
        pairs = (
            (self.tr("Name"), self.name), (self.tr("Start"), self.start), (self.tr("End"), self.end),
            (self.tr("Note"), self.note),
        )  # fmt: skip
        inner.addWidget(self.states)
        for title, field in pairs:
            row = QHBoxLayout()
            row.setSpacing(8)
            text = Text(title, "small", "text2")
            text.setFixedWidth(_LABEL_PX - 40)
            field.setAccessibleName(title)
            row.addWidget(text)
            row.addWidget(field, 1)
            inner.addLayout(row)
            if field is self.end:
                inner.addWidget(self.problem)
                inner.addWidget(self._zone)
        inner.addSpacing(4)
        inner.addWidget(hairline())
        inner.addWidget(self.facts)
        column.addWidget(self._form)
        column.addStretch(1)
        column.addWidget(hairline())
        column.addWidget(self._key_help())

    def _key_help(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(4)
        for keys, words in (
            ("N", self.tr("new event at the cursor")), ("[  ]", self.tr("its start, its end to the cursor")),
            ("Alt ← →", self.tr("move it")), ("Shift ← →", self.tr("move the cursor")),
            ("D  P", self.tr("draw, or pan by dragging")),
        ):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(8)
            cap = KeyCap(keys)
            cap.setMinimumWidth(64)
            row.addWidget(cap)
            row.addWidget(Text(words, "small", "text2"), 1)
            column.addLayout(row)
        return holder

    def _on_name(self) -> None:
        if self._event is not None and self.name.text().strip() and self.name.text().strip() != self._event.name:
            self.name_given.emit(self.name.text().strip())

    def _on_span(self) -> None:
        if self._event is not None and (self.start.isModified() or self.end.isModified()):
            self.start.setModified(False)
            self.end.setModified(False)
            self.span_given.emit(self.start.text(), self.end.text())

    def _on_note(self) -> None:
        if self._event is not None and self.note.text() != self._event.note:
            self.note_given.emit(self.note.text())


class StateBar(QWidget):
    """Under the plots: real, not real, unsure with their keys; delete, undo and redo at the right."""

    def __init__(self, theme: ThemeSource, judging: tuple[Action, ...], editing: tuple[Action, ...]) -> None:
        super().__init__()
        self.setFixedHeight(BAR_PX)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(6)
        self._theme = theme
        self.buttons: list[ActionButton] = []
        self._words = Text("", "small", "text2")
        for action in judging:
            row.addWidget(self._button(action, "secondary"), 0, Qt.AlignmentFlag.AlignVCenter)
            cap = KeyCap(action.keys[0])
            cap.setFixedSize(_CAP_PX, _CAP_PX)
            row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addSpacing(4)
        row.addWidget(self._words)
        row.addStretch(1)
        for action in editing:
            is_danger = action.icon == "trash"
            row.addWidget(self._button(action, "danger" if is_danger else "flat"), 0, Qt.AlignmentFlag.AlignVCenter)

    def refresh(self, words: str) -> None:
        """Ask the actions again whether they are blocked, and say a few words."""
        for button in self.buttons:
            button.refresh()
        self._words.setText(words)

    def _button(self, action: Action, kind: str) -> ActionButton:
        button = ActionButton(self._theme, replace(action, icon="") if kind == "secondary" else action, kind=kind)
        button.setProperty("fit", "compact")
        self.buttons.append(button)
        return button


def editable_instant(text_utc: str, zone: tzinfo) -> str:
    """'2026-03-12 03:12:00' in a zone, as one can type it."""
    at_ns = parse_utc(text_utc)
    return datetime.fromtimestamp(at_ns // NS_PER_S, zone).strftime("%Y-%m-%d %H:%M:%S")


def parse_local(text: str, zone: tzinfo) -> int:
    """What was typed, as an instant in ns; a time without zone is local. Raises InputError with the text."""
    parse_utc(text)
    moment = datetime.fromisoformat(text.strip())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return int(moment.astimezone(UTC).timestamp()) * NS_PER_S


def _when(event: Event, zone: tzinfo) -> str:
    length_s = (parse_utc(event.end_utc) - parse_utc(event.start_utc)) / NS_PER_S
    return f"{instant(event.start_utc, zone, with_seconds=False)} · {duration(length_s)}"
