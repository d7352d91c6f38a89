"""The button of an analysis with the ways out of it: a command, a picture, values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from workbench.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from workbench.ui.pages.analysis.base import AnalysisMode


class MoreButton(Button):
    """'…' with copy as command, save picture, save values."""

    def __init__(self, mode: AnalysisMode) -> None:
        super().__init__(mode.theme, "", "more", kind="secondary")
        self.setProperty("fit", "icon")
        self.setAccessibleName(self.tr("Copy or save"))
        self.setToolTip(self.tr("Copy or save"))
        self._menu = QMenu(self)
        self._menu.addAction(self.tr("Copy as command"), mode.copy_command)
        self._menu.addAction(self.tr("Save picture…"), mode.save_picture)
        self._menu.addAction(self.tr("Save values as CSV…"), mode.save_values)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
