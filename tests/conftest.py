"""Shared by all tests: a home of their own, no network but this machine, and the public data where PUMP_DATA names it."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as the program itself does; some tests load onnxruntime first
_MODULES_HOME = tempfile.TemporaryDirectory(prefix="workbench-tests-", ignore_cleanup_errors=True)
os.environ["WORKBENCH_HOME"] = _MODULES_HOME.name  # for fixtures of a module or session, which are older than a test's own home

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has its own per-user state."""
    home = tmp_path / "workbench-home"
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a passphrase for tests only")
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket to anything but this machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else ""
        assert not host or str(host).startswith(_LOOPBACK), f"a connection to {host} was attempted"
        return connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def pump_data() -> Iterator[Path]:
    """The public data sets; the test is skipped where they are absent."""
    folder = os.environ.get("PUMP_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PUMP_DATA does not name the folder of public data sets")
    yield Path(folder)
