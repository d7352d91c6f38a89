"""Parts of the preview of events from a file: what each column is taken for, how dates are read, and the events it would give."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.logs.events.failure_words import ACTIONS, MODES, words_of
from workbench.services.event_import import EventColumn, EventsPreviewResult
from workbench.ui.context import AppContext
from workbench.ui.format import count, instant, number, percent, zone_of
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import HEADER_PX, Card
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import scrolled, vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import CutText, Text

_SURE, _LIKELY = 0.85, 0.6
_LABEL_PX = 92
_MAPPING_PX, _ROW_PX = 310, 34
_NAME_PX = 220
_ORDERS = ("DMY", "MDY", "YMD")
_MAY_BE_ABSENT = ("kind", "mode", "action")


def role_words() -> dict[str, str]:
    """What columns can be taken for, in words, in the order of the menu."""
    tr = QCoreApplication.translate
    return {
        "ignore": tr("Roles", "nothing, left out"), "asset": tr("Roles", "pump"), "name": tr("Roles", "name of the event"),
        "description": tr("Roles", "description"), "start": tr("Roles", "start"), "end": tr("Roles", "end"),
        "last_good": tr("Roles", "last known good"), "found": tr("Roles", "found"), "reported": tr("Roles", "reported"),
        "fixed": tr("Roles", "fixed"), "work_start": tr("Roles", "start of the work"),
        "mode": tr("Roles", "failure mode"), "mechanism": tr("Roles", "failure mechanism"),
        "action": tr("Roles", "worked on"), "as_found": tr("Roles", "as found"), "as_left": tr("Roles", "as left"),
        "author": tr("Roles", "who"), "order": tr("Roles", "order number"), "type": tr("Roles", "planned or not"),
        "state": tr("Roles", "real or not"), "alarm": tr("Roles", "alarm"), "alarm_state": tr("Roles", "active or normal"),
        "priority": tr("Roles", "priority"),
    }  # fmt: skip


class MappingCard(Card):
    """One line a column: its name, what it is taken for, how sure, and first cells. `mapped(column, role)`."""

    mapped = Signal(str, str)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(padding_px=0)
        self._theme = theme
        self.set_title(self.tr("Columns"))
        self.choices: dict[str, Choice] = {}
        self._inner = QWidget()
        self._inner.setProperty("surface", "panel")
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(16, 8, 16, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(1, 170)
        self._grid.setColumnStretch(3, 1)
        self._scroll = scrolled(self._inner, is_sideways=True, takes_focus=False)
        self.body.addWidget(self._scroll)

    def show_columns(self, columns: tuple[EventColumn, ...]) -> None:
        """List these; the menus stay where the columns are the same."""
        if tuple(self.choices) != tuple(one.name for one in columns):
            self._make_rows(columns)
        for row, column in enumerate(columns):
            choice = self.choices[column.name]
            choice.blockSignals(True)
            choice.set_value(column.role)
            choice.blockSignals(False)
            self._show_sureness(row, column)
        n_used = sum(column.role != "ignore" for column in columns)
        self.set_title(self.tr("Columns"), self.tr("{n} of {all} are used").format(n=n_used, all=len(columns)))

    def _make_rows(self, columns: tuple[EventColumn, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.choices = {}
        for row, column in enumerate(columns):
            choice = Choice(self._theme, list(role_words().items()))
            choice.setProperty("column", column.name)
            choice.setAccessibleName(self.tr("What {name} is taken for").format(name=column.name))
            choice.currentIndexChanged.connect(self._on_choice)
            self.choices[column.name] = choice
            self._grid.addWidget(CutText(column.name, "strong", most_px=_NAME_PX), row, 0)
            self._grid.addWidget(choice, row, 1)
            self._grid.addWidget(CutText("  ·  ".join(column.sample), "small", "text2"), row, 3)
        self._grid.setRowStretch(len(columns), 1)
        height_px = HEADER_PX + _ROW_PX * len(columns) + 16  # no higher than its rows, no lower than what is worth scrolling in
        self.setMaximumHeight(height_px)
        self.setMinimumHeight(min(height_px, _MAPPING_PX))

    def _show_sureness(self, row: int, column: EventColumn) -> None:
        item = self._grid.itemAtPosition(row, 2)
        former = item.widget() if item is not None else None
        if former is not None:
            self._grid.removeWidget(former)
            former.hide()
            former.deleteLater()
        self._grid.addWidget(self._sureness(column), row, 2)

    def _sureness(self, column: EventColumn) -> QWidget:
        if column.confidence >= 1.0:
            return Text(self.tr("your choice"), "caption", "text3")
        if column.role == "ignore":
            return Text("", "caption", "text3")
        if column.confidence >= _SURE:
            return Text(self.tr("sure"), "caption", "text3")
        if column.confidence >= _LIKELY:
            return Text(self.tr("likely, {share}").format(share=percent(column.confidence)), "caption", "text2")
        return StateBadge(self._theme, State.OUT_OF_SPECIFICATION, self.tr("check"), is_quiet=True)

    def _on_choice(self, _index: int) -> None:
        choice = self.sender()
        if isinstance(choice, Choice):
            self.mapped.emit(str(choice.property("column")), choice.value())


class ReadingCard(Card):
    """How the file is read: kind of table, order of day and month, zone, state, whose rows that name no pump. `changed()`."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(padding_px=15)
        theme = context.theme
        self.set_title(self.tr("How it is read"))
        self.table = Choice(
            theme, [("auto", self.tr("as it looks")), ("orders", self.tr("work orders")), ("alarms", self.tr("alarm journal"))]
        )
        self.order = Choice(theme)
        self.zone = Choice(theme, self._zones(context.settings.zone))
        self.state = Choice(theme, [("unsure", self.tr("unsure, to be judged")), ("real", self.tr("real"))])
        self.asset = Choice(theme)
        self.question = StateBadge(theme, State.OUT_OF_SPECIFICATION, self.tr("Which number is the day?"), is_quiet=True)
        self.example = Text("", "small", "text1", is_wrapped=True)
        self._is_showing = False
        self._zone_hint = Text(self.tr("The file names no zone."), "caption", "text2", is_wrapped=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, _LABEL_PX)
        grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("Table"), self.table), (self.tr("Dates"), self.order), (self.tr("Zone"), self.zone),
            (self.tr("State"), self.state), (self.tr("No pump named"), self.asset),
        )  # fmt: skip
        for row, (title, choice) in enumerate(rows):
            grid.addWidget(Text(title, "small", "text2"), row, 0)
            grid.addWidget(choice, row, 1)
            choice.setAccessibleName(title)
            choice.currentIndexChanged.connect(self._on_changed)
        for widget in (self.question, self.example):
            self.body.addWidget(widget)
        self.body.addLayout(grid)
        self.body.addWidget(self._zone_hint)

    def show_result(self, result: EventsPreviewResult, answers: dict[str, str]) -> None:
        """Ask what is open."""
        asked = next((one for one in result.questions if one.code == "DAY_MONTH_AMBIGUOUS"), None)
        self.question.setVisible(asked is not None)
        self.example.setVisible(asked is not None)
        self.example.setText(asked.text if asked is not None else "")
        self._is_showing = True
        first = self.tr("choose…") if asked is not None else self.tr("as in the file")
        self.order.set_options([("", first), *((one, _order_words(one)) for one in _ORDERS)])
        self.order.set_value(answers.get("DAY_MONTH_AMBIGUOUS", ""))
        self._zone_hint.setVisible(any(one.code == "ZONE_UNKNOWN" for one in result.questions))
        is_table = bool(result.columns)
        for choice in (self.table, self.order, self.zone):
            choice.setEnabled(is_table)
        self._is_showing = False

    def show_assets(self, tags: tuple[str, ...], chosen: str) -> None:
        """Whose the rows may be that name no pump."""
        self._is_showing = True
        self.asset.set_options([("", self.tr("left out")), *((tag, tag) for tag in tags)])
        self.asset.set_value(chosen)
        self._is_showing = False

    @staticmethod
    def _zones(own: str) -> list[tuple[str, str]]:
        listed = dict.fromkeys([*([own] if own else []), *sorted(available_timezones())])
        return [("", QCoreApplication.translate("ReadingCard", "as in the file, else UTC")), *((name, name) for name in listed)]

    def _on_changed(self, _index: int) -> None:
        if not self._is_showing:
            self.changed.emit()


