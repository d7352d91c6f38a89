"""Plugins: only what the person allowed, only the bytes that were allowed, only through the api; and what fails, fails alone."""

from __future__ import annotations

import ast
import os
import sys
import tomllib
from pathlib import Path

import pytest

from workbench.core.errors import InputError, LogFormatError
from workbench.core.jobs import Job
from workbench.extension import attempt
from workbench.extension import folder as folder_module
from workbench.extension.allow import copy_of, load_list
from workbench.extension.load import load_plugins
from workbench.services.logs import InspectRequest, inspect_logs
from workbench.services.plugins import (
    PluginAllowRequest,
    PluginForbidRequest,
    PluginInfo,
    PluginsRequest,
    allow_plugin,
    forbid_plugin,
    list_plugins,
)

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
READER = """
from workbench.api import Plugin
from workbench.api.readers import Content, NamedArray, ArrayGroup
from .parse import rows_of


class PumpReader:
    kind, name, suffixes, extra, needs = "pmp", "PMP", (".pmp",), "", ()

    def recognises(self, head):
        return head.startswith(b"PMP1")

    def read(self, source):
        return rows_of(source)


plugin = Plugin(readers=(PumpReader(),))
"""
PARSE = """
from workbench.api.readers import Cells, Content, Header, Segment, TimeColumns


def rows_of(source):
    lines = source.data.decode().splitlines()[1:]
    cells = [line.split(" ") for line in lines]
    columns = tuple(Cells.of(column) for column in zip(*cells))
    time = TimeColumns(kind="stamp", indexes=(0,), header="time")
    headers = (Header(name="time"), Header(name="PI-2041A", unit="bar"))
    return Content(segments=(Segment(source=source.name, layout="wide", headers=headers, columns=columns, time=time),))
"""


