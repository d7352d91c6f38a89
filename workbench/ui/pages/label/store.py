"""Stores edits of events one after the other: quick edits are put together, never overtake each other, and are never lost.

What was edited waits here until the disk has it. Where storing fails it goes on waiting and is stored with the next edit.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from workbench.core.errors import WorkbenchError
from workbench.services.label_edits import LabelsEditRequest, edit_labels
from workbench.services.labels import Event
from workbench.ui.context import AppContext

Place = tuple[str, str]
"""Project folder and pump."""


class LabelStore(QObject):
    """`stored()` after the last waiting edit was written, `failed(WorkbenchError)` when it could not be."""

    stored = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: dict[Place, dict[str, Event | None]] = {}
        self._words: dict[Place, list[str]] = {}
        self._saving: tuple[Place, dict[str, Event | None], list[str]] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is not yet written."""
        return self._saving is not None or bool(self._waiting)

    def save(self, asset: str, edit: Mapping[str, Event | None], what: str) -> None:
        """Write this edit as soon as the former is written."""
        place = (self._context.project_text, asset)
        self._waiting.setdefault(place, {}).update(edit)
        self._words.setdefault(place, []).append(what)
        self._next()

    def _next(self) -> None:
        if self._saving is not None or not self._waiting:
            return
        place = next(iter(self._waiting))
        self._saving = (place, self._waiting.pop(place), self._words.pop(place))
        self._context.read(edit_labels, self._request(*self._saving), self._on_saved, self._on_error, slot="label.save")

    @staticmethod
    def _request(place: Place, edit: Mapping[str, Event | None], words: list[str]) -> LabelsEditRequest:
        said = words[0] if len(words) == 1 else f"{words[-1]} (and {len(words) - 1} edits before)"
        return LabelsEditRequest(
            project=place[0], asset=place[1], changed=tuple(event for event in edit.values() if event is not None),
            removed=tuple(name for name, event in edit.items() if event is None), what=said,
        )  # fmt: skip

    def _on_saved(self, _result: object) -> None:
        self._saving = None
        if self._waiting:
            self._next()
        else:
            self.stored.emit()

    def _on_error(self, error: WorkbenchError) -> None:
        self._put_back()
        self.failed.emit(error)

    def _put_back(self) -> None:
        """What is newer wins over what could not be written."""
        assert self._saving is not None
        place, edit, words = self._saving
        self._saving = None
        self._waiting[place] = edit | self._waiting.get(place, {})
        self._words[place] = [*words, *self._words.get(place, [])]
