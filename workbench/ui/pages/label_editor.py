"""Edits of the events of the pump that is shown: which one is chosen, what is done to it, undo; each edit is stored at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.core.clock import parse_utc
from workbench.core.errors import WorkbenchError
from workbench.services.labels import Event, EventState, LabelsSaveRequest
from workbench.ui.context import AppContext
from workbench.ui.pages.label_session import LabelSession
from workbench.ui.pages.label_store import LabelStore


class LabelEditor(QObject):
    """`changed()` after an edit or another choice, `stored()` when everything is on disk."""

    changed = Signal()
    stored = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._store = LabelStore(context, self)
        self._sessions: dict[str, LabelSession] = {}
        self._asset = ""
        self._last_name = ""
        self.chosen_id = ""
        self._store.stored.connect(self.stored)
        self._store.failed.connect(self._on_failed)

    @property
    def session(self) -> LabelSession | None:
        """The events of the pump that is shown, None while none is open."""
        return self._sessions.get(self._asset)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events now, in order of time."""
        return self.session.events if self.session else ()

    @property
    def chosen(self) -> Event | None:
        """The chosen event."""
        return self.session.find(self.chosen_id) if self.session else None

    @property
    def is_busy(self) -> bool:
        """Whether something is not yet stored."""
        return self._store.is_busy

    def open(self, asset: str, events: tuple[Event, ...]) -> None:
        """Show a pump's stored events; its undo stays as long as nobody else changed them."""
        known = self._sessions.get(asset)
        if known is None or (known.events != events and not self.is_busy):
            self._sessions[asset] = LabelSession(asset, events, self._context.operator)
        self._asset = asset
        self.choose(self.chosen_id)

    def close(self) -> None:
        """Forget all pumps (another project)."""
        self._sessions.clear()
        self._asset, self.chosen_id = "", ""
        self.changed.emit()

    def choose(self, event_id: str) -> None:
        """Choose an event of the pump, '' for none."""
        is_there = self.session is not None and self.session.find(event_id) is not None
        self.chosen_id = event_id if is_there else ""
        self.changed.emit()

    def next_unsure(self) -> str:
        """The id of the next event after the chosen one that nobody judged, '' if there is none."""
        ids = [event.id for event in self.events]
        place = ids.index(self.chosen_id) + 1 if self.chosen_id in ids else 0
        around = (*self.events[place:], *self.events[:place])
        return next((event.id for event in around if event.state == "unsure" and event.id != self.chosen_id), "")

    def add(self, start_ns: int, end_ns: int) -> None:
        """A new event, unsure, called like the last one that was named."""
        if self.session is not None:
            name = self._last_name or self.tr("unnamed")
            self.chosen_id = self.session.add(name, start_ns, end_ns)
            self._store_now(f"Event {name} drawn")

    def move(self, event_id: str, start_ns: int, end_ns: int) -> None:
        """Give an event another interval, and choose it."""
        if self.session is not None:
            self.session.move(event_id, start_ns, end_ns)
            self.chosen_id = event_id
            self._store_now("Event moved")

    def shift(self, shift_ns: int) -> None:
        """Move the chosen event in time."""
        event = self.chosen
        if event is not None:
            self.move(event.id, parse_utc(event.start_utc) + shift_ns, parse_utc(event.end_utc) + shift_ns)

    def set_end(self, at_ns: int, *, is_start: bool) -> None:
        """Put one end of the chosen event somewhere."""
        event = self.chosen
        if event is not None:
            self.move(event.id, at_ns, parse_utc(event.end_utc if is_start else event.start_utc))

    def judge(self, state: EventState) -> None:
        """Say whether the chosen event is real."""
        self._change(f"Event judged {state.replace('_', ' ')}", state=state)

    def rename(self, name: str) -> None:
        """Say what happened."""
        self._last_name = name
        self._change(f"Event named {name}", name=name)

    def set_note(self, note: str) -> None:
        """Say what speaks for it."""
        self._change("Note changed", note=note)

    def delete(self) -> None:
        """Take the chosen event away."""
        event = self.chosen
        if self.session is not None and event is not None:
            self.session.delete(event.id)
            self.chosen_id = ""
            self._store_now(f"Event {event.name} deleted")

    def undo(self) -> None:
        """Take the last edit back."""
        if self.session is not None and self.session.can_undo:
            self._store_now(self.session.undo())

    def redo(self) -> None:
        """Do it again."""
        if self.session is not None and self.session.can_redo:
            self._store_now(self.session.redo())

    def _change(self, what: str, **changes: object) -> None:
        if self.session is not None and self.chosen is not None:
            self.session.change(self.chosen_id, what, **changes)
            self._store_now(what)

    def _store_now(self, what: str) -> None:
        if self.session is not None:
            events = self.session.events
            request = LabelsSaveRequest(project=self._context.project_text, asset=self._asset, events=events, what=what)
            self._store.save(request)
            self.choose(self.chosen_id)

    def _on_failed(self, error: object) -> None:
        assert isinstance(error, WorkbenchError)
        self._context.messages.error(error, title=self.tr("The events were not stored."))
        self.changed.emit()
