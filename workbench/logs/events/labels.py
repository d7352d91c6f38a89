"""Events: labelled intervals of one asset, a layer over the raw log that is replaced as a whole and never edited in place.

Every function takes a layer (a tuple of events in order of time) and returns a new one. Events may overlap (cavitation during
bearing growth); only a person makes one of two. Must not import anything but numpy and core.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import Record, encode_canonical, sha256_hex
from workbench.core.errors import InputError
from workbench.logs.events.event import DEFAULTS, INSTANTS, Event, by_text
from workbench.logs.events.failure_words import MECHANISMS, MODES, is_code

MAX_EVENTS = 100_000
MAX_NAME = 200
MAX_NOTE = 4000
_ID_DIGITS = 32


Layer = tuple[Event, ...]


class LayerFile(Record, frozen=True, kw_only=True):
    """A layer as it is stored; the asset is in it so that the empty layers of two pumps are two objects.

    With a `base` it is what changed since that layer: `events` are new or changed, `removed` are ids; `depth` counts the
    layers below it. A layer of thousands of events is so not written again for each edit.
    """

    asset: str
    events: Layer
    base: str = ""
    removed: tuple[str, ...] = ()
    depth: int = 0


def make_event(event: Event, taken: frozenset[str] = frozenset()) -> Event:
    """The event in normal form, with an id made from asset, name and interval (so the same event has the same id).

    Raises InputError for an empty name, an interval that ends before it starts, or a stamp that is no time.
    """
    start_ns, end_ns = event.span_ns
    name, asset = _clean(event.name, MAX_NAME), _clean(event.asset, MAX_NAME)
    if not name or not asset:
        raise InputError("An event has no name or no asset.", "Say what happened and to which pump.")
    if end_ns < start_ns:
        raise InputError(
            f"Event '{name}' ends ({event.end_utc}) before it starts ({event.start_utc}).", "Exchange the two instants."
        )
    event = msgspec.structs.replace(
        event, name=name, asset=asset, note=_clean(event.note, MAX_NOTE), author=_clean(event.author, MAX_NAME),
        source=_clean(event.source, MAX_NAME), start_utc=format_utc(start_ns), end_utc=format_utc(end_ns),
        as_found=_clean(event.as_found, MAX_NOTE), as_left=_clean(event.as_left, MAX_NOTE), order=_clean(event.order, MAX_NAME),
        **{field: format_utc(parse_utc(given)) for field in INSTANTS if (given := getattr(event, field))},
    )  # fmt: skip
    _check_failure(event)
    return event if event.id else msgspec.structs.replace(event, id=_new_id(event, taken))


def _check_failure(event: Event) -> None:
    for word, code, known in (("mode", event.mode, MODES), ("mechanism", event.mechanism, MECHANISMS)):
        if code and not is_code(known, code):
            raise InputError(f"'{code}' is no failure {word}.", f"Use one of {', '.join(one.code for one in known)}.")
    if event.last_good_utc and event.found_utc and parse_utc(event.found_utc) < parse_utc(event.last_good_utc):
        raise InputError(
            f"Event '{event.name}' was found ({event.found_utc}) before it was last known good ({event.last_good_utc}).",
            "Exchange the two instants.",
        )


def check_layer(asset: str, events: Layer) -> Layer:
    """The events in normal form and in order of time; raises InputError for another asset or an id used twice."""
    if len(events) > MAX_EVENTS:
        raise InputError(f"{len(events)} events are more than the {MAX_EVENTS} a pump can have.", "Import fewer.")
    checked: list[Event] = []
    ids: set[str] = set()
    for given in events:
        if given.asset != asset:
            raise InputError(f"Event '{given.name}' belongs to {given.asset}, not to {asset}.", "Save each pump's own events.")
        event = make_event(given, frozenset(ids))
        if event.id in ids:
            raise InputError(f"Two events have the id {event.id}.", "Leave the id empty for a new event.")
        ids.add(event.id)
        checked.append(event)
    return tuple(sorted(checked, key=by_text))


def add_event(layer: Layer, event: Event) -> Layer:
    """Add one event beside what is there, whatever it overlaps; one of the same name, state and interval is there already."""
    event = make_event(event, frozenset(other.id for other in layer))
    return layer if any(_is_same(other, event) for other in layer) else tuple(sorted((*layer, event), key=by_text))


def merge_events(layer: Layer, events: Layer) -> Layer:
    """Add what is not yet there: an event of the same name and interval is not added twice."""
    known = {(event.name, event.start_utc, event.end_utc) for event in layer}
    ids = {event.id for event in layer}
    added: list[Event] = []
    for given in events:
        event = make_event(msgspec.structs.replace(given, id=given.id if given.id not in ids else ""), frozenset(ids))
        key = (event.name, event.start_utc, event.end_utc)
        if key not in known:
            known.add(key)
            ids.add(event.id)
            added.append(event)
    return tuple(sorted((*layer, *added), key=by_text))


def events_of_column(times_ns: NDArray[np.int64], values: NDArray[np.floating], event: Event) -> Layer:
    """The intervals in which a label column [n] is neither zero nor missing, as events like `event`."""
    is_on = np.nan_to_num(np.asarray(values, np.float64)) != 0
    edges = np.flatnonzero(np.diff(is_on, prepend=False, append=False))
    spans = zip(edges[0::2], edges[1::2], strict=True)
    return tuple(
        make_event(
            msgspec.structs.replace(
                event, id="", start_utc=format_utc(int(times_ns[first])), end_utc=format_utc(int(times_ns[end - 1]))
            )
        )
        for first, end in spans
    )


def encode_layer(asset: str, layer: Layer) -> bytes:
    """The stored form: the same events give the same bytes."""
    return encode_canonical({"asset": asset, "events": [_sparse(event) for event in layer]})


def encode_change(asset: str, base: str, depth: int, edit: Mapping[str, Event | None]) -> bytes:
    """The stored form of what changed since the layer `base` (its hash)."""
    changed = [_sparse(event) for _, event in sorted(edit.items()) if event is not None]
    removed = sorted(name for name, event in edit.items() if event is None)
    return encode_canonical({"asset": asset, "base": base, "depth": depth, "events": changed, "removed": removed})


def apply_edit(asset: str, layer: Layer, edit: Mapping[str, Event | None]) -> tuple[Layer, dict[str, Event | None]]:
    """The layer after an edit, and what of the edit changed something (in normal form).

    Only what changes is checked: `layer` is in normal form already. Raises InputError as `check_layer` does.
    """
    known = {event.id: event for event in layer}
    effect: dict[str, Event | None] = {}
    for name, given in edit.items():
        if given is not None and (given.asset != asset or given.id != name):
            raise InputError(f"Event '{given.name}' belongs to {given.asset}, not to {asset}.", "Save each pump's own events.")
        event = make_event(given) if given is not None else None
        if known.get(name) != event:
            effect[name] = event
    kept = [event for event in layer if event.id not in effect]
    after = (*kept, *(event for event in effect.values() if event is not None))
    if len(after) > MAX_EVENTS:
        raise InputError(f"{len(after)} events are more than the {MAX_EVENTS} a pump can have.", "Import fewer.")
    return tuple(sorted(after, key=by_text)) if effect else layer, effect


def _sparse(event: Event) -> dict[str, object]:
    """Without the fields that say nothing."""
    values = ((name, getattr(event, name)) for name in event.__struct_fields__)
    return {name: value for name, value in values if value != DEFAULTS[name]}


def _new_id(event: Event, taken: frozenset[str]) -> str:
    seed = [event.asset, event.name, event.start_utc, event.end_utc]
    number = 0
    while True:
        found = sha256_hex(encode_canonical([*seed, number]))[:_ID_DIGITS]
        if found not in taken:
            return found
        number += 1


def _clean(text: str, longest: int) -> str:
    """One line without control and direction characters: the text comes from files and is shown to people."""
    kept = "".join(" " if char in "\r\n\t" else char for char in text if char in "\r\n\t" or not _is_control(char))
    return " ".join(kept.split())[:longest]


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _is_same(one: Event, other: Event) -> bool:
    return (one.name, one.state, one.start_utc, one.end_utc) == (other.name, other.state, other.start_utc, other.end_utc)
