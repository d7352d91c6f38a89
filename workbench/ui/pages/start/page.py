"""The start page: three doors that preview where you left off; below, what needs you and the projects."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workbench.core.errors import WorkbenchError
from workbench.services.overview import Need, OverviewResult, show_overview
from workbench.services.projects import ProjectRequest
from workbench.ui import format as shown
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.page import Page
from workbench.ui.pages.start.doors import Door, RunDots, SlotPair, TracePicture
from workbench.ui.pages.start.lists import NeedsCard, ProjectsCard
from workbench.ui.pages.start.needs import words_of
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical

_DOORS = ("log", "model", "device")


class StartPage(Page):
    """Reads the overview of the project whenever it is shown."""

    page_id = "start"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._overview: OverviewResult | None = None
        self._trace = TracePicture(self.theme)
        self._dots = RunDots(self.theme)
        self._slots = SlotPair(self.theme)
        self.doors = self._make_doors()
        self.needs = NeedsCard(self.theme)
        self.projects = ProjectsCard(context)
        self.needs.chosen.connect(self._on_need)
        context.project_changed.connect(self._on_project)
        context.project_refused.connect(self.projects.refuse)
        context.content_changed.connect(self._on_content)
        self._lay_out()
        self._show()

    def actions_offered(self) -> tuple[Action, ...]:
        titles = (self.tr("Look at a log"), self.tr("Build a model"), self.tr("Update a device"))
        acts = (self.enter_log, self.enter_model, self.enter_device)
        icons = ("logs", "train", "devices")
        return tuple(
            Action(id=f"start.{name}", title=title, icon=icon, callback=act, keys=(str(number),), page="start")
            for number, (name, title, act, icon) in enumerate(zip(_DOORS, titles, acts, icons, strict=True), start=1)
        )

    def activated(self, _selection: Selection) -> None:
        self.projects.refresh()
        self._read()

    def focus_first(self) -> None:
        """The door that fits: the device while an update is open, the model once there are logs, else the log."""
        self.doors[self._fitting_door()].setFocus()

    def enter_log(self) -> None:
        """Import where there is nothing yet, else go on looking."""
        if self._overview is not None and self._overview.trace is not None:
            self._continue_log()
        else:
            self._import_log()

    def enter_model(self) -> None:
        """Compare where there are runs, else a recipe."""
        self.context.navigate("compare" if self._overview is not None and self._overview.runs else "train")

    def enter_device(self) -> None:
        """To what is plugged in."""
        self.context.navigate("devices")

    # Building

    def _make_doors(self) -> dict[str, Door]:
        log = Door(self.theme, "logs", self.tr("Look at a log"), self.tr("Drop files or folders. See what the pump did."), "1")
        model = Door(self.theme, "train", self.tr("Build a model"), self.tr("From labelled events to a model on the board."), "2")
        device = Door(self.theme, "devices", self.tr("Update a device"), self.tr("Plug in, press, leave with a receipt."), "3")
        log.set_preview(self._trace)
        model.set_preview(self._dots)
        device.set_preview(self._slots)
        log.add_button(self.tr("Import log"), "import").clicked.connect(self._import_log)
        self._continue = log.add_button(self.tr("Continue"), is_flat=True)
        self._continue.clicked.connect(self._continue_log)
        model.add_button(self.tr("New recipe"), "plus").clicked.connect(self._new_recipe)
        self._runs_button = model.add_button(self.tr("Compare runs"), is_flat=True)
        self._runs_button.clicked.connect(self._compare)
        device.add_button(self.tr("Find device"), "arrow").clicked.connect(self.enter_device)
        device.add_button(self.tr("Rehearsal"), is_flat=True).clicked.connect(self._rehearse)
        log.entered.connect(self.enter_log)
        model.entered.connect(self.enter_model)
        device.entered.connect(self.enter_device)
        return {"log": log, "model": model, "device": device}

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setProperty("surface", "page")
        column = vertical(holder, margins_px=16, gap_px=16)
        doors = horizontal(gap_px=16)
        for door in self.doors.values():
            doors.addWidget(door, 1)
        column.addLayout(doors)
        lower = horizontal(gap_px=16)
        lower.addWidget(self.needs, 5, Qt.AlignmentFlag.AlignTop)
        lower.addWidget(self.projects, 2, Qt.AlignmentFlag.AlignTop)
        column.addLayout(lower)
        column.addStretch(1)
        area = scrolled(holder, is_sideways=True, takes_focus=False)
        self.set_content(area)

    # What is shown

    def _read(self) -> None:
        if self.context.project is not None:
            self.context.read(show_overview, ProjectRequest(project=self.context.project_text), self._on_overview, self._on_error)

    def _on_overview(self, overview: OverviewResult) -> None:
        self._overview = overview
        self._show()

    def _on_error(self, error: WorkbenchError) -> None:
        self.projects.refuse(self.context.project, error)
        self.context.messages.error(error)

    def _on_project(self, _project: Path | None) -> None:
        self._overview = None
        self.projects.refresh()
        self._show()

    def _on_content(self, _kind: str) -> None:
        if self.isVisible():
            self._read()

    def _show(self) -> None:
        overview = self._overview
        project = self.context.project
        self.set_header(
            project.name if project else self.tr("Pump Workbench"),
            breadcrumb=(self.tr("Project"),) if project else (),
            facts=self._facts(),
        )
        self._show_log(overview)
        self._show_model(overview)
        self._slots.show_update(overview.update if overview else None)
        self.doors["device"].set_caption(self._device_caption(overview))
        self.needs.show_needs(overview.needs if overview else (), has_project=project is not None)

    def _facts(self) -> str:
        everything = self.tr("everything stays on this laptop")
        if self._overview is None:
            return everything
        assets = self._overview.project.assets
        sites = {asset.site for asset in assets if asset.site}
        parts = [shown.count(len(assets), self.tr("pump"), self.tr("pumps"))]
        if sites:
            parts.append(shown.count(len(sites), self.tr("site"), self.tr("sites")))
        return " · ".join([*parts, everything])

    def _show_log(self, overview: OverviewResult | None) -> None:
        trace = overview.trace if overview else None
        self._trace.show_trace(trace)
        self._continue.setVisible(trace is not None)
        zone = shown.zone_of(self.context.settings.zone)
        caption = self.tr("No log yet. CSV, Parquet, Excel, gzip and zip are read.")
        if trace is not None:
            first, last = (shown.day(when, zone) for when in (trace.start_utc, trace.end_utc))
            days = first if first == last else f"{first} – {last}"
            caption = " · ".join([trace.asset, trace.channel, days])
        self.doors["log"].set_caption(caption)

    def _show_model(self, overview: OverviewResult | None) -> None:
        runs = overview.runs if overview else ()
        self._dots.show_runs(runs)
        self._runs_button.setVisible(bool(runs))
        caption = self.tr("No run yet. The baselines run by themselves.")
        if runs:
            champion = next((run for run in runs if run.is_champion), None)
            best = self.tr("champion {title}").format(title=champion.title) if champion else self.tr("no champion yet")
            caption = f"{shown.count(len(runs), self.tr('run'), self.tr('runs'))} · {best}"
        self.doors["model"].set_caption(caption)

    def _device_caption(self, overview: OverviewResult | None) -> str:
        update = overview.update if overview else None
        if update is None:
            return self.tr("No device updated from here yet.")
        zone = shown.zone_of(self.context.settings.zone)
        when = shown.instant(update.at_utc, zone, with_seconds=False)
        return self.tr("{asset} · last update {verdict} · {when}").format(asset=update.asset, verdict=update.verdict, when=when)

    def _fitting_door(self) -> str:
        if self._overview is None or self._overview.trace is None:
            return "log"
        return "device" if self._overview.n_bundles else "model"

    # Acts

    def _import_log(self) -> None:
        self.context.ensure_project(self._import_now)

    def _import_now(self) -> None:
        self.context.run_action("logs.import")

    def _continue_log(self) -> None:
        trace = self._overview.trace if self._overview else None
        if trace is not None:
            self.context.navigate("logs", asset=trace.asset, recording=trace.recording)

    def _new_recipe(self) -> None:
        self.context.navigate("train")

    def _compare(self) -> None:
        self.context.navigate("compare")

    def _rehearse(self) -> None:
        self.context.run_action("devices.rehearsal")

    def _on_need(self, need: Need) -> None:
        self.context.navigate(words_of(need).page, asset=need.asset, run=need.run, bundle=need.bundle)
