"""The Compare page: runs on one hold-out, the threshold in alarms per week, alarms against events, click-through to the trace."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.runner import JobCall
from workbench.services.runs import (
    ChampionRequest,
    CompareRequest,
    CompareResult,
    RunsListRequest,
    RunsListResult,
    TimelineRequest,
    TimelineResult,
    compare_runs,
    list_runs,
    run_timeline,
    set_champion,
)
from workbench.services.training import RunSummary
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.page import Page
from workbench.ui.pages.compare.parts import AlarmsCard, DiffCard, FrontCard, LeaderboardCard, ThresholdCard
from workbench.ui.widgets.layouts import framed, horizontal
from workbench.ui.widgets.states import EmptyState

_AROUND_NS = 30 * 60 * NS_PER_S
_RIGHT_PX = 360


class ComparePage(Page):
    """The champion's row first; moving the threshold redraws alarms and figures."""

    page_id: ClassVar[str] = "compare"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._runs: tuple[RunSummary, ...] = ()
        self._run = ""
        self._doomed = ""
        self._champion: str | None = None
        self._timeline: TimelineResult | None = None
        self.leaderboard = LeaderboardCard(context)
        self.threshold = ThresholdCard(context)
        self.alarms = AlarmsCard(context)
        self.front = FrontCard(context)
        self.differences = DiffCard(context)
        self._corner = QStackedWidget()
        self._empty = EmptyState(
            self.theme, "compare", self.tr("No runs to compare yet"),
            self.tr("Train a recipe: every family runs on the same hold-out, beside three baselines."), self.tr("Go to Train"),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Compare"))
        self.set_header_buttons("compare.diff", primary="compare.champion")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="compare.diff", title=self.tr("Diff with champion"), icon="diff", callback=self.diff, page="compare",
                menu="Model", command="workbench runs compare", blocked=self._why_no_diff,
            ),
            Action(
                id="compare.champion", title=self.tr("Set champion"), icon="crown", callback=self.make_champion, page="compare",
                keys=("Ctrl+Shift+C",), menu="Model", command="workbench runs champion", blocked=self._why_no_champion,
            ),
            Action(
                id="compare.remove", title=self.tr("Remove run…"), icon="trash", callback=self.remove, page="compare",
                menu="Model", command="workbench project remove", blocked=self._why_no_run,
            ),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._show_runs(RunsListResult(runs=(), champion=None))
            return
        self._corner.setCurrentIndex(0)
        if selection.run:
            self._run = selection.run
        self.context.read(list_runs, RunsListRequest(project=self.context.project_text), self._show_runs, slot="compare.runs")

    def focus_first(self) -> None:
        self.leaderboard.table.setFocus()

    def make_champion(self) -> None:
        """The chosen run becomes the champion."""
        self.leaderboard.table.setFocus()  # the button goes grey, and the keyboard must not be lost with it
        request = ChampionRequest(run=self._run, project=self.context.project_text)
        call = JobCall(title=self.tr("Set champion"), function=set_champion, request=request, slot="champion", lane="thread")
        self.context.start_job(call, on_result=self._on_champion)

    def diff(self) -> None:
        """The chosen run against the champion, in words."""
        request = CompareRequest(run=self._run, other=self._champion or "", project=self.context.project_text)
        self.context.read(compare_runs, request, self._on_diff)

    def remove(self) -> None:
        """Remove the chosen run, after asking."""
        self._doomed = self._run  # while the question is open, a training may choose another run
        self.context.messages.confirm(
            self.tr("Remove run {run}?").format(run=self._run[:8]),
            self.tr("Its model and scores are deleted from this project. The journal keeps that it was there."),
            self.tr("Remove run"), self._on_remove,
        )  # fmt: skip

    def _on_remove(self) -> None:
        from workbench.services.projects import RemoveRequest, remove_item

        request = RemoveRequest(project=self.context.project_text, kind="run", id=self._doomed)
        call = JobCall(title=self.tr("Remove run"), function=remove_item, request=request, slot="run.remove", lane="thread")
        self.context.start_job(call, on_result=self._on_removed)

    def _on_removed(self, _result: object) -> None:
        self._run = ""
        self.context.announce("run")

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        self._corner.addWidget(self.front)
        self._corner.addWidget(self.differences)
        for column, cards in ((left, (self.leaderboard, self.alarms)), (right, (self.threshold, self._corner))):
            column.setSpacing(12)
            for card, stretch in zip(cards, (7, 6), strict=True):
                column.addWidget(card, stretch)
                card.setMinimumHeight(0)
        grid = QWidget()
        row = horizontal(grid, margins_px=16, gap_px=12)
        row.addLayout(left, 1)
        side = QWidget()
        side.setFixedWidth(_RIGHT_PX)
        right.setContentsMargins(0, 0, 0, 0)
        side.setLayout(right)
        row.addWidget(side)
        self._stack.addWidget(grid)
        self._stack.addWidget(framed(self._empty))
        self.set_content(self._stack)

    def _connect(self) -> None:
        self.leaderboard.run_chosen.connect(self._on_run)
        self.threshold.threshold_moved.connect(self._on_threshold)
        self.alarms.alarm_opened.connect(self._on_alarm)
        self.front.run_chosen.connect(self._on_front)
        self.differences.closed.connect(self._on_diff_closed)
        self._empty.acted.connect(self._on_train)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_changed)

    def _show_runs(self, result: object) -> None:
        assert isinstance(result, RunsListResult)
        self._runs, self._champion = _each_baseline_once(result.runs), result.champion
        self._stack.setCurrentIndex(0 if self._runs else 1)
        if not self._runs:
            self.set_header(self.tr("Compare"))
            self.refresh_actions()
            return
        known = {run.id for run in self._runs}
        if self._run not in known:
            self._run = result.champion if result.champion in known else self._runs[0].id
        n_splits = len({run.split_id for run in self._runs})
        several = self.tr("{n} hold-outs: only runs on one hold-out can be compared").format(n=n_splits)
        facts = self.tr("same hold-out for every run") if n_splits == 1 else several
        site = self.context.project.name if self.context.project else ""
        self.set_header(self.tr("{n} runs").format(n=len(self._runs)), breadcrumb=(site,), facts=facts)
        self.leaderboard.show_runs(self._runs, self._champion, self._run)
        self._read_timeline(0.5)

    def _read_timeline(self, threshold: float) -> None:
        request = TimelineRequest(run=self._run, project=self.context.project_text, threshold=threshold)
        self.context.read(run_timeline, request, self._show_timeline)

    def _show_timeline(self, result: object) -> None:
        assert isinstance(result, TimelineResult)
        self._timeline = result
        run = next((run for run in self._runs if run.id == self._run), None)
        if run is None:
            return
        self.threshold.show_timeline(run, result)
        self.alarms.show_timeline(result)
        self.front.show_runs(self._runs, self._run)
        self.refresh_actions()

    def _on_run(self, run: str) -> None:
        if run == self._run and self._timeline is not None:
            return
        self._run = run
        self._corner.setCurrentIndex(0)
        self.context.select(run=run)
        self.threshold.reset()
        self._read_timeline(0.5)

    def _on_front(self, run: str) -> None:
        self.leaderboard.choose(run)

    def _on_threshold(self, threshold: float) -> None:
        self._read_timeline(threshold)

    def _on_alarm(self, index: int) -> None:
        assert self._timeline is not None
        alarm = self._timeline.alarms[index]
        start = parse_utc(alarm.start_utc)
        self.context.navigate(
            "logs", asset=alarm.asset, start_ns=start - _AROUND_NS, end_ns=parse_utc(alarm.end_utc) + _AROUND_NS
        )

    def _on_champion(self, _result: object) -> None:
        self.context.messages.say(self.tr("Run {run} is the champion now.").format(run=self._run[:8]))
        self.context.announce("champion")

    def _on_diff(self, result: object) -> None:
        assert isinstance(result, CompareResult)
        facts = self.tr("{run} against {champion}").format(run=self._run[:8], champion=(self._champion or "")[:8])
        self.differences.show_differences(facts, result.differences)
        self._corner.setCurrentIndex(1)
        self.differences.close_button.setFocus()

    def _on_diff_closed(self) -> None:
        self._corner.setCurrentIndex(0)
        self.leaderboard.table.setFocus()

    def _on_train(self) -> None:
        self.context.navigate("train")

    def _on_changed(self, _what: object) -> None:
        if self.isVisible():
            self.activated(Selection())

    def _why_no_run(self) -> str:
        return "" if self._runs else self.tr("There are no runs yet")

    def _why_no_champion(self) -> str:
        run = next((run for run in self._runs if run.id == self._run), None)
        if run is None:
            return self._why_no_run()
        if run.is_baseline:
            return self.tr("A baseline can't be the champion")
        return self.tr("This run is the champion already") if run.id == self._champion else ""

    def _why_no_diff(self) -> str:
        if not self._champion:
            return self.tr("There is no champion yet")
        return self.tr("This run is the champion") if self._run == self._champion else self._why_no_run()


def _each_baseline_once(runs: tuple[RunSummary, ...]) -> tuple[RunSummary, ...]:
    """Every training runs the baselines; on one hold-out the newest of each says it all."""
    newest: dict[tuple[str, str], RunSummary] = {}
    for run in runs:
        key = (run.family, run.split_id)
        if run.is_baseline and (key not in newest or run.created_utc > newest[key].created_utc):
            newest[key] = run
    kept = {run.id for run in newest.values()}
    return tuple(run for run in runs if not run.is_baseline or run.id in kept)
