"""Events as the plots draw them: arrays of instants in order of time, so that ten thousand cost what is visible of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import parse_utc
from workbench.logs.events.looks import Look, own_look
from workbench.services.labels import Event

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.geometry import Columns

Span = tuple[int, int]
CROWD = 99
"""The tone of a crowd."""
MOST_BOXES = 300
_SIGNS = {"real": 1, "unsure": -1}
_NAME_AND_STATE = attrgetter("name", "state")
_FIRST, _SECOND = itemgetter(0), itemgetter(1)
_SERIALS = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """One event on the plots; instants in ns. `onset`: last known good to found, where the onset is an interval."""

    id: str
    name: str
    start_ns: int
    end_ns: int
    state: str
    look: Look
    onset: Span | None = None


class Marks(Sequence[EventMark]):
    """Events in order of their starts; built once an edit. Two of the same events are different: compared by identity."""

    def __init__(
        self, events: Sequence[Event], spans: Iterable[Span], looks: Mapping[str, Look], also: frozenset[str] = frozenset()
    ) -> None:
        self.serial = next(_SERIALS)
        """Another for every object, also where one takes another's place in memory: what was drawn can be kept by it."""
        self._events = events
        self._looks = dict(looks)
        listed = list(spans)
        self.starts_ns: NDArray[np.int64] = np.fromiter(map(_FIRST, listed), np.int64, len(listed))
        self.ends_ns: NDArray[np.int64] = np.fromiter(map(_SECOND, listed), np.int64, len(listed))
        self._reach_ns = np.maximum.accumulate(self.ends_ns) if len(events) else self.ends_ns
        self.also = also
        """Ids of events that are chosen beside the one that is edited."""
        self._place: dict[str, int] | None = None
        self._tones: NDArray[np.int8] | None = None
        self._chosen: tuple[str, NDArray[np.intp]] | None = None
        self._boxes: tuple[object, list[tuple[int, list[tuple[float, float]]]]] | None = None

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> EventMark: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[EventMark]: ...
    def __getitem__(self, index: int | slice) -> EventMark | Sequence[EventMark]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        event = self._events[index]
        onset = (parse_utc(event.last_good_utc), parse_utc(event.found_utc)) if event.last_good_utc and event.found_utc else None
        return EventMark(
            id=event.id, name=event.name, start_ns=int(self.starts_ns[index]), end_ns=int(self.ends_ns[index]),
            state=event.state, look=self.look(event.name), onset=onset,
        )  # fmt: skip

    def __iter__(self) -> Iterator[EventMark]:
        return (self[number] for number in range(len(self)))

    def look(self, name: str) -> Look:
        """Colour and shape of a name."""
        found = self._looks.get(name)
        if found is None:
            found = self._looks[name] = own_look(name)
        return found

    def find(self, event_id: str) -> EventMark | None:
        """The mark of an id."""
        place = self._places().get(event_id)
        return None if place is None else self[place]

    def chosen(self, columns: Columns, event_id: str) -> list[tuple[float, float]]:
        """Edges of the chosen events that reach into the range, those that touch as one: ten thousand may be chosen."""
        places = self._chosen_places(event_id)
        is_seen = (self.starts_ns[places] <= columns.view.end_ns) & (self.ends_ns[places] >= columns.view.start_ns)
        return joined(*self.edges_px(columns, places[is_seen]))

    def _chosen_places(self, event_id: str) -> NDArray[np.intp]:
        if self._chosen is None or self._chosen[0] != event_id:
            places = self._places()
            found = sorted(places[name] for name in {event_id, *self.also} if name in places)
            self._chosen = (event_id, np.array(found, np.intp))
        return self._chosen[1]

    def between(self, start_ns: int, end_ns: int) -> NDArray[np.intp]:
        """Places of the events that reach into a range, in order of their starts."""
        first = np.searchsorted(self._reach_ns, start_ns)
        last = np.searchsorted(self.starts_ns, end_ns, side="right")
        places = np.arange(first, max(first, last))
        return places[self.ends_ns[places] >= start_ns]

    def edges_px(self, columns: Columns, places: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Left and right edges in the plots' pixels, within the plots, at least 2 px apart."""
        scale = columns.width / columns.view.length_ns
        left = columns.left + (self.starts_ns[places] - columns.view.start_ns) * scale
        right = columns.left + (self.ends_ns[places] - columns.view.start_ns) * scale
        left = np.clip(left, columns.left, columns.right - 2)
        return left, np.clip(right, left + 2, columns.right)

    def tones(self) -> NDArray[np.int8]:
        """Colour of each event, 1 to 8; 0 where it is not real, negative where unsure."""
        if self._tones is None:
            pairs = list(map(_NAME_AND_STATE, self._events))
            known = {pair: self.look(pair[0]).colour * _SIGNS.get(pair[1], 0) for pair in set(pairs)}
            self._tones = np.array([known[pair] for pair in pairs], np.int8)
        return self._tones

    def boxes(self, columns: Columns) -> list[tuple[int, list[tuple[float, float]]]]:
        """(tone, left and right edges) of what to tint, those of one tone that touch as one; the same for all rows of a frame.

        Where there are more than can be told apart, all are one tone, `CROWD`.
        """
        view = columns.view
        key = (view.start_ns, view.end_ns, columns.width_px)
        if self._boxes is None or self._boxes[0] != key:
            places = self.between(view.start_ns, view.end_ns)
            left, right = self.edges_px(columns, places)
            tones = self.tones()[places]
            found = [(tone, joined(left[tones == tone], right[tones == tone])) for tone in np.unique(tones[tones != 0]).tolist()]
            if sum(len(edges) for _, edges in found) > MOST_BOXES:
                found = [(CROWD, joined(left[tones != 0], right[tones != 0]))]
            self._boxes = (key, found)
        return self._boxes[1]

    def under(self, columns: Columns, x_px: float, reach_px: float) -> NDArray[np.intp]:
        """Places of the events within reach of a pixel, the shortest first."""
        places = self.between(columns.view.start_ns, columns.view.end_ns)
        left, right = self.edges_px(columns, places)
        hit = places[(left - reach_px <= x_px) & (x_px <= right + reach_px)]
        return hit[np.argsort(self.ends_ns[hit] - self.starts_ns[hit], kind="stable")]

    def _places(self) -> dict[str, int]:
        if self._place is None:
            self._place = {event.id: number for number, event in enumerate(self._events)}
        return self._place


def joined(left: NDArray[np.float64], right: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Intervals that overlap or touch become one; `left` in rising order."""
    if not len(left):
        return []
    reach = np.maximum.accumulate(right)
    is_first = np.append(True, left[1:] > reach[:-1])
    ends = reach[np.append(np.flatnonzero(is_first)[1:] - 1, len(left) - 1)]
    return list(zip(left[is_first].tolist(), ends.tolist(), strict=True))


def marks_of(events: Sequence[Event], looks: Mapping[str, Look] | None = None) -> Marks:
    """Stored events as marks."""
    spans = [event.span_ns for event in events]
    order = sorted(range(len(spans)), key=spans.__getitem__)
    return Marks([events[number] for number in order], [spans[number] for number in order], looks or {})
