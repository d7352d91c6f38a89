"""The parts of the Screen page: what is screened, the pumps by suspicion, one pump's alarms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.services.screening import AlarmSpan, ScreenLog
from workbench.ui.context import AppContext
from workbench.ui.format import count, duration, instant, percent, zone_of
from workbench.ui.states import State
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.state_filter import StateFilter
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text

_BAR_PX = 48
_UNTIL_PX = 176
_PUMPS_PX = 136


class ScreenBar(QWidget):
    """Which pumps, until when they were good, and in which operating states they are looked at."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.asset = Choice(context.theme)
        self.asset.setAccessibleName(self.tr("Pumps"))
        self.asset.setMinimumWidth(_PUMPS_PX)
        self.until = UnitField(context.theme, "UTC")
        self.until.setFixedWidth(_UNTIL_PX)
        self.until.setPlaceholderText("2026-03-16 10:52")
        self.until.setAccessibleName(self.tr("Known to be good until"))
        self.states = StateFilter(context.theme)
        self._is_typed = False
        self.until.textEdited.connect(self._on_typed)
        self.setFixedHeight(_BAR_PX)
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=8)
        for name, field in ((self.tr("Pumps"), self.asset), (self.tr("Known to be good until"), self.until)):
            row.addWidget(Text(name, "small", "text2"))
            row.addWidget(field)
        row.addStretch(1)
        row.addWidget(Text(self.tr("Only in"), "small", "text2"))
        row.addWidget(self.states)

    def show_pumps(self, tags: Sequence[str]) -> None:
        """Offer all of them together, and each."""
        every = self.tr("All {n} pumps").format(n=len(tags))
        self.asset.set_options([("", every), *((tag, tag) for tag in tags)] if len(tags) > 1 else [(tag, tag) for tag in tags])

    def offer(self, text: str) -> None:
        """Put an instant into the field, if nobody has typed one."""
        if not self._is_typed:
            self.until.setText(text)

    def _on_typed(self, text: str) -> None:
        self._is_typed = bool(text.strip())

    def n_chosen(self) -> int:
        """How many pumps that is."""
        return 1 if self.asset.value() else max(1, self.asset.count() - 1)


