"""Nothing is connected to before the person named the machine, and only inside the site."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the plugin needs SQLAlchemy")

from historian_cases import LONG, PLUGIN, config_file  # noqa: E402

from workbench.api import InputError  # noqa: E402
from workbench.core.jobs import Job  # noqa: E402 - the program's own services, as a person uses the plugin
from workbench.services.log_fetch import FetchRequest, check_near, fetch_logs  # noqa: E402
from workbench.services.plugins import PluginAllowRequest, allow_plugin  # noqa: E402


def test_nothing_is_connected_to_before_the_person_names_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    allow_plugin(PluginAllowRequest(folder=str(PLUGIN)), Job())
    url = "postgresql+psycopg://reader@historian.havsule.local/plant"
    config = config_file(tmp_path, LONG.format(url=url, table="history", more=""))
    request = FetchRequest(
        source="historian-sql", config=str(config), project=str(tmp_path / "p"), start="2026-03-01", end="2026-03-02"
    )
    with pytest.raises(InputError, match=r"connects to historian\.havsule\.local and to nothing else") as caught:
        fetch_logs(request, Job())
    assert caught.value.hint == "Agree to it: --connect historian.havsule.local."


def test_a_machine_on_the_internet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.114.7", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(InputError, match="not on this site's own network"):
        check_near("historian.example")
