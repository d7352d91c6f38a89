"""What can be done on the Label page, as data for menu, keys, palette and the bar under the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ui.actions import Action
from workbench.ui.pages.label.parts import NAME_KEYS
from workbench.ui.widgets.state_filter import states_action

if TYPE_CHECKING:
    from workbench.ui.pages.label.page import LabelPage


def label_actions(page: LabelPage) -> tuple[Action, ...]:
    """All actions of the page."""
    states = states_action("label", page.view.states.open_menu)
    return (*_judging(page), *_naming(page), *_editing(page), *_moving(page), *_files(page), states)


def _judging(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.real", title=page.tr("Real"), icon="check", callback=page.acts.judge_real, keys=("1",), page="label",
            blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.not_real", title=page.tr("Not real"), icon="cancel", callback=page.acts.judge_not_real, keys=("2",),
            page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.unsure", title=page.tr("Unsure"), icon="help", callback=page.acts.judge_unsure, keys=("3",), page="label",
            blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.similar", title=page.tr("Similar"), icon="search", callback=page.acts.find_similar, keys=("S",),
            page="label", blocked=page.acts.why_no_similar, command="workbench labels similar",
        ),
        Action(
            id="label.similar_command", title=page.tr("Copy the search as command"), icon="terminal",
            callback=page.acts.copy_similar, page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.next", title=page.tr("Next unsure event"), icon="arrow", callback=page.acts.next_unsure, keys=("U",),
            page="label", blocked=page.acts.why_no_unsure,
        ),
    )  # fmt: skip


def _naming(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.name", title=page.tr("Name event"), icon="edit", callback=page.acts.name_it, keys=("F2",), page="label",
            blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.look", title=page.tr("Colour and shape of its name"), icon="brush",
            callback=page.inspector.look.open_menu, keys=("C",), page="label", blocked=page.acts.why_no_event,
            command="workbench labels look",
        ),
        *(
            Action(
                id=f"label.name{key}", title=page.tr("Call it by name {n} in use").format(n=number + 1), keys=(key,),
                callback=NameByKey(page, number).run, page="label", blocked=page.acts.why_no_event,
            )
            for number, key in enumerate(NAME_KEYS)
        ),
    )  # fmt: skip


class NameByKey:
    """Calls the chosen events by the name that has this place in the legend."""

    def __init__(self, page: LabelPage, place: int) -> None:
        self._page = page
        self._place = place

    def run(self) -> None:
        """Do it; nothing where there is no such name."""
        name = self._page.panel.names.name_at(self._place)
        if name:
            self._page.editor.rename(name)


def _editing(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.add", title=page.tr("New event at the cursor"), icon="plus", callback=page.acts.add_at_cursor, keys=("N",),
            page="label", blocked=page.acts.why_no_log, command="workbench labels add",
        ),
        Action(
            id="label.span", title=page.tr("New event over the marked span"), icon="brush", callback=page.acts.add_over_span,
            page="label", blocked=page.acts.why_no_log, command="workbench labels add",
        ),
        Action(
            id="label.split", title=page.tr("Split at the cursor"), icon="scissors", callback=page.acts.split_at_cursor,
            keys=("X",), page="label", blocked=page.acts.why_no_event, command="workbench labels split",
        ),
        Action(
            id="label.merge", title=page.tr("Merge with the next, or what is chosen"), icon="join", callback=page.acts.merge,
            keys=("M",), page="label", blocked=page.acts.why_no_merge, command="workbench labels merge",
        ),
        Action(
            id="label.delete", title=page.tr("Delete"), icon="trash", callback=page.editor.delete, keys=("Del",), page="label",
            blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.undo", title=page.tr("Undo"), icon="undo", callback=page.history.undo, keys=("Ctrl+Z",), page="label",
            blocked=page.history.why_no_undo,
        ),
        Action(
            id="label.redo", title=page.tr("Redo"), icon="redo", callback=page.history.redo, keys=("Ctrl+Y", "Ctrl+Shift+Z"),
            page="label", blocked=page.history.why_no_redo,
        ),
    )  # fmt: skip


def _moving(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.start", title=page.tr("Event starts at the cursor"), callback=page.acts.start_to_cursor, keys=("[",),
            page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.end", title=page.tr("Event ends at the cursor"), callback=page.acts.end_to_cursor, keys=("]",),
            page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.earlier", title=page.tr("Move event earlier"), icon="arrow-left", callback=page.acts.move_earlier,
            keys=("Alt+Left",), page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.later", title=page.tr("Move event later"), icon="arrow", callback=page.acts.move_later, keys=("Alt+Right",),
            page="label", blocked=page.acts.why_no_event,
        ),
        Action(
            id="label.following", title=page.tr("Next event"), icon="arrow", callback=page.acts.next_event, keys=("J",),
            page="label", blocked=page.acts.why_no_log,
        ),
        Action(
            id="label.former", title=page.tr("Event before"), icon="arrow-left", callback=page.acts.former_event, keys=("K",),
            page="label", blocked=page.acts.why_no_log,
        ),
        Action(
            id="label.draw", title=page.tr("Draw by dragging"), icon="edit", callback=page.acts.draw_mode, keys=("D",),
            page="label",
        ),
        Action(
            id="label.pan", title=page.tr("Pan by dragging"), icon="fit", callback=page.acts.pan_mode, keys=("P",),
            page="label",
        ),
    )  # fmt: skip


def _files(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.agreement", title=page.tr("Compare two readers"), icon="diff", callback=page.open_agreement, keys=("G",),
            page="label", menu="Log", command="workbench labels agreement", blocked=page.acts.why_no_log,
        ),
        Action(
            id="label.import", title=page.tr("Import events"), icon="import", callback=page.acts.import_events, page="label",
            menu="Log", command="workbench labels import", blocked=page.acts.why_no_log,
        ),
        Action(
            id="label.import_now", title=page.tr("Add these events"), icon="import", callback=page.acts.store_import,
            page="label", blocked=page.acts.why_not_stored, command="workbench labels import",
        ),
        Action(
            id="label.import_skip", title=page.tr("Leave this file"), icon="cancel", callback=page.acts.skip_import,
            page="label", blocked=page.acts.why_no_preview,
        ),
        Action(
            id="label.import_command", title=page.tr("Copy as command"), icon="terminal", callback=page.acts.copy_import,
            page="label", blocked=page.acts.why_not_stored,
        ),
        *(
            Action(
                id=f"label.export_{name}", title=page.tr("Export events for {program}").format(program=program), icon="export",
                callback=callback, page="label", menu="Log", blocked=page.acts.why_no_log,
                command=f"workbench labels export --format {name.replace('_', '-')}",
            )
            for name, program, callback in (
                ("audacity", "Audacity", page.acts.export_audacity),
                ("label_studio", "Label Studio", page.acts.export_label_studio),
                ("trainset", "TRAINSET", page.acts.export_trainset), ("nab", "NAB", page.acts.export_nab),
            )
        ),
        Action(
            id="label.export", title=page.tr("Export events"), icon="export", callback=page.files.choose_export, page="label",
            menu="Log", command="workbench labels export", blocked=page.acts.why_no_log,
        ),
    )  # fmt: skip
