"""The chosen event in full: what was judged, when, what it is in standard words, who says so, and what speaks for it."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.logs.events.failure_words import ACTIONS, MECHANISMS, MODES, Word
from workbench.logs.events.looks import Look
from workbench.services.labels import Event
from workbench.ui.context import AppContext
from workbench.ui.format import duration, instant, zone_of
from workbench.ui.pages.label.fields import LookButton, NameField, editable_instant
from workbench.ui.pages.label.list import alike_words
from workbench.ui.widgets.card import KeyValueList, SectionHeader
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.text import KeyCap, Text, hairline

_LABEL_PX = 70
_WORKS = ("failure", "preventive", "maintenance")


class EventInspector(QWidget):
    """`name_given(text)`, `state_given(word)`, `span_given(start text, end text)`, `onset_given(good text, found text)`,
    `field_given(field, value)`, `look_given(Look)`; `done()` when Return or Escape ended the typing."""

    name_given = Signal(str)
    state_given = Signal(str)
    span_given = Signal(str, str)
    onset_given = Signal(str, str)
    field_given = Signal(str, object)
    look_given = Signal(object)
    done = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._event: Event | None = None
        theme = context.theme
        self.name, self.look = NameField(theme), LookButton(theme)
        self.states = Segmented([("real", self.tr("Real")), ("not_real", self.tr("Not real")), ("unsure", self.tr("Unsure"))])
        self.start, self.end, self.good, self.found = (UnitField(theme) for _ in range(4))
        self.note, self.as_found, self.as_left = QLineEdit(), QLineEdit(), QLineEdit()
        self.note.setPlaceholderText(self.tr("what speaks for it"))
        for field in (self.good, self.found):
            field.setPlaceholderText("2026-03-12 03:12")
        self.kind = Choice(theme, self._kinds())
        self.mode = Choice(theme, _options(MODES))
        self.mechanism = Choice(theme, _options(MECHANISMS))
        self.action = Choice(theme, _options(ACTIONS))
        self.problem = Text("", "caption", "failure_text", is_wrapped=True)
        self.consequence = Text("", "caption", "text2", is_wrapped=True)
        self.facts = KeyValueList((), key_px=_LABEL_PX)
        self.evidence = KeyValueList((), key_px=_LABEL_PX)
        self._evidence_box, self._form, self._works = QWidget(), QWidget(), QWidget()
        self._scroll = scrolled(takes_focus=False)
        self._zone = Text("", "caption", "text3")
        self._head = SectionHeader(self.tr("Event"))
        self._empty = Text(
            self.tr("No event is chosen. Click one in the plots or in the list."), "small", "text2", is_wrapped=True
        )
        self._lay_out()
        self._connect()
        self.show_event(None)

    def show_event(self, event: Event | None, look: Look | None = None, n_chosen: int = 1) -> None:
        """Show one (of several that are chosen), or say that none is chosen."""
        self._event = event
        self._scroll.setVisible(event is not None)
        self._empty.setVisible(event is None)
        self._head.facts.setText(self.tr("{n} chosen").format(n=n_chosen) if n_chosen > 1 else "")
        self.say_problem("")
        if event is None:
            self.show_evidence(())
            return
        zone = zone_of(self._context.settings.zone)
        self._zone.setText(self.tr("Times in {zone}").format(zone=self._context.settings.zone or "UTC"))
        self.name.setText(event.name)
        self.name.setCursorPosition(0)
        if look is not None:
            self.look.set_look(look)
        self.states.set_current(event.state)
        self._show_times(event, zone)
        for field, text in ((self.note, event.note), (self.as_found, event.as_found), (self.as_left, event.as_left)):
            field.setText(text)
            field.setCursorPosition(0)
        pairs = (
            (self.kind, event.kind), (self.mode, event.mode), (self.mechanism, event.mechanism), (self.action, event.action),
        )  # fmt: skip
        for choice, value in pairs:
            choice.blockSignals(True)
            choice.set_value(value)
            choice.blockSignals(False)
        self._works.setVisible(event.kind in _WORKS)
        self.consequence.setText(self._consequence(event))
        self.consequence.setVisible(bool(self.consequence.text()))
        self.facts.set_rows(self._facts(event, zone))

    def show_evidence(self, rows: object) -> None:
        """What the channels did: (channel, words) pairs; nothing hides the heading too."""
        assert isinstance(rows, tuple)
        self._evidence_box.setVisible(bool(rows))
        self.evidence.set_rows(rows)

    def say_problem(self, text: str) -> None:
        """What is wrong with what was typed; '' when nothing is."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        for field in (self.start, self.end):
            field.set_invalid(bool(text))

    def _show_times(self, event: Event, zone: tzinfo) -> None:
        times = (
            (self.start, event.start_utc), (self.end, event.end_utc), (self.good, event.last_good_utc),
            (self.found, event.found_utc),
        )  # fmt: skip
        for field, text in times:
            field.setText(editable_instant(text, zone) if text else "")

    def _facts(self, event: Event, zone: tzinfo) -> list[tuple[str, str]]:
        length_s = (parse_utc(event.end_utc) - parse_utc(event.start_utc)) / NS_PER_S
        rows = [
            (self.tr("Lasts"), duration(length_s)),
            (self.tr("By"), event.author or "–"),
            (self.tr("Made"), instant(event.created_utc, zone, with_year=True, with_seconds=False)),
            (self.tr("From"), event.source),
        ]  # fmt: skip
        for title, text in ((self.tr("Reported"), event.reported_utc), (self.tr("Fixed"), event.fixed_utc)):
            if text:
                rows.append((title, instant(text, zone, with_year=True, with_seconds=False)))
        if event.order:
            rows.append((self.tr("Order"), event.order))
        if event.distance is not None:
            rows.append((self.tr("Alike"), alike_words(event.distance)))
        return rows

    def _consequence(self, event: Event) -> str:
        """What the kind means for training, in a sentence."""
        if event.kind == "preventive":
            return self.tr("Replaced before it failed: not learnt as a failure.")
        if event.kind == "operation":
            return self.tr("Normal operation: learnt as normal.")
        if event.kind == "maintenance":
            return self.tr("Work on the pump: learnt neither way.")
        if event.action not in {"", "other"}:
            return self.tr("Ends a reference period.")
        return ""

    # Laying out

    def _lay_out(self) -> None:
        column = vertical(self)
        column.addWidget(self._head)
        self._empty.setContentsMargins(16, 0, 16, 0)
        column.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        inner = vertical(self._form, margins_px=(16, 0, 16, 12), gap_px=8)
        inner.addWidget(self.states)
        inner.addLayout(self._row(self.tr("Name"), self.name, self.look))
        for title, field in ((self.tr("Start"), self.start), (self.tr("End"), self.end)):
            inner.addLayout(self._row(title, field))
        for text in (self.problem, self._zone):
            inner.addWidget(text)
        inner.addLayout(self._row(self.tr("Note"), self.note))
        inner.addLayout(self._row(self.tr("Kind"), self.kind))
        inner.addWidget(self.consequence)
        self._lay_out_works()
        inner.addWidget(self._works)
        inner.addSpacing(2)
        inner.addWidget(hairline())
        inner.addWidget(self.facts)
        self._lay_out_evidence()
        inner.addWidget(self._evidence_box)
        inner.addStretch(1)
        self._form.setProperty("surface", "panel")
        self._scroll.setWidget(self._form)
        column.addWidget(self._scroll, 1)
        column.addStretch(0)
        column.addWidget(hairline())
        column.addWidget(self._key_help())

    def _lay_out_works(self) -> None:
        inner = vertical(self._works, gap_px=8)
        pairs = (
            (self.tr("Mode"), self.mode), (self.tr("Mechanism"), self.mechanism), (self.tr("Worked on"), self.action),
            (self.tr("Last good"), self.good), (self.tr("Found"), self.found), (self.tr("As found"), self.as_found),
            (self.tr("As left"), self.as_left),
        )  # fmt: skip
        for title, field in pairs:
            inner.addLayout(self._row(title, field))

    def _lay_out_evidence(self) -> None:
        inner = vertical(self._evidence_box, margins_px=(0, 4, 0, 0), gap_px=4)
        inner.addWidget(Text(self.tr("Evidence"), "label"))
        inner.addWidget(Text(self.tr("Mean within, against the same time before"), "caption", "text3", is_wrapped=True))
        inner.addWidget(self.evidence)

    @staticmethod
    def _row(title: str, field: QWidget, beside: QWidget | None = None) -> QHBoxLayout:
        row = horizontal(gap_px=8)
        text = Text(title, "small", "text2")
        text.setFixedWidth(_LABEL_PX)
        field.setAccessibleName(title)
        row.addWidget(text)
        row.addWidget(field, 1)
        if beside is not None:
            row.addWidget(beside)
        return row

    def _key_help(self) -> QWidget:
        holder = QWidget()
        column = vertical(holder, margins_px=(16, 8, 16, 10), gap_px=3)
        for keys, words in (
            ("N", self.tr("new event at the cursor")), ("[  ]", self.tr("its start, its end to the cursor")),
            ("X  M", self.tr("split at the cursor, merge")), ("4 … 9", self.tr("call it by a name in use")),
            ("J  K", self.tr("next, former event")), ("Alt ← →", self.tr("move it")),
        ):  # fmt: skip
            row = horizontal(gap_px=8)
            cap = KeyCap(keys)
            cap.setMinimumWidth(56)
            row.addWidget(cap)
            row.addWidget(Text(words, "small", "text2"), 1)
            column.addLayout(row)
        return holder

    def _kinds(self) -> list[tuple[str, str]]:
        return [
            ("", self.tr("not said")), ("failure", self.tr("failure")), ("preventive", self.tr("preventive replacement")),
            ("maintenance", self.tr("maintenance")), ("operation", self.tr("normal operation")), ("alarm", self.tr("alarm")),
        ]  # fmt: skip

    # What was typed and chosen

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._on_name)
        for field in (self.name, self.start, self.end, self.good, self.found, self.note, self.as_found, self.as_left):
            # queued: what was typed is taken, or refused, first
            field.returnPressed.connect(self._on_return, Qt.ConnectionType.QueuedConnection)
        self.states.chosen.connect(self.state_given)
        self.look.look_given.connect(self.look_given)
        for field in (self.start, self.end):
            field.editingFinished.connect(self._on_span)
        for field in (self.good, self.found):
            field.editingFinished.connect(self._on_onset)
        self.note.editingFinished.connect(self._on_texts)
        self.as_found.editingFinished.connect(self._on_texts)
        self.as_left.editingFinished.connect(self._on_texts)
        for choice in (self.kind, self.mode, self.mechanism, self.action):
            choice.currentIndexChanged.connect(self._on_choices)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or self._event is None:
            super().keyPressEvent(event)
            return
        self.show_event(self._event)
        self.done.emit()

    def _on_return(self) -> None:
        if not self.problem.text():
            self.done.emit()

    def _on_name(self) -> None:
        if self._event is not None and self.name.text().strip() and self.name.text().strip() != self._event.name:
            self.name_given.emit(self.name.text().strip())

    def _on_span(self) -> None:
        if self._event is not None and (self.start.isModified() or self.end.isModified()):
            self.start.setModified(False)
            self.end.setModified(False)
            self.span_given.emit(self.start.text(), self.end.text())

    def _on_onset(self) -> None:
        if self._event is not None and (self.good.isModified() or self.found.isModified()):
            self.good.setModified(False)
            self.found.setModified(False)
            self.onset_given.emit(self.good.text().strip(), self.found.text().strip())

    def _on_texts(self) -> None:
        self._give((("note", self.note.text()), ("as_found", self.as_found.text()), ("as_left", self.as_left.text())))

    def _on_choices(self, _index: int) -> None:
        self._give((
            ("kind", self.kind.value()), ("mode", self.mode.value()), ("mechanism", self.mechanism.value()),
            ("action", self.action.value()),
        ))  # fmt: skip

    def _give(self, values: tuple[tuple[str, str], ...]) -> None:
        event = self._event
        for field, value in values:
            if event is not None and value != getattr(event, field):
                self.field_given.emit(field, value)


def _options(words: tuple[Word, ...]) -> list[tuple[str, str]]:
    """Plain words first, the code of the standard behind them."""
    said = [(word.code, word.words if word.code == word.words else f"{word.words} ({word.code})") for word in words]
    return [("", "–"), *said]
