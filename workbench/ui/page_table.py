"""The pages as a table: id, title, icon, where its class is. A page is imported only when it is built."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from workbench.ui.page import Page

Place = Literal["top", "rail", "bottom", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page; `target` is 'module:Class' within `workbench.ui.pages`."""

    id: str
    icon: str
    target: str
    place: Place = "rail"
    keys: str = ""
    shown_under: str = ""
    """The page on the rail that a hidden page belongs to."""
    parts: tuple[str, ...] = ()
    """Modules that are loaded one a turn before the page's own, where all at once would take long."""

    @property
    def module(self) -> str:
        """Where the page's class is."""
        return f"workbench.ui.pages.{self.target.partition(':')[0]}"


_LOGS_PARTS = (
    "numpy", "workbench.services.log_views", "workbench.ui.widgets.plots.rows", "workbench.ui.widgets.plots.stack",
    "workbench.ui.pages.logs.view", "workbench.ui.pages.logs.preview", "workbench.ui.pages.logs.side",
)  # fmt: skip
PAGES = (
    PageEntry(id="start", icon="pump", target="start.page:StartPage", place="top", keys="Ctrl+0"),
    PageEntry(id="logs", icon="logs", target="logs.page:LogsPage", keys="Ctrl+1", parts=_LOGS_PARTS),
    PageEntry(id="label", icon="label", target="label.page:LabelPage", keys="Ctrl+2"),
    PageEntry(id="train", icon="train", target="train.page:TrainPage", keys="Ctrl+3"),
    PageEntry(id="compare", icon="compare", target="compare.page:ComparePage", keys="Ctrl+4"),
    PageEntry(id="drift", icon="drift", target="drift.page:DriftPage", keys="Ctrl+5"),
    PageEntry(id="package", icon="package", target="package.page:PackagePage", keys="Ctrl+6"),
    PageEntry(id="devices", icon="devices", target="devices.page:DevicesPage", keys="Ctrl+7"),
    PageEntry(id="journal", icon="journal", target="journal.page:JournalPage", keys="Ctrl+8"),
    PageEntry(id="settings", icon="settings", target="settings.page:SettingsPage", place="bottom", keys="Ctrl+,"),
    PageEntry(id="live", icon="signal", target="live.page:LivePage", place="hidden", shown_under="logs"),
    PageEntry(id="fetch", icon="import", target="fetch.page:FetchPage", place="hidden", shown_under="logs"),
    PageEntry(id="screen", icon="pump", target="screen.page:ScreenPage", place="hidden", shown_under="logs"),
    PageEntry(id="help", icon="help", target="help:HelpPage", place="hidden"),
)


def find_entry(page_id: str) -> PageEntry:
    """The entry of a page; KeyError if there is none."""
    for entry in PAGES:
        if entry.id == page_id:
            return entry
    raise KeyError(page_id)


def page_title(page_id: str) -> str:
    """What the rail and the palette call a page."""
    titles = {
        "start": QCoreApplication.translate("Pages", "Start"),
        "logs": QCoreApplication.translate("Pages", "Logs"),
        "label": QCoreApplication.translate("Pages", "Label"),
        "train": QCoreApplication.translate("Pages", "Train"),
        "compare": QCoreApplication.translate("Pages", "Compare"),
        "drift": QCoreApplication.translate("Pages", "Drift"),
        "package": QCoreApplication.translate("Pages", "Package"),
        "devices": QCoreApplication.translate("Pages", "Devices"),
        "journal": QCoreApplication.translate("Pages", "Journal"),
        "settings": QCoreApplication.translate("Pages", "Settings"),
        "live": QCoreApplication.translate("Pages", "Live capture"),
        "fetch": QCoreApplication.translate("Pages", "Fetch from a historian"),
        "screen": QCoreApplication.translate("Pages", "Screen pumps"),
        "help": QCoreApplication.translate("Pages", "Help"),
    }
    return titles[page_id]


def load_page_class(entry: PageEntry) -> type[Page]:
    """The page's class."""
    class_name = entry.target.partition(":")[2]
    found: type[Page] = getattr(importlib.import_module(entry.module), class_name)
    if not issubclass(found, Page):
        raise TypeError(f"{entry.target} is not a Page.")
    return found
