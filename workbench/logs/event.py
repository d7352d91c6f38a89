"""One labelled interval, as it is stored, listed and drawn. Must not import anything but core: requests are made of it."""

from __future__ import annotations

from typing import Literal

from workbench.core.codec import Record

EventState = Literal["real", "not_real", "unsure"]


class Event(Record, frozen=True, kw_only=True):
    """A labelled interval of one asset, both ends included."""

    id: str
    asset: str
    name: str
    start_utc: str
    end_utc: str
    state: EventState = "unsure"
    author: str = ""
    created_utc: str = ""
    source: str = "person"
    """person, label column, work order, sample."""
    note: str = ""