class EventsCard(Card):
    """The events that the file would give, and why rows give none."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(padding_px=0)
        self._context = context
        self.set_title(self.tr("Events"))
        columns = (
            Column(key="asset", title=self.tr("Pump"), kind="strong", width_px=84),
            Column(key="name", title=self.tr("Event"), stretch=True),
            Column(key="kind", title=self.tr("Kind"), width_px=104),
            Column(key="start", title=self.tr("Start"), width_px=98),
            Column(key="end", title=self.tr("End"), width_px=98),
            Column(key="mode", title=self.tr("Failure mode"), width_px=150),
            Column(key="action", title=self.tr("Worked on"), width_px=82),
        )
        self.table = ArrayTable(context.theme, columns)
        self.table.setAccessibleName(self.tr("Events of the file"))
        self._left_out = Text("", "small", "text2", is_wrapped=True)
        self._left_out.setContentsMargins(16, 8, 16, 8)
        self.body.setSpacing(0)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._left_out)

    def show_result(self, result: EventsPreviewResult) -> None:
        """List them."""
        zone, events = zone_of(self._context.settings.zone), result.events
        data: dict[str, list[str]] = {
            "asset": [one.asset for one in events],
            "name": [one.name for one in events],
            "kind": [one.kind or "–" for one in events],
            "start": [instant(one.start_utc, zone, with_seconds=False) for one in events],
            "end": [instant(one.end_utc, zone, with_seconds=False) for one in events],
            "mode": [words_of(MODES, one.mode) or "–" for one in events],
            "action": [words_of(ACTIONS, one.action) or "–" for one in events],
        }  # fmt: skip
        self.table.set_data(data)
        for place, column in enumerate(self.table.array.columns):
            if column.key in _MAY_BE_ABSENT:  # a column of dashes says nothing
                self.table.setColumnHidden(place, all(cell == "–" for cell in data[column.key]))
        words = count(result.n_events, self.tr("event"), self.tr("events"))
        shown = self.tr("{events}, the first {n} are shown").format(events=words, n=len(events))
        self.set_title(self.tr("Events"), words if result.n_events == len(events) else shown)
        reasons = sorted(result.left_out.items(), key=_most_first)[:4]
        said = "; ".join(f"{number(n)} × {why}" for why, n in reasons)
        self._left_out.setText(self.tr("Left out: {reasons}.").format(reasons=said) if said else "")
        self._left_out.setVisible(bool(said))


def stacked(*widgets: QWidget, width_px: int) -> QWidget:
    """Cards below each other in a column of fixed width."""
    holder = QWidget()
    holder.setFixedWidth(width_px)
    column = vertical(holder, gap_px=12)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return holder


def _order_words(order: str) -> str:
    tr = QCoreApplication.translate
    words = {"DMY": tr("Orders", "day/month/year"), "MDY": tr("Orders", "month/day/year"), "YMD": tr("Orders", "year/month/day")}
    return words[order]


def _most_first(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
