"""How far two readers of one log agree: event by event by overlap, and instant by instant by Cohen's kappa.

Kappa is that of Cohen 1960, "A coefficient of agreement for nominal scales", equation 1: κ = (p_o − p_e) / (1 − p_e), with
p_o the share of time on which both say the same and p_e what they would share by chance given how much each marks. It is taken
over time exactly, from the ends of the events, not from samples. Events are matched as in event-based evaluation of sound
detection (Mesaros, Heittola, Virtanen 2016, "Metrics for polyphonic sound event detection"), by intersection over union.
Must not import anything but core and this domain.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from workbench.logs.events.event import Event

Span = tuple[int, int]
_TINY = 1e-9
_HIGH = 0.8
"""Above this, somebody may take the figure for agreement on everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two events that are the same for both readers; `overlap` is intersection over union, 0 to 1."""

    first: Event
    second: Event
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Pairs in order of time, and what only one of the readers has."""

    pairs: tuple[Pair, ...]
    only_first: tuple[Event, ...]
    only_second: tuple[Event, ...]

    @property
    def f1(self) -> float | None:
        """Twice the pairs over all events of both; None where neither has any."""
        n = 2 * len(self.pairs) + len(self.only_first) + len(self.only_second)
        return 2 * len(self.pairs) / n if n else None


def match_events(first: Sequence[Event], second: Sequence[Event], least: float) -> Matching:
    """Each event has at most one partner; pairs overlap by at least `least`, those of one name first, the best first."""
    order = sorted(range(len(second)), key=_starts_of(second).__getitem__)
    starts = [second[place].start_utc[:19] for place in order]
    reach = list(accumulate((second[place].end_utc[:19] for place in order), max))
    offers = [
        (one.name == other.name, overlap, number, place)
        for number, one in enumerate(first)
        for place in _near(one, order, starts, reach)
        for other in (second[place],)
        if (overlap := overlap_of(one, other)) >= least and overlap > 0
    ]
    left, right = set(range(len(first))), set(range(len(second)))
    pairs = []
    for _, overlap, number, place in sorted(offers, key=_best_first):
        if number in left and place in right:
            left.remove(number)
            right.remove(place)
            pairs.append(Pair(first=first[number], second=second[place], overlap=overlap))
    return Matching(
        pairs=tuple(sorted(pairs, key=_by_time_of_pair)),
        only_first=tuple(first[number] for number in sorted(left)),
        only_second=tuple(second[place] for place in sorted(right)),
    )


def overlap_of(one: Event, other: Event) -> float:
    """Intersection over union of two intervals; two equal instants overlap wholly."""
    a, b = one.span_ns, other.span_ns
    shared, whole = min(a[1], b[1]) - max(a[0], b[0]), max(a[1], b[1]) - min(a[0], b[0])
    return 1.0 if whole == 0 else max(0, shared) / whole


def kappa_over_time(first: Iterable[Event], second: Iterable[Event], span_ns: Span) -> float | None:
    """Cohen's kappa of 'there is an event' over a stretch, −1 to 1; None where both mark all of it or nothing of it."""
    one, other = _within(first, span_ns), _within(second, span_ns)
    length = span_ns[1] - span_ns[0]
    if length <= 0:
        return None
    share_one, share_other = _length(one) / length, _length(other) / length
    both = _shared(one, other) / length
    observed = both + (1 - share_one - share_other + both)
    chance = share_one * share_other + (1 - share_one) * (1 - share_other)
    return None if chance >= 1 - 1e-12 else (observed - chance) / (1 - chance)


def kappa_words(kappa: float) -> str:
    """How good that is, in the words of Landis and Koch 1977, "The measurement of observer agreement for categorical data"."""
    scale = ((0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"), (2.0, "almost perfect"))
    return next(words for limit, words in scale if kappa <= limit)


def kappa_text(kappa: float) -> str:
    """Two digits; what is not wholly 1 is never called 1."""
    return "1" if kappa >= 1 - _TINY else f"{min(kappa, 0.99):.2f}".replace("-", "−")


def verdict_of(kappa: float | None, matching: Matching, names: tuple[str, str]) -> str:
    """What the figures say together, in one sentence: of the time, and of the events."""
    if kappa is None:
        time = "Over time κ is not defined: both mark all of it, or nothing"
    elif kappa >= 1 - _TINY:
        time = "Over time they agree wholly (κ 1)"
    else:
        time = f"Over time κ is {kappa_text(kappa)}, {kappa_words(kappa)}"
    alone = [
        f"{count} {'event is' if count == 1 else 'events are'} only {name}'s"
        for name, count in zip(names, (len(matching.only_first), len(matching.only_second)), strict=True)
        if count
    ]
    if not alone:
        return f"{time}; every event has a partner."
    short = " Short events weigh little over time." if kappa is not None and kappa > _HIGH else ""
    return f"{time}, but {' and '.join(alone)}.{short}"


def _near(one: Event, order: list[int], starts: list[str], reach: list[str]) -> list[int]:
    """Places of those that may overlap: stamps compared as texts, to the second, which costs no parsing."""
    first, last = bisect_left(reach, one.start_utc[:19]), bisect_right(starts, one.end_utc[:19])
    return order[first:last]


def _starts_of(events: Sequence[Event]) -> list[str]:
    return [event.start_utc for event in events]


def _within(events: Iterable[Event], span_ns: Span) -> list[Span]:
    """Intervals cut to the stretch, joined where they overlap, in order."""
    cut = [(max(start, span_ns[0]), min(end, span_ns[1])) for start, end in (event.span_ns for event in events)]
    joined: list[Span] = []
    for start, end in sorted(one for one in cut if one[0] < one[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> int:
    """Length of what lies in both; two sorted lists without overlaps in themselves."""
    total = place = 0
    for start, end in one:
        while place < len(other) and other[place][1] <= start:
            place += 1
        at = place
        while at < len(other) and other[at][0] < end:
            total += min(end, other[at][1]) - max(start, other[at][0])
            at += 1
    return total


def _best_first(offer: tuple[bool, float, int, int]) -> tuple[bool, float, int, int]:
    return not offer[0], -offer[1], offer[2], offer[3]


def _by_time_of_pair(pair: Pair) -> tuple[int, int]:
    return pair.first.span_ns
