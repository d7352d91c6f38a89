"""Stores layers of events one after the other: two edits in quick succession never overtake each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.core.errors import WorkbenchError
from workbench.services.labels import LabelsSaveRequest, save_labels
from workbench.ui.context import AppContext


class LabelStore(QObject):
    """`stored()` after the last waiting layer was written, `failed(WorkbenchError)`; of several that wait, the newest goes."""

    stored = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: dict[str, LabelsSaveRequest] = {}
        self._is_saving = False

    @property
    def is_busy(self) -> bool:
        """Whether something is not yet written."""
        return self._is_saving or bool(self._waiting)

    def save(self, request: LabelsSaveRequest) -> None:
        """Write this layer as soon as the former is written."""
        self._waiting[request.asset] = request
        self._next()

    def _next(self) -> None:
        if self._is_saving or not self._waiting:
            return
        request = self._waiting.pop(next(iter(self._waiting)))
        self._is_saving = True
        self._context.read(save_labels, request, self._on_saved, self._on_error, slot="label.save")

    def _on_saved(self, _result: object) -> None:
        self._is_saving = False
        if self._waiting:
            self._next()
        else:
            self.stored.emit()

    def _on_error(self, error: WorkbenchError) -> None:
        self._is_saving = False
        self._waiting.clear()
        self.failed.emit(error)
