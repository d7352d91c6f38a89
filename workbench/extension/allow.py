"""The person's own allow-list: `plugins.toml` and the allowed copies, both in the per-user folder and nowhere else.

Allowing copies a plugin's files there under their hash; only that copy is ever loaded, and only while its bytes are those that
were allowed. A project, a stick, the current folder or a variable can't bring one in.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import write_atomic
from workbench.core.errors import InputError
from workbench.extension.folder import Files, PluginFacts, check_imports, describe, hash_of, read_folder

LIST_FILE = "plugins.toml"
COPIES = "plugins"


class Allowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the list."""

    name: str
    version: str
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    """It names a folder to be read and deleted, so it must be nothing else."""
    folder: str
    """Where it was allowed from; only to be shown and compared."""
    allowed_utc: str


class _List(msgspec.Struct, frozen=True, kw_only=True):
    plugins: tuple[Allowed, ...] = ()


def load_list(home: Path) -> tuple[Allowed, ...]:
    """The allowed plugins by name. Raises InputError naming the file where it is damaged."""
    path = home / LIST_FILE
    if not path.is_file():
        return ()
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _List)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Correct or delete it; no plugin is loaded until then.") from error
    return found.plugins


def allow(home: Path, folder: Path) -> PluginFacts:
    """Copy a plugin as it is now, and put it on the list. Raises InputError for what is no plugin, or reaches too far."""
    folder = folder.resolve()
    files = read_folder(folder)
    facts = describe(files, str(folder))
    check_imports(files, str(folder))
    _copy(files, copy_of(home, facts.sha256))
    entry = Allowed(
        name=facts.name, version=facts.version, sha256=facts.sha256, folder=str(folder), allowed_utc=format_utc(now_ns())
    )
    others = tuple(one for one in load_list(home) if one.name != facts.name)
    _save(home, (*others, entry))
    return facts


def forbid(home: Path, name: str) -> Allowed:
    """Take a plugin off the list and delete its copy. Raises InputError where it is not on it."""
    listed = load_list(home)
    found = next((one for one in listed if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in listed) or "none is allowed"
        raise InputError(f"There is no plugin {name!r} on the list.", f"On it: {known}.")
    _save(home, tuple(one for one in listed if one is not found))
    shutil.rmtree(copy_of(home, found.sha256), ignore_errors=True)
    return found


def copy_of(home: Path, sha256: str) -> Path:
    """Where the allowed copy is."""
    return home / COPIES / sha256


def read_copy(home: Path, entry: Allowed) -> Files:
    """The allowed bytes. Raises InputError where they are gone or no longer those that were allowed."""
    folder = copy_of(home, entry.sha256)
    files = read_folder(folder) if folder.is_dir() else {}
    if hash_of(files) != entry.sha256:
        hint = f"Look at what changed, and allow it again: workbench plugins allow {entry.folder}."
        raise InputError(f"The files of the plugin {entry.name} are not those that were allowed; it is not loaded.", hint)
    return files


def has_moved_on(entry: Allowed) -> bool:
    """Whether the folder that it was allowed from holds something else now."""
    try:
        return hash_of(read_folder(Path(entry.folder))) != entry.sha256
    except (InputError, OSError):
        return False  # gone, or on a stick that is not plugged in: the allowed copy stays what it is


def _copy(files: Files, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for name, data in files.items():
        write_atomic(target / name, data)


def _save(home: Path, entries: tuple[Allowed, ...]) -> None:
    import tomli_w

    ordered = sorted(entries, key=_by_name)
    write_atomic(home / LIST_FILE, tomli_w.dumps(msgspec.to_builtins(_List(plugins=tuple(ordered)))).encode())


def _by_name(entry: Allowed) -> str:
    return entry.name
