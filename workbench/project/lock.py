"""One writer at a time, for the length of a write and no longer."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.core.codec import translate_os_error
from workbench.core.errors import ProjectLocked

WAIT_S = 10.0
_POLL_S = 0.02


@contextmanager
def write_lock(root: Path, *, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the project's lock file; raises ProjectLocked after `wait_s`. The system frees it when a process dies."""
    try:
        descriptor = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise translate_os_error(error, root / ".lock") from error
    try:
        _acquire(descriptor, root, wait_s)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, root: Path, wait_s: float) -> None:
    deadline_s = time.monotonic() + wait_s
    while not _try_lock(descriptor):
        if time.monotonic() > deadline_s:
            raise ProjectLocked(
                f"Another program has been writing to {root} for {wait_s:.0f} s.", "Wait until it is done, or close it."
            )
        time.sleep(_POLL_S)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
