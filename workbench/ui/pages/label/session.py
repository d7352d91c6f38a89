"""The events of one pump while they are edited: each edit touches a few events, with undo and redo. No Qt.

Kept in order of time by their keys, so that an edit of ten thousand events costs what it changes and not what there is.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from workbench.core.clock import format_utc, now_ns
from workbench.logs.events.edits import Edit, by_time, merge_into_one, new_id, split_event
from workbench.services.labels import Event, EventState

_MOST_UNDO = 500
Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An edit: the events it touched as they were and as they became, and the edit in words for the journal."""

    before: Edit
    after: Edit
    what: str


class LabelSession:
    """Edits the events of one pump; `events` is what should be stored. Each act returns the Step it made, None for none."""

    def __init__(self, asset: str, events: tuple[Event, ...], author: str) -> None:
        self.asset = asset
        self._author = author
        self._by_id = {event.id: event for event in events}
        self._key_of = {event.id: by_time(event) for event in events}
        self._keys: list[Key] = sorted(self._key_of.values())
        self._events: tuple[Event, ...] | None = None
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def events(self) -> tuple[Event, ...]:
        """The events now, in order of time."""
        if self._events is None:
            self._events = tuple(self._by_id[key[2]] for key in self._keys)
        return self._events

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each event, ns, in the same order."""
        return [key[:2] for key in self._keys]

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an edit was taken back."""
        return bool(self._undone)

    def find(self, event_id: str) -> Event | None:
        """The event of an id."""
        return self._by_id.get(event_id)

    def place(self, event_id: str) -> int | None:
        """Where an event stands in the order of time."""
        key = self._key_of.get(event_id)
        return None if key is None else bisect_left(self._keys, key)

    def add(self, name: str, start_ns: int, end_ns: int, state: EventState = "unsure") -> str:
        """Add an event; returns its id."""
        event = Event(
            id=new_id(), asset=self.asset, name=name, start_utc=format_utc(start_ns), end_utc=format_utc(end_ns),
            state=state, author=self._author, created_utc=format_utc(now_ns()),
        )  # fmt: skip
        self._do({event.id: event}, f"Event {name} drawn")
        return event.id

    def add_all(self, events: Sequence[Event], what: str) -> Step | None:
        """Add events that were made elsewhere, in one edit; those of an id that is there are left out."""
        return self._do({event.id: event for event in events if event.id not in self._by_id}, what)

    def change(self, event_ids: str | Sequence[str], what: str, **changes: object) -> Step | None:
        """Change fields of events; nothing happens where nothing changes."""
        ids = [event_ids] if isinstance(event_ids, str) else event_ids
        known = [self._by_id[one] for one in ids if one in self._by_id]
        return self._do({event.id: msgspec.structs.replace(event, **changes) for event in known}, what)

    def judge(self, event_ids: Sequence[str], state: EventState) -> Step | None:
        """Say whether events are real; who judges a suggestion is its author."""
        known = [self._by_id[one] for one in event_ids if one in self._by_id]
        judged = [msgspec.structs.replace(event, state=state, author=event.author or self._author) for event in known]
        return self._do({event.id: event for event in judged}, f"Event judged {state.replace('_', ' ')}")

    def move(self, event_id: str, start_ns: int, end_ns: int) -> Step | None:
        """Give an event another interval."""
        event = self.find(event_id)
        if event is None:
            return None
        start_ns, end_ns = sorted((start_ns, end_ns))
        return self.change(event_id, f"Event {event.name} moved", start_utc=format_utc(start_ns), end_utc=format_utc(end_ns))

    def split(self, event_id: str, at_ns: int) -> Step | None:
        """Two events that meet at an instant; raises InputError where it lies outside."""
        event = self.find(event_id)
        if event is None:
            return None
        edit = split_event(event, at_ns, author=self._author, created_utc=format_utc(now_ns()))
        return self._do(edit, f"Event {event.name} split")

    def merge(self, event_ids: Sequence[str]) -> Step | None:
        """One event of several; raises InputError for fewer than two."""
        events = [self._by_id[one] for one in event_ids if one in self._by_id]
        return self._do(merge_into_one(events), f"{len(events)} events merged")

    def delete(self, event_ids: str | Sequence[str]) -> Step | None:
        """Take events away."""
        ids = [event_ids] if isinstance(event_ids, str) else event_ids
        gone = [self._by_id[one] for one in ids if one in self._by_id]
        what = f"Event {gone[0].name} deleted" if len(gone) == 1 else f"{len(gone)} events deleted"
        return self._do(dict.fromkeys((event.id for event in gone), None), what)

    def undo(self) -> Step:
        """Take the last edit back; returns what that changes."""
        step = self._done.pop()
        self._undone.append(step)
        self._apply(step.before)
        return Step(before=step.after, after=step.before, what=f"Undone: {step.what}")

    def redo(self) -> Step:
        """Do it again."""
        step = self._undone.pop()
        self._done.append(step)
        self._apply(step.after)
        return step

    def last_step(self) -> Step | None:
        """The edit that was made last."""
        return self._done[-1] if self._done else None

    def _do(self, edit: Mapping[str, Event | None], what: str) -> Step | None:
        changed = {name: event for name, event in edit.items() if self._by_id.get(name) != event}
        if not changed:
            return None
        step = Step(before={name: self._by_id.get(name) for name in changed}, after=changed, what=what)
        self._apply(changed)
        self._done.append(step)
        del self._done[: max(0, len(self._done) - _MOST_UNDO)]
        self._undone.clear()
        return step

    def _apply(self, edit: Edit) -> None:
        for name, event in edit.items():
            former = self._key_of.pop(name, None)
            if former is not None:
                del self._keys[bisect_left(self._keys, former)]
                del self._by_id[name]
            if event is not None:
                self._by_id[name] = event
                self._key_of[name] = by_time(event)
                insort(self._keys, self._key_of[name])
        self._events = None
