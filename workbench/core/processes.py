"""Starting a process of our own, in one place: a frozen program has no `-m`.

`sys.frozen` programs call their own executable, a checkout or wheel calls `python -m workbench`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_GONE_S = 10.0


def own_command(arguments: Sequence[str], *, module: str = "workbench") -> list[str]:
    """The command line that runs this program (or another of our modules) with `arguments`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", module, *arguments]


def start_own(
    arguments: Sequence[str],
    *,
    module: str = "workbench",
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start this program in a process of its own, without a console window on Windows and outside our Ctrl+C group."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        own_command(arguments, module=module),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        creationflags=flags,
        start_new_session=sys.platform != "win32",
    )


def stop_own(process: subprocess.Popen[bytes]) -> None:
    """End a process of `start_own` at once, with all that it started."""
    with suppress(OSError, subprocess.TimeoutExpired):
        if sys.platform == "win32":
            tool = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "taskkill.exe")
            subprocess.run(
                [str(tool), "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False, timeout=_GONE_S,
                creationflags=subprocess.CREATE_NO_WINDOW,
            )  # fmt: skip
        else:
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group, as it began a session
    process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GONE_S)
