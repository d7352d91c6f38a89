"""The device's own logs, by kind, as CSV segments that a host reads by number and offset.

Each kind has a quota; the oldest segments make room. Rows are appended whole; a torn last row (power cut) is cut off at the
next start. Must not interpret what it writes.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.clock import format_utc
from workbench.core.wire import LogInfo

SEGMENT_BYTES = 4 * 1024 * 1024
QUOTA_BYTES = {"alerts": 4, "scores": 32, "minutes": 32, "raw": 128, "events": 4}
_MIB = 1024 * 1024
DURABLE_KINDS = ("alerts", "events")
_NAME = re.compile(rf"(?P<number>\d{{8,12}})-(?P<kind>{'|'.join(QUOTA_BYTES)})\.csv")


@dataclass(slots=True)
class Segment:
    """One file that is being written or kept."""

    log_id: int
    kind: str
    path: Path
    header: str
    size_bytes: int = 0
    first_utc: str = ""
    last_utc: str = ""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def info(self) -> LogInfo:
        """As it is told to a host: the hash covers exactly `size_bytes`."""
        return LogInfo(
            log_id=self.log_id, kind=self.kind, size_bytes=self.size_bytes, first_utc=self.first_utc,
            last_utc=self.last_utc, sha256=self.digest.hexdigest(),
        )  # fmt: skip


class DeviceLogs:
    """All logs of a device. Belongs to the agent's own thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # A file of another name is not ours; it must not keep the device from starting.
        found = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob("*.csv")))
        self._segments = [_recover(path, int(match["number"]), match["kind"]) for path, match in found if match]

    def append(self, kind: str, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Append rows of (instant in ns, texts); the first column is `time_utc`. A new header begins a new segment."""
        if not rows:
            return
        header = ",".join(["time_utc", *map(quoted, columns)])
        segment = self._segment_for(kind, header)
        lines = [",".join([format_utc(at_ns), *texts]) for at_ns, texts in rows]
        self._write(segment, "".join(f"{line}\n" for line in lines).encode())
        segment.first_utc = segment.first_utc or format_utc(rows[0][0])
        segment.last_utc = format_utc(rows[-1][0])

    def event(self, at_ns: int, name: str, detail: str = "") -> None:
        """One line of what happened to the device."""
        self.append("events", ("event", "detail"), [(at_ns, (name, quoted(detail)))])

    def infos(self) -> tuple[LogInfo, ...]:
        """All segments, in the order of use: alerts, scores, minutes, events, raw; newest first within a kind."""
        order = {kind: number for number, kind in enumerate(("alerts", "scores", "minutes", "events", "raw"))}
        return tuple(segment.info() for segment in sorted(self._segments, key=lambda item: (order[item.kind], -item.log_id)))

    def read(self, log_id: int, offset: int, n_bytes: int) -> bytes | None:
        """A piece of a segment, None if there is no such log (any more), or it has no such byte."""
        segment = next((item for item in self._segments if item.log_id == log_id), None)
        if segment is None or not 0 <= offset <= segment.size_bytes:
            return None
        with segment.path.open("rb") as stream:
            stream.seek(offset)
            return stream.read(max(0, min(n_bytes, segment.size_bytes - offset)))

    def newest_utc(self, kind: str) -> str:
        """Instant of the last row of a kind, '' if there is none."""
        return max((segment.last_utc for segment in self._segments if segment.kind == kind), default="")

    def _segment_for(self, kind: str, header: str) -> Segment:
        current = next((item for item in reversed(self._segments) if item.kind == kind), None)
        if current is not None and current.header == header and current.size_bytes < SEGMENT_BYTES:
            return current
        log_id = max((item.log_id for item in self._segments), default=0) + 1
        segment = Segment(log_id=log_id, kind=kind, path=self._folder / f"{log_id:08d}-{kind}.csv", header=header)
        self._segments.append(segment)
        self._write(segment, f"{header}\n".encode())
        self._keep_quota(kind)
        return segment

    def _write(self, segment: Segment, data: bytes) -> None:
        with segment.path.open("ab") as stream:
            stream.write(data)
            if segment.kind in DURABLE_KINDS:
                stream.flush()
                os.fsync(stream.fileno())
        segment.digest.update(data)
        segment.size_bytes += len(data)

    def _keep_quota(self, kind: str) -> None:
        mine = [item for item in self._segments if item.kind == kind]
        while len(mine) > 1 and sum(item.size_bytes for item in mine) > QUOTA_BYTES[kind] * _MIB:
            oldest = mine.pop(0)
            oldest.path.unlink(missing_ok=True)
            self._segments.remove(oldest)


def _recover(path: Path, log_id: int, kind: str) -> Segment:
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    lines = whole.decode("utf-8", errors="replace").splitlines()
    segment = Segment(log_id=log_id, kind=kind, path=path, header=lines[0] if lines else "", size_bytes=len(whole))
    segment.digest.update(whole)
    if len(lines) > 1:
        segment.first_utc = lines[1].partition(",")[0]
        segment.last_utc = lines[-1].partition(",")[0]
    return segment


def quoted(text: str) -> str:
    """A cell of a row."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(mark in text for mark in ',"\r\n') else text
