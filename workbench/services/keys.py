"""Signing keys and trust."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter

KeyId = Annotated[str, parameter("Key id or name.", positional=True)]


class KeyInfo(Record, frozen=True, kw_only=True):
    """One key of this person, or one trusted key."""

    id: str
    name: str
    public_key: str
    created_utc: str
    store: str
    """'key store', 'vault' or 'trust'."""


class KeyNewRequest(Request, frozen=True, kw_only=True):
    """Make a signing key, wrapped by a passphrase (WORKBENCH_PASSPHRASE where no one can type)."""

    name: Annotated[str, parameter("Name for the key.", positional=True)]


class KeysResult(Result, frozen=True, kw_only=True):
    """Keys, and the file written where there was one."""

    keys: tuple[KeyInfo, ...]
    path: str | None = None


def new_key(request: KeyNewRequest, job: Job) -> KeysResult:
    """Made here, never shown."""
    raise NotImplementedError


class KeyListRequest(Request, frozen=True, kw_only=True):
    """List this person's signing keys."""


def list_keys(request: KeyListRequest, job: Job) -> KeysResult:
    """Public parts only."""
    raise NotImplementedError


class KeyExportRequest(Request, frozen=True, kw_only=True):
    """Write the public part of a key."""

    key: KeyId
    out: Annotated[str, parameter("File to write (.pub).", path=True, file=True)]


def export_key(request: KeyExportRequest, job: Job) -> KeysResult:
    """A small JSON file that `trust add` reads."""
    raise NotImplementedError


class TrustShowRequest(Request, frozen=True, kw_only=True):
    """Show the pinned trust root."""

    file: Annotated[str | None, parameter("Another trust file.", path=True, file=True)] = None


def show_trust(request: TrustShowRequest, job: Job) -> KeysResult:
    """Trusted keys."""
    raise NotImplementedError


class TrustAddRequest(Request, frozen=True, kw_only=True):
    """Trust a key."""

    key_file: Annotated[str, parameter("Public key file (.pub).", positional=True, path=True, file=True)]
    file: Annotated[str | None, parameter("Trust file to write instead of the user's own.", path=True, file=True)] = None


def add_trust(request: TrustAddRequest, job: Job) -> KeysResult:
    """Adds to the root; an identical key is not added twice."""
    raise NotImplementedError
