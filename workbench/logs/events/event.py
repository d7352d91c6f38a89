"""One labelled interval, as it is stored, listed and drawn. Must not import anything but core: requests are made of it."""

from __future__ import annotations

from typing import Literal

from workbench.core.clock import parse_utc
from workbench.core.codec import Record

EventState = Literal["real", "not_real", "unsure"]
EventKind = Literal["", "failure", "preventive", "maintenance", "operation", "alarm"]
Action = Literal["", "impeller", "seal", "bearing", "alignment", "sensor", "other"]


class Event(Record, frozen=True, kw_only=True):
    """A labelled interval of one asset, both ends included. Everything below `note` is optional; older layers lack it."""

    id: str
    asset: str
    name: str
    start_utc: str
    end_utc: str
    state: EventState = "unsure"
    author: str = ""
    created_utc: str = ""
    source: str = "person"
    """person, label column, work order, sample, similar."""
    note: str = ""
    kind: EventKind = ""
    """'' where nobody said. A preventive replacement is censored (the part might have lived on), never a failure."""
    last_good_utc: str = ""
    """The pump was known to be well then: with `found_utc` the onset is this interval, not an instant."""
    found_utc: str = ""
    reported_utc: str = ""
    fixed_utc: str = ""
    mode: str = ""
    """Failure mode, a code of ISO 14224 such as VIB."""
    mechanism: str = ""
    """Failure mechanism, a number of ISO 14224 such as 2.4."""
    as_found: str = ""
    as_left: str = ""
    action: Action = ""
    """What was worked on; other than '' and 'other' it ends a reference period."""
    order: str = ""
    """Number of the work order or tag of the alarm."""
    like: str = ""
    """Id of the event that this one was found similar to."""
    distance: float | None = None
    """Distance from it, 0 (the same shape) to 1 (unrelated) or more."""

    @property
    def span_ns(self) -> tuple[int, int]:
        """First and last instant."""
        return parse_utc(self.start_utc), parse_utc(self.end_utc)


DEFAULTS: dict[str, object] = {
    **dict.fromkeys(("id", "asset", "name", "start_utc", "end_utc")),
    "state": "unsure", "source": "person", "distance": None,
    **dict.fromkeys(
        (
            "author", "created_utc", "note", "kind", "last_good_utc", "found_utc", "reported_utc", "fixed_utc", "mode",
            "mechanism", "as_found", "as_left", "action", "order", "like",
        ),
        "",
    ),
}  # fmt: skip
"""What a field has that was not given; required ones never equal None."""
INSTANTS = ("last_good_utc", "found_utc", "reported_utc", "fixed_utc")


def is_positive(event: Event) -> bool:
    """Whether training may learn it as a fault: real, and neither censored nor planned."""
    return event.state == "real" and event.kind in {"", "failure", "alarm"}


def is_renewal(event: Event) -> bool:
    """Whether the machine was another one afterwards: something that wears or measures was replaced or set anew."""
    return event.state != "not_real" and (event.kind == "preventive" or event.action not in {"", "other"})


def by_text(event: Event) -> tuple[str, ...]:
    """In order of time without parsing: stored instants are in normal form, and 'Z' sorts after '.'."""
    return event.start_utc.rstrip("Z"), event.end_utc.rstrip("Z"), event.asset, event.name, event.id
