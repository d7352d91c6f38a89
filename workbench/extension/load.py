"""Loads the allowed plugins: the very bytes that were hashed are compiled and run, and a plugin that fails fails alone."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from workbench.core.errors import InputError, WorkbenchError
from workbench.extension.allow import Allowed, has_moved_on, load_list, read_copy
from workbench.extension.attempt import trouble_of
from workbench.extension.contracts import Plugin
from workbench.extension.folder import Files, PluginFacts, check_imports, describe
from workbench.extension.guard import GuardedReader

PREFIX = "workbench_plugins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One line of the list and what became of it: `plugin` None where it was not loaded, with the reason in words."""

    entry: Allowed
    plugin: Plugin | None
    reason: str = ""
    has_moved_on: bool = False


def load_plugins(home: Path) -> tuple[Loaded, ...]:
    """Load every allowed plugin. Never raises for a plugin; raises InputError where the list itself is damaged."""
    return tuple(_load_alone(home, entry) for entry in load_list(home))


def load_here(home: Path, name: str) -> Loaded:
    """Load one plugin in this process, whatever it does to it. Raises InputError where it is not on the list."""
    entry = next((one for one in load_list(home) if one.name == name), None)
    if entry is None:
        raise InputError(f"There is no plugin {name!r} on the list.", "workbench plugins list shows which there are.")
    return _load_alone(home, entry, is_tried=True)


def _load_alone(home: Path, entry: Allowed, *, is_tried: bool = False) -> Loaded:
    try:
        files = read_copy(home, entry)
        _check_needs(files, entry)
        trouble = "" if is_tried or _is_loaded(entry) else trouble_of(home, entry)
        if trouble:
            return Loaded(entry=entry, plugin=None, reason=trouble, has_moved_on=has_moved_on(entry))
        plugin = _load(files, entry)
    except WorkbenchError as error:
        return Loaded(entry=entry, plugin=None, reason=str(error), has_moved_on=has_moved_on(entry))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a stranger's code: whatever it does must not end the program
        reason = f"It failed while it was loaded: {type(error).__name__}: {_text_of(error)}."
        return Loaded(entry=entry, plugin=None, reason=reason, has_moved_on=has_moved_on(entry))
    return Loaded(entry=entry, plugin=plugin, has_moved_on=has_moved_on(entry))


def _text_of(error: BaseException) -> str:
    """One line of what an error says; a stranger's class may fail at that too."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - see above
        return "without words"
    return "".join(char if char.isprintable() else " " for char in text[:500])


def _check_needs(files: Files, entry: Allowed) -> PluginFacts:
    """What it says of itself; nothing of it is run. Raises InputError where it reaches too far or needs what is not there."""
    facts = describe(files, entry.name)
    check_imports(files, entry.name)
    missing = [need for need in facts.needs if not _is_installed(need)]
    if missing:
        raise InputError(
            f"The plugin {entry.name} needs {', '.join(missing)}.", f"Install it beside the program: pip install {entry.folder}."
        )
    return facts


def _is_loaded(entry: Allowed) -> bool:
    return f"{PREFIX}.p{entry.sha256}" in sys.modules


def _load(files: Files, entry: Allowed) -> Plugin:
    facts = describe(files, entry.name)
    package = f"{PREFIX}.p{entry.sha256}"
    if package not in sys.modules:
        _open_package(package, files)
    found = getattr(importlib.import_module(f"{package}.{facts.module}"), facts.attribute)
    if not isinstance(found, Plugin):
        raise InputError(f"The entry of the plugin {entry.name} is no workbench.api.Plugin.", "Get the plugin again.")
    for reader in found.readers:  # what can't say what it is fails here, by its plugin's name, and not at the first log
        GuardedReader(entry.name, reader)
    for source in found.sources:
        _ = f"{source.kind} {source.name}"
    return found


def _is_installed(requirement: str) -> bool:
    """Whether a distribution of this name is there; versions are the installer's business."""
    import re
    from importlib.metadata import PackageNotFoundError, distribution

    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    try:
        distribution(name[0] if name else requirement)
    except PackageNotFoundError:
        return False
    return True


def _open_package(package: str, files: Files) -> None:
    """Make a package whose modules come from these bytes alone."""
    finder = _BytesFinder(package, files)
    sys.meta_path.append(finder)
    for name in (PREFIX, package):
        if name not in sys.modules:
            made = ModuleType(name)
            made.__path__ = []
            sys.modules[name] = made


class _BytesFinder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules of one plugin from memory; nothing is read from a disk again, nothing is written."""

    def __init__(self, package: str, files: Files) -> None:
        self._package = package
        self._files = files

    def find_spec(  # the import system's own signature
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module of this plugin, None for all others."""
        if self._name_of(fullname) is None:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        """Whether it is a folder with __init__.py."""
        return (self._name_of(fullname) or "").endswith("__init__.py")

    def get_source(self, fullname: str) -> str | None:
        """The text that was allowed."""
        name = self._name_of(fullname)
        return None if name is None else importlib.util.decode_source(self._files[name])

    def get_code(self, fullname: str) -> CodeType | None:
        """The compiled text; errors name the plugin's file."""
        source = self.get_source(fullname)
        return None if source is None else self.source_to_code(source, f"<plugin {self._name_of(fullname)}>")

    def _name_of(self, fullname: str) -> str | None:
        if not fullname.startswith(f"{self._package}."):
            return None
        base = fullname[len(self._package) + 1 :].replace(".", "/")
        return next((name for name in (f"{base}/__init__.py", f"{base}.py") if name in self._files), None)
