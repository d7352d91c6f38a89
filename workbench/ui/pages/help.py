"""The manual, inside the program: pages of resources/help, one for each error code, and About with every licence."""

from __future__ import annotations

import posixpath
from importlib import metadata

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from workbench.core.paths import resources
from workbench.core.provenance import version
from workbench.ui.context import AppContext, Selection
from workbench.ui.page import Page
from workbench.ui.widgets.fields import SearchField
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.markdown import MarkdownView
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.window_actions import help_topics

ABOUT = "about"
_SIDE_PX = 300
_TEXT_PX = 760
_DISTRIBUTION = "pump-workbench"


class HelpPage(Page):
    """Topics at the left, the page at the right. Links lead to other topics; nothing outside is ever opened."""

    page_id = "help"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._topics = [(ABOUT, self.tr("About and licences")), *help_topics()]
        self._shown = ""
        self.search = SearchField(self.theme, self.tr("Topic"))
        self.table = ArrayTable(self.theme, (Column(key="title", title=self.tr("Topic"), stretch=True),))
        self.table.set_data({"title": [title for _name, title in self._topics]})
        self.view = MarkdownView(self.theme, self.tr("Help text"))
        self.search.textChanged.connect(self.table.set_filter_text)
        self.table.row_selected.connect(self._on_row)
        self.view.anchorClicked.connect(self._on_link)
        self._lay_out()
        self.set_header(self.tr("Help"), facts=self.tr("all of it inside this program"))

    def activated(self, _selection: Selection) -> None:
        if not self._shown:
            self.show_topic(ABOUT)

    def focus_first(self) -> None:
        self.search.setFocus()

    @property
    def topic(self) -> str:
        """Name of the topic that is shown."""
        return self._shown

    def show_topic(self, topic: str) -> None:
        """Show a topic by its name, such as 'errors/PORT_BUSY'; an unknown one shows About."""
        names = [name for name, _title in self._topics]
        topic = topic if topic in names else ABOUT
        self._shown = topic
        self.table.select_row(names.index(topic))
        text = about_text() if topic == ABOUT else (resources() / "help" / f"{topic}.md").read_text(encoding="utf-8")
        self.view.show_markdown(text)

    def _lay_out(self) -> None:
        side = QWidget()
        column = vertical(side, margins_px=(0, 12, 0, 0), gap_px=8)
        searching = vertical(margins_px=(16, 0, 16, 0))
        searching.addWidget(self.search)
        column.addLayout(searching)
        column.addWidget(self.table, 1)
        self.table.horizontalHeader().setVisible(False)
        content = QWidget()
        inner = vertical(content, margins_px=(24, 16, 16, 0))
        self.view.setMaximumWidth(_TEXT_PX)
        inner.addWidget(self.view)
        self.set_side(side, _SIDE_PX)
        self.set_content(content)

    def _on_row(self, row: int) -> None:
        name = self._topics[row][0]
        if name != self._shown:
            self.show_topic(name)

    def _on_link(self, url: QUrl) -> None:
        if url.scheme():
            return
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._shown), url.path().removesuffix(".md")))
        if path in [name for name, _title in self._topics]:
            self.show_topic(path)


def about_text() -> str:
    """About, as Markdown: version, what it never does, and the licence of every library that is installed with it."""
    lines = [
        f"# Pump Workbench {version()}",
        "From a pump's sensor log to a verified model on the device beside it, and back. Licence: Apache 2.0.",
        "It opens no connection to any network. What it finds is advice: it stays outside every trip and interlock.",
        "## Libraries and their licences",
        *(f"- **{name}** {number} – {licence}" for name, number, licence in libraries()),
    ]
    return "\n\n".join(lines[:4]) + "\n\n" + "\n".join(lines[4:]) + "\n"


def libraries() -> list[tuple[str, str, str]]:
    """(name, version, licence) of our direct dependencies, as their own metadata say."""
    try:
        required = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    names = sorted({_name_of(text) for text in required if "extra ==" not in text}, key=str.casefold)
    return [entry for name in names if (entry := _library(name)) is not None]


def _library(name: str) -> tuple[str, str, str] | None:
    try:
        facts = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return name, facts["Version"], _licence_of(facts)


def _licence_of(facts: metadata.PackageMetadata) -> str:
    words = [text.rpartition("::")[2].strip() for text in facts.get_all("Classifier") or [] if text.startswith("License ::")]
    stated = [str(facts[key]).strip().partition("\n")[0] for key in ("License-Expression", "License") if key in facts]
    stated = [text for text in stated if "Copyright" not in text]
    return (stated[:1] or ["; ".join(words)])[0] or "see its own files"


def _name_of(requirement: str) -> str:
    for number, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:number]
    return requirement
