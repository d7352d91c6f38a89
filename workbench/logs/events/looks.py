"""How the events of a name look: one of the eight curve colours and one of eight shapes, so that colour is never the only sign.

A name that nobody gave a look gets one from its own letters: the same on every laptop. Must not import anything but core.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from workbench.core.codec import Record, sha256_hex
from workbench.core.errors import InputError

Shape = Literal["circle", "square", "triangle", "diamond", "wedge", "plus", "bar", "ring"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
N_COLOURS = 8
_KNOWN: dict[str, tuple[int, Shape]] = {
    "bearing growth": (1, "circle"), "cavitation": (2, "triangle"), "misalignment": (3, "diamond"), "unbalance": (4, "wedge"),
    "seal leak": (5, "square"), "blockage": (6, "bar"), "sensor fault": (7, "plus"), "maintenance": (8, "ring"),
}  # fmt: skip


class Look(Record, frozen=True, kw_only=True):
    """Colour 1 to 8 (of the curves) and a shape."""

    colour: Annotated[int, msgspec.Meta(ge=1, le=N_COLOURS)]
    shape: Shape


def own_look(name: str) -> Look:
    """The look of a name that nobody gave one."""
    known = _KNOWN.get(name.casefold())
    if known is not None:
        return Look(colour=known[0], shape=known[1])
    number = int(sha256_hex(name.casefold().encode())[:8], 16)
    return Look(colour=1 + number % N_COLOURS, shape=SHAPES[number // N_COLOURS % len(SHAPES)])


def parse_looks(text: str | None) -> dict[str, Look]:
    """Looks by name as the project keeps them; raises InputError for something else."""
    if not text:
        return {}
    try:
        return msgspec.json.decode(text.encode(), type=dict[str, Look])
    except msgspec.MsgspecError as error:
        raise InputError(f"The looks of events can't be read: {error}.", "Give them again: workbench labels look.") from error


def format_looks(looks: dict[str, Look]) -> str:
    """As the project keeps them."""
    return msgspec.json.encode(looks, order="sorted").decode()
