"""What can be done on the Logs page, as data for menu, keys, palette and header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ui.actions import Action
from workbench.ui.widgets.state_filter import states_action

if TYPE_CHECKING:
    from workbench.ui.pages.logs.page import LogsPage


def logs_actions(page: LogsPage) -> tuple[Action, ...]:
    """All actions of the page."""
    states = states_action("logs", page.view.states.open_menu)
    plots = (*_of_the_rows(page), *_of_the_layout(page), *_of_the_plots(page))
    return (*_importing(page), *_of_the_log(page), *plots, states, *page.modes.actions())


def _importing(page: LogsPage) -> tuple[Action, ...]:
    return (
        Action(
            id="logs.screen", title=page.tr("Screen pumps"), icon="pump", callback=page.open_screen, page="logs", menu="Log",
            command="workbench screen", blocked=page.why_no_log,
        ),
        Action(
            id="logs.live", title=page.tr("Live capture"), icon="signal", callback=page.open_live, page="logs", menu="Log",
            keys=("Ctrl+Shift+L",), command="workbench logs capture",
        ),
        Action(
            id="logs.fetch", title=page.tr("Fetch from a historian"), icon="import", callback=page.open_fetch, page="logs",
            menu="Log", command="workbench logs fetch",
        ),
        Action(
            id="logs.import", title=page.tr("Import log"), icon="import", callback=page.choose_files, page="logs",
            menu="Log", keys=("Ctrl+I",), command="workbench logs import",
        ),
        Action(
            id="logs.import_folder", title=page.tr("Import folder of logs"), icon="folder", callback=page.choose_folder,
            page="logs", menu="Log", command="workbench logs import",
        ),
        Action(
            id="logs.store", title=page.tr("Import"), icon="import", callback=page.preview.start_import, page="logs",
            keys=("Ctrl+Return",), command="workbench logs import", blocked=page.why_not_stored,
        ),
        Action(
            id="logs.cancel", title=page.tr("Cancel import"), icon="cancel", callback=page.cancel_preview, page="logs",
            blocked=page.why_no_preview,
        ),
        Action(
            id="logs.copy", title=page.tr("Copy import as command"), icon="terminal", callback=page.copy_command,
            page="logs", blocked=page.why_not_stored,
        ),
    )  # fmt: skip


def _of_the_log(page: LogsPage) -> tuple[Action, ...]:
    return (
        Action(
            id="logs.remove", title=page.tr("Remove recordings…"), icon="trash", callback=page.remove, page="logs",
            menu="Log", command="workbench project remove", blocked=page.why_no_log,
        ),
        Action(
            id="logs.zones", title=page.tr("Severity limits…"), icon="sliders", callback=page.view.severity.open_form,
            page="logs", menu="Log", command="workbench logs machine", blocked=page.why_no_log,
        ),
        Action(
            id="logs.exclude", title=page.tr("Exclude marked span"), icon="cancel", callback=page.corrector.exclude_marked,
            page="logs", menu="Log", command="workbench logs exclude", blocked=page.corrector.why_no_span,
        ),
        Action(
            id="logs.copy_corrections", title=page.tr("Copy corrections as commands"), icon="terminal",
            callback=page.corrector.copy_commands, page="logs", menu="Log", blocked=page.corrector.why_no_correction,
        ),
        Action(
            id="logs.label", title=page.tr("Label this span"), icon="label", callback=page.label_span, page="logs",
            menu="Log", keys=("Ctrl+L",), blocked=page.why_no_log,
        ),
    )  # fmt: skip


def _of_the_rows(page: LogsPage) -> tuple[Action, ...]:
    acts, curves = page.view.plots.rows.acts, page.view.plots.rows.curves
    entries = (
        ("find", page.tr("Find a channel"), "search", page.side.open_search, ("/", "Ctrl+F")),
        ("row_up", page.tr("Move row up"), "arrow", acts.move_up, ("Alt+Up",)),
        ("row_down", page.tr("Move row down"), "arrow", acts.move_down, ("Alt+Down",)),
        ("overlay", page.tr("Overlay with row above"), "logs", acts.overlay_above, ("Shift+O",)),
        ("split", page.tr("Split row"), "logs", acts.split, ("Shift+S",)),
        ("row_remove", page.tr("Take row away"), "trash", acts.remove, ("Del",)),
        ("fix_limits", page.tr("Fix the y axis as it is, or let it fit"), "fit", acts.fix_limits, ("Y",)),
        ("ask_limits", page.tr("Y axis from … to …"), "fit", acts.ask_limits, ("A",)),
        ("curve_style", page.tr("Draw as line, points, both or steps"), "logs", curves.cycle_style, ("C",)),
        ("curves_shown", page.tr("Show hidden curves"), "eye", curves.show_all, ("H",)),
        ("share_limits", page.tr("Same y axis for all rows of the unit"), "fit", acts.share_limits, ("Shift+Y",)),
        ("free_limits", page.tr("Fit all y axes"), "fit", acts.free_limits, ()),
        ("log_axis", page.tr("Logarithmic y axis, or linear"), "fit", acts.toggle_log, ("L",)),
        ("waterfall", page.tr("Waterfall of spectra, or their map"), "list", page.modes.toggle_waterfall, ("W",)),
        ("kurtogram", page.tr("Kurtogram: choose the envelope's band"), "target", page.modes.toggle_kurtogram, ("K",)),
        ("defect_trend", page.tr("Defect lines over all bursts"), "drift", page.modes.toggle_trend, ("B",)),
        ("delta", page.tr("Second cursor, or none"), "arrow", acts.toggle_delta, ("D",)),
    )  # fmt: skip
    return tuple(
        Action(
            id=f"logs.{name}", title=title, icon=icon, callback=callback, page="logs", menu="Plot", keys=keys,
            blocked=page.why_no_log,
        )
        for name, title, icon, callback, keys in entries
    )  # fmt: skip


def _of_the_plots(page: LogsPage) -> tuple[Action, ...]:
    return (
        Action(
            id="logs.keys", title=page.tr("Keys and mouse of the plots"), icon="help", callback=page.show_keys, page="logs",
            menu="Plot", keys=("?",),
        ),
        Action(
            id="logs.derive", title=page.tr("New derived channel"), icon="plus", callback=page.formula.open, page="logs",
            menu="Plot", keys=("N",), command="workbench channels add", blocked=page.why_no_log,
        ),
        Action(
            id="logs.derive_remove", title=page.tr("Remove derived channel…"), icon="trash", callback=page.formula.remove,
            page="logs", menu="Plot", command="workbench channels remove", blocked=page.why_no_derived,
        ),
        Action(
            id="logs.statistics", title=page.tr("Statistics of what is shown, or hide them"), icon="compare",
            callback=page.statistics.toggle, page="logs", menu="Plot", keys=("T",), command="workbench logs statistics",
            blocked=page.why_no_log,
        ),
        Action(
            id="logs.undo", title=page.tr("Undo"), icon="undo", callback=page.history.undo, page="logs", menu="Plot",
            keys=("Ctrl+Z",), blocked=page.history.why_no_undo,
        ),
        Action(
            id="logs.redo", title=page.tr("Redo"), icon="redo", callback=page.history.redo, page="logs", menu="Plot",
            keys=("Ctrl+Y", "Ctrl+Shift+Z"), blocked=page.history.why_no_redo,
        ),
    )  # fmt: skip


def _of_the_layout(page: LogsPage) -> tuple[Action, ...]:
    menu = page.layout_menu
    entries = (
        ("layout_keep", page.tr("Keep layout as…"), "pin", menu.ask_name, ("Ctrl+Shift+S",), "workbench logs layout-set"),
        ("layout_default", page.tr("Start with this layout"), "pin", menu.save_default, (), "workbench logs layout-set"),
        ("layout_next", page.tr("Next kept layout"), "arrow", menu.tabs.next, ("Ctrl+PgDown",), ""),
        ("layout_previous", page.tr("Previous kept layout"), "arrow", menu.tabs.previous, ("Ctrl+PgUp",), ""),
        ("layout_copy", page.tr("Copy layout as command"), "terminal", menu.copy_layout_command, (), "workbench logs layout-set"),
        ("layout_import", page.tr("Import layout…"), "import", menu.choose_import, (), "workbench logs layout-import"),
        ("layout_export", page.tr("Export layout…"), "export", menu.choose_export, (), "workbench logs layout-export"),
        ("copy_picture", page.tr("Copy plots as picture"), "copy", menu.copy_picture, ("Ctrl+Shift+C",), ""),
        ("save_png", page.tr("Save plots as picture…"), "export", menu.save_png, ("Ctrl+S",), ""),
        ("save_svg", page.tr("Save plots as SVG…"), "export", menu.save_svg, (), ""),
        ("save_raw", page.tr("Save raw samples as CSV…"), "export", menu.save_raw, (), "workbench logs export"),
        ("save_drawn", page.tr("Save what is drawn as CSV…"), "export", menu.save_drawn, (), "workbench logs export"),
        ("layouts", page.tr("Layouts and export"), "more", menu.show_menu, (), ""),
    )  # fmt: skip
    return tuple(
        Action(
            id=f"logs.{name}", title=title, icon=icon, callback=callback, page="logs", menu="Plot", keys=keys, command=command,
            blocked=page.why_no_log,
        )
        for name, title, icon, callback, keys, command in entries
    )  # fmt: skip
