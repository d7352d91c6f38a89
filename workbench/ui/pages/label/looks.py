"""Colour and shape of the names of events as a person gives them: stored in the project at once, with undo and redo."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.core.errors import WorkbenchError
from workbench.logs.events.looks import Look
from workbench.services.label_edits import LookRequest, label_looks
from workbench.ui.context import AppContext
from workbench.ui.pages.label.editor import LabelEditor
from workbench.ui.session_history import LOOKS

_Given = tuple[str, Look, Look]
"""Name, look before, look after."""


class LookEdits(QObject):
    """`stored()` after a look is on disk. An edit belongs to the pump that was open, though the look is the whole project's."""

    stored = Signal()

    def __init__(self, context: AppContext, editor: LabelEditor, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._editor = editor
        self._done: dict[str, list[_Given]] = {}
        self._undone: dict[str, list[_Given]] = {}
        self._waiting: dict[tuple[str, str], Look] = {}
        """By project and name: what is not yet on disk. Stored one after the other, so that what was given last stays."""
        self._is_storing = False
        context.history.serve(LOOKS, self._undo_of, self._redo_of)
        context.project_changed.connect(self._on_project)

    def give(self, look: object) -> None:
        """The events that are called like the chosen one look so from now on."""
        assert isinstance(look, Look)
        event, asset = self._editor.chosen, self._editor.open_name()
        if event is None or (former := self._editor.marks.look(event.name)) == look:
            return
        self._done.setdefault(asset, []).append((event.name, former, look))
        self._undone.pop(asset, None)
        self._set(event.name, look)
        self._context.history.note(LOOKS, asset)

    def _undo_of(self, asset: str) -> bool:
        return self._go(self._done, self._undone, asset, is_undo=True)

    def _redo_of(self, asset: str) -> bool:
        return self._go(self._undone, self._done, asset, is_undo=False)

    def _go(self, source: dict[str, list[_Given]], target: dict[str, list[_Given]], asset: str, *, is_undo: bool) -> bool:
        if not source.get(asset):
            return False
        name, former, look = given = source[asset].pop()
        target.setdefault(asset, []).append(given)
        self._set(name, former if is_undo else look)
        return True

    def _set(self, name: str, look: Look) -> None:
        self._editor.set_look(name, look)
        self._waiting[self._context.project_text, name] = look
        self._store_next()

    def _store_next(self) -> None:
        if self._is_storing or not self._waiting:
            return
        project, name = place = next(iter(self._waiting))
        look = self._waiting.pop(place)
        self._is_storing = True
        request = LookRequest(project=project, name=name, colour=look.colour, shape=look.shape)
        self._context.read(label_looks, request, self._on_stored, self._on_error)

    def _on_stored(self, _result: object) -> None:
        self._is_storing = False
        self.stored.emit()
        self._store_next()

    def _on_error(self, error: WorkbenchError) -> None:
        self._is_storing = False
        self._context.messages.error(error)
        self._store_next()

    def _on_project(self, _project: object) -> None:
        self._done, self._undone = {}, {}
