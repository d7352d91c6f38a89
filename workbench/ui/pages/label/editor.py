"""Edits of the events of the pump that is shown: which are chosen, what is done to them, undo; each edit is stored at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from workbench.core.clock import parse_utc
from workbench.core.errors import WorkbenchError
from workbench.logs.events.looks import Look
from workbench.services.labels import Event, EventState
from workbench.ui.context import AppContext
from workbench.ui.pages.label.session import LabelSession, Step
from workbench.ui.pages.label.store import LabelStore
from workbench.ui.session_history import EVENTS
from workbench.ui.widgets.plots.marks import Marks


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
        self._marks: tuple[object, Marks] | None = None
        self.looks: dict[str, Look] = {}
        self.next_name = ""
        """What the next event that is drawn is called; '' while nobody said."""
        self.chosen_id = ""
        self.also_chosen: tuple[str, ...] = ()
        """Ids that are chosen beside `chosen_id`."""
        self._store.stored.connect(self.stored)
        self._store.failed.connect(self._on_failed)
        context.history.serve(EVENTS, self.undo_of, self.redo_of)

    @property
    def session(self) -> LabelSession | None:
        """The events of the pump that is shown, None while none is open."""
        return self._sessions.get(self._asset)

    def open_name(self) -> str:
        """Tag of the pump that is open, '' for none."""
        return self._asset

    @property
    def events(self) -> tuple[Event, ...]:
        """The events now, in order of time."""
        return self.session.events if self.session else ()

    @property
    def chosen(self) -> Event | None:
        """The chosen event, the one that is edited."""
        return self.session.find(self.chosen_id) if self.session else None

    @property
    def all_chosen(self) -> tuple[str, ...]:
        """Ids of all chosen events, the one that is edited first."""
        return (self.chosen_id, *self.also_chosen) if self.chosen_id else ()

    @property
    def marks(self) -> Marks:
        """The events as the plots draw them; the same object until something changes."""
        key = (self.events, self.also_chosen, tuple(self.looks.items()))
        if self._marks is None or self._marks[0] != key:
            spans = self.session.spans if self.session else []
            self._marks = (key, Marks(self.events, spans, self.looks, frozenset(self.also_chosen)))
        return self._marks[1]

    @property
    def is_busy(self) -> bool:
        """Whether something is not yet stored."""
        return self._store.is_busy

    def open(self, asset: str, events: tuple[Event, ...], looks: dict[str, Look]) -> None:
        """Show a pump's stored events; its undo stays as long as nobody else changed them."""
        known = self._sessions.get(asset)
        if known is None or (known.events != events and not self.is_busy):
            self._sessions[asset] = LabelSession(asset, events, self._context.operator)
        self._asset = asset
        self.looks = looks
        self.choose(self.chosen_id)

    def close(self) -> None:
        """Forget all pumps (another project)."""
        self._sessions.clear()
        self._asset, self.chosen_id, self.also_chosen = "", "", ()
        self.changed.emit()

    def set_look(self, name: str, look: Look) -> None:
        """Draw the events of a name so."""
        self.looks = {**self.looks, name: look}
        self.changed.emit()

    # Choosing

    def choose(self, event_id: str) -> None:
        """Choose an event of the pump alone, '' for none."""
        self.choose_all((event_id,) if event_id else ())

    def choose_all(self, event_ids: Sequence[str]) -> None:
        """Choose several; the first is the one that is edited."""
        there = [one for one in dict.fromkeys(event_ids) if self.session is not None and self.session.find(one) is not None]
        self.chosen_id = there[0] if there else ""
        self.also_chosen = tuple(there[1:])
        self.changed.emit()

    def choose_too(self, event_id: str) -> None:
        """Choose one more, or leave it out again."""
        others = tuple(one for one in self.all_chosen if one != event_id)
        self.choose_all(others if event_id in self.all_chosen else (*others, event_id))

    def next_unsure(self) -> str:
        """The id of the next event after the chosen one that nobody judged, '' if there is none."""
        return self._next(is_unsure=True)

    def next_suggestion(self) -> str:
        """The id of the suggestion that is most like its example, '' if none is left."""
        open_ones = [one for one in self.events if one.source == "similar" and one.state == "unsure" and one.id != self.chosen_id]
        return min(open_ones, key=_by_distance).id if open_ones else ""

    def next_event(self, step: int = 1) -> str:
        """The id of the event after (or before) the chosen one in time, '' if there is none."""
        place = self.session.place(self.chosen_id) if self.session else None
        wanted = (0 if step > 0 else len(self.events) - 1) if place is None else place + step
        return self.events[wanted].id if 0 <= wanted < len(self.events) else ""

    def _next(self, *, is_unsure: bool) -> str:
        place = self.session.place(self.chosen_id) if self.session else None
        start = 0 if place is None else place + 1
        events = self.events
        for number in range(len(events)):
            event = events[(start + number) % len(events)]
            if (event.state == "unsure" or not is_unsure) and event.id != self.chosen_id:
                return event.id
        return ""

    # Edits

    def add(self, start_ns: int, end_ns: int) -> None:
        """A new event, unsure, called like the last one that was named."""
        if self.session is not None:
            name = self.next_name or self.tr("unnamed")
            self.chosen_id, self.also_chosen = self.session.add(name, start_ns, end_ns), ()
            self._store_step(self.session.last_step())

    def add_all(self, events: Sequence[Event], what: str) -> None:
        """Events that a search found; the first of them is chosen."""
        if self.session is not None and events:
            step = self.session.add_all(events, what)
            self.chosen_id, self.also_chosen = events[0].id, ()
            self._store_step(step)

    def move(self, event_id: str, start_ns: int, end_ns: int) -> None:
        """Give an event another interval, and choose it."""
        if self.session is not None:
            step = self.session.move(event_id, start_ns, end_ns)
            self.chosen_id, self.also_chosen = event_id, ()
            self._store_step(step)

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

    def split(self, at_ns: int) -> None:
        """Split the chosen event; raises InputError where the instant lies outside."""
        if self.session is not None and self.chosen is not None:
            self._store_step(self.session.split(self.chosen_id, at_ns))

    def merge(self, event_ids: Sequence[str]) -> None:
        """Make one event of these, and choose it."""
        if self.session is not None:
            step = self.session.merge(event_ids)
            if step is not None:
                self.chosen_id = next(name for name, event in step.after.items() if event is not None)
                self.also_chosen = ()
            self._store_step(step)

    def judge(self, state: EventState) -> None:
        """Say whether the chosen events are real."""
        if self.session is not None and self.chosen is not None:
            self._store_step(self.session.judge(self.all_chosen, state))

    def rename(self, name: str) -> None:
        """Say what happened."""
        self.next_name = name
        self.change(f"Event named {name}", name=name)

    def change(self, what: str, **changes: object) -> None:
        """Change fields of all chosen events."""
        if self.session is not None and self.chosen is not None:
            self._store_step(self.session.change(self.all_chosen, what, **changes))

    def delete(self) -> None:
        """Take the chosen events away."""
        if self.session is not None and self.chosen is not None:
            step = self.session.delete(self.all_chosen)
            self.chosen_id, self.also_chosen = "", ()
            self._store_step(step)

    def undo_of(self, asset: str) -> bool:
        """Take the last edit of a pump back; False where there is none, as when somebody else changed its events."""
        session = self._sessions.get(asset)
        if session is None or not session.can_undo:
            return False
        self._store_again(asset, session.undo())
        return True

    def redo_of(self, asset: str) -> bool:
        """Do it again."""
        session = self._sessions.get(asset)
        if session is None or not session.can_redo:
            return False
        self._store_again(asset, session.redo())
        return True

    def _store_again(self, asset: str, step: Step) -> None:
        self._store.save(asset, step.after, step.what)
        if asset == self._asset and self.chosen is None:
            self.chosen_id = next((name for name, event in step.after.items() if event is not None), "")
        self.choose_all(self.all_chosen)

    def _store_step(self, step: Step | None) -> None:
        if step is not None:
            self._store.save(self._asset, step.after, step.what)
            self._context.history.note(EVENTS, self._asset)
        self.choose_all(self.all_chosen)

    def _on_failed(self, error: object) -> None:
        assert isinstance(error, WorkbenchError)
        self._context.messages.error(
            error, title=self.tr("The events are not stored yet. They are kept, and stored with the next edit.")
        )
        self.changed.emit()


def _by_distance(event: Event) -> tuple[float, str]:
    return event.distance if event.distance is not None else 2.0, event.start_utc
