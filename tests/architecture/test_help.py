"""What the manual, the README and the program's own words name is there: links, files, commands and their flags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.cli.commands.table import COMMANDS
from workbench.cli.parser import find_command
from workbench.core.requests import describe

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "resources" / "help").rglob("*.md"), *(ROOT / "plugins").rglob("*.md")])
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
FOLDERS = ("", "workbench", "workbench/ui/pages", "resources", "plugins")
"""What a path in the text may be told from; a file's name alone stands for one anywhere in the package."""
IN_A_PROJECT = ("staging/",)
BEFORE_THE_TABLE = ("demo", "my-station")
"""What `workbench` takes that is no command of the table: the whole loop, and a project's folder to open."""
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`|^ {4}(.+)$", re.MULTILINE)
SOURCE = re.compile(r"(?:^|[\s`])((?:[\w.-]+/)+(?:[\w*.-]+\.py)?|[\w.-]+\.py)(?=[\s`,;:.)]|$)")
COMMAND = re.compile(r"\bworkbench(?:\.exe)? ((?:[a-z][a-z-]*)(?: [^`'\n]*)?)")
BEHIND_A_COMMAND = re.compile(r" {2,}| [#·|>\\]( |$)|[—…]")


def code_of(page: Path) -> Iterator[str]:
    for found in CODE.finditer(page.read_text(encoding="utf-8")):
        yield found.group(1) or found.group(2)


@EACH_PAGE
def test_a_link_leads_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


@EACH_PAGE
def test_a_source_file_or_folder_that_is_named_is_there(page: Path) -> None:
    named = [name for code in code_of(page) for name in SOURCE.findall(code)]
    assert [name for name in named if not name.startswith((".venv", *IN_A_PROJECT)) and not is_there(name)] == []


@EACH_PAGE
def test_a_command_that_is_named_takes_the_flags_it_is_shown_with(page: Path) -> None:
    assert [wrong for code in code_of(page) for wrong in wrong_commands(code)] == []


@pytest.mark.parametrize("index", ["index.md", "decisions/README.md"])
def test_an_index_names_every_page_beside_it(index: str) -> None:
    path = ROOT / "resources" / "help" / index
    pages = {page.name for page in path.parent.glob("*.md")} - {path.name}
    assert pages - set(LINK.findall(path.read_text(encoding="utf-8"))) == set()


def test_a_command_in_a_message_takes_the_flags_it_is_shown_with() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "workbench").rglob("*.py"))
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    quoted = [code for node in nodes for code in re.findall(r"['`](workbench [^'`]+)['`]", text_of(node))]
    assert len(quoted) > 10
    assert [wrong for code in quoted for wrong in wrong_commands(code)] == []


def text_of(node: ast.AST) -> str:
    """What a string says, with an ellipsis for each value that an f-string puts into it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_there(name: str) -> bool:
    if "/" not in name:
        return any((ROOT / "workbench").rglob(name))
    return any(any((ROOT / folder).glob(name.rstrip("/"))) for folder in FOLDERS)


def wrong_commands(code: str) -> Iterator[str]:
    for found in COMMAND.finditer(code):
        words = BEHIND_A_COMMAND.split(found.group(1))[0].split()
        if words[0] in BEFORE_THE_TABLE:
            continue
        command, rest = find_command(words, COMMANDS)
        parameters = describe(command.request_type()) if command else ()
        flags = {"--help", "--json", *(flag for one in parameters for flag in (one.flag, one.negative_flag))}
        unknown = [word for word in rest if word.startswith("--") and word not in flags]
        if command is None or unknown:
            yield f"{found.group()}: {unknown or 'no such command'}"
