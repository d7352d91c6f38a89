"""What is written into a project: items, acts, and the journal line that carries both."""

from __future__ import annotations

from typing import Annotated

import msgspec

from workbench.core.codec import Record, encode_canonical
from workbench.core.errors import ProjectError

MAX_DETAILS_BYTES = 64 * 1024
MAX_AT_NS = 2**62


class Item(Record, frozen=True, kw_only=True):
    """One thing in the index: `id` is its object's hash (or a name for things without an object)."""

    kind: str
    id: str
    name: str = ""
    asset: str = ""
    details: dict[str, object] = msgspec.field(default_factory=dict)
    created_utc: str = ""
    """Filled in by the project when the item is recorded."""
    refs: tuple[str, ...] = ()
    """Ids of the things it was made from; they can't be removed while it is there."""


class ItemKey(Record, frozen=True, kw_only=True):
    """Names an item that an act removed."""

    kind: str
    id: str


class Act(Record, frozen=True, kw_only=True):
    """What a person (or a schedule) did, before it is numbered, chained and signed."""

    act: str
    """One word: import, label, train, champion, quantize, build, sign, write, confirm, receipt, remove …"""
    what: str
    on: str = ""
    item: Item | None = None
    removed: ItemKey | None = None
    values: dict[str, str] = msgspec.field(default_factory=dict)
    refs: tuple[str, ...] = ()
    command: str = ""
    state: str = ""


class Line(Record, frozen=True, kw_only=True):
    """One numbered act of one writer; `previous` is the hash of the line before ('' for the first)."""

    project: str
    writer: str
    number: Annotated[int, msgspec.Meta(ge=1)]
    at_utc: str
    at_ns: Annotated[int, msgspec.Meta(ge=0, le=MAX_AT_NS)]
    """The clock, or one more than the latest line known where the clock was set back: the order of acts."""
    who: str
    previous: str
    act: Act


class SignedLine(Record, frozen=True, kw_only=True):
    """What stands in the file: the line, its SHA-256 and the writer's signature over both."""

    line: Line
    hash: str
    sig: str


def check_act(act: Act) -> None:
    """Raises ProjectError when an item's details are too large to be an index entry."""
    if act.item is None:
        return
    size = len(encode_canonical(act.item.details))
    if size > MAX_DETAILS_BYTES:
        raise ProjectError(
            f"The details of {act.item.kind} {act.item.id[:12]} take {size} bytes; a journal line holds {MAX_DETAILS_BYTES}.",
            "Store them as an object and keep a summary.",
        )
