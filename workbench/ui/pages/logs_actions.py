"""What can be done on the Logs page, as data for menu, keys, palette and header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ui.actions import Action

if TYPE_CHECKING:
    from workbench.ui.pages.logs import LogsPage


def logs_actions(page: LogsPage) -> tuple[Action, ...]:
    """All actions of the page."""
    return (*_importing(page), *_of_the_log(page), *page.modes.actions())


def _importing(page: LogsPage) -> tuple[Action, ...]:
    return (
        Action(
            id="logs.live", title=page.tr("Live capture"), icon="signal", callback=page.open_live, page="logs", menu="Log",
            keys=("Ctrl+Shift+L",), command="workbench logs capture",
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
            id="logs.label", title=page.tr("Label this span"), icon="label", callback=page.label_span, page="logs",
            menu="Log", keys=("Ctrl+L",), blocked=page.why_no_log,
        ),
    )  # fmt: skip
