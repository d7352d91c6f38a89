"""Files that came along with logs and hold events: windows in JSON. They are announced, not read as measurements."""

from __future__ import annotations

import json
from dataclasses import dataclass

from workbench.core.errors import LogFormatError
from workbench.logs.instants import parse_stamp
from workbench.logs.readers.sources import Source
from workbench.logs.text import decode_bytes

MAX_JSON_BYTES = 64 << 20
_MAX_NODES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """A file of events, and how many it holds."""

    name: str
    n_events: int


def is_json(source: Source) -> bool:
    """Whether a text file begins like a JSON object or array."""
    head = source.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"{", b"[{", b"[[", b"[\n", b"[\r", b"[ "))


def find_events_in_json(source: Source) -> EventFile:
    """Count pairs of instants. Raises LogFormatError for JSON without any."""
    if len(source.data) > MAX_JSON_BYTES:
        raise _refused(source, f"has {len(source.data)} bytes of JSON")
    try:
        tree = json.loads(decode_bytes(source.data, source.name).text)
    except (ValueError, RecursionError) as error:
        raise _refused(source, "begins like JSON, but is none") from error
    n_events = _count(tree)
    if n_events == 0:
        raise _refused(source, "is JSON without start and end times")
    return EventFile(name=source.name, n_events=n_events)


def _refused(source: Source, what: str) -> LogFormatError:
    hint = "Give logs as CSV, text, Excel or Parquet, and events as JSON with start and end times."
    return LogFormatError(f"{source.name} {what}.", hint, path=str(source.path))


def _count(tree: object) -> int:
    n_events = n_nodes = 0
    waiting = [tree]
    while waiting and n_nodes < _MAX_NODES:
        node = waiting.pop()
        n_nodes += 1
        values = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        stamps = [value for value in values if isinstance(value, str) and parse_stamp(value) is not None]
        if len(stamps) >= 2 or (isinstance(node, dict) and len(stamps) == 1):
            n_events += 1
        else:
            waiting.extend(value for value in values if isinstance(value, (dict, list)))
    return n_events
