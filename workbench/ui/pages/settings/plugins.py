"""The plugins card on the Settings page: what this person allowed, whether it is loaded, allow another, forbid one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.requests import Request
from workbench.services.plugins import (
    PluginAllowRequest,
    PluginForbidRequest,
    PluginInfo,
    PluginsRequest,
    PluginsResult,
    allow_plugin,
    forbid_plugin,
    list_plugins,
)
from workbench.ui.context import AppContext
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import FlatButton, SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import Text, hairline

_NAME_PX = 200


class PluginRow(QWidget):
    """One plugin. `forbidden(name)` when the person takes it off the list."""

    forbidden = Signal(str)

    def __init__(self, theme: ThemeSource, info: PluginInfo) -> None:
        super().__init__()
        self._name = info.name
        name = Text(f"{info.name} {info.version}", "strong")
        name.setFixedWidth(_NAME_PX)
        state, word = (State.GOOD, self.tr("Loaded")) if info.is_loaded else (State.FAILURE, self.tr("Not loaded"))
        self.badge = StateBadge(theme, state, word, is_quiet=info.is_loaded)
        self.forbid = FlatButton(theme, self.tr("Forbid"), "trash")
        self.forbid.setAccessibleName(self.tr("Forbid {name}").format(name=info.name))
        self.forbid.clicked.connect(self._on_forbid)
        top = horizontal(gap_px=12)
        top.addWidget(name)
        top.addWidget(self.badge)
        top.addStretch(1)
        top.addWidget(self.forbid)
        self.words = Text(self._words_of(info), "small", "text2", is_wrapped=True)
        column = vertical(self, margins_px=(0, 4, 0, 4), gap_px=2)
        column.addLayout(top)
        column.addWidget(self.words)

    def _words_of(self, info: PluginInfo) -> str:
        brings = ", ".join(info.brings)
        parts = [info.reason or brings[:1].upper() + brings[1:]]
        if info.has_moved_on:
            parts.append(self.tr("Its folder holds other files now; allow it again to take them over."))
        parts.append(self.tr("Allowed {day} from {folder}.").format(day=info.allowed_utc[:10], folder=info.folder))
        return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)

    def _on_forbid(self) -> None:
        self.forbidden.emit(self._name)


class PluginsCard(Card):
    """Call `load` whenever it is shown."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(self.tr("Plugins"), self.tr("only those that you allow, only as their files are now"))
        self._context = context
        self.rows: list[PluginRow] = []
        self._list = vertical(gap_px=4)
        self._empty = Text(
            self.tr("None is allowed. A plugin runs with your rights: allow only what you or your site have looked at."),
            "body", "text2", is_wrapped=True,
        )  # fmt: skip
        self.allow = SecondaryButton(context.theme, self.tr("Allow a plugin…"), "folder-open")
        self.allow.clicked.connect(self._on_allow)
        line = QHBoxLayout()
        line.addWidget(self.allow)
        line.addStretch(1)
        self.body.addWidget(self._empty)
        self.body.addLayout(self._list)
        self.body.addLayout(line)

    def load(self) -> None:
        """Read the list anew."""
        self._context.read(list_plugins, PluginsRequest(), self._on_listed, slot="plugins.list")

    def _on_listed(self, result: object) -> None:
        assert isinstance(result, PluginsResult)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [PluginRow(self._context.theme, info) for info in result.plugins]
        for row in self.rows:
            row.forbidden.connect(self._on_forbid)
            self._list.addWidget(row)
            self._list.addWidget(hairline())
        self._empty.setVisible(not self.rows)

    def _on_allow(self) -> None:
        self._context.messages.choose_folder(self.tr("Folder of the plugin"), self._on_chosen)

    def _on_chosen(self, paths: list[Path]) -> None:
        if paths:
            self._change(allow_plugin, PluginAllowRequest(folder=str(paths[0])))

    def _on_forbid(self, name: str) -> None:
        self._change(forbid_plugin, PluginForbidRequest(name=name))

    def _change(self, function: object, request: Request) -> None:
        assert callable(function)
        self._context.read(function, request, self._on_listed, self._on_error, slot="plugins.change")

    def _on_error(self, error: WorkbenchError) -> None:
        self._context.messages.error(error, title=self.tr("The plugin was not allowed."))
