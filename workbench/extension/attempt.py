"""Tries a plugin in a process of its own before this one loads it: what hangs or crashes there does so without the program.

Once for the bytes that were allowed, this program and this Python; what came of it is kept beside the copy, so that a plugin that
hangs is waited for once. Allowing it again tries it again.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench.core.codec import write_atomic
from workbench.core.processes import start_own
from workbench.extension.allow import COPIES, Allowed

LIMIT_S = 30.0
"""A plugin that reads nothing and asks nobody is loaded in a second; slow disks and heavy libraries have thirty."""
_MOST_BYTES = 4096


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
    process = start_own(["plugins", "try", entry.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        said, complained = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"It was not loaded within {LIMIT_S:g} s, and was stopped. Allow it again to try it again."
    if said.strip() or (process.returncode > 0 and complained.strip()):
        return ""
    return f"It ended the process in which it was tried (exit code {process.returncode}). Tell the plugin's makers."


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
