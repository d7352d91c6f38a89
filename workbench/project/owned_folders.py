"""Folders that hold something only as long as a program works on it, named by that program so that others know when it is gone.

reading-1f2e3d4c-4711-1795990000-<32 digits>     what it is for, machine, process, when that began, chance
"""

from __future__ import annotations

import os
import platform
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path

from workbench.core.codec import sha256_hex

STALE_S = 86_400.0
"""What another machine left is swept when it is so old."""
_N_PARTS = 5


def owned_name(kind: str) -> str:
    """A fresh name for a folder of this process; `kind` is one word."""
    return f"{kind}-{machine_mark()}-{os.getpid()}-{started_s(os.getpid())}-{uuid.uuid4().hex}"


def sweep(place: Path) -> None:
    """Remove what killed programs left in a folder: at once where they ran on this machine, else after a day."""
    if not place.is_dir():
        return
    for folder in place.iterdir():
        with suppress(FileNotFoundError):  # its owner may have ended and removed it at this moment
            is_here = runs_here(folder.name)
            if is_here is False or (is_here is None and time.time() - folder.stat().st_mtime > STALE_S):
                shutil.rmtree(folder, ignore_errors=True)


def runs_here(name: str) -> bool | None:
    """Whether a folder's process runs on this machine; None where it is another machine's, or nobody's."""
    parts = name.split("-")
    if len(parts) != _N_PARTS or parts[1] != machine_mark() or not (parts[2].isdigit() and parts[3].isdigit()):
        return None
    return abs(started_s(int(parts[2])) - int(parts[3])) <= 1


def machine_mark() -> str:
    """Eight digits that tell this machine from others."""
    number = uuid.getnode()
    is_chance = number >> 40 & 1  # without a network card Python draws another number in each process (RFC 4122, 4.5)
    return sha256_hex(f"{platform.node()} {0 if is_chance else number}".encode())[:8]


def started_s(pid: int) -> int:
    """When a process began; 0 where there is none (numbers are used again), or only its body waits for whoever started it."""
    import psutil

    try:
        process = psutil.Process(pid)
        return 0 if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.Error:
        return 0
