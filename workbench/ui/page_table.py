"""The pages as a table: id, title, icon, where its class is. A page is imported only when it is first shown."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from workbench.ui.page import Page

Place = Literal["top", "rail", "bottom", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page; `target` is 'module:Class'."""

    id: str
    icon: str
    target: str
    place: Place = "rail"
    keys: str = ""
    shown_under: str = ""
    """The page on the rail that a hidden page belongs to."""


PAGES = (
    PageEntry(id="start", icon="pump", target="workbench.ui.pages.start:StartPage", place="top", keys="Ctrl+0"),
    PageEntry(id="logs", icon="logs", target="workbench.ui.pages.logs:LogsPage", keys="Ctrl+1"),
    PageEntry(id="label", icon="label", target="workbench.ui.pages.label:LabelPage", keys="Ctrl+2"),
    PageEntry(id="train", icon="train", target="workbench.ui.pages.train:TrainPage", keys="Ctrl+3"),
    PageEntry(id="compare", icon="compare", target="workbench.ui.pages.compare:ComparePage", keys="Ctrl+4"),
    PageEntry(id="drift", icon="drift", target="workbench.ui.pages.drift:DriftPage", keys="Ctrl+5"),
    PageEntry(id="package", icon="package", target="workbench.ui.pages.package:PackagePage", keys="Ctrl+6"),
    PageEntry(id="devices", icon="devices", target="workbench.ui.pages.devices:DevicesPage", keys="Ctrl+7"),
    PageEntry(id="journal", icon="journal", target="workbench.ui.pages.journal:JournalPage", keys="Ctrl+8"),
    PageEntry(id="settings", icon="settings", target="workbench.ui.pages.settings:SettingsPage", place="bottom", keys="Ctrl+,"),
    PageEntry(id="live", icon="signal", target="workbench.ui.pages.live:LivePage", place="hidden", shown_under="logs"),
    PageEntry(id="fetch", icon="import", target="workbench.ui.pages.fetch:FetchPage", place="hidden", shown_under="logs"),
    PageEntry(id="help", icon="help", target="workbench.ui.pages.help:HelpPage", place="hidden"),
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
        "help": QCoreApplication.translate("Pages", "Help"),
    }
    return titles[page_id]


def load_page_class(entry: PageEntry) -> type[Page] | None:
    """The page's class, or None where its module is not in this version."""
    module_name, _, class_name = entry.target.partition(":")
    if importlib.util.find_spec(module_name) is None:
        return None
    found: type[Page] = getattr(importlib.import_module(module_name), class_name)
    if not issubclass(found, Page):
        raise TypeError(f"{entry.target} is not a Page.")
    return found
