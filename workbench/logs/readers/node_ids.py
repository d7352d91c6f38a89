"""Names of OPC UA's address space (`ns=2;s=P7.Flow`, OPC 10000-6, 5.3.1.10), whose marks are no delimiters.

While a line is taken apart, letters that no log has stand for the marks. Must not import anything but the standard library.
"""

from __future__ import annotations

import re

_NODE = re.compile(r"(?<![\w=])(?P<space>ns=\d{1,5}|nsu=[^;\s\"]{1,200});(?P<sort>[isgb])=(?=\S)")
_EQUALS, _SEMICOLON = "\ua4fd", "\ua4fc"
"""Letters (so that a name may hold them) of a script that no plant writes."""


def hold_node_ids(line: str) -> str:
    """The line with the marks in names of nodes replaced; as it is where there are none."""
    if "ns" not in line or ";" not in line:
        return line
    return _NODE.sub(_held, line)


def has_node_ids(text: str) -> bool:
    """Whether there is such a name in a text."""
    return "ns" in text and _NODE.search(text) is not None


def free_node_ids(text: str) -> str:
    """A cell of such a line as it was printed."""
    return text.replace(_EQUALS, "=").replace(_SEMICOLON, ";")


def _held(match: re.Match[str]) -> str:
    return f"{match['space'].replace('=', _EQUALS)}{_SEMICOLON}{match['sort']}{_EQUALS}"