class PumpsCard(Card):
    """One row a pump, the most suspicious first. `chosen(index)`, `opened(index)` into the logs that were shown."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Pumps by suspicion"), padding_px=0)
        self._context = context
        columns = (
            Column(key="source", title=self.tr("Pump"), kind="strong", width_px=150),
            Column(key="state", title=self.tr("Found"), kind="state", width_px=150, second_key="words"),
            Column(key="share", title=self.tr("In alarm"), kind="number", width_px=84, sort_key="share_figure"),
            Column(key="share_figure", title=self.tr("of scored rows"), kind="bar", width_px=110, bar_max=1.0, is_sortable=False),
            Column(key="longest", title=self.tr("Longest"), kind="number", width_px=104, sort_key="longest_s"),
            Column(key="last", title=self.tr("Last alarm, {zone}").format(zone=context.settings.zone or "UTC"), width_px=140,
                   sort_key="last_figure"),
            Column(key="note", title=self.tr("Note"), width_px=180, stretch=True, tone="text2"),
        )  # fmt: skip
        self.table = ArrayTable(context.theme, columns)
        self.table.setAccessibleName(self.tr("Pumps by suspicion"))
        self.body.setSpacing(0)
        self.body.addWidget(self.table, 1)
        self.table.row_selected.connect(self.chosen)
        self.table.row_activated.connect(self.opened)

    def show_logs(self, logs: Sequence[ScreenLog]) -> None:
        """What was found, the larger share in alarm first."""
        zone = zone_of(self._context.settings.zone)
        longest = [max(map(_seconds, log.alarms), default=0.0) for log in logs]
        last = [max((alarm.end_utc for alarm in log.alarms), default="") for log in logs]
        self.table.set_data(
            {
                "source": [log.source for log in logs],
                "state": [_state_of(log) for log in logs],
                "words": [self._words(log) for log in logs],
                "share": ["–" if log.why else percent(share_of(log), 1) for log in logs],
                "share_figure": [share_of(log) for log in logs],
                "longest": [duration(value) if value else "–" for value in longest],
                "longest_s": longest,
                "last": [instant(at, zone, with_seconds=False) for at in last],
                "last_figure": [float(parse_utc(at)) if at else 0.0 for at in last],
                "note": [self._note(log) for log in logs],
            }
        )
        self.table.sort_by("share", is_descending=True)
        self.set_title(self.tr("Pumps by suspicion"), self.tr("Enter opens the longest alarm on Logs"))

    def choose_first(self) -> None:
        """The most suspicious one."""
        if self.table.array.rowCount():
            self.table.selectRow(0)

    def _words(self, log: ScreenLog) -> str:
        if log.why:
            return self.tr("Not screened")
        if not log.n_scored:
            return self.tr("No score")
        return count(log.n_alarms, self.tr("alarm"), self.tr("alarms")) if log.n_alarms else self.tr("No alarm")

    def _note(self, log: ScreenLog) -> str:
        if log.why:
            return log.why
        stopped = next((period.why for period in log.periods if period.why), "")
        parts = [stopped, self.tr("{n} works end a reference").format(n=len(log.periods) - 1) if len(log.periods) > 1 else ""]
        if log.left_out:
            names = ", ".join(item["channel"] for item in log.left_out)
            parts.append(self.tr("without {channels}").format(channels=names))
        return " · ".join(part for part in parts if part)


class AlarmsCard(Card):
    """One pump's longest alarms in order of time. A click or Enter opens the place: `opened(index)`."""

    opened = Signal(int)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Alarms"), padding_px=0)
        self._context = context
        self.log: ScreenLog | None = None
        zone = context.settings.zone or "UTC"
        columns = (
            Column(key="start", title=self.tr("From, {zone}").format(zone=zone), width_px=150, sort_key="start_figure"),
            Column(key="end", title=self.tr("To, {zone}").format(zone=zone), width_px=150, sort_key="end_figure"),
            Column(key="lasts", title=self.tr("Lasts"), kind="number", width_px=110, sort_key="seconds"),
            Column(key="rows", title=self.tr("Rows"), kind="number", width_px=80),
            Column(key="room", title="", stretch=True, is_sortable=False),
        )
        self.table = ArrayTable(context.theme, columns)
        self.table.setAccessibleName(self.tr("Alarms"))
        self._none = Text("", "small", "text2", is_wrapped=True)
        self._none.setContentsMargins(15, 12, 15, 12)
        self.body.setSpacing(0)
        self.body.addWidget(self._none, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.table, 1)
        self.table.row_activated.connect(self.opened)
        self.table.clicked.connect(self._on_clicked)
        self.show_log(None)

    def show_log(self, log: ScreenLog | None) -> None:
        """The alarms of this pump; none where no pump is chosen."""
        self.log = log
        alarms: tuple[AlarmSpan, ...] = log.alarms if log is not None else ()
        zone = zone_of(self._context.settings.zone)
        self.table.setVisible(bool(alarms))
        self._none.setVisible(not alarms)
        self._none.setText(self._why_none(log))
        self.table.set_data(
            {
                "start": [instant(alarm.start_utc, zone) for alarm in alarms],
                "end": [instant(alarm.end_utc, zone) for alarm in alarms],
                "lasts": [duration(_seconds(alarm)) for alarm in alarms],
                "rows": [float(alarm.rows) for alarm in alarms],
                "start_figure": [float(parse_utc(alarm.start_utc)) for alarm in alarms],
                "end_figure": [float(parse_utc(alarm.end_utc)) for alarm in alarms],
                "seconds": [_seconds(alarm) for alarm in alarms],
                "room": [""] * len(alarms),
            }
        )
        self.set_title(self.tr("Alarms"), self._facts(log))

    def _facts(self, log: ScreenLog | None) -> str:
        if log is None or not log.alarms:
            return log.source if log is not None else ""
        shown = self.tr("the {n} longest of {all}").format(n=len(log.alarms), all=log.n_alarms)
        which = shown if len(log.alarms) < log.n_alarms else count(log.n_alarms, self.tr("alarm"), self.tr("alarms"))
        return self.tr("{pump} · {which} · a click or Enter opens it on Logs").format(pump=log.source, which=which)

    def _why_none(self, log: ScreenLog | None) -> str:
        if log is None:
            return self.tr("The alarms of the pump that is chosen above.")
        if log.why:
            return log.why
        if not log.n_scored:
            return self.tr("No row behind the reference has a score: the pump stood, or values are missing.")
        return self.tr("None: its score stayed below the threshold that its own good part gave.")

    def _on_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(self.table.array.source_row(index.row()))


def share_of(log: ScreenLog) -> float:
    """Scored rows in alarm, 0..1; below zero where nothing was scored, so that those pumps come last."""
    return log.alarm_rows / log.n_scored if log.n_scored else -1.0


def _state_of(log: ScreenLog) -> State:
    if not log.n_scored:
        return State.NOT_CHECKED
    return State.OUT_OF_SPECIFICATION if log.alarm_rows else State.GOOD


def _seconds(alarm: AlarmSpan) -> float:
    return (parse_utc(alarm.end_utc) - parse_utc(alarm.start_utc)) / NS_PER_S
