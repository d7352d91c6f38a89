"""The Label page: events drawn on the plots, judged and named; every edit is stored at once as a new layer."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from workbench.core.clock import parse_utc
from workbench.core.errors import WorkbenchError
from workbench.services.log_views import AssetLogs
from workbench.services.projects import ProjectRequest, ProjectResult, show_project
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count, zone_of
from workbench.ui.page import Page
from workbench.ui.pages.label_actions import label_actions
from workbench.ui.pages.label_editor import LabelEditor
from workbench.ui.pages.label_files import LabelFiles
from workbench.ui.pages.label_parts import EventInspector, EventPanel, StateBar, parse_local
from workbench.ui.pages.logs_view import CLOSING, LogsView, asked_range
from workbench.ui.widgets.menu_button import CheckMenuButton
from workbench.ui.widgets.plots.event_tool import EventTool
from workbench.ui.widgets.plots.events import marks_of
from workbench.ui.widgets.plots.words import channel_words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.text import hairline

_SIDE_PX, _INSPECTOR_PX = 236, 300
_NEW_SHARE, _STEP_SHARE = 0.05, 0.005
_SEEN_SHARE = 0.02
"""A chosen event narrower than this share of the plots is zoomed to."""


class LabelPage(Page):
    """Events at the left, plots in the middle, the chosen event at the right."""

    page_id: ClassVar[str] = "label"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._goal = Selection()
        self._tags: tuple[str, ...] = ()
        self._span: tuple[str, int, int] | None = None
        self._is_announcing = self._is_stale = False
        self.editor = LabelEditor(context, self)
        self.files = LabelFiles(context, self)
        self.panel = EventPanel(context)
        self.view = LogsView(context, "label")
        self.inspector = EventInspector(context)
        self.tool = EventTool(self.view.plots.rows)
        self.rows_button = CheckMenuButton(self.theme, self.tr("Channels"), "filter")
        self.mode = Segmented([("draw", self.tr("Draw")), ("pan", self.tr("Pan"))], "draw")
        self._empty = EmptyState(
            self.theme, "label", self.tr("Nothing to label yet"),
            self.tr("Import a log: then draw over its plots where something happened."), self.tr("Import log"),
        )  # fmt: skip
        self._actions = {action.id: action for action in label_actions(self)}
        judging = tuple(self._actions[name] for name in ("label.real", "label.not_real", "label.unsure"))
        editing = tuple(self._actions[name] for name in ("label.undo", "label.redo", "label.delete"))
        self.state_bar = StateBar(self.theme, judging, editing)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Label"))
        self._show_stack(())

    def actions_offered(self) -> tuple[Action, ...]:
        return tuple(self._actions.values())

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._show_stack(())
            return
        self._goal = selection
        self.context.read(show_project, ProjectRequest(project=self.context.project_text), self._on_project, slot="label.project")

    def focus_first(self) -> None:
        self.view.plots.setFocus()

    # Acts

    def add_at_cursor(self) -> None:
        """A new event that begins at the cursor."""
        view = self.view.plots.view
        start = view.cursor_ns if view.cursor_ns is not None else view.start_ns
        start = max(view.start_ns, min(start, view.end_ns - 1))
        self._on_drawn(start, min(view.full_ns[1], start + round(_NEW_SHARE * view.length_ns)))

    def add_over_span(self) -> None:
        """A new event over the span that was marked on the Logs page, as soon as its pump is open here."""
        selection = self.context.selection
        if selection.asset and selection.start_ns is not None and selection.end_ns is not None:
            self._span = (selection.asset, selection.start_ns, selection.end_ns)
            self._add_span()

    def judge_real(self) -> None:
        """It really happened."""
        self.editor.judge("real")

    def judge_not_real(self) -> None:
        """It did not happen."""
        self.editor.judge("not_real")

    def judge_unsure(self) -> None:
        """Nobody knows."""
        self.editor.judge("unsure")

    def start_to_cursor(self) -> None:
        """The chosen event begins at the cursor."""
        if self.view.plots.view.cursor_ns is not None:
            self.editor.set_end(self.view.plots.view.cursor_ns, is_start=True)

    def end_to_cursor(self) -> None:
        """The chosen event ends at the cursor."""
        if self.view.plots.view.cursor_ns is not None:
            self.editor.set_end(self.view.plots.view.cursor_ns, is_start=False)

    def move_earlier(self) -> None:
        """Move the chosen event a little to the left."""
        self.editor.shift(-round(_STEP_SHARE * self.view.plots.view.length_ns))

    def move_later(self) -> None:
        """Move the chosen event a little to the right."""
        self.editor.shift(round(_STEP_SHARE * self.view.plots.view.length_ns))

    def draw_mode(self) -> None:
        """Dragging draws."""
        self._set_mode("draw")

    def pan_mode(self) -> None:
        """Dragging pans."""
        self._set_mode("pan")

    def next_unsure(self) -> None:
        """Go to the next event that nobody judged."""
        self._choose_shown(self.editor.next_unsure())

    def import_events(self) -> None:
        """Read events from a file."""
        self.files.choose_import(self.view.asset)

    # What the widgets say

    def _on_drawn(self, start_ns: int, end_ns: int) -> None:
        self.editor.add(start_ns, end_ns)
        self.inspector.name.setFocus()
        self.inspector.name.selectAll()

    def _on_state(self, state: str) -> None:
        judged = {"real": self.judge_real, "not_real": self.judge_not_real, "unsure": self.judge_unsure}
        judged[state]()

    def _on_span(self, start: str, end: str) -> None:
        zone = zone_of(self.context.settings.zone)
        try:
            start_ns, end_ns = parse_local(start, zone), parse_local(end, zone)
        except WorkbenchError as error:
            self.inspector.say_problem(f"{error.message} {error.hint}")
            return
        if end_ns < start_ns:
            self.inspector.say_problem(self.tr("The end lies before the start. Type a later end."))
            return
        self.editor.move(self.editor.chosen_id, start_ns, end_ns)

    def _on_column(self, name: str) -> None:
        self.files.from_column(self.view.asset, name)

    def _choose_shown(self, event_id: str) -> None:
        self.editor.choose(event_id)
        event = self.editor.chosen
        if event is None:
            return
        start, end = parse_utc(event.start_utc), parse_utc(event.end_utc)
        view, around = self.view.plots.view, max(end - start, 1)
        if start < view.start_ns or end > view.end_ns or around < _SEEN_SHARE * view.length_ns:
            view.show_range(start - 2 * around, end + 2 * around)

    def _set_mode(self, name: str) -> None:
        self.mode.set_current(name)
        self.tool.is_drawing = name == "draw"

    def _add_span(self) -> None:
        if self._span is not None and self.editor.session is not None and self._span[0] == self.view.asset:
            (_, start, end), self._span = self._span, None
            self._on_drawn(start, end)

    # Showing

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        tags = tuple(asset.tag for asset in result.assets if asset.n_recordings)
        self._show_stack(tags)
        goal, self._goal = self._goal, Selection()
        wanted = next((tag for tag in (goal.asset, self.view.asset, *tags) if tag in tags), None)
        if wanted is None:
            return
        self.panel.show_assets(tags, wanted)
        range_ns = asked_range(goal, wanted)
        self.context.select(asset=wanted, start_ns=None, end_ns=None)
        if goal.event:
            self.editor.chosen_id = goal.event
        self.view.open_asset(wanted, range_ns, again=self._is_stale)
        self._is_stale = False

    def _on_asset(self, asset: str) -> None:
        self.editor.choose("")
        self.context.select(asset=asset, start_ns=None, end_ns=None, event=None)
        self.view.open_asset(asset)

    def _on_opened(self, logs: object) -> None:
        assert isinstance(logs, AssetLogs)
        self.panel.show_columns(logs.label_columns)
        self._show_rows(self.view.channels())
        self.inspector.name.set_names(tuple(dict.fromkeys(event.name for event in logs.events)))
        self.editor.open(logs.asset, logs.events)
        if self.editor.chosen is None and self._span is None:
            self.editor.choose(self.editor.next_unsure())
        self._add_span()

    def _show_rows(self, names: tuple[str, ...]) -> None:
        channels = self.view.logs.channels if self.view.logs else ()
        words = [(one.name, channel_words(one.name, one.unit, one.quantity)) for one in channels]
        self.rows_button.set_options([(name, f"{name}  {said}") for name, said in words], names)

    def _show_events(self) -> None:
        events, chosen = self.editor.events, self.editor.chosen_id
        self.panel.show_events(events, chosen)
        self.inspector.show_event(self.editor.chosen)
        self.view.plots.set_marks(marks_of(events), chosen)
        facts = count(len(events), self.tr("event"), self.tr("events"))
        project = self.context.project.name if self.context.project else ""
        if self._tags:
            self.set_header(self.view.asset, breadcrumb=(project,), facts=facts)
        self._refresh()

    def _refresh(self) -> None:
        is_idle = self.editor.chosen is not None
        words = self.tr("Storing…") if self.editor.is_busy else "" if is_idle else self.tr("Choose an event")
        self.state_bar.refresh(words)
        self.refresh_actions()

    def _on_stored(self) -> None:
        self._is_announcing = True
        self.context.announce("labels")
        self._is_announcing = False
        self._refresh()

    def _on_changed(self, kind: str) -> None:
        if kind == CLOSING:
            self.view.close_logs()
        if kind == "recording" or (kind == "labels" and not self._is_announcing):
            self._is_stale = True
            if kind == "recording":
                self.view.close_logs()
            if self.isVisible():
                self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self._show_stack(())
        self.set_header(self.tr("Label"))
        self.view.close_logs()
        self.editor.close()
        if self.isVisible():
            self.activated(self.context.selection)

    def _show_stack(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        for panel in (self.panel, self.inspector):
            panel.setVisible(bool(tags))
        self._stack.setCurrentIndex(0 if tags else 1)
        self.set_header_buttons(*(("label.import",) if tags else ()))
        self._refresh()

    def _go_to_logs(self) -> None:
        self.context.run_action("logs.import")

    # Why something can't be done now

    def why_no_log(self) -> str:
        """There is no log to label."""
        return "" if self._tags else self.tr("Import a log first")

    def why_no_event(self) -> str:
        """No event is chosen."""
        return self.why_no_log() or ("" if self.editor.chosen is not None else self.tr("Choose an event first"))

    def why_no_undo(self) -> str:
        """Nothing was edited."""
        return "" if self.editor.session and self.editor.session.can_undo else self.tr("There is nothing to undo")

    def why_no_redo(self) -> str:
        """Nothing was taken back."""
        return "" if self.editor.session and self.editor.session.can_redo else self.tr("There is nothing to redo")

    def why_no_unsure(self) -> str:
        """Everything is judged."""
        return "" if self.editor.next_unsure() else self.tr("No other event is unsure")

    # Laying out

    def _lay_out(self) -> None:
        self.mode.setToolTip(self.tr("Dragging draws an event, or pans (D, P)"))
        self.view.bar.insertWidget(1, self.mode)
        self.view.bar.insertWidget(3, self.rows_button)
        self.view.plots.rows.tool = self.tool
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.view, hairline(), self.state_bar):
            column.addWidget(widget, 1 if widget is self.view else 0)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(16, 16, 16, 16)
        inner.addWidget(self._empty)
        self._stack.addWidget(shown)
        self._stack.addWidget(holder)
        self.set_side(self.panel, _SIDE_PX)
        self.set_content(self._stack)
        self.set_inspector(self.inspector, _INSPECTOR_PX)

    def _connect(self) -> None:
        self.editor.changed.connect(self._show_events)
        self.editor.stored.connect(self._on_stored)
        self.panel.asset_chosen.connect(self._on_asset)
        self.panel.event_chosen.connect(self._choose_shown)
        self.panel.column_asked.connect(self._on_column)
        self.view.opened.connect(self._on_opened)
        self.view.channels_fitted.connect(self._show_rows)
        self.rows_button.changed.connect(self.view.show_channels)
        self.view.plots.event_chosen.connect(self.editor.choose)
        self.tool.drawn.connect(self._on_drawn)
        self.tool.chosen.connect(self.editor.choose)
        self.tool.changed.connect(self.editor.move)
        self.mode.chosen.connect(self._set_mode)
        self.inspector.name_given.connect(self.editor.rename)
        self.inspector.note_given.connect(self.editor.set_note)
        self.inspector.state_given.connect(self._on_state)
        self.inspector.span_given.connect(self._on_span)
        self._empty.acted.connect(self._go_to_logs)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)
