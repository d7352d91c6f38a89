"""The Logs page: what there is, and the stacked plots of one pump over any stretch of time."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.core.runner import JobCall
from workbench.services.log_files import log_suffixes
from workbench.services.log_views import AssetLogs, RecordingInfo, finding_span
from workbench.services.logs import Finding
from workbench.services.projects import AssetInfo, ProjectRequest, ProjectResult, RemoveRequest, remove_item, show_project
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count, span, zone_of
from workbench.ui.page import Page
from workbench.ui.pages.logs.actions import logs_actions
from workbench.ui.pages.logs.corrector import CORRECTIONS, Corrector
from workbench.ui.pages.logs.facts import log_facts
from workbench.ui.pages.logs.formula import FormulaPanel
from workbench.ui.pages.logs.keys import KeysPanel
from workbench.ui.pages.logs.layouts import LayoutMenu
from workbench.ui.pages.logs.modes import TIME, ModeStack
from workbench.ui.pages.logs.preview import ImportPreview
from workbench.ui.pages.logs.side import LogsSide
from workbench.ui.pages.logs.statistics import StatisticsPanel
from workbench.ui.pages.logs.view import CLOSING, LogsView, asked_range, parse_day
from workbench.ui.session_history import ON_LOGS, PageHistory
from workbench.ui.styled_roots import DIVIDED
from workbench.ui.widgets.layouts import framed
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.tab_order import order_tabs
from workbench.ui.widgets.text import Text

_SIDE_PX = 236


class LogsPage(Page):
    """Availability, channels and findings at the left; range, overview and plots in the middle."""

    page_id: ClassVar[str] = "logs"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._assets: tuple[AssetInfo, ...] = ()
        self._goal = Selection()
        self._channel = ""
        self._paths: list[Path] = []
        self._removed: tuple[str, ...] = ()
        self.side = LogsSide(context)
        self.view = LogsView(context, "logs")
        self.modes = ModeStack(context, self.view)
        self.statistics = StatisticsPanel(context, self.view)
        self.formula = FormulaPanel(context, self.view)
        self.layout_menu = LayoutMenu(context, self.view, self.modes)
        self.keys = KeysPanel(self.view)
        self.view.put_below(self.formula)
        self.view.put_below(self.statistics)
        self.preview = ImportPreview(context)
        self._is_previewing = self._is_stale = False
        self._empty = EmptyState(self.theme, "logs", "", "", self.tr("Import log"))
        self._stack = QStackedWidget()
        for divided in (self, self.view, self._stack):
            divided.setProperty(DIVIDED, True)
        self.corrector = Corrector(context, self.view)
        self.history = PageHistory(context.history, self.view.open_name, ON_LOGS)
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Logs"))
        self._show_stack()

    def actions_offered(self) -> tuple[Action, ...]:
        return logs_actions(self)

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._on_project_changed(None)
            return
        if self._is_previewing:
            return
        self._goal = selection
        self.context.read(show_project, ProjectRequest(project=self.context.project_text), self._on_project, slot="logs.project")

    def focus_first(self) -> None:
        self.view.focus_main()

    def choose_files(self) -> None:
        """Let the person pick logs to import."""
        patterns = " ".join(f"*{suffix}" for suffix in log_suffixes())
        self.context.messages.choose_files(self.tr("Import log"), self.tr("Logs ({p})").format(p=patterns), self.open_files)

    def open_screen(self) -> None:
        """Is each pump well? On its own page."""
        self.context.navigate("screen")

    def open_live(self) -> None:
        """Go to the live capture."""
        self.context.navigate("live")

    def open_fetch(self) -> None:
        """Go to the historian's page."""
        self.context.navigate("fetch")

    def choose_folder(self) -> None:
        """Let the person pick a folder of logs."""
        self.context.messages.choose_folder(self.tr("Import folder of logs"), self.open_files)

    def open_files(self, paths: list[Path]) -> None:
        """Look at these files or folders before importing them."""
        self._paths = list(paths)
        self.context.ensure_project(self._open_preview)

    def cancel_preview(self) -> None:
        """Back to the plots; nothing was stored."""
        self._is_previewing = False
        self._show_stack()
        self.activated(self.context.selection)

    def copy_command(self) -> None:
        """Copy the import as a command line."""
        request = self.preview.request_for_all()
        if request is not None:
            self.context.copy_command(("logs", "import"), request)

    def remove(self) -> None:
        """Remove the recordings of the pump that is shown, after asking."""
        if self.view.logs is None:
            return
        self._removed = tuple(info.id for info in self.view.logs.recordings)
        names = [info.name for info in self.view.logs.recordings]
        n_more = len(names) - 3
        more = self.tr(" and {n} more").format(n=n_more) if n_more > 0 else ""
        self._ask_to_remove(", ".join(names[:3]) + more)

    def label_span(self) -> None:
        """Go to the Label page: with a new event over the marked span, else with what is shown."""
        span_ns = self.view.plots.view.span_ns
        start, end = span_ns or self.view.range_ns
        if span_ns is None:
            self.context.navigate("label", asset=self.view.asset, start_ns=start, end_ns=end)
            return
        self.view.plots.view.set_span(None)
        self.context.select(asset=self.view.asset, start_ns=start, end_ns=end)
        self.context.run_action("label.span")

    def _lay_out(self) -> None:
        self._hint = Text("", "caption", "text3")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.view.bar.insertWidget(1, self.modes.switch)
        self.view.bar.insertWidget(2, self._hint, 10)
        self.view.bar.addWidget(self.layout_menu.button)
        self.modes.chosen.connect(self._on_mode)
        self._on_span()
        holder = framed(self._empty)
        self._stack.addWidget(self.view)
        self._stack.addWidget(holder)
        self._stack.addWidget(self.preview)
        self.set_side(self.side, _SIDE_PX)
        self.set_content(self._stack)
        order_tabs(self)

    def _connect(self) -> None:
        self.side.asset_chosen.connect(self._on_asset)
        self.side.channels_changed.connect(self.view.show_channels)
        self.side.channels.drag_moved.connect(self._on_drag)
        self.side.channels.drag_ended.connect(self._on_drag_ended)
        self.side.channels.chosen.connect(self._on_found)
        self.side.channels.together_asked.connect(self.view.show_together)
        self.side.channels.value_of = self.view.plots.rows.known_at_cursor
        self.view.plots.view.cursor_changed.connect(self.side.channels.show_values)
        self.side.finding_chosen.connect(self._on_finding)
        self.side.panel.act_asked.connect(self.corrector.answer)
        self.side.panel.remove_asked.connect(self.corrector.remove)
        self.side.remove_asked.connect(self._on_remove_asked)
        self.view.opened.connect(self._on_opened)
        self.view.channels_fitted.connect(self.side.set_checked)
        self.view.shown_changed.connect(self._on_shown)
        self.view.channels_shown.connect(self.refresh_actions)
        self.view.channels_shown.connect(self._on_shown)
        self.view.plots.event_chosen.connect(self._on_event)
        self.view.plots.span_changed.connect(self._on_span)
        self._empty.acted.connect(self.choose_files)
        self.preview.changed.connect(self._on_preview_changed)
        self.preview.imported.connect(self._on_imported)
        self.preview.events_found.connect(self._on_events_found)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        self._assets = tuple(asset for asset in result.assets if asset.n_recordings)
        self.side.show_assets(self._assets)
        tags = [asset.tag for asset in self._assets]
        self._show_stack()
        goal, self._goal = self._goal, Selection()
        wanted = next((tag for tag in (goal.asset, self.view.asset, *tags) if tag in tags), None)
        if wanted is None:
            return
        range_ns = asked_range(goal, wanted)
        self._channel = goal.channel or ""
        # What was asked for is done now: coming back later must not jump there again.
        self.context.select(asset=wanted, channel=None, start_ns=None, end_ns=None)
        self.view.open_asset(wanted, range_ns, again=self._is_stale)
        self._is_stale = False
        if self.view.logs is not None and self.view.logs.asset == wanted:
            self._show_channel()

    def _on_opened(self, logs: object) -> None:
        assert isinstance(logs, AssetLogs)
        self.side.show_logs(logs, self.view.channels())
        self._show_channel()
        self.refresh_actions()

    def _show_channel(self) -> None:
        """Give the channel that another page named a row, and the overview."""
        channel, self._channel = self._channel, ""
        if self.view.logs is None or channel not in {one.name for one in self.view.logs.channels}:
            return
        if channel not in self.view.channels():
            self.view.show_channels((*self.view.channels(), channel))
            self.side.set_checked(self.view.channels())
        self.view.plots.set_main_channel(channel)

    def _on_event(self, event_id: str) -> None:
        mark = next((one for one in self.view.plots.marks if one.id == event_id), None)
        if mark is not None:
            around = max(mark.end_ns - mark.start_ns, 60 * NS_PER_S)
            self.view.plots.set_marks(self.view.plots.marks, event_id)
            self.view.plots.view.show_range(mark.start_ns - around, mark.end_ns + around)
            self.context.select(event=event_id)

    def _on_span(self) -> None:
        span_ns = self.view.plots.view.span_ns
        words = self.tr("Wheel zooms, drag pans, Shift + drag marks a span")
        if span_ns is not None:
            times = span(*span_ns, zone_of(self.context.settings.zone))
            words = self.tr("{times} marked: Enter zooms, Ctrl + L labels").format(times=times)
        # Other ways to look have no mouse of the time plots.
        self._hint.setText(words if self.modes.current == TIME else "")

    def _on_mode(self, _mode: str) -> None:
        self._on_span()
        self.view.severity.close_form()  # its limits lie over time

    def _on_shown(self) -> None:
        logs = self.view.logs
        if logs is None:
            return
        self.side.availability.set_shown(logs.asset, self.view.range_ns)
        parts = log_facts(logs, self.view.channels(), self.view.range_ns, self.context.settings.zone)
        site = next((asset.site for asset in self._assets if asset.tag == logs.asset), "")
        project = self.context.project.name if self.context.project else ""
        self.set_header(logs.asset, breadcrumb=(site or project,), facts=" · ".join(parts))

    def _on_asset(self, asset: str, day: str) -> None:
        range_ns = (parse_day(day), parse_day(day) + NS_PER_DAY) if day else None
        self.context.select(asset=asset)
        self.view.open_asset(asset, range_ns)

    def _on_finding(self, finding: object) -> None:
        assert isinstance(finding, Finding)
        if self.view.logs is None:
            return
        start, end = finding_span(finding, self.view.logs)
        around = max(end - start, 60 * NS_PER_S)
        self._channel = finding.channel or ""
        self._show_channel()
        self.view.open_asset(self.view.asset, (start - around, end + around))

    def _on_drag(self, names: tuple[str, ...], at: QPoint) -> None:
        rows = self.view.plots.rows
        if not rows.drag.is_active:
            rows.drag.begin(names)
        rows.drag.move(QPointF(rows.mapFromGlobal(at)))

    def _on_drag_ended(self, is_dropped: bool) -> None:
        drag = self.view.plots.rows.drag
        if is_dropped:
            drag.drop()
        else:
            drag.cancel()

    def _on_found(self, name: str) -> None:
        """A channel that was searched for has its row now: go there."""
        row = self.view.plots.rows.layout_now.row_of(name)
        if row is not None:
            self.view.plots.rows.choose_row(row)
            self.view.plots.set_main_channel(name)

    def _open_preview(self) -> None:
        self._is_previewing = True
        self._show_stack()
        self.preview.open_paths(self._paths)

    def _on_preview_changed(self) -> None:
        if self._is_previewing:
            words = count(self.preview.n_logs, self.tr("log"), self.tr("logs"))
            project = self.context.project.name if self.context.project else ""
            facts = self.preview.why_not() or self.tr("{logs}, nothing is stored yet").format(logs=words)
            self.set_header(self.tr("Import preview"), breadcrumb=(project,), facts=facts)
        self.refresh_actions()

    def _on_imported(self, assets: list[str]) -> None:
        self._is_previewing = False
        if assets:
            said = self.tr("Imported: {pumps}.").format(pumps=", ".join(assets[:6]) + (" …" if len(assets) > 6 else ""))
            self.context.messages.say(said, icon="import")
            self.context.select(asset=assets[0], start_ns=None, end_ns=None)
        self._show_stack()
        self.context.announce("recording")

    def _on_events_found(self, paths: list[Path]) -> None:
        self.cancel_preview()
        self.context.navigate("label", paths=tuple(paths))

    def _on_remove_asked(self, info: object) -> None:
        assert isinstance(info, RecordingInfo)
        self._removed = (info.id,)
        self._ask_to_remove(info.name)

    def _ask_to_remove(self, names: str) -> None:
        self.context.messages.confirm(
            self.tr("Remove from {pump}: {names}?").format(pump=self.view.asset, names=names),
            self.tr("Deleted from this project. The files it came from, events and journal stay."),
            self.tr("Remove"), self._on_remove,
        )  # fmt: skip

    def _on_remove(self) -> None:
        self.view.close_logs()
        self.context.announce(CLOSING)
        for one in self._removed:
            request = RemoveRequest(project=self.context.project_text, kind="recording", id=one)
            call = JobCall(
                title=self.tr("Remove recording"), function=remove_item, request=request, slot=f"remove:{one}", lane="thread"
            )
            self.context.start_job(call, on_end=self._on_removed)

    def _on_removed(self) -> None:
        if not any(view.slot.startswith("remove:") for view in self.context.jobs.running):
            self.context.select(start_ns=None, end_ns=None)
            self.context.announce("recording")

    def _on_changed(self, kind: str) -> None:
        if kind == "recording":
            self.view.close_logs()
        if kind not in {"recording", "labels", "channels", CORRECTIONS}:
            return
        self._is_stale = True
        if self.isVisible():
            self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self._assets, self._is_previewing = (), False
        self.view.close_logs()
        self._show_stack()
        self.set_header(self.tr("Logs"))
        if self.context.project is not None and self.isVisible():
            self.activated(self.context.selection)

    def _show_stack(self) -> None:
        formats = self.tr("CSV, text, Excel, Parquet, WAV and many more, also packed.")
        if self.context.project is None:
            sentence = self.tr("Drop logs here, and a project is made for them: {f}").format(f=formats)
            self._empty.say(self.tr("No project is open"), sentence)
        else:
            self._empty.say(self.tr("No log in this project yet"), self.tr("Drop a file or a folder here: {f}").format(f=formats))
        self.side.setVisible(bool(self._assets) and not self._is_previewing)
        self._stack.setCurrentIndex(2 if self._is_previewing else 0 if self._assets else 1)
        if self._is_previewing:
            self.set_header_buttons("logs.cancel", primary="logs.store")
        elif self._assets:
            self.set_header_buttons("logs.label", "logs.live", primary="logs.import")
        else:
            self.set_header_buttons("logs.fetch", "logs.live")
        self.refresh_actions()

    def why_no_log(self) -> str:
        """Why nothing can be done with a log; '' when one is there."""
        return "" if self._assets else self.tr("Import a log first")

    def show_keys(self) -> None:
        """Show or hide all keys of the page."""
        self.keys.toggle_with(self.actions_offered())

    def why_no_derived(self) -> str:
        """Why there is no derived channel to remove."""
        return "" if self.formula.removable() else self.tr("Choose the row of a derived channel")

    def why_no_preview(self) -> str:
        """Why there is nothing to import or to cancel."""
        return "" if self._is_previewing else self.tr("Choose files first")

    def why_not_stored(self) -> str:
        """Why the import can't start."""
        return self.why_no_preview() or self.preview.why_not()
