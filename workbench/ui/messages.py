"""The one way to reach the person: notices above the content, a question before something is destroyed, file choosers.

Nothing here blocks: answers come through callbacks. Nothing vanishes by itself while it asks for an act.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench.core.errors import WorkbenchError
from workbench.ui.actions import Action
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource

PASSING_S = 6
PathsHandler = Callable[[list[Path]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """One notice. `key`: a later notice with the same key replaces it. Passing ones go after some seconds."""

    text: str
    title: str = ""
    state: State | None = None
    icon: str = "info"
    actions: tuple[Action, ...] = ()
    is_passing: bool = False
    key: str = ""
    help_topic: str = ""
    """Name of the manual's page about it, such as 'errors/PORT_BUSY'."""


class Messages(QObject):
    """Injected where something must be said. The window shows what is emitted here."""

    posted = Signal(object)
    withdrawn = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWidget | None = None
        self._theme: ThemeSource | None = None
        self._numbers = itertools.count(1)
        self._question: QMessageBox | None = None
        self._on_yes: Callable[[], None] | None = None
        self._chooser: QFileDialog | None = None
        self._on_chosen: PathsHandler | None = None

    def attach(self, window: QWidget, theme: ThemeSource) -> None:
        """Name the window that questions and choosers belong to, and what they look like."""
        self._window, self._theme = window, theme

    @property
    def question(self) -> QMessageBox | None:
        """The question that is open, for tests."""
        return self._question

    @property
    def chooser(self) -> QFileDialog | None:
        """The file chooser that is open, for tests."""
        return self._chooser

    def say(self, text: str, *, title: str = "", icon: str = "check", key: str = "") -> None:
        """A passing word that asks for nothing."""
        self.post(NoticeText(text=text, title=title, icon=icon, is_passing=True, key=key))

    def error(self, error: WorkbenchError, *, title: str = "", actions: tuple[Action, ...] = ()) -> None:
        """What happened and what to do; stays until it is hidden."""
        text = f"{error.message} {error.hint}".strip()
        key, topic = f"{error.code}:{error.message}", f"errors/{error.code}"
        self.post(NoticeText(text=text, title=title, state=State.FAILURE, actions=actions, key=key, help_topic=topic))

    def post(self, notice: NoticeText) -> str:
        """Show a notice; returns its key, to withdraw it by."""
        if not notice.key:
            notice = replace(notice, key=f"notice-{next(self._numbers)}")
        self.posted.emit(notice)
        return notice.key

    def withdraw(self, key: str) -> None:
        """Take a notice away."""
        self.withdrawn.emit(key)

    def copy(self, text: str, said: str = "") -> None:
        """Put text on the clipboard, and say so."""
        QGuiApplication.clipboard().setText(text)
        self.say(said or self.tr("Copied: {text}").format(text=text), icon="copy", key="copied")

    def confirm(self, title: str, text: str, verb: str, on_yes: Callable[[], None]) -> None:
        """Ask before something is destroyed; `verb` is on the button. The only modal question there is."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setTextFormat(Qt.TextFormat.PlainText)  # names come from files
        box.setText(title)
        box.setInformativeText(text)
        yes = box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
        yes.setProperty("kind", "danger")
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        keep.setProperty("kind", "secondary")
        box.setDefaultButton(keep)
        self._dress(box)  # now that its buttons are there and have their kinds
        box.buttonClicked.connect(self._on_answer)
        box.finished.connect(self._on_question_closed)
        self._question, self._on_yes = box, on_yes
        box.open()

    def choose_files(self, title: str, patterns: str, on_chosen: PathsHandler) -> None:
        """Let the person pick files; `patterns` as 'Logs (*.csv *.parquet)'."""
        self._choose(title, on_chosen, QFileDialog.FileMode.ExistingFiles, patterns)

    def choose_folder(self, title: str, on_chosen: PathsHandler) -> None:
        """Let the person pick a folder."""
        self._choose(title, on_chosen, QFileDialog.FileMode.Directory, "")

    def choose_save(self, title: str, suggestion: Path, patterns: str, on_chosen: PathsHandler) -> None:
        """Let the person name a file to write."""
        dialog = self._choose(title, on_chosen, QFileDialog.FileMode.AnyFile, patterns)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(str(suggestion.parent))
        dialog.selectFile(suggestion.name)

    def _choose(self, title: str, on_chosen: PathsHandler, mode: QFileDialog.FileMode, patterns: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        self._dress(dialog)
        dialog.setFileMode(mode)
        if patterns:
            dialog.setNameFilter(patterns)
        dialog.filesSelected.connect(self._on_files)
        dialog.finished.connect(self._on_chooser_closed)
        self._chooser, self._on_chosen = dialog, on_chosen
        dialog.open()
        return dialog

    def _dress(self, dialog: QWidget) -> None:
        if self._theme is not None:
            self._theme.dress(dialog)

    def _on_files(self, names: list[str]) -> None:
        if self._on_chosen is not None and names:
            self._on_chosen([Path(name) for name in names])

    def _on_chooser_closed(self, _result: int) -> None:
        if self._chooser is not None:
            self._chooser.deleteLater()
        self._chooser = None

    def _on_answer(self, button: object) -> None:
        box = self._question
        is_yes = box is not None and box.buttonRole(button) == QMessageBox.ButtonRole.DestructiveRole  # type: ignore[arg-type]
        if is_yes and self._on_yes is not None:
            self._on_yes()

    def _on_question_closed(self, _result: int) -> None:
        if self._question is not None:
            self._question.deleteLater()
        self._question, self._on_yes = None, None
