"""Reading a device's logs: several pieces in flight, resumed where a former pull ended, checked by the device's hash.

A log grows while it is read: what is taken is exactly the bytes that the list named, and the hash is over these.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.core.codec import sha256_file
from workbench.core.errors import ProtocolError, ReplyTimeout, VerifyMismatch
from workbench.core.smp_codec import Operation
from workbench.core.wire import PUMP_GROUP, LogInfo, PumpCommand
from workbench.devices.protocols.smp import REPLY_TIMEOUT_S, SmpClient, checked

PIECE_BYTES = 3584
MAX_SETBACKS = 8
_MAX_WORD_CHARS = 80


def file_name_of(info: LogInfo, serial: str) -> str:
    """Kind, device and number: the same log gets the same name at every pull."""
    return f"{_safe(info.kind)}-{_safe(serial)}-{info.log_id:08d}.csv"


def _safe(word: str) -> str:
    """What a device says about itself must not lead out of the folder."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in word)[:_MAX_WORD_CHARS]


def pull_log(client: SmpClient, info: LogInfo, path: Path, on_bytes: Callable[[int], None]) -> int:
    """Read one log into `path`; returns the bytes that travelled. Raises VerifyMismatch if the hash is another.

    What is there already is kept and continued; if it turns out not to belong to this log, all is read again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    have = path.stat().st_size if path.is_file() else 0
    if have > info.size_bytes:
        have = 0
    n_read = _read_from(client, info, path, have, on_bytes)
    if sha256_file(path) == info.sha256:
        return n_read
    if have:
        n_read += _read_from(client, info, path, 0, on_bytes)
        if sha256_file(path) == info.sha256:
            return n_read
    raise VerifyMismatch(f"Log {info.log_id} ({info.kind}) arrived with another hash.", "Pull it again.")


def _read_from(client: SmpClient, info: LogInfo, path: Path, start: int, on_bytes: Callable[[int], None]) -> int:
    with path.open("r+b" if path.is_file() else "w+b") as stream:
        stream.seek(start)
        stream.truncate()
        offset, setbacks = start, 0
        while offset < info.size_bytes:
            pieces = _ask_window(client, info, offset)
            if not pieces:
                setbacks += 1
                if setbacks > MAX_SETBACKS:
                    raise ReplyTimeout(f"Log {info.log_id} stays at byte {offset}.", "Check the cable, then pull again.")
                continue
            setbacks = 0
            for data in pieces:
                stream.write(data)
                offset += len(data)
                on_bytes(len(data))
    return offset - start


def _ask_window(client: SmpClient, info: LogInfo, offset: int) -> list[bytes]:
    """Ask for the next pieces at once; returns those that came without a gap."""
    n_pieces = max(1, client.parameters.buf_count - 1)
    asked: dict[int, int] = {}
    for number in range(n_pieces):
        at = offset + number * PIECE_BYTES
        if at < info.size_bytes:
            n_bytes = min(PIECE_BYTES, info.size_bytes - at)
            payload = {"id": info.log_id, "off": at, "len": n_bytes}
            asked[client.send(Operation.READ, PUMP_GROUP, PumpCommand.LOG_READ, payload)] = at
    got: dict[int, bytes] = {}
    while len(got) < len(asked):
        reply = client.receive(REPLY_TIMEOUT_S + 2 * client.pace_s)
        if reply is None:
            break
        if reply.sequence in asked and reply.command == PumpCommand.LOG_READ:
            data = checked(reply).get("data")
            if not isinstance(data, bytes) or not data:
                raise ProtocolError(f"Log {info.log_id} ends at byte {asked[reply.sequence]}.", "Pull again.")
            got[asked[reply.sequence]] = data
    return _without_gap(got, offset)


def _without_gap(got: dict[int, bytes], offset: int) -> list[bytes]:
    pieces = []
    while offset in got:
        pieces.append(got[offset])
        offset += len(got[offset])
    return pieces
