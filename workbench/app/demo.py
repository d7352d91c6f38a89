"""`workbench demo`: the loop with a home of its own, pictures of the real pages, and the window on the result."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.cli.command import Command
from workbench.cli.console import Console
from workbench.cli.main import guard
from workbench.cli.parser import parse_request
from workbench.core.errors import EXIT_DEVICE, EXIT_OK
from workbench.core.jobs import Job
from workbench.core.paths import HOME_VARIABLE
from workbench.core.processes import start_own

_COMMAND = Command(words=("demo",), service="demo:run_demo", request="DemoRequest")
_PASSPHRASE_VARIABLE = "WORKBENCH_PASSPHRASE"  # noqa: S105 - the variable's name, not a secret
_PAGES = ("logs", "label", "train", "compare", "drift", "package", "devices", "journal")
_SIZE = (1280, 800)


def run_demo(words: Sequence[str]) -> int:
    """Run the demo; returns the exit code."""
    console = Console(wants_json="--json" in words)
    return guard(console, lambda: _run(words, console))


def _run(words: Sequence[str], console: Console) -> int:
    from workbench.services import demo

    request, console.wants_json = parse_request(_COMMAND, words)
    assert isinstance(request, demo.DemoRequest)
    person = dict(os.environ)
    _use_own_home(Path(request.out))
    result = demo.run_demo(request, Job(console.sink), paint)
    console.result(result)
    if not request.headless:
        os.environ.clear()
        os.environ.update(person)
        return _open_window(result.project)
    return EXIT_OK if result.verdict == "verified" else EXIT_DEVICE


def paint(project: Path, out: Path) -> list[Path]:
    """Pictures of every page on this project, grabbed from the real window."""
    from workbench.app.screenshots import take_screenshots

    return take_screenshots(project, out, pages=_PAGES, themes=("light",), sizes=(_SIZE,))


def _use_own_home(out: Path) -> None:
    """The demo's key and trust must not mix with the person's own."""
    os.environ[HOME_VARIABLE] = str((out / "home").resolve())
    os.environ.setdefault(_PASSPHRASE_VARIABLE, "worthless: this key belongs to the demo")


def _open_window(project: str) -> int:
    """In a process of its own: the pictures have bound this one to a platform that shows nothing."""
    process = start_own([project])
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()
