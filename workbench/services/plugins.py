"""Plugins of the person's own allow-list: list, allow, forbid; and the readers and sources that they bring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.extension.contracts import LogSource
    from workbench.extension.load import Loaded


class PluginInfo(Record, frozen=True, kw_only=True):
    """One plugin of the list. `reason` says why it is not loaded; `has_moved_on` that its folder holds something newer."""

    name: str
    version: str
    is_loaded: bool
    reason: str
    brings: tuple[str, ...]
    """Formats and sources, in words."""
    folder: str
    sha256: str
    allowed_utc: str
    has_moved_on: bool


class PluginsRequest(Request, frozen=True, kw_only=True):
    """List the plugins that this person allowed, and whether each could be loaded."""


class PluginAllowRequest(Request, frozen=True, kw_only=True):
    """Allow a plugin as its folder is now: its files are copied, and only these bytes are ever run."""

    folder: Annotated[str, parameter("The plugin's folder, with its pyproject.toml.", positional=True, path=True)]


class PluginTryRequest(Request, frozen=True, kw_only=True):
    """Load a plugin in this process alone and say what it brings; how the program tries one before it loads it."""

    name: Annotated[str, parameter("The plugin's name, as it is listed.", positional=True)]


class PluginForbidRequest(Request, frozen=True, kw_only=True):
    """Take a plugin off the list and delete its copy."""

    name: Annotated[str, parameter("The plugin's name, as it is listed.", positional=True)]


class PluginsResult(Result, frozen=True, kw_only=True):
    """The list as it is now."""

    plugins: tuple[PluginInfo, ...]


def list_plugins(request: PluginsRequest, job: Job) -> PluginsResult:
    """Load each and say what became of it. Raises InputError where the list is damaged."""
    return PluginsResult(plugins=tuple(_info_of(loaded) for loaded in _load()))


def allow_plugin(request: PluginAllowRequest, job: Job) -> PluginsResult:
    """Raises InputError for a folder that is no plugin, or that reaches behind `workbench.api`."""
    from pathlib import Path

    from workbench.core.paths import user_home
    from workbench.extension.allow import allow, load_list
    from workbench.extension.attempt import forget

    facts = allow(user_home(), Path(request.folder))
    for entry in load_list(user_home()):
        if entry.sha256 == facts.sha256:
            forget(user_home(), entry)
    return list_plugins(PluginsRequest(), job)


def try_plugin(request: PluginTryRequest, job: Job) -> PluginsResult:
    """Raises InputError with the reason where it can't be loaded. What hangs or crashes takes this process with it."""
    from workbench.core.errors import InputError
    from workbench.core.paths import user_home
    from workbench.extension.load import load_here

    loaded = load_here(user_home(), request.name)
    if loaded.plugin is None:
        raise InputError(loaded.reason, "Tell the plugin's makers.")
    return PluginsResult(plugins=(_info_of(loaded),))


def forbid_plugin(request: PluginForbidRequest, job: Job) -> PluginsResult:
    """What runs already ends with the program; it is not loaded again. Raises InputError for a name that is not listed."""
    from workbench.core.paths import user_home
    from workbench.extension.allow import forbid
    from workbench.extension.attempt import forget

    forget(user_home(), forbid(user_home(), request.name))
    return list_plugins(PluginsRequest(), job)


@contextmanager
def reading_with_plugins() -> Iterator[None]:
    """Files are read with the formats of plugins too, for the length of a call; a list that is damaged brings none."""
    from workbench.core.errors import InputError
    from workbench.core.paths import user_home

    if not _has_list(user_home()):
        yield
        return
    from workbench.extension.guard import GuardedReader
    from workbench.logs.readers.registry import added_readers

    try:
        loaded = _load()
    except InputError:  # said where plugins are listed; reading a log needs none
        loaded = ()
    found = [GuardedReader(one.entry.name, reader) for one in loaded if one.plugin for reader in one.plugin.readers]
    with added_readers(found):
        yield


def plugin_sources() -> dict[str, LogSource]:
    """Sources of logs by kind."""
    return {source.kind: source for one in _load() if one.plugin for source in one.plugin.sources}


def _load() -> tuple[Loaded, ...]:
    from workbench.core.paths import user_home
    from workbench.extension.load import load_plugins

    return load_plugins(user_home())


def _has_list(home: Path) -> bool:
    from workbench.extension.allow import LIST_FILE

    return (home / LIST_FILE).is_file()


def _info_of(loaded: Loaded) -> PluginInfo:
    entry, plugin = loaded.entry, loaded.plugin
    brings = [f"format {reader.name}" for reader in plugin.readers] if plugin else []
    brings += [f"source {source.kind}: {source.name}" for source in plugin.sources] if plugin else []
    return PluginInfo(
        name=entry.name, version=entry.version, is_loaded=plugin is not None, reason=loaded.reason, brings=tuple(brings),
        folder=entry.folder, sha256=entry.sha256, allowed_utc=entry.allowed_utc, has_moved_on=loaded.has_moved_on,
    )  # fmt: skip
