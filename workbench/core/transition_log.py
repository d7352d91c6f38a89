"""An fsynced line before each step of something that must survive a killed program, such as a device update.

One file a deployment, append-only JSON lines. A torn last line (the program died while writing it) is ignored; any other
damage is an error. Must not know what the transitions mean.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from workbench.core.clock import Clock, format_utc, now_ns
from workbench.core.codec import Record, encode_canonical, sync_folder, translate_os_error
from workbench.core.errors import InputError

MAX_LINE_BYTES = 1024 * 1024
Phase = Literal["open", "begin", "done", "failed", "close"]


class TransitionLine(Record, frozen=True, kw_only=True):
    """One line: when, which transition, its phase, and whatever is needed to go on."""

    number: int
    at_utc: str
    transition: str
    phase: Phase
    details: dict[str, object] = msgspec.field(default_factory=dict)


class TransitionLog:
    """Appends lines durably and reads them back. One writer at a time."""

    def __init__(self, path: Path, *, clock: Clock = now_ns) -> None:
        self.path = path
        self._clock = clock
        self._lines = list(_read_lines(path))

    @property
    def lines(self) -> tuple[TransitionLine, ...]:
        """All lines so far, oldest first."""
        return tuple(self._lines)

    @property
    def is_closed(self) -> bool:
        """Whether the last line closes the log."""
        return bool(self._lines) and self._lines[-1].phase == "close"

    def append(self, transition: str, phase: Phase, details: dict[str, object] | None = None) -> TransitionLine:
        """Write one line and force it to disk before returning. Raises DiskFull or InputError."""
        line = TransitionLine(
            number=len(self._lines) + 1, at_utc=format_utc(self._clock()), transition=transition, phase=phase,
            details=details or {},
        )  # fmt: skip
        try:
            self._write(encode_canonical(line) + b"\n")
        except OSError as error:
            raise translate_os_error(error, self.path) from error
        self._lines.append(line)
        return line

    def find_last(self, phase: Phase) -> TransitionLine | None:
        """The newest line of this phase."""
        return next((line for line in reversed(self._lines) if line.phase == phase), None)

    def _write(self, data: bytes) -> None:
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as stream:
            stream.truncate(_whole_bytes(self.path))
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            sync_folder(self.path.parent)


def _whole_bytes(path: Path) -> int:
    data = path.read_bytes()
    return data.rfind(b"\n") + 1


def _read_lines(path: Path) -> Iterator[TransitionLine]:
    if not path.is_file():
        return
    whole = path.read_bytes()
    for number, text in enumerate(whole[: whole.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            line = msgspec.json.decode(text[:MAX_LINE_BYTES], type=TransitionLine, strict=True)
        except msgspec.MsgspecError as error:
            hint = "The file was altered; move it away to start anew."
            raise InputError(f"{path.name}, line {number}, can't be read: {error}.", hint) from error
        yield line
