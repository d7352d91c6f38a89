"""Edits of a pump's events as values: every edit says which events it changes, by id. No numpy, so that pages may use it.

An edit is a mapping id → event as it is afterwards, None where it is gone. Applied to the events before, it gives those after.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import InputError
from workbench.logs.events.event import Event

Edit = Mapping[str, Event | None]


def new_id() -> str:
    """An id that no other event has."""
    return uuid.uuid4().hex


def split_event(event: Event, at_ns: int, *, author: str = "", created_utc: str = "") -> dict[str, Event | None]:
    """Two events that meet at an instant (ns) inside this one; the first keeps the id, the second is the splitter's.

    Raises InputError where the instant does not lie inside.
    """
    at_utc = format_utc(at_ns)
    if not parse_utc(event.start_utc) < at_ns < parse_utc(event.end_utc):
        raise InputError(
            f"{at_utc} does not lie inside '{event.name}' ({event.start_utc} to {event.end_utc}).",
            "Put the cursor between its ends.",
        )
    second = msgspec.structs.replace(
        event, id=new_id(), start_utc=at_utc, author=author or event.author, created_utc=created_utc or event.created_utc
    )
    return {event.id: msgspec.structs.replace(event, end_utc=at_utc), second.id: second}


def merge_into_one(events: Sequence[Event]) -> dict[str, Event | None]:
    """One event from the earliest start to the latest end under the earliest one's id and name; notes are joined.

    The state stays where all agree, else it is unsure. Raises InputError for fewer than two, or events of two pumps.
    """
    listed = sorted(events, key=by_time)
    if len(listed) < 2:
        raise InputError(f"{len(listed)} event can't be merged.", "Choose two or more.")
    if len({event.asset for event in listed}) > 1:
        raise InputError("Events of two pumps can't be one.", "Choose events of one pump.")
    first = listed[0]
    states = {event.state for event in listed}
    joined = msgspec.structs.replace(
        first,
        end_utc=max(listed, key=_end_ns).end_utc,
        state=first.state if len(states) == 1 else "unsure",
        note="; ".join(dict.fromkeys(event.note for event in listed if event.note)),
    )
    return {first.id: joined} | dict.fromkeys((event.id for event in listed[1:]), None)


def difference(before: Iterable[Event], after: Iterable[Event]) -> dict[str, Event | None]:
    """The edit that makes `after` of `before`."""
    former = {event.id: event for event in before}
    edit: dict[str, Event | None] = {event.id: event for event in after if former.get(event.id) != event}
    kept = {event.id for event in after}
    return edit | dict.fromkeys((name for name in former if name not in kept), None)


def _end_ns(event: Event) -> int:
    return parse_utc(event.end_utc)


def by_time(event: Event) -> tuple[int, int, str]:
    """What puts events in the order of time."""
    return *event.span_ns, event.id
