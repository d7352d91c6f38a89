"""Tries a plugin in a process of its own before this one loads it: what hangs or crashes there does so without the program.

Once for the bytes that were allowed, this program and this Python; what came of it is kept beside the copy, so that a plugin that
hangs is waited for once. Allowing it again tries it again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from workbench.core.codec import write_atomic
from workbench.core.errors import EXIT_INPUT, EXIT_OK
from workbench.core.processes import start_own, stop_own
from workbench.extension.allow import COPIES, Allowed

LIMIT_S = 30.0
"""A plugin that reads nothing and asks nobody is loaded in a second; slow disks and heavy libraries have thirty."""
_MOST_BYTES = 4096
_MOST_ANSWER = 1 << 16


def trouble_of(home: Path, entry: Allowed) -> str:
    """Why it must not be loaded here, in words; '' where it came to an end, also with an error that can be caught."""
    path = _record_of(home, entry)
    kept = _read(path)
    if kept is not None:
        return kept
    reason = _try(entry)
    write_atomic(path, f"{_key()}\n{reason}".encode())
    return reason


def forget(home: Path, entry: Allowed) -> None:
    """It is tried again the next time."""
    _record_of(home, entry).unlink(missing_ok=True)


def _try(entry: Allowed) -> str:
    # Files, not pipes: what the plugin started may hold a pipe open for ever, and what it prints has no end either.
    with TemporaryFile() as said:
        process = start_own(["plugins", "try", entry.name, "--json"], stdout=said, stderr=subprocess.DEVNULL)
        try:
            process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            return f"It was not loaded within {LIMIT_S:g} s, and was stopped. Allow it again to try it again."
        finally:
            stop_own(process)
        if process.returncode in (EXIT_OK, EXIT_INPUT) and _has_answered(said):
            return ""
    return f"It ended the process in which it was tried (exit code {process.returncode}). Tell the plugin's makers."


def _has_answered(said: IO[bytes]) -> bool:
    """Whether the last line is the program's own: what came of it, or an error that can be caught here too."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - _MOST_ANSWER))
    last = (said.read().splitlines() or [b""])[-1]
    try:
        answer = json.loads(last)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and bool(answer.keys() & {"plugins", "error"})


def _record_of(home: Path, entry: Allowed) -> Path:
    return home / COPIES / f"{entry.sha256}.tried"


def _read(path: Path) -> str | None:
    """What was kept; None where nothing was, or for another program or Python."""
    try:
        with path.open("rb") as file:
            key, found, reason = file.read(_MOST_BYTES).decode("utf-8", "replace").partition("\n")
    except OSError:
        return None
    return reason if found and key == _key() else None


def _key() -> str:
    try:
        own = version("pump-workbench")
    except PackageNotFoundError:
        own = "checkout"
    return f"{own} {sys.version.split()[0]} {sys.executable}"
