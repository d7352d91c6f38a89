"""The Train page: a recipe as a form, how it would split the pumps, and the runs as they come."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.errors import RequestError, WorkbenchError
from workbench.core.requests import build
from workbench.core.runner import JobCall
from workbench.services.projects import ProjectRequest, ProjectResult, show_project
from workbench.services.training import (
    RecipeNewRequest,
    RunSummary,
    SplitPreviewRequest,
    SplitPreviewResult,
    TrainRequest,
    TrainResult,
    new_recipe,
    preview_split,
    train,
)
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import number
from workbench.ui.messages import NoticeText
from workbench.ui.page import Page
from workbench.ui.pages.train.form import RecipePanel
from workbench.ui.pages.train.parts import RunsCard, SplitCard
from workbench.ui.states import State
from workbench.ui.widgets.layouts import framed, vertical
from workbench.ui.widgets.state_filter import states_action
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.text import Text

_FORM_PX = 456
_SETTLE_MS = 500
_DRAFT = "drafts/recipe.toml"
TRAIN_SLOT = "train"


class TrainPage(Page):
    """The form at the left; the split board over the runs at the right."""

    page_id: ClassVar[str] = "train"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._job: int | None = None
        self._has_logs = False
        self._is_ready = False
        self._has_problem = False
        self.form = RecipePanel(context)
        self.split = SplitCard(context)
        self.runs = RunsCard(context)
        self.problem = Text("", "small", "failure_text", is_wrapped=True)
        self._empty = EmptyState(
            self.theme, "train", self.tr("Nothing to train on yet"),
            self.tr("Import logs of at least one pump. Events help: without them only detection of anomalies can be measured."),
            self.tr("Import log"),
        )  # fmt: skip
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("New experiment"))
        self.set_header_buttons("train.copy", primary="train.start")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            states_action("train", self.form.open_states),
            Action(
                id="train.copy", title=self.tr("Copy as command"), icon="terminal", callback=self.copy_command, page="train",
                blocked=self._why_not,
            ),
            Action(
                id="train.start", title=self.tr("Start training"), icon="play", callback=self.start, page="train", menu="Model",
                keys=("Ctrl+Return",), command="workbench train", blocked=self._why_not_start,
            ),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._show_empty(True)
            return
        self.form.load()
        self.context.read(show_project, ProjectRequest(project=self.context.project_text), self._on_project, slot="train.project")

    def focus_first(self) -> None:
        self.form.focus_first()

    def start(self) -> None:
        """Train all chosen families; runs appear as they come."""
        request = TrainRequest(recipe=self._draft(), project=self.context.project_text)
        self.runs.begin()
        self.runs.table.setFocus()  # the button goes grey, and the keyboard must not be lost with it
        call = JobCall(title=self.tr("Train"), function=train, request=request, slot=TRAIN_SLOT)
        self._job = self.context.start_job(call, on_result=self._on_trained, on_partial=self._on_run, on_end=self._on_end)
        self.refresh_actions()

    def copy_command(self) -> None:
        """Both commands: the one that writes the recipe and the one that trains it."""
        try:
            request_of_recipe = self._recipe_request()
        except RequestError as error:
            self._on_error(error)
            return
        recipe = self.context.command_text(("recipe", "new"), request_of_recipe)
        request = TrainRequest(recipe=self._draft(), project=self.context.project_text)
        self.context.messages.copy(f"{recipe}\n{self.context.command_text(('train',), request)}")

    def _draft(self) -> str:
        return f"{self.context.project_text}/{_DRAFT}"

    def _recipe_request(self) -> RecipeNewRequest:
        return build(RecipeNewRequest, {**self.form.values(), "out": self._draft(), "overwrite": True})

    def _lay_out(self) -> None:
        board = QWidget()
        column = vertical(board, margins_px=(16, 12, 16, 16), gap_px=12)
        column.addWidget(self.problem)
        column.addWidget(self.split, 3)
        column.addWidget(self.runs, 2)
        self.problem.setVisible(False)
        self._stack.addWidget(board)
        self._stack.addWidget(framed(self._empty))
        self.set_side(self.form, _FORM_PX)
        self.set_content(self._stack)

    def _connect(self) -> None:
        self.form.changed.connect(self._on_edited)
        self._settle.timeout.connect(self._write_draft)
        self._empty.acted.connect(self._on_import)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        self._has_logs = any(asset.n_recordings for asset in result.assets)
        self._show_empty(not self._has_logs)
        if self._has_logs:
            self._write_draft()

    def _show_empty(self, is_empty: bool) -> None:
        self._stack.setCurrentIndex(1 if is_empty else 0)
        self.form.setEnabled(not is_empty)
        self.refresh_actions()

    def _on_edited(self) -> None:
        self._is_ready = False
        self._settle.start()
        self.refresh_actions()

    def _write_draft(self) -> None:
        if self.context.project is None:
            return
        try:
            request = self._recipe_request()
        except RequestError as error:
            self._on_error(error)
            return
        self.context.read(new_recipe, request, self._on_draft, self._on_error)

    def _on_draft(self, _result: object) -> None:
        request = SplitPreviewRequest(recipe=self._draft(), project=self.context.project_text)
        call = JobCall(title=self.tr("Plan the split"), function=preview_split, request=request, slot="train.plan", lane="thread")
        self.context.start_job(call, on_result=self._on_split, on_error=self._on_error)

    def _on_split(self, result: object) -> None:
        assert isinstance(result, SplitPreviewResult)
        self._is_ready, self._has_problem = True, False
        self.problem.setVisible(False)
        self.split.show_split(result)
        self.form.show_plan(result)
        facts = self.tr("{n} windows · {m} features · {k} events").format(
            n=number(result.n_windows), m=result.n_features, k=result.n_events
        )
        self.set_header(
            self.tr("New experiment"), breadcrumb=(self.context.project.name if self.context.project else "",), facts=facts
        )
        self.refresh_actions()

    def _on_error(self, error: WorkbenchError) -> None:
        self._is_ready, self._has_problem = False, True
        self.problem.setText(str(error))
        self.problem.setVisible(True)
        self.refresh_actions()

    def _on_run(self, partial: object) -> None:
        if isinstance(partial, RunSummary):
            self.runs.add(partial)

    def _on_trained(self, result: object) -> None:
        assert isinstance(result, TrainResult)
        self.context.announce("run")
        # The best of these, even where an older champion stays ahead of them.
        run = next((run for run in result.runs if run.id == result.champion), result.runs[0])
        self.context.select(run=run.id)
        text = self.tr("{n} runs are trained. The best of them is {title}.")
        best = run.title
        show = Action(id="train.compare", title=self.tr("Compare them"), icon="compare", callback=self.show_runs)
        notice = NoticeText(text=text.format(n=len(result.runs), title=best), state=State.GOOD, actions=(show,), key="train.done")
        if self.isVisible():
            self.show_runs()
        else:
            self.context.messages.post(notice)

    def show_runs(self) -> None:
        """Go to Compare with what was trained."""
        self.context.messages.withdraw("train.done")
        self.context.navigate("compare")

    def _on_end(self, *_ignored: object) -> None:
        self._job = None
        self.runs.end()
        self.refresh_actions()

    def _on_import(self) -> None:
        self.context.navigate("logs")

    def _on_changed(self, kind: str) -> None:
        if kind in ("recording", "labels", "corrections") and self.isVisible():
            self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self._is_ready = False
        if self.isVisible():
            self.activated(Selection())

    def _why_not(self) -> str:
        return "" if self._has_logs else self.tr("Import logs first")

    def _why_not_start(self) -> str:
        if self._job is not None:
            return self.tr("Training runs; see the job panel")
        if not self._has_logs:
            return self._why_not()
        if self._has_problem:
            return self.tr("Mend the recipe first")
        return "" if self._is_ready else self.tr("The split is being planned")
