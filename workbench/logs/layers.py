"""What the layers over a log share: each part of one has an id, and a person names it by the first characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from workbench.core.errors import InputError


class Part(Protocol):
    """An event, a correction, an edit of an operating state."""

    @property
    def id(self) -> str:
        """Hexadecimal digits."""
        ...


P = TypeVar("P", bound=Part)


def find_part(layer: Sequence[P], prefix: str, what: str, command: str) -> P:
    """The one whose id begins with `prefix`; raises InputError saying by what `command` the parts are listed."""
    found = [one for one in layer if prefix and one.id.startswith(prefix)]
    if len(found) != 1:
        raise InputError(f"'{prefix}' fits {len(found)} {what}.", f"{len(layer)} are there: {command}.")
    return found[0]
