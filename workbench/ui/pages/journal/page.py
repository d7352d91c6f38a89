"""The Journal page: every act, by whom, on what, with hashes; filter, look at one, verify the chain."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.services.projects import JournalEntry, JournalRequest, JournalResult, show_journal, verify_journal
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count, instant, number, zone_of
from workbench.ui.page import Page
from workbench.ui.pages.devices.words import state_of_word
from workbench.ui.pages.journal.entry import EntryPanel
from workbench.ui.states import State
from workbench.ui.widgets.fields import Choice, SearchField
from workbench.ui.widgets.layouts import framed, horizontal, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import EmptyState, StateBadge
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

_LIMIT = 20_000
_FILTER_PX = 48


class JournalPage(Page):
    """Newest first; the entry under the cursor is shown whole at the right."""

    page_id: ClassVar[str] = "journal"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._entries: tuple[JournalEntry, ...] = ()
        self._at_s = np.zeros(0)
        self._search = SearchField(self.theme, self.tr("Pump, act, hash"))
        self._period = Segmented(
            [("1", self.tr("Today")), ("7", self.tr("7 days")), ("30", self.tr("30 days")), ("all", self.tr("All"))],
            current="all",
        )
        self._act = Choice(self.theme)
        self._person = Choice(self.theme)
        self._chain = StateBadge(self.theme, State.NOT_CHECKED, self.tr("Chain not checked yet"), is_quiet=True)
        self.table = ArrayTable(self.theme, self._columns())
        self._empty = EmptyState(
            self.theme, "journal", self.tr("Nothing has been done yet"),
            self.tr("Each import, label, training, signature and update leaves a line here that can't be changed unseen."),
            self.tr("Import log"),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._entry = EntryPanel(context)
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Journal"), facts=self.tr("append only"))
        self.set_header_buttons(primary="journal.verify")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="journal.verify", title=self.tr("Verify chain"), icon="shield", callback=self.verify, page="journal",
                menu="Project", command="workbench journal verify", blocked=self._why_not_verify,
            ),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._show(JournalResult(entries=(), n_entries=0, is_whole=None))
            return
        self.context.read(show_journal, self._request(), self._show)

    def focus_first(self) -> None:
        if self._entries:
            self.table.setFocus()
            if self.table.current_row() is None:
                self.table.select_row(0)
        else:
            self._search.setFocus()

    def verify(self) -> None:
        """Check every hash, number and signature."""
        self.context.read(verify_journal, self._request(), self._show)

    def _request(self) -> JournalRequest:
        return JournalRequest(project=self.context.project_text, limit=_LIMIT)

    def _why_not_verify(self) -> str:
        return "" if self._entries else self.tr("There is nothing in the journal yet")

    def _columns(self) -> tuple[Column, ...]:
        zone = self.context.settings.zone or "UTC"
        return (
            Column(key="number", title=self.tr("No."), kind="number", width_px=48, tone="text2"),
            Column(key="time", title=self.tr("Time, {zone}").format(zone=zone), width_px=128, tone="text2"),
            Column(key="act", title=self.tr("Act"), kind="strong", width_px=84),
            Column(key="on", title=self.tr("On"), width_px=82),
            Column(key="state", title="", kind="symbol", width_px=28, is_sortable=False),
            Column(key="what", title=self.tr("What"), width_px=240, stretch=True),
            Column(key="who", title=self.tr("Who"), width_px=94, tone="text2"),
            Column(key="hash", title=self.tr("Hash"), kind="mono", width_px=90, tone="text2", is_sortable=False),
        )  # fmt: skip

    def _lay_out(self) -> None:
        filters = QWidget()
        filters.setFixedHeight(_FILTER_PX)
        row = horizontal(filters, margins_px=(16, 0, 16, 0), gap_px=8)
        self._search.setFixedWidth(176)
        for choice, name in ((self._act, self.tr("Act")), (self._person, self.tr("Person"))):
            choice.setAccessibleName(name)
            choice.setMinimumWidth(104)
        for part in (self._search, self._period, self._act, self._person):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._chain)
        self._more = Text("", "small", "text2")
        self._more.setContentsMargins(16, 10, 16, 10)
        listed = QWidget()
        column = vertical(listed)
        for widget in (filters, hairline(), self.table, self._more):
            column.addWidget(widget)
        self._stack.addWidget(listed)
        self._stack.addWidget(framed(self._empty))
        self.set_content(self._stack)
        self.set_inspector(self._entry, 320)

    def _connect(self) -> None:
        self._search.textChanged.connect(self.table.set_filter_text)
        self._period.chosen.connect(self._filter)
        self._act.currentIndexChanged.connect(self._filter)
        self._person.currentIndexChanged.connect(self._filter)
        self.table.row_selected.connect(self._on_row)
        self._empty.acted.connect(self._on_import)
        self.context.project_changed.connect(self._on_changed)
        self.context.content_changed.connect(self._on_changed)

    def _show(self, result: object) -> None:
        assert isinstance(result, JournalResult)
        self._entries = result.entries
        self._at_s = np.array([parse_utc(entry.at_utc) / NS_PER_S for entry in result.entries])
        self._set_table()
        self._set_choices()
        self._set_chain(result)
        people = len({entry.who for entry in result.entries})
        laptops = len(result.writers)
        facts = (self.tr("append only"), count(people, self.tr("person"), self.tr("people")),
                 count(laptops, self.tr("laptop"), self.tr("laptops")))  # fmt: skip
        site = self.context.project.name if self.context.project else ""
        self.set_header(self.tr("Journal"), breadcrumb=(site,) if site else (), facts=" · ".join(facts) if people else facts[0])
        earlier = result.n_entries - len(result.entries)
        self._more.setText(self.tr("{n} earlier entries").format(n=number(earlier)))
        self._more.setVisible(earlier > 0)
        self._stack.setCurrentIndex(0 if self._entries else 1)
        self._entry.setVisible(bool(self._entries))
        if self._entries and self.table.current_row() is None:
            self.table.select_row(0)

    def _set_table(self) -> None:
        zone = zone_of(self.context.settings.zone)
        self.table.set_data(
            {
                "number": [entry.number for entry in self._entries],
                "time": [instant(entry.at_utc, zone) for entry in self._entries],
                "act": [entry.act.replace("-", " ").replace("_", " ").capitalize() for entry in self._entries],
                "on": [entry.on for entry in self._entries],
                "state": [state_of_word(entry.state) or "" for entry in self._entries],
                "what": [entry.what for entry in self._entries],
                "who": [entry.who for entry in self._entries],
                "hash": [f"{entry.hash[:4]} {entry.hash[4:8]}" for entry in self._entries],
            }
        )
        self._filter()

    def _set_choices(self) -> None:
        acts = sorted({entry.act for entry in self._entries})
        people = sorted({entry.who for entry in self._entries})
        self._act.set_options([("", self.tr("Every act")), *[(act, act.replace("-", " ").capitalize()) for act in acts]])
        self._person.set_options([("", self.tr("Everyone")), *[(person, person) for person in people]])

    def _set_chain(self, result: JournalResult) -> None:
        if result.is_whole is None:
            self._chain.set_state(State.NOT_CHECKED, self.tr("Chain not checked yet"))
        elif result.is_whole:
            at = datetime.fromtimestamp(time.time(), zone_of(self.context.settings.zone)).strftime("%H:%M")
            self._chain.set_state(State.GOOD, self.tr("Chain whole, checked {at}").format(at=at))
        else:
            self._chain.set_state(State.FAILURE, result.problems[0])
        self.set_state(State.FAILURE if result.is_whole is False else None)

    def _filter(self, *_ignored: object) -> None:
        mask = np.ones(len(self._entries), bool)
        days = {"1": 1, "7": 7, "30": 30}.get(self._period.current())
        if days is not None:
            mask &= self._at_s >= self._first_s(days)
        for choice, field in ((self._act, _act_of), (self._person, _who_of)):
            mask &= self._matches(choice.value(), field)
        self.table.set_mask(mask)

    def _first_s(self, days: int) -> float:
        """Midnight of the first day that is shown, in the person's zone: one day is today."""
        today = datetime.fromtimestamp(time.time(), zone_of(self.context.settings.zone))
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight - timedelta(days=days - 1)).timestamp()

    def _matches(self, wanted: str, field: Callable[[JournalEntry], str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([not wanted or field(entry) == wanted for entry in self._entries], bool)

    def _on_row(self, row: int) -> None:
        self._entry.show_entry(self._entries[row])

    def _on_import(self) -> None:
        self.context.navigate("logs")

    def _on_changed(self, _what: object) -> None:
        if self.isVisible():
            self.activated(self.context.selection)


def _act_of(entry: JournalEntry) -> str:
    return entry.act


def _who_of(entry: JournalEntry) -> str:
    return entry.who
