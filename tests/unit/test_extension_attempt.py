"""A plugin is tried in a process of its own before it is loaded: one that hangs or ends the process costs no program."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.unit.test_extension import PARSE, READER, write_plugin
from workbench.core.jobs import Job
from workbench.extension import attempt
from workbench.services.plugins import PluginAllowRequest, PluginInfo, PluginsRequest, allow_plugin, list_plugins


def allow(folder: Path, first: str) -> PluginInfo:
    write_plugin(folder, {"__init__.py": first + READER, "parse.py": PARSE})
    (info,) = allow_plugin(PluginAllowRequest(folder=str(folder)), Job()).plugins
    return info


def test_a_plugin_that_ends_the_process_is_named_and_ends_only_the_one_that_tried_it(tmp_path: Path) -> None:
    info = allow(tmp_path / "f", "import os\nos._exit(0)\n")
    assert not info.is_loaded
    assert info.reason.startswith("It ended the process in which it was tried (exit code 0).")


@pytest.mark.parametrize("ending", ["os.abort()", "os._exit(0)", "os._exit(2)"])
def test_a_plugin_that_talks_before_it_ends_the_process_is_not_loaded_either(ending: str, tmp_path: Path) -> None:
    talk = 'import os, sys\nprint("ready", flush=True)\nprint("ready", file=sys.stderr, flush=True)\n'
    info = allow(tmp_path / "f", talk + ending + "\n")
    assert not info.is_loaded
    assert info.reason.startswith("It ended the process in which it was tried")


def test_what_a_plugin_started_is_not_waited_for_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "still-there"
    own = f"import time\ntime.sleep(2.5)\nopen({str(mark)!r}, 'w').close()"
    monkeypatch.setattr(attempt, "LIMIT_S", 1.2)
    start = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {own!r}])\ntime.sleep(3600)\n"
    assert "was not loaded within 1.2 s" in allow(tmp_path / "f", start).reason
    time.sleep(2.5)
    assert not mark.exists()


def test_a_plugin_that_hangs_is_waited_for_once_and_again_when_it_is_allowed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    once = attempt._try
    monkeypatch.setattr(attempt, "LIMIT_S", 0.5)
    monkeypatch.setattr(attempt, "_try", lambda entry: tries.append(entry.name) or once(entry))
    info = allow(tmp_path / "f", "import time\ntime.sleep(3600)\n")
    assert "was not loaded within 0.5 s" in info.reason
    (info,) = list_plugins(PluginsRequest(), Job()).plugins
    assert "was not loaded within 0.5 s" in info.reason
    assert tries == ["pump-format"]
    allow(tmp_path / "f", "import time\ntime.sleep(3600)\n")
    assert tries == ["pump-format"] * 2


def test_a_plugin_that_comes_to_an_end_is_loaded_and_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert allow(tmp_path / "f", "").is_loaded
    monkeypatch.setattr(attempt, "_try", lambda _entry: pytest.fail("it was tried again"))
    (info,) = list_plugins(PluginsRequest(), Job()).plugins
    assert info.is_loaded


def test_another_python_tries_it_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extension module that suits one Python may crash another."""
    info = allow(tmp_path / "f", "x = 1\n")
    monkeypatch.setattr(attempt, "_key", lambda: "another")
    monkeypatch.setattr(attempt, "_try", lambda _entry: "It ended the process.")
    from workbench.core.paths import user_home
    from workbench.extension.allow import load_list

    assert attempt.trouble_of(user_home(), load_list(user_home())[0]) == "It ended the process."
    assert info.is_loaded
