"""The events of one pump while they are edited: each edit is a new tuple of events, with undo and redo. No Qt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import msgspec

from workbench.core.clock import format_utc, now_ns, parse_utc
from workbench.services.labels import Event, EventState

_MOST_UNDO = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The events after an edit, and the edit in words for the journal."""

    events: tuple[Event, ...]
    what: str


class LabelSession:
    """Edits the events of one pump; `events` is what should be stored."""

    def __init__(self, asset: str, events: tuple[Event, ...], author: str) -> None:
        self.asset = asset
        self._author = author
        self._done = [Step(events=events, what="")]
        self._undone: list[Step] = []

    @property
    def events(self) -> tuple[Event, ...]:
        """The events now, in order of time."""
        return self._done[-1].events

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return len(self._done) > 1

    @property
    def can_redo(self) -> bool:
        """Whether an edit was taken back."""
        return bool(self._undone)

    def find(self, event_id: str) -> Event | None:
        """The event of an id."""
        return next((event for event in self.events if event.id == event_id), None)

    def add(self, name: str, start_ns: int, end_ns: int, state: EventState = "unsure") -> str:
        """Add an event; returns its id."""
        event = Event(
            id=uuid.uuid4().hex, asset=self.asset, name=name, start_utc=format_utc(start_ns), end_utc=format_utc(end_ns),
            state=state, author=self._author, created_utc=format_utc(now_ns()),
        )  # fmt: skip
        self._do((*self.events, event), f"Event {name} drawn")
        return event.id

    def change(self, event_id: str, what: str, **changes: object) -> None:
        """Change fields of an event; nothing happens where nothing changes."""
        former = self.find(event_id)
        if former is None:
            return
        changed = msgspec.structs.replace(former, **changes)
        if changed != former:
            self._do(tuple(changed if event.id == event_id else event for event in self.events), what)

    def move(self, event_id: str, start_ns: int, end_ns: int) -> None:
        """Give an event another interval."""
        event = self.find(event_id)
        if event is not None:
            start_ns, end_ns = sorted((start_ns, end_ns))
            self.change(event_id, f"Event {event.name} moved", start_utc=format_utc(start_ns), end_utc=format_utc(end_ns))

    def delete(self, event_id: str) -> None:
        """Take an event away."""
        event = self.find(event_id)
        if event is not None:
            self._do(tuple(other for other in self.events if other.id != event_id), f"Event {event.name} deleted")

    def undo(self) -> str:
        """Take the last edit back; returns what it was, for the journal."""
        step = self._done.pop()
        self._undone.append(step)
        return f"Undone: {step.what}"

    def redo(self) -> str:
        """Do it again."""
        step = self._undone.pop()
        self._done.append(step)
        return step.what

    def _do(self, events: tuple[Event, ...], what: str) -> None:
        self._done.append(Step(events=tuple(sorted(events, key=_by_time)), what=what))
        del self._done[: max(0, len(self._done) - 1 - _MOST_UNDO)]  # the oldest that is kept is what undo ends at
        self._undone.clear()


def _by_time(event: Event) -> tuple[int, int, str]:
    return parse_utc(event.start_utc), parse_utc(event.end_utc), event.id
