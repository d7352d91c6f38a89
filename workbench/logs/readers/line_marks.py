"""Marks within cells that look like those of a table: in names of OPC UA nodes, and in characters spelled as in a web page.

`ns=2;s=P7.Flow` (OPC 10000-6, 5.3.1.10) is one name: while a line is taken apart, letters that no log has stand for its marks.
`&deg;C` and `m&#179;/h` are °C and m³/h. Must not import anything but the standard library.
"""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d{2,5}|#[xX][0-9a-fA-F]{2,4}|[A-Za-z]{2,8}\d?);")
_NODE = re.compile(r"(?<![\w=])(?P<space>ns=\d{1,5}|nsu=[^;\s\"]{1,200});(?P<sort>[isgb])=(?=\S)")
_EQUALS, _SEMICOLON = "\ua4fd", "\ua4fc"
"""Letters (so that a name may hold them) of a script that no plant writes."""


def hold_marks(line: str) -> str:
    """The line with spelled characters as such, and the marks in names of nodes replaced; as it is where there are none."""
    if ";" not in line:
        return line
    if "&" in line:
        line = _ENTITY.sub(lambda match: html.unescape(match[0]), line)
    return _NODE.sub(_held, line) if "ns" in line else line


def has_held_marks(text: str) -> bool:
    """Whether semicolons in a text may stand within such names or characters."""
    return ("ns" in text and _NODE.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def free_marks(text: str) -> str:
    """A cell of such a line as it was printed."""
    return text.replace(_EQUALS, "=").replace(_SEMICOLON, ";")


def _held(match: re.Match[str]) -> str:
    return f"{match['space'].replace('=', _EQUALS)}{_SEMICOLON}{match['sort']}{_EQUALS}"
