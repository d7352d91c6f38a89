"""The lower half of the start page: what needs you (from real data only), and the projects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from workbench.core.clock import NS_PER_S, now_ns
from workbench.core.errors import WorkbenchError
from workbench.core.paths import PROJECT_FILE, is_project
from workbench.services.overview import Need
from workbench.ui import format as shown
from workbench.ui.context import AppContext
from workbench.ui.pages.start.needs import words_of
from workbench.ui.states import State, state_word
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import FlatButton, SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import IconLabel, StateSymbol, Text, hairline, plain_tip

ROW_PX = 50
MAX_NEEDS = 6
_BUTTON_PX = 84


class NeedRow(QWidget):
    """Symbol, what, sentence, when, and the button that goes there."""

    chosen = Signal(object)

    def __init__(self, theme: ThemeSource, need: Need) -> None:
        super().__init__()
        self._need = need
        self.setFixedHeight(ROW_PX)
        words = words_of(need)
        symbol = StateSymbol(theme, words.state)
        symbol.setToolTip(state_word(words.state))
        symbol.setAccessibleName(state_word(words.state))
        name = Text(words.on, "label")
        name.setMinimumWidth(74)
        fact = Text(shown.ago(need.at_utc, now_ns()), "small", "text2")
        fact.setFixedWidth(118)
        button = SecondaryButton(theme, words.verb)
        button.setFixedWidth(_BUTTON_PX)
        button.clicked.connect(self._on_clicked)
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=16)
        row.addWidget(symbol)
        row.addWidget(name)
        row.addWidget(Text(words.text, "body", is_wrapped=True), 1)
        row.addWidget(fact)
        row.addWidget(button)

    def _on_clicked(self) -> None:
        self.chosen.emit(self._need)


class NeedsCard(Card):
    """'Needs you': emits `chosen(Need)`."""

    chosen = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__("", "", padding_px=0)
        self._theme = theme
        self.body.setSpacing(0)
        self.set_title(self.tr("Needs you"))

    def show_needs(self, needs: Sequence[Need], *, has_project: bool) -> None:
        """Show these, or that nothing waits."""
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.set_title(self.tr("Needs you"), str(len(needs)) if needs else "")
        for number, need in enumerate(needs[:MAX_NEEDS]):
            row = NeedRow(self._theme, need)
            row.chosen.connect(self.chosen)
            if number:
                self.body.addWidget(hairline())
            self.body.addWidget(row)
        if not needs:
            self.body.addWidget(self._nothing(has_project))

    def _nothing(self, has_project: bool) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(ROW_PX)
        row = horizontal(holder, margins_px=(16, 0, 16, 0), gap_px=12)
        begin = self.tr("Open or make a project, or drop a log on the window.")
        nothing = self.tr("Nothing waits for you.")
        row.addWidget(IconLabel(self._theme, "check" if has_project else "info", "text3"))
        row.addWidget(Text(nothing if has_project else begin, "body", "text2"), 1)
        return holder


class ProjectRow(QFrame):
    """One project: name, where it is, 'open' or its day; a refused one says why in place."""

    chosen = Signal(object)

    def __init__(self, context: AppContext, folder: Path, error: WorkbenchError | None) -> None:
        super().__init__()
        self._folder = folder
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focus_inside", True)
        self.setAccessibleName(folder.name)
        self.setToolTip(plain_tip(str(folder)))
        is_there = is_project(folder)
        row = horizontal(self, margins_px=(16, 6, 16, 6), gap_px=16)
        bad = error is not None or not is_there
        symbol = StateSymbol(context.theme, State.FAILURE if error else State.NOT_CHECKED) if bad else None
        row.addWidget(symbol or IconLabel(context.theme, "folder", "text2", 18))
        words = vertical()
        words.addStretch(1)
        words.addWidget(Text(folder.name, "strong"))
        gone = self.tr("Not there: moved, or its disk is not plugged in")
        below = error.message if error else str(folder.parent) if is_there else gone
        words.addWidget(Text(below, "caption", "failure_text" if error else "text2", is_wrapped=bool(error)))
        words.addStretch(1)
        row.addLayout(words, 1)
        zone = shown.zone_of(context.settings.zone)
        when = shown.day(_changed_ns(folder), zone) if is_there else ""
        is_open = context.project is not None and context.project == folder
        row.addWidget(Text(self.tr("open") if is_open else when, "small", "text2"))

    def sizeHint(self) -> QSize:
        return QSize(300, max(ROW_PX, super().sizeHint().height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._folder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(self._folder)
            return
        super().keyPressEvent(event)


class ProjectsCard(Card):
    """Recent projects, and New and Open."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("", "", padding_px=0)
        self._context = context
        self.set_title(self.tr("Projects"))
        self._refused: dict[Path, WorkbenchError] = {}
        self.body.setSpacing(0)
        new = FlatButton(context.theme, self.tr("New…"), "plus")
        new.clicked.connect(self._on_new)
        open_button = FlatButton(context.theme, self.tr("Open…"), "folder-open")
        open_button.clicked.connect(self._on_open)
        self.header.add(new)
        self.header.add(open_button)
        self.refresh()

    @property
    def refused(self) -> dict[Path, WorkbenchError]:
        """Projects that were not opened, and why."""
        return dict(self._refused)

    def refuse(self, folder: Path | None, error: WorkbenchError) -> None:
        """Say in the project's row why it was not opened."""
        if folder is not None:
            self._refused[folder] = error
            self.refresh()

    def refresh(self) -> None:
        """Show the projects anew."""
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._context.project is not None:
            self._refused.pop(self._context.project, None)
        folders = [*map(Path, self._context.settings.recent_projects)]
        folders += [folder for folder in self._refused if folder not in folders]
        for number, folder in enumerate(folders):
            row = ProjectRow(self._context, folder, self._refused.get(folder))
            row.chosen.connect(self._on_chosen)
            if number:
                self.body.addWidget(hairline())
            self.body.addWidget(row)
        if not folders:
            empty = Text(self.tr("No project yet. New makes a folder that holds everything."), "small", "text2", is_wrapped=True)
            empty.setContentsMargins(16, 12, 16, 12)
            self.body.addWidget(empty)

    def _on_new(self) -> None:
        self._context.run_action("project.new")

    def _on_open(self) -> None:
        self._context.run_action("project.open")

    def _on_chosen(self, folder: Path) -> None:
        if folder != self._context.project:
            self._context.open_project(folder)


def _changed_ns(folder: Path) -> int:
    files = [*folder.glob("journal/*.jsonl"), folder / PROJECT_FILE]
    return int(max(file.stat().st_mtime for file in files)) * NS_PER_S
