"""What can be fetched from: the sources that allowed plugins bring, and what one of their descriptions would open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.log_fetch import FetchRequest, FetchResult, described, fetch_logs


class SourceKind(Record, frozen=True, kw_only=True):
    """A kind of source: how the command line calls it, and its name."""

    kind: str
    name: str


class FetchSourcesRequest(Request, frozen=True, kw_only=True):
    """List the kinds of sources that allowed plugins bring."""


class FetchSourcesResult(Result, frozen=True, kw_only=True):
    """By kind; none where no plugin is allowed, or none that was could be loaded."""

    sources: tuple[SourceKind, ...]


class FetchLookRequest(Request, frozen=True, kw_only=True):
    """Say what a source's description would open; nothing is opened."""

    source: Annotated[str, parameter("Kind of the source.", flag="--source")]
    config: Annotated[str, parameter("Description of the source, TOML.", path=True, file=True)]


class FetchLookResult(Result, frozen=True, kw_only=True):
    """`host` is the machine that it would connect to ('' for a file); `is_kept`: its password is in the key store."""

    name: str
    opens: str
    host: str
    zone: str
    needs_secret: bool
    is_kept: bool
    can_keep: bool


def list_fetch_sources(request: FetchSourcesRequest, job: Job) -> FetchSourcesResult:
    """Plugins are loaded for it. Raises InputError where the list of plugins is damaged."""
    from workbench.services.plugins import plugin_sources

    found = sorted(plugin_sources().items())
    return FetchSourcesResult(sources=tuple(SourceKind(kind=kind, name=str(source.name)) for kind, source in found))


def look_at_source(request: FetchLookRequest, job: Job) -> FetchLookResult:
    """Raises InputError for a source that is not allowed, or a description that can't be read."""
    from workbench.services.key_store import find_key_store
    from workbench.services.plugins import plugin_sources

    source = plugin_sources().get(request.source)
    if source is None:
        raise InputError(f"There is no source {request.source!r}.", "Allow its plugin on the Settings page.")
    facts = described(source, Path(request.config))
    store = find_key_store() if facts.secret_name else None
    return FetchLookResult(
        name=facts.name, opens=facts.opens, host=facts.host, zone=facts.zone or "", needs_secret=bool(facts.secret_name),
        is_kept=store is not None and bool(store.load(facts.secret_name)), can_keep=store is not None,
    )  # fmt: skip


class FetchWith:
    """`fetch_logs` with a password that was typed in the window: it is in this object alone, and gone with it."""

    __name__ = "fetch_logs"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: FetchRequest, job: Job) -> FetchResult:
        """See fetch_logs."""
        return fetch_logs(request, job, self._answer if self._secret else None)

    def _answer(self, _question: str) -> str:
        return self._secret

    def __repr__(self) -> str:
        return "FetchWith(…)"
