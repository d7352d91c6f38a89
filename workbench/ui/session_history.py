"""One history of a session over rows, corrections, operating states and events: Ctrl+Z takes back what was done last.

Who edits says so (`note`), who can take an edit back says how (`serve`); corrections and states are layers in the project, taken
back by the service that the command line has too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.core.runner import JobCall
from workbench.services.layer_history import LayerKind, RedoRequest, StepResult, UndoRequest, redo_edit, undo_edit

if TYPE_CHECKING:
    from workbench.ui.context import AppContext

LAYERS: dict[str, LayerKind] = {"corrections": "corrections", "regimes": "regimes"}
EVENTS, LOOKS, ROWS = "labels", "label looks", "rows"
ON_LABEL = (EVENTS, LOOKS, *LAYERS)
ON_LOGS = (ROWS, EVENTS, LOOKS, *LAYERS)
"""What Ctrl+Z on a page takes back: nothing that the page doesn't show."""
_MOST = 500
Step = Callable[[str], bool]
"""Takes a pump's last edit of a kind back (or does it again); False where it can't any more."""


@dataclass(frozen=True, slots=True)
class _Edit:
    kind: str
    asset: str
    layer: str = ""
    """The version of the layer that it gave: what others did since is not taken back in its place."""


class SessionHistory(QObject):
    """`changed()` after each edit, undo and redo."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._done: list[_Edit] = []
        self._undone: list[_Edit] = []
        self._served: dict[str, tuple[Step, Step]] = {}
        self._pending: tuple[_Edit, bool] | None = None
        context.project_changed.connect(self._on_project)

    def serve(self, kind: str, undo: Step, redo: Step) -> None:
        """Say who takes edits of a kind back."""
        self._served[kind] = (undo, redo)

    def note(self, kind: str, asset: str, layer: str = "") -> None:
        """Something was edited, and gave this version of its layer: it is what the next undo takes back."""
        edit = _Edit(kind, asset, layer)
        if layer and edit == next((one for one in reversed(self._done) if (one.kind, one.asset) == (kind, asset)), None):
            return  # it changed nothing
        self._done.append(edit)
        del self._done[:-_MOST]
        self._undone = [one for one in self._undone if (one.kind, one.asset) != (kind, asset)]
        self.changed.emit()

    def can_undo(self, asset: str, kinds: Collection[str]) -> bool:
        """Whether there is an edit of a pump to take back."""
        return self._find(self._done, asset, kinds) is not None

    def can_redo(self, asset: str, kinds: Collection[str]) -> bool:
        """Whether an edit of a pump was taken back."""
        return self._find(self._undone, asset, kinds) is not None

    def undo(self, asset: str, kinds: Collection[str]) -> None:
        """Take the pump's last edit back."""
        self._go(asset, kinds, is_undo=True)

    def redo(self, asset: str, kinds: Collection[str]) -> None:
        """Do it again."""
        self._go(asset, kinds, is_undo=False)

    def _go(self, asset: str, kinds: Collection[str], *, is_undo: bool) -> None:
        source, target = (self._done, self._undone) if is_undo else (self._undone, self._done)
        while self._pending is None and (at := self._find(source, asset, kinds)) is not None:
            edit = source.pop(at)
            if edit.kind in LAYERS:
                self._start(edit, is_undo=is_undo)
                break
            served = self._served.get(edit.kind)
            if served is not None and served[0 if is_undo else 1](edit.asset):
                target.append(edit)
                break
        self.changed.emit()

    def _start(self, edit: _Edit, *, is_undo: bool) -> None:
        self._pending = (edit, is_undo)
        project, kind = self._context.project_text, LAYERS[edit.kind]
        title, function, request = (
            (self.tr("Undo"), undo_edit, UndoRequest(project=project, asset=edit.asset, kind=kind, layer=edit.layer))
            if is_undo
            else (self.tr("Redo"), redo_edit, RedoRequest(project=project, asset=edit.asset, kind=kind, layer=edit.layer))
        )
        call = JobCall(title=title, function=function, request=request, slot="history", lane="thread")
        self._context.start_job(call, on_result=self._on_result, on_end=self._on_end)

    def _on_result(self, result: object) -> None:
        assert isinstance(result, StepResult)
        if self._pending is not None:
            edit, is_undo = self._pending
            (self._undone if is_undo else self._done).append(edit)
            self._context.messages.say(result.what)
            self._context.announce(edit.kind)

    def _on_end(self) -> None:
        self._pending = None
        self.changed.emit()

    def _find(self, edits: list[_Edit], asset: str, kinds: Collection[str]) -> int | None:
        return next((at for at in range(len(edits) - 1, -1, -1) if edits[at].asset == asset and edits[at].kind in kinds), None)

    def _on_project(self, _project: object) -> None:
        self._done, self._undone, self._pending = [], [], None
        self.changed.emit()


class PageHistory:
    """The history as a page's actions call it; `asset` says which pump is open there."""

    def __init__(self, history: SessionHistory, asset: Callable[[], str], kinds: Collection[str]) -> None:
        self._history, self._asset, self._kinds = history, asset, kinds

    def undo(self) -> None:
        """Take back what was done last to the pump."""
        self._history.undo(self._asset(), self._kinds)

    def redo(self) -> None:
        """Do it again."""
        self._history.redo(self._asset(), self._kinds)

    def why_no_undo(self) -> str:
        """Why there is nothing to undo."""
        can = self._history.can_undo(self._asset(), self._kinds)
        return "" if can else self._history.tr("There is nothing to undo")

    def why_no_redo(self) -> str:
        """Why there is nothing to redo."""
        can = self._history.can_redo(self._asset(), self._kinds)
        return "" if can else self._history.tr("There is nothing to redo")
