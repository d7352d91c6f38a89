"""What can be done on the Label page, as data for menu, keys, palette and the bar under the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ui.actions import Action

if TYPE_CHECKING:
    from workbench.ui.pages.label import LabelPage


def label_actions(page: LabelPage) -> tuple[Action, ...]:
    """All actions of the page."""
    return (*_judging(page), *_editing(page), *_moving(page), *_files(page))


def _judging(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.real", title=page.tr("Real"), icon="check", callback=page.judge_real, keys=("1",), page="label",
            blocked=page.why_no_event,
        ),
        Action(
            id="label.not_real", title=page.tr("Not real"), icon="cancel", callback=page.judge_not_real, keys=("2",),
            page="label", blocked=page.why_no_event,
        ),
        Action(
            id="label.unsure", title=page.tr("Unsure"), icon="help", callback=page.judge_unsure, keys=("3",), page="label",
            blocked=page.why_no_event,
        ),
        Action(
            id="label.next", title=page.tr("Next unsure event"), icon="arrow", callback=page.next_unsure, keys=("U",),
            page="label", blocked=page.why_no_unsure,
        ),
    )  # fmt: skip


def _editing(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.add", title=page.tr("New event at the cursor"), icon="plus", callback=page.add_at_cursor, keys=("N",),
            page="label", blocked=page.why_no_log, command="workbench labels add",
        ),
        Action(
            id="label.span", title=page.tr("New event over the marked span"), icon="brush", callback=page.add_over_span,
            page="label", blocked=page.why_no_log, command="workbench labels add",
        ),
        Action(
            id="label.delete", title=page.tr("Delete"), icon="trash", callback=page.editor.delete, keys=("Del",), page="label",
            blocked=page.why_no_event,
        ),
        Action(
            id="label.undo", title=page.tr("Undo"), icon="undo", callback=page.editor.undo, keys=("Ctrl+Z",), page="label",
            blocked=page.why_no_undo,
        ),
        Action(
            id="label.redo", title=page.tr("Redo"), icon="redo", callback=page.editor.redo, keys=("Ctrl+Y", "Ctrl+Shift+Z"),
            page="label", blocked=page.why_no_redo,
        ),
    )  # fmt: skip


def _moving(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.start", title=page.tr("Event starts at the cursor"), callback=page.start_to_cursor, keys=("[",),
            page="label", blocked=page.why_no_event,
        ),
        Action(
            id="label.end", title=page.tr("Event ends at the cursor"), callback=page.end_to_cursor, keys=("]",), page="label",
            blocked=page.why_no_event,
        ),
        Action(
            id="label.earlier", title=page.tr("Move event earlier"), icon="arrow-left", callback=page.move_earlier,
            keys=("Alt+Left",), page="label", blocked=page.why_no_event,
        ),
        Action(
            id="label.later", title=page.tr("Move event later"), icon="arrow", callback=page.move_later, keys=("Alt+Right",),
            page="label", blocked=page.why_no_event,
        ),
        Action(
            id="label.draw", title=page.tr("Draw by dragging"), icon="edit", callback=page.draw_mode, keys=("D",), page="label",
        ),
        Action(
            id="label.pan", title=page.tr("Pan by dragging"), icon="fit", callback=page.pan_mode, keys=("P",), page="label",
        ),
    )  # fmt: skip


def _files(page: LabelPage) -> tuple[Action, ...]:
    return (
        Action(
            id="label.import", title=page.tr("Import events"), icon="import", callback=page.import_events, page="label",
            menu="Log", command="workbench labels import", blocked=page.why_no_log,
        ),
        Action(
            id="label.export", title=page.tr("Export events"), icon="export", callback=page.files.choose_export, page="label",
            menu="Log", command="workbench labels export", blocked=page.why_no_log,
        ),
    )  # fmt: skip
