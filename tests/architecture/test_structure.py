"""The plan of the house, enforced: sizes, Qt's place, signals, dialogs, sockets, imports, and a help page for each error."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workbench"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
HEAVY = (
    "PySide6",
    "pyqtgraph",
    "numpy",
    "pandas",
    "sklearn",
    "scipy",
    "onnxruntime",
    "onnx",
    "skl2onnx",
    "pyarrow",
    "cryptography",
)
TOP_LEVEL = {
    "pyproject.toml", "workbench", "resources", "plugins", "tests", "installer", "README.md", "LICENSE", ".ci",
    ".gitignore", ".gitattributes",
}  # fmt: skip


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def trees() -> Iterator[tuple[str, ast.Module, str]]:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(ROOT).as_posix(), ast.parse(text), text


def test_no_file_is_longer_than_its_purpose() -> None:
    assert [name for name, _, text in trees() if text.count("\n") > MAX_FILE_LINES] == []


def test_no_function_is_longer_than_a_page() -> None:
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree, _ in trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert found == []


def test_only_the_window_imports_qt() -> None:
    found = [
        name
        for name, tree, _ in trees()
        if not name.startswith(("workbench/ui/", "workbench/app/")) and {"PySide6", "pyqtgraph"} & set(imported(tree))
    ]
    assert found == []


def test_no_lambda_or_partial_is_connected_to_a_signal() -> None:
    found = []
    for name, tree, _ in trees():
        for call in calls(tree):
            is_connect = isinstance(call.func, ast.Attribute) and call.func.attr == "connect" and call.args
            if is_connect and isinstance(call.args[0], (ast.Lambda, ast.Call)):
                found.append(f"{name}:{call.lineno}")
    assert found == []


def test_no_static_dialog_is_used_outside_messages() -> None:
    statics = {
        "getOpenFileName",
        "getOpenFileNames",
        "getSaveFileName",
        "getExistingDirectory",
        "information",
        "warning",
        "critical",
        "question",
    }
    owners = {"QMessageBox", "QFileDialog", "QInputDialog"}
    found = [
        f"{name}:{call.lineno}"
        for name, tree, _ in trees()
        if not name.endswith("ui/messages.py")
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in owners
        and call.func.attr in statics
    ]
    assert found == []


def test_no_thread_of_qt_and_no_nested_event_loop() -> None:
    banned = ("QThread", "QRunnable", "processEvents")
    found = [
        f"{name} {word}" for name, _, text in trees() if name.startswith("workbench/ui/") for word in banned if f"{word}(" in text
    ]
    assert found == []


def test_nothing_speaks_to_the_internet() -> None:
    banned = {"urllib.request", "requests", "httpx", "http.client", "ftplib", "smtplib", "aiohttp"}
    assert [name for name, tree, _ in trees() if banned & set(imported(tree))] == []


def test_no_exception_is_swallowed_silently() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree, _ in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    marks = re.compile(r"raise NotImplementedError|\b(TODO|FIXME|XXX)\b")
    assert [f"{name}: {found.group()}" for name, _, text in trees() for found in marks.finditer(text)] == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = modules_after("import workbench, workbench.__main__, workbench.cli.main")
    assert [name for name in HEAVY if name in loaded] == []


def test_every_request_can_be_built_into_flags_without_loading_anything_heavy() -> None:
    code = "from workbench.cli.commands.table import COMMANDS as all\nfrom workbench.cli.parser import make_parser\n"
    code += "for command in all:\n    make_parser(command)"
    loaded = modules_after(code)
    assert [name for name in HEAVY if name in loaded] == []


def test_every_error_has_a_help_page() -> None:
    from workbench.core.errors import all_error_types

    missing = [
        kind.code for kind in all_error_types() if not (ROOT / "resources" / "help" / "errors" / f"{kind.code}.md").is_file()
    ]
    assert sorted(set(missing)) == []


def test_every_help_page_of_an_error_belongs_to_an_error() -> None:
    from workbench.core.errors import all_error_types

    known = {kind.code for kind in all_error_types()}
    pages = {path.stem for path in (ROOT / "resources" / "help" / "errors").glob("*.md")}
    assert pages - known == set()


def test_the_top_level_holds_what_belongs_there_and_nothing_else() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or no git here")
    listed = subprocess.run(
        [git, "-c", f"safe.directory={ROOT}", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} - TOP_LEVEL == set()


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
                yield alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield node.module.split(".")[0]


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stdout.splitlines()[-1]))
