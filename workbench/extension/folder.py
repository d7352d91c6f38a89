"""A plugin's folder: its files with one hash over all of them, its own description, and what it imports.

Only bytes that were hashed are ever looked at: they are read once, and checked, copied and run from there.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from workbench.core.codec import encode_canonical, read_bounded, sha256_hex, translate_os_error
from workbench.core.errors import InputError
from workbench.extension.contracts import API_VERSION

DESCRIPTION = "pyproject.toml"
MAX_FILES, MAX_FILE_BYTES, MAX_BYTES = 500, 4 << 20, 64 << 20
_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT: a folder of Windows that is another one."""
_LEFT_OUT = frozenset({"__pycache__", "tests", "build", "dist"})
_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_ENTRY = re.compile(r"(?P<module>[a-z_][a-z0-9_.]*):(?P<name>[A-Za-z_]\w*)")
_ALLOWED = "workbench.api"
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginFacts:
    """What a plugin says about itself, and the hash over all its files."""

    name: str
    version: str
    about: str
    licence: str
    module: str
    attribute: str
    sha256: str
    needs: tuple[str, ...]


class _Project(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    version: str = "0"
    description: str = ""
    license: str = ""
    dependencies: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    entry: str
    api: int


class _Tool(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    pump_workbench: _Entry


class _Description(msgspec.Struct, frozen=True, kw_only=True):
    project: _Project
    tool: _Tool


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file by its path below the folder, tests and caches aside. Raises InputError for links and for too much."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", "Name the plugin's folder, with its pyproject.toml.")
    found: dict[str, bytes] = {}
    n_bytes = 0
    try:
        paths = sorted(_files_of(folder))
    except OSError as error:
        raise translate_os_error(error, folder) from error
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if not name.isprintable():
            raise InputError(f"{folder} has a file with an unprintable name, {name!r}.", "Get the plugin again.")
        found[name] = read_bounded(path, MAX_FILE_BYTES)
        n_bytes += len(found[name])
        if n_bytes > MAX_BYTES:
            raise InputError(f"{folder} has more than {MAX_BYTES} bytes; that is no plugin.", "Name the plugin's own folder.")
    return found


def _files_of(folder: Path) -> list[Path]:
    """Looks no further than a plugin can reach, whatever folder was named."""
    found: list[Path] = []
    left, n_looked_at = [folder], 0
    while left:
        for path in left.pop().iterdir():
            n_looked_at += 1
            if n_looked_at > 4 * MAX_FILES or len(found) > MAX_FILES:
                text = f"{folder} has more than {MAX_FILES} files; that is no plugin."
                raise InputError(text, "Name the plugin's own folder.")
            if path.name.startswith(".") or path.name in _LEFT_OUT or path.name.endswith(".egg-info"):
                continue
            if path.is_symlink() or getattr(path.lstat(), "st_reparse_tag", 0) == _JUNCTION:
                raise InputError(f"{path} is a link; a plugin's files are files.", "Copy the plugin as a whole.")
            if path.is_dir():
                left.append(path)
            elif path.is_file():
                found.append(path)
    return found


def hash_of(files: Files) -> str:
    """SHA-256 over the sorted list of names and hashes."""
    return sha256_hex(encode_canonical({name: sha256_hex(data) for name, data in files.items()}))


def describe(files: Files, where: str) -> PluginFacts:
    """What the plugin says about itself. Raises InputError naming the fault."""
    try:
        text = files[DESCRIPTION].decode("utf-8")
        found = msgspec.convert(tomllib.loads(text), _Description)
    except KeyError as error:
        raise InputError(f"{where} has no {DESCRIPTION}; it is no plugin.", "Name the plugin's own folder.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InputError(f"{where}: {DESCRIPTION} can't be read: {error}.", "See 'Plugins' in the manual.") from error
    entry = _ENTRY.fullmatch(found.tool.pump_workbench.entry)
    if entry is None or not _NAME.fullmatch(found.project.name):
        raise InputError(f"{where}: its name or its entry can't be used.", "See 'Plugins' in the manual.")
    if found.tool.pump_workbench.api != API_VERSION:
        text = f"{where} is made for version {found.tool.pump_workbench.api} of workbench.api; this program has {API_VERSION}."
        raise InputError(text, "Get the plugin for this version.")
    said = (found.project.version, found.project.description, found.project.license, *found.project.dependencies)
    if not all(text.isprintable() for text in said):
        raise InputError(f"{where}: {DESCRIPTION} has control characters.", "Get the plugin again.")
    return PluginFacts(
        name=found.project.name, version=found.project.version, about=found.project.description, licence=found.project.license,
        module=entry["module"], attribute=entry["name"], sha256=hash_of(files), needs=found.project.dependencies,
    )  # fmt: skip


def check_imports(files: Files, where: str) -> None:
    """Raises InputError where a plugin reaches behind `workbench.api`, or is no Python."""
    for name, data in files.items():
        if PurePosixPath(name).suffix != ".py":
            continue
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise InputError(f"{where}: {name} is no Python: {error}.", "Get the plugin again.") from error
        for module in _imported(tree):
            is_ours = module == "workbench" or module.startswith("workbench.")
            if is_ours and module != _ALLOWED and not module.startswith(f"{_ALLOWED}."):
                text = f"{where}: {name} imports {module}; a plugin may import {_ALLOWED} only."
                raise InputError(text, "What is missing there belongs into the api: ask its makers.")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" if node.module == "workbench" else node.module for alias in node.names)
