"""The Label page: events drawn on the plots, judged and named; every edit is stored at once as a new layer."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import WorkbenchError
from workbench.services.agreement import Disagreement
from workbench.services.log_views import AssetLogs
from workbench.services.projects import ProjectRequest, ProjectResult, show_project
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count, zone_of
from workbench.ui.page import Page
from workbench.ui.pages.label.actions import label_actions
from workbench.ui.pages.label.acts import LabelActs
from workbench.ui.pages.label.agreement import AgreementPanel
from workbench.ui.pages.label.editor import LabelEditor
from workbench.ui.pages.label.evidence import EvidenceReader
from workbench.ui.pages.label.fields import parse_local
from workbench.ui.pages.label.files import LabelFiles
from workbench.ui.pages.label.importing import EventImport
from workbench.ui.pages.label.inspector import EventInspector
from workbench.ui.pages.label.looks import LookEdits
from workbench.ui.pages.label.parts import EventPanel, StateBar
from workbench.ui.pages.logs.view import CLOSING, CORRECTED, LogsView, asked_range
from workbench.ui.session_history import ON_LABEL, PageHistory
from workbench.ui.widgets.layouts import framed, vertical
from workbench.ui.widgets.menu_button import CheckMenuButton
from workbench.ui.widgets.plots.event_tool import EventTool
from workbench.ui.widgets.plots.words import channel_words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.tab_order import order_tabs
from workbench.ui.widgets.text import hairline

_SIDE_PX, _INSPECTOR_PX = 236, 300
_SEEN_SHARE = 0.02
"""A chosen event narrower than this share of the plots is zoomed to."""


class LabelPage(Page):
    """Events at the left, plots in the middle, the chosen event at the right."""

    page_id: ClassVar[str] = "label"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._goal = Selection()
        self.tags: tuple[str, ...] = ()
        self._sites: dict[str, str] = {}
        self.span: tuple[str, int, int] | None = None
        self._is_announcing = self._is_stale = False
        self.editor = LabelEditor(context, self)
        self.looks = LookEdits(context, self.editor, self)
        self.files = LabelFiles(context, self)
        self.importing = EventImport(context)
        self.is_importing = False
        self.panel = EventPanel(context)
        self.view = LogsView(context, "label")
        self.view.plots.set_name_lines(2)
        self.inspector = EventInspector(context)
        self.agreement = AgreementPanel(context)
        self._evidence = EvidenceReader(context, self.view.states, self)
        self._right = QStackedWidget()
        self.tool = EventTool(self.view.plots.rows)
        self.rows_button = CheckMenuButton(self.theme, "", "filter")
        self.rows_button.setProperty("fit", "icon")
        self.rows_button.setAccessibleName(self.tr("Channels"))
        self.rows_button.setToolTip(self.tr("Channels that have a row, and whether their curves are corrected"))
        self.mode = Segmented([("draw", self.tr("Draw")), ("pan", self.tr("Pan"))], "draw")
        self._empty = EmptyState(
            self.theme, "label", self.tr("Nothing to label yet"),
            self.tr("Import a log: then draw over its plots where something happened."), self.tr("Import log"),
        )  # fmt: skip
        self.acts = LabelActs(self)
        self.history = PageHistory(context.history, self.editor.open_name, ON_LABEL)
        self._actions = {action.id: action for action in label_actions(self)}
        judging = tuple(self._actions[name] for name in ("label.real", "label.not_real", "label.unsure", "label.similar"))
        names = ("label.split", "label.merge", "label.undo", "label.redo", "label.delete")
        editing = tuple(self._actions[name] for name in names)
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

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._evidence.stop()

    def focus_first(self) -> None:
        self.view.plots.focus_main()

    # What the widgets say

    def draw(self, start_ns: int, end_ns: int) -> None:
        """The first one asks for its name; those that follow get the same, and the next can be drawn at once."""
        self.editor.add(start_ns, end_ns)
        if self.editor.next_name:
            self.view.plots.focus_main()
        else:
            self.acts.name_it()

    def _on_state(self, state: str) -> None:
        judged = {"real": self.acts.judge_real, "not_real": self.acts.judge_not_real, "unsure": self.acts.judge_unsure}
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

    def _on_onset(self, good: str, found: str) -> None:
        zone = zone_of(self.context.settings.zone)
        try:
            instants = [parse_local(text, zone) if text else None for text in (good, found)]
        except WorkbenchError as error:
            self.inspector.say_problem(f"{error.message} {error.hint}")
            return
        if None not in instants and instants[1] < instants[0]:  # type: ignore[operator]
            self.inspector.say_problem(self.tr("It was found before it was last known good. Exchange the two times."))
            return
        texts = [format_utc(at_ns) if at_ns is not None else "" for at_ns in instants]
        self.editor.change("Onset given", last_good_utc=texts[0], found_utc=texts[1])

    def _on_field(self, field: str, value: object) -> None:
        self.editor.change(f"Event's {field.replace('_', ' ')} given", **{field: value})

    def _on_names(self, name: str) -> None:
        if name:
            self.editor.rename(name)

    def _on_chosen(self, event_ids: object) -> None:
        assert isinstance(event_ids, tuple)
        self.choose_shown(*event_ids)

    def open_files(self, paths: list[Path]) -> None:
        """Show how files of events would be read."""
        self.is_importing = True
        self._show_stack(self.tags)
        self.importing.open_files(paths, self.tags, self.tags[0] if len(self.tags) == 1 else "")

    def open_agreement(self) -> None:
        """Compare two readers, in the place of the event."""
        self._right.setCurrentWidget(self.agreement)
        self.agreement.open(self.view.asset, self.editor.events)

    def close_agreement(self) -> None:
        """The event again."""
        self.view.plots.view.set_span(None)
        self.view.plots.show_readers(())
        self._right.setCurrentWidget(self.inspector)

    def _on_readers(self, readers: object) -> None:
        """The events of both, one strip below the other, while they are compared."""
        assert isinstance(readers, tuple)
        is_shown = self._right.currentWidget() is self.agreement
        self.view.plots.show_readers(readers if is_shown else (), self.editor.looks)

    def _on_difference(self, one: object) -> None:
        """The first reader's event is chosen, the second's stretch marked."""
        assert isinstance(one, Disagreement)
        self.editor.choose_all([name for name in (one.first_id, one.second_id) if name])
        view, start, end = self.view.plots.view, parse_utc(one.start_utc), parse_utc(one.end_utc)
        around = max(end - start, 1)
        view.show_range(start - 2 * around, end + 2 * around)
        view.set_span((parse_utc(one.second_start_utc), parse_utc(one.second_end_utc)) if one.second_start_utc else None)

    def _on_importing(self) -> None:
        if self.is_importing:
            project = self.context.project.name if self.context.project else ""
            self.set_header(self.importing.name, breadcrumb=(project, self.tr("Import events")), facts=self.importing.facts())
        self.refresh_actions()

    def _on_import_ended(self) -> None:
        self.is_importing = False
        self._show_stack(self.tags)
        self._show_events()

    def _on_column(self, name: str) -> None:
        self.files.from_column(self.view.asset, name)

    def choose_shown(self, *event_ids: str) -> None:
        self.editor.choose_all(event_ids)
        event = self.editor.chosen
        if event is None:
            return
        start, end = event.span_ns
        view, around = self.view.plots.view, max(end - start, 1)
        if start < view.start_ns or end > view.end_ns or around < _SEEN_SHARE * view.length_ns:
            view.show_range(start - 2 * around, end + 2 * around)

    def set_mode(self, name: str) -> None:
        self.mode.set_current(name)
        self.tool.is_drawing = name == "draw"

    def add_span(self) -> None:
        if self.span is not None and self.editor.session is not None and self.span[0] == self.view.asset:
            (_, start, end), self.span = self.span, None
            self.draw(start, end)

    # Showing

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        tags = tuple(asset.tag for asset in result.assets if asset.n_recordings)
        self._sites = {asset.tag: asset.site for asset in result.assets}
        self._show_stack(tags)
        goal, self._goal = self._goal, Selection()
        if goal.paths:
            self.context.select(paths=())
            self.open_files(list(goal.paths))
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
        self.close_agreement()
        self.context.select(asset=asset, start_ns=None, end_ns=None, event=None)
        self.view.open_asset(asset)

    def _on_opened(self, logs: object) -> None:
        assert isinstance(logs, AssetLogs)
        self.panel.show_columns(logs.label_columns)
        is_on = self.view.layers.is_on(CORRECTED)
        self.rows_button.show_switch(self.tr("Corrected curves"), is_shown=self.view.has_corrected_curves, is_on=is_on)
        self._show_rows(self.view.channels())
        self.inspector.name.set_names(tuple(dict.fromkeys(event.name for event in logs.events)))
        self.editor.open(logs.asset, logs.events, dict(logs.looks))
        if self.editor.chosen is None and self.span is None:
            self.editor.choose(self.editor.next_unsure())
        self.add_span()

    def _show_rows(self, names: tuple[str, ...]) -> None:
        channels = self.view.logs.channels if self.view.logs else ()
        words = [(one.name, channel_words(one.name, one.unit, one.quantity)) for one in channels]
        self.rows_button.set_options([(name, f"{name}  {said}") for name, said in words], names)

    def _show_events(self) -> None:
        events, event, marks = self.editor.events, self.editor.chosen, self.editor.marks
        self.panel.show_events(events, self.editor.all_chosen, self.editor.looks)
        look = marks.look(event.name) if event is not None else None
        self.inspector.show_event(event, look, len(self.editor.all_chosen))
        self.view.plots.set_marks(marks, self.editor.chosen_id)
        self._evidence.follow(event)
        facts = count(len(events), self.tr("event"), self.tr("events"))
        project = self.context.project.name if self.context.project else ""
        if self.tags and not self.is_importing:
            above = self._sites.get(self.view.asset, "") or project  # as on the Logs page
            self.set_header(self.view.asset, breadcrumb=(above,), facts=facts)
        self._refresh()

    def _refresh(self) -> None:
        is_idle = self.editor.chosen is not None
        words = self.tr("Storing…") if self.editor.is_busy else "" if is_idle else self.tr("Choose one")
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
        if kind in {"recording", "channels", "corrections"} or (kind == "labels" and not self._is_announcing):
            self._is_stale = True
            if kind == "recording":
                self.view.close_logs()
            if self.isVisible():
                self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self.is_importing = False
        self._show_stack(())
        self.set_header(self.tr("Label"))
        self.view.close_logs()
        self.editor.close()
        if self.isVisible():
            self.activated(self.context.selection)

    def _show_stack(self, tags: tuple[str, ...]) -> None:
        self.tags = tags
        for panel in (self.panel, self._right):
            panel.setVisible(bool(tags) and not self.is_importing)
        self._stack.setCurrentIndex(2 if self.is_importing else 0 if tags else 1)
        if self.is_importing:
            self.set_header_buttons("label.import_command", "label.import_skip", primary="label.import_now")
        else:
            self.set_header_buttons(*(("label.import",) if tags else ()))
        self._refresh()

    def _go_to_logs(self) -> None:
        self.context.run_action("logs.import")

    # Laying out

    def _lay_out(self) -> None:
        self.mode.setToolTip(self.tr("Dragging draws an event, or pans (D, P)"))
        self.view.bar.insertWidget(1, self.mode)
        self.view.bar.insertWidget(3, self.rows_button)
        self.view.plots.rows.tool = self.tool
        shown = QWidget()
        column = vertical(shown)
        for widget in (self.view, hairline(), self.state_bar):
            column.addWidget(widget, 1 if widget is self.view else 0)
        holder = framed(self._empty)
        self._stack.addWidget(shown)
        self._stack.addWidget(holder)
        self._stack.addWidget(self.importing)
        self.set_side(self.panel, _SIDE_PX)
        self.set_content(self._stack)
        self._right.addWidget(self.inspector)
        self._right.addWidget(self.agreement)
        self.set_inspector(self._right, _INSPECTOR_PX)
        order_tabs(self)

    def _connect(self) -> None:
        self.editor.changed.connect(self._show_events)
        self._evidence.found.connect(self.inspector.show_evidence)
        self.editor.stored.connect(self._on_stored)
        self.panel.asset_chosen.connect(self._on_asset)
        self.panel.events_chosen.connect(self._on_chosen)
        self.panel.names.name_picked.connect(self._on_names)
        self.panel.column_asked.connect(self._on_column)
        self.view.opened.connect(self._on_opened)
        self.view.channels_fitted.connect(self._show_rows)
        self.rows_button.changed.connect(self.view.show_channels)
        self.rows_button.switched.connect(self.view.show_corrected)
        self.view.plots.event_chosen.connect(self.editor.choose)
        self.tool.drawn.connect(self.draw)
        self.view.plots.event_added.connect(self.editor.choose_too)
        self.tool.chosen.connect(self.editor.choose)
        self.tool.added.connect(self.editor.choose_too)
        self.tool.changed.connect(self.editor.move)
        self.mode.chosen.connect(self.set_mode)
        self.inspector.name_given.connect(self.editor.rename)
        self.inspector.field_given.connect(self._on_field)
        self.inspector.onset_given.connect(self._on_onset)
        self.inspector.look_given.connect(self.looks.give)
        self.looks.stored.connect(self._on_stored)
        self.inspector.state_given.connect(self._on_state)
        self.inspector.span_given.connect(self._on_span)
        self.inspector.done.connect(self.focus_first)
        self._empty.acted.connect(self._go_to_logs)
        self.files.import_chosen.connect(self.open_files)
        self.agreement.shown.connect(self._on_difference)
        self.agreement.compared.connect(self._on_readers)
        self.agreement.closed.connect(self.close_agreement)
        self.agreement.closed.connect(self.focus_first)
        self.importing.changed.connect(self._on_importing)
        self.importing.ended.connect(self._on_import_ended)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)
