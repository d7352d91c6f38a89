"""The Drift page: which channels moved since the reference period, by how much, since when."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.errors import WorkbenchError
from workbench.core.requests import build
from workbench.core.runner import JobCall
from workbench.services.drift import DriftRequest, DriftResult, measure_drift
from workbench.services.projects import AssetInfo, ProjectRequest, ProjectResult, show_project
from workbench.services.training import RetrainRequest, TrainResult, retrain
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import day, number, quantity, span, zone_of
from workbench.ui.page import Page
from workbench.ui.pages.drift.parts import AlarmsCard, ChannelPanel, DistributionCard, HistoryCard
from workbench.ui.pages.train.page import TRAIN_SLOT
from workbench.ui.states import State
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.layouts import framed, horizontal, vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.state_filter import StateFilter, states_action
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.text import Text, hairline

_SIDE_PX = 352
_BAR_PX = 48
_SLOWEST_S = 21_600.0
_RETRAIN_SLOT = "retrain"
_EVERY = ("10", "60", "600", "3600", "21600", "86400")
_FEWEST = 20  # evaluations over the whole log, of which half calibrate the limits


class DriftPage(Page):
    """Channels ranked at the left; the chosen one over time and as two distributions at the right."""

    page_id: ClassVar[str] = "drift"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._result: DriftResult | None = None
        self._measured = ""
        self._has_champion = False
        self._spans_s: dict[str, float] = {}
        self.channels = ChannelPanel(context)
        self.history = HistoryCard(context)
        self.distribution = DistributionCard(context)
        self.alarms = AlarmsCard(context)
        self.asset = Choice(self.theme)
        self.until = UnitField(self.theme, "UTC")
        self.every = Choice(self.theme, tuple(zip(_EVERY, self._every_words(), strict=True)))
        self.states = StateFilter(self.theme)
        self._problem = Text("", "small", "failure_text", is_wrapped=True)
        self.measure_button = SecondaryButton(self.theme, self.tr("Measure again"), "again")
        self._empty = EmptyState(
            self.theme, "drift", self.tr("No drift measured yet"),
            self.tr("Import a log: its first half is the reference, the rest is compared with it."), self.tr("Import log"),
        )  # fmt: skip
        self._nothing = EmptyState(self.theme, "drift", self.tr("This log can't be measured so"))
        self._unmeasured = framed(self._nothing)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Drift"))
        self.set_header_buttons("drift.copy", primary="drift.retrain")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="drift.measure", title=self.tr("Measure drift"), icon="again", callback=self.measure, page="drift",
                menu="Model", keys=("F5",), command="workbench drift", blocked=self._why_no_asset,
            ),
            states_action("drift", self.states.open_menu),
            Action(
                id="drift.copy", title=self.tr("Copy as command"), icon="terminal", callback=self.copy_command, page="drift",
                blocked=self._why_no_asset,
            ),
            Action(
                id="drift.retrain", title=self.tr("Start retraining"), icon="train", callback=self.retrain, page="drift",
                menu="Model", command="workbench retrain", blocked=self._why_no_retrain,
            ),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._stack.setCurrentIndex(1)
            self.channels.setVisible(False)
            return
        self.context.read(show_project, ProjectRequest(project=self.context.project_text), self._on_project, slot="drift.project")

    def focus_first(self) -> None:
        self.channels.table.setFocus()

    def measure(self) -> None:
        """Compare the analysis period with the reference."""
        request = self._checked_request()
        if request is None:
            return
        self._measured = request.asset or ""
        call = JobCall(title=self.tr("Measure drift"), function=measure_drift, request=request, slot="drift")
        self.context.start_job(call, on_result=self._show, on_error=self._on_error)

    def copy_command(self) -> None:
        """Copy what this page does as a command line."""
        request = self._checked_request()
        if request is not None:
            self.context.copy_command(("drift",), request)

    def retrain(self) -> None:
        """Train the champion's recipe again on all data."""
        request = RetrainRequest(project=self.context.project_text)
        self.channels.table.setFocus()
        call = JobCall(title=self.tr("Retrain"), function=retrain, request=request, slot=_RETRAIN_SLOT)
        self.context.start_job(call, on_result=self._on_retrained, on_end=self.refresh_actions)
        self.refresh_actions()

    def _checked_request(self) -> DriftRequest | None:
        """The request; None where the reference's end can't be read: that is said beside the field."""
        try:
            request = self._request()
        except WorkbenchError as error:
            self._show_problem(str(error))
            return None
        self._show_problem("")
        return request

    def _show_problem(self, text: str) -> None:
        self.until.set_invalid(bool(text))
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _on_error(self, error: WorkbenchError) -> None:
        self._result = None
        self._nothing.sentence.setText(str(error))
        self._show_measured(False)
        self.set_header(self.tr("Drift"), breadcrumb=(self.asset.value(),))
        self.set_state(None)
        self.channels.show_channels(())

    def _show_measured(self, is_measured: bool) -> None:
        self._cards.setVisible(is_measured)
        self._unmeasured.setVisible(not is_measured)

    def _request(self) -> DriftRequest:
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.asset.value(), "every": self.every.value(),
        }  # fmt: skip
        values["regimes"] = self.states.value()
        if self.until.text().strip():
            values["reference_until"] = format_utc(parse_utc(self.until.text()))
        return build(DriftRequest, values)

    def _every_words(self) -> tuple[str, ...]:
        return (
            self.tr("every 10 s"),
            self.tr("every minute"),
            self.tr("every 10 min"),
            self.tr("every hour"),
            self.tr("every 6 h"),
            self.tr("every day"),
        )

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setFixedHeight(_BAR_PX)
        row = horizontal(bar, margins_px=(16, 0, 16, 0), gap_px=8)
        self.until.setPlaceholderText(self.tr("first half"))
        self.until.setFixedWidth(116)
        self.until.setAccessibleName(self.tr("Reference until"))
        self.every.set_value("21600")
        parts = ((self.tr("Pump"), self.asset), (self.tr("Reference until"), self.until), (self.tr("Evaluate"), self.every))
        for name, field in parts:
            row.addWidget(Text(name, "small", "text2"))
            row.addWidget(field)
        row.addStretch(1)
        row.addWidget(self.states)
        row.addWidget(self.measure_button)
        cards = QWidget()
        column = vertical(cards, margins_px=(16, 12, 16, 16), gap_px=12)
        column.addWidget(self.history, 5)
        lower = horizontal(gap_px=12)
        lower.addWidget(self.distribution, 4)
        lower.addWidget(self.alarms, 5)
        column.addLayout(lower, 6)
        shown = QWidget()
        outer = vertical(shown)
        self._problem.setContentsMargins(16, 8, 16, 0)
        self._problem.setVisible(False)
        for widget in (bar, hairline(), self._problem):
            outer.addWidget(widget)
        cards.setVisible(False)
        self._unmeasured.setVisible(False)
        outer.addWidget(cards, 1)
        outer.addWidget(self._unmeasured, 1)
        self._cards = cards
        self._stack.addWidget(shown)
        self._stack.addWidget(framed(self._empty))
        self.set_side(self.channels, _SIDE_PX)
        self.set_content(self._stack)

    def _connect(self) -> None:
        self.channels.channel_chosen.connect(self._on_channel)
        self.measure_button.clicked.connect(self.measure)
        self.until.returnPressed.connect(self.measure)
        self.asset.currentIndexChanged.connect(self._on_asset)
        self.every.currentIndexChanged.connect(self._on_pace)
        self.states.edited.connect(self._on_states)
        self._empty.acted.connect(self._on_import)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        tags = [asset.tag for asset in result.assets if asset.n_recordings]
        wanted = self.context.selection.asset
        self.asset.set_options([(tag, tag) for tag in tags])
        if wanted in tags:
            self.asset.blockSignals(True)
            self.asset.set_value(wanted or "")
            self.asset.blockSignals(False)
        self._has_champion = bool(result.champion)
        self._stack.setCurrentIndex(0 if tags else 1)
        self.channels.setVisible(bool(tags))
        self.refresh_actions()
        self._spans_s = {asset.tag: _span_s(asset) for asset in result.assets}
        if tags and self.asset.value() != self._measured:
            self._choose_pace()
            self.measure()

    def _show(self, result: object) -> None:
        assert isinstance(result, DriftResult)
        self._result = result
        self._show_measured(True)
        zone = zone_of(self.context.settings.zone)
        title = self._measured
        if result.reference and result.analysis:
            title = self.tr("Reference {reference} against {analysis}").format(
                reference=_days(result.reference, zone), analysis=_days(result.analysis, zone)
            )
        n_over = sum(channel.is_over for channel in result.channels)
        facts = self.tr("{n} of {all} channels over their limit").format(n=n_over, all=len(result.channels))
        site = self.context.project.name if self.context.project else ""
        self.set_header(title, breadcrumb=(site, self._measured), facts=facts)
        self.set_state(State.MAINTENANCE_REQUIRED if n_over else None)
        self.channels.show_channels(result.channels)
        self.alarms.show_alarms(result.alarms)
        if result.channels:
            first = next((index for index, channel in enumerate(result.channels) if channel.is_over), 0)
            self.channels.table.select_row(first)
            self._on_channel(first)

    def _on_channel(self, index: int) -> None:
        assert self._result is not None
        channel = self._result.channels[index]
        unit = unit_words(channel.unit)
        self.history.show_channel(channel, self._result)
        moved = self.tr("median {a} → {b} {unit}").format(
            a=quantity(channel.reference_median, unit),
            b=quantity(channel.analysis_median, unit),
            unit=unit,
        )
        samples = self.tr("{n} and {m} samples").format(n=number(channel.n_reference), m=number(channel.n_analysis))
        self.distribution.show_channel(channel, f"{moved.strip()} · {samples}")

    def _on_asset(self, _index: int) -> None:
        if self.isVisible() and self.asset.value():
            self._choose_pace()
            self.measure()

    def _on_pace(self, _index: int) -> None:
        if self.isVisible() and self.asset.value():
            self.measure()

    def _on_states(self) -> None:
        self._on_pace(0)

    def _choose_pace(self) -> None:
        """The slowest pace that evaluates this log often enough."""
        longest_s = self._spans_s.get(self.asset.value(), 0.0) / _FEWEST
        fitting = [pace for pace in _EVERY if float(pace) <= min(longest_s, _SLOWEST_S)]
        self.every.blockSignals(True)
        self.every.set_value(fitting[-1] if fitting else _EVERY[0])
        self.every.blockSignals(False)

    def _on_retrained(self, result: object) -> None:
        assert isinstance(result, TrainResult)
        self.context.announce("run")
        new = next((run.id for run in result.runs if not run.is_baseline), result.champion)
        self.context.navigate("compare", run=new)

    def _on_import(self) -> None:
        self.context.navigate("logs")

    def _on_changed(self, kind: str) -> None:
        if kind in {"recording", "corrections", "regimes"}:
            self._measured = ""
            if self.isVisible():
                self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self._on_changed("recording")

    def _why_no_retrain(self) -> str:
        if any(view.slot in (TRAIN_SLOT, _RETRAIN_SLOT) for view in self.context.jobs.running):
            return self.tr("Training runs; see the job panel")
        if not self._has_champion:
            return self.tr("There is no champion to train again; set one on Compare")
        return self._why_no_asset()

    def _why_no_asset(self) -> str:
        return "" if self.asset.value() else self.tr("Import a log first")


def _days(period: tuple[str, str], zone: tzinfo) -> str:
    """'2 Mar – 8 Mar'; with times where both lie on one day."""
    first, last = (day(instant, zone) for instant in period)
    return span(*period, zone) if first == last else f"{first} – {last}"


def _span_s(asset: AssetInfo) -> float:
    """Seconds from a pump's first sample to its last."""
    if not asset.first_utc or not asset.last_utc:
        return 0.0
    return (parse_utc(asset.last_utc) - parse_utc(asset.first_utc)) / NS_PER_S
