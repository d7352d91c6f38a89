"""What a cell of an alarm journal says: active, acknowledged or returned to normal, in the words and codes of several systems.

Codes: `StateAfter` of Siemens WinCC (flexible, Comfort, Advanced) counts bits, 1 came in, 2 acknowledged, 4 went out
unacknowledged; `eventtype` of Ignition's alarm journal is 0 active, 1 cleared, 2 acknowledged. Must not import anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Transition = Literal["active", "normal", "ack", "acked_normal", ""]
"""'acked_normal': acknowledged, and normal; it ends what is still active, and else only repeats."""

CODES: dict[str, dict[str, Transition]] = {
    "stateafter": {"0": "normal", "1": "active", "2": "acked_normal", "3": "ack", "6": "normal"},
    "eventtype": {"0": "active", "1": "normal", "2": "ack"},
}
"""By the column's name, lower case."""
_NORMAL = re.compile(
    r"(^|\b)(rtn\w*|ret(urn(ed)?)?( to norm\w*)?|cl(ea)?r(ed)?|norm(al\w*)?|inact\w*|inaktiv|inativo|out|off|reset|geht|gegangen|"
    r"g|kq?g|kgq|disparition|desactiv\w*|ok|went|gone|0|false)\b|^-$",
    re.IGNORECASE,
)
_ACKED = re.compile(
    r"(^|\b)(ack(ed|nowledged?)?|quit\w*|kvitt\w*|acquit\w*|k?q|reconocid[oa]|reconhecid[oa])\b|^\*$", re.IGNORECASE
)
_ACTIVE = re.compile(
    r"(^|\b)(act(ive)?|activ[oae]|aktiv\w*|alm|alarm|unack|in|on|set|kommt|gekommen|k|apparition|raised?|come|came|hh|ll|hi|lo|1|true)\b|"
    r"^\+$",
    re.IGNORECASE,
)


def transition_of(word: str) -> Transition:
    """What a cell such as UNACK_ALM, ACK_RTN or 'Kommt' says by itself; '' for no change of an alarm."""
    spaced = re.sub(r"[_/.,;]+|(?<=\w)-", " ", word).strip()
    if _NORMAL.search(spaced):
        return "acked_normal" if _ACKED.search(spaced) else "normal"
    if _ACTIVE.search(spaced) and not re.fullmatch(r"(?i)ack\w*|ack(ed|nowledged)? alm", spaced):
        return "active"
    return "ack" if _ACKED.search(spaced) else ""


def transitions_of(name: str, cells: Sequence[str]) -> list[Transition]:
    """What the cells of a column say together: by a system's codes, else by words.

    Where none says 'active', but some 'normal', an empty one does: such journals leave the cell of a new alarm empty.
    """
    codes = codes_of(name, cells)
    if codes is not None:
        return [codes.get(cell, "") for cell in cells]
    found = [transition_of(cell) for cell in cells]
    if "active" in found or not {"normal", "acked_normal"} & set(found):
        return found
    return ["active" if not cell.strip() else one for cell, one in zip(cells, found, strict=True)]


def codes_of(name: str, cells: Sequence[str]) -> dict[str, Transition] | None:
    """The code of a column of this name, if all of its cells are in it."""
    codes = CODES.get(re.sub(r"[\W_]", "", name.casefold()))
    return codes if codes is not None and all(cell in codes for cell in cells if cell) else None
