"""Starting a process of our own, in one place: a frozen program has no `-m`.

`sys.frozen` programs call their own executable, a checkout or wheel calls `python -m workbench`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import IO


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