@pytest.fixture(autouse=True)
def _loads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a plugin is first tried elsewhere is told by test_extension_attempt."""
    monkeypatch.setattr(attempt, "_try", lambda _entry: "")


def write_plugin(folder: Path, files: dict[str, str], *, name: str = "pump-format", api: int = 1) -> Path:
    module = name.replace("-", "_")
    description = f'[project]\nname = "{name}"\nversion = "1.0"\n[tool.pump-workbench]\nentry = "{module}:plugin"\napi = {api}\n'
    for path, text in {"pyproject.toml": description, **{f"{module}/{path}": text for path, text in files.items()}}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plugin(tmp_path / "plugin", {"__init__.py": READER, "parse.py": PARSE})


def allow(folder: Path) -> PluginInfo:
    return allow_plugin(PluginAllowRequest(folder=str(folder)), Job()).plugins[0]


def listed() -> PluginInfo:
    return list_plugins(PluginsRequest(), Job()).plugins[0]


def pump_log(tmp_path: Path) -> Path:
    path = tmp_path / "p.pmp"
    path.write_text("PMP1\n" + "\n".join(f"2026-03-01T00:{k:02d}:00Z {150 + k}" for k in range(40)), encoding="utf-8")
    return path


def test_nothing_is_loaded_until_a_person_allows_it(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    assert list_plugins(PluginsRequest(), Job()).plugins == ()


def test_an_allowed_format_is_read_like_any_other(tmp_path: Path, folder: Path) -> None:
    path = pump_log(tmp_path)
    with pytest.raises(LogFormatError):
        inspect_logs(InspectRequest(paths=(str(path),)), Job())
    info = allow(folder)
    recording = inspect_logs(InspectRequest(paths=(str(path),)), Job()).recordings[0]
    assert (info.is_loaded, info.brings) == (True, ("format PMP",))
    assert [(channel.name, channel.unit, channel.max) for channel in recording.channels] == [("PI-2041A", "bar", 189.0)]


def test_an_allowed_copy_whose_bytes_changed_is_not_loaded_and_it_is_said(folder: Path, own_home: Path) -> None:
    info = allow(folder)
    file = copy_of(own_home, info.sha256) / "pump_format" / "__init__.py"
    file.write_text(READER + "\nEVIL = 1\n", encoding="utf-8")
    assert (listed().is_loaded, "not those that were allowed" in listed().reason) == (False, True)


def test_what_is_added_to_an_allowed_copy_stops_it_too(folder: Path, own_home: Path) -> None:
    info = allow(folder)
    (copy_of(own_home, info.sha256) / "pump_format" / "more.py").write_text("x = 1", encoding="utf-8")
    assert not listed().is_loaded


def test_a_folder_that_moved_on_is_said_and_its_new_files_are_not_run(folder: Path) -> None:
    allow(folder)
    (folder / "pump_format" / "__init__.py").write_text("raise SystemExit('not allowed')", encoding="utf-8")
    assert (listed().is_loaded, listed().has_moved_on) == (True, True)


def test_the_list_of_a_project_or_a_stick_is_no_list(tmp_path: Path, folder: Path, own_home: Path) -> None:
    allow(folder)
    other = tmp_path / "project"
    other.mkdir()
    (own_home / "plugins.toml").replace(other / "plugins.toml")
    assert load_plugins(own_home) == ()


def test_forbidding_takes_it_off_and_deletes_its_copy(folder: Path, own_home: Path) -> None:
    info = allow(folder)
    assert forbid_plugin(PluginForbidRequest(name="pump-format"), Job()).plugins == ()
    assert not copy_of(own_home, info.sha256).exists() and load_list(own_home) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise RuntimeError('broken')", "RuntimeError: broken"), ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("class Out(BaseException): pass\nraise Out('gone')", "Out: gone"),
        ("class Mute(Exception):\n    def __str__(self): raise self\nraise Mute", "Mute: without words"),
        ("raise ValueError('a\x1b[31m\u202eb')", "ValueError: a [31m b"),
        ("from workbench.api import Plugin\nplugin = Plugin(readers=(7,))", "AttributeError"),
        ("plugin = 7", "is no workbench.api.Plugin"), ("x = 1", "AttributeError"), ("1 / 0", "ZeroDivisionError"),
    ],
)  # fmt: skip
def test_a_plugin_that_fails_fails_alone(tmp_path: Path, folder: Path, text: str, reason: str) -> None:
    allow(folder)
    allow_plugin(PluginAllowRequest(folder=str(write_plugin(tmp_path / "b", {"__init__.py": text}, name="broken"))), Job())
    broken, good = list_plugins(PluginsRequest(), Job()).plugins
    assert (broken.is_loaded, good.is_loaded) == (False, True) and reason in broken.reason
    assert inspect_logs(InspectRequest(paths=(str(pump_log(tmp_path)),)), Job()).recordings[0].rows == 40


def test_a_reader_that_fails_is_an_error_of_its_file(tmp_path: Path, folder: Path) -> None:
    (folder / "pump_format" / "parse.py").write_text("def rows_of(source):\n    return source.nothing\n", encoding="utf-8")
    allow(folder)
    with pytest.raises(LogFormatError, match=r"p\.pmp can't be read as PMP \(plugin pump-format\)"):
        inspect_logs(InspectRequest(paths=(str(pump_log(tmp_path)),)), Job())


@pytest.mark.parametrize(
    "line", ["import workbench.core.paths", "from workbench.services import keys", "from workbench import core"]
)
def test_a_plugin_that_reaches_behind_the_api_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"may import workbench\.api only"):
        allow(write_plugin(tmp_path / "far", {"__init__.py": line}, name="far"))


def test_a_plugin_for_another_api_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"version 2 of workbench\.api"):
        allow(write_plugin(tmp_path / "new", {"__init__.py": "plugin = None"}, name="new", api=2))


@pytest.mark.parametrize("deep", ["x = " + "-" * 50_000 + "1", "x = " + "(" * 5000, "x = " + "1 + " * 30_000 + "1"])
def test_a_plugin_nested_without_end_is_refused(tmp_path: Path, deep: str) -> None:
    with pytest.raises(InputError, match="is no Python"):
        allow(write_plugin(tmp_path / "deep", {"__init__.py": deep}, name="deep"))


def test_a_description_nested_without_end_is_refused(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("a = " + "[" * 5000, encoding="utf-8")
    with pytest.raises(InputError, match=r"pyproject\.toml can't be read"):
        allow(folder)


def test_a_description_with_control_characters_is_refused(folder: Path) -> None:
    path = folder / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"1.0"', '"1.0\\u001b[2K\\u202e"'), encoding="utf-8")
    with pytest.raises(InputError, match="has control characters"):
        allow(folder)


def test_a_folder_of_very_many_files_is_refused_without_looking_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MAX_FILES", 3)
    write_plugin(tmp_path / "much", {f"deep/{k}/a.py": "" for k in range(20)})
    with pytest.raises(InputError, match="has more than 3 files"):
        allow(tmp_path / "much")


def test_a_plugin_of_very_many_bytes_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="has more than 100 bytes"):
        allow(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_no_text_is_refused(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.py")).write_bytes(b"")
    with pytest.raises(InputError, match="unprintable name"):
        allow(folder)


@pytest.mark.parametrize("word", ["", "..", "../..", "A" * 64])
def test_a_list_whose_hash_is_no_hash_deletes_nothing(folder: Path, own_home: Path, word: str) -> None:
    info = allow(folder)
    path = own_home / "plugins.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(info.sha256, word), encoding="utf-8")
    with pytest.raises(InputError, match=r"plugins\.toml can't be read"):
        forbid_plugin(PluginForbidRequest(name="pump-format"), Job())
    assert copy_of(own_home, info.sha256).is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_a_plugin_is_refused(tmp_path: Path, folder: Path) -> None:
    (folder / "pump_format" / "link.py").symlink_to("/etc/hostname")
    with pytest.raises(InputError, match="is a link"):
        allow(folder)


def test_a_damaged_list_is_said_and_keeps_no_log_from_being_read(tmp_path: Path, folder: Path, own_home: Path) -> None:
    allow(folder)
    (own_home / "plugins.toml").write_text("[[plugins", encoding="utf-8")
    log = tmp_path / "a.csv"
    log.write_text("time,P\n" + "\n".join(f"2026-03-01T00:{k:02d}:00Z,{k}.5" for k in range(40)), encoding="utf-8")
    assert inspect_logs(InspectRequest(paths=(str(log),)), Job()).recordings[0].rows == 40
    with pytest.raises(InputError, match=r"plugins\.toml can't be read"):
        list_plugins(PluginsRequest(), Job())


# The plugins of this repository

OWN = [path for path in sorted(PLUGINS.iterdir()) if path.is_dir()]


@pytest.mark.parametrize("plugin", OWN, ids=lambda path: path.name)
def test_a_plugin_here_has_its_own_description_licence_tests_and_words(plugin: Path) -> None:
    described = tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))
    assert described["project"]["name"] == plugin.name and described["project"]["license"]
    assert (plugin / "LICENSE").is_file() and (plugin / "README.md").is_file() and list((plugin / "tests").glob("test_*.py"))


@pytest.mark.parametrize("plugin", OWN, ids=lambda path: path.name)
def test_a_plugin_here_imports_nothing_of_the_program_but_the_api(plugin: Path) -> None:
    found = set()
    for path in plugin.rglob("*.py"):
        if "tests" in path.relative_to(plugin).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
    assert {name for name in found if name.split(".")[0] == "workbench" and not name.startswith("workbench.api")} == set()
