"""Make, show, check and rebuild projects; read and verify the journal; remove what was imported or trained."""

from __future__ import annotations

from typing import Annotated

import msgspec

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder

ProjectPath = Annotated[str, parameter("Project folder.", positional=True, path=True)]


class ProjectRequest(Request, frozen=True, kw_only=True):
    """Name a project folder."""

    project: ProjectPath


class AssetInfo(Record, frozen=True, kw_only=True):
    """One pump of the project with what there is of it."""

    tag: str
    site: str
    n_recordings: int
    first_utc: str | None
    last_utc: str | None
    n_events: int
    days: tuple[tuple[str, float], ...] = ()
    """(day, fraction of the day with samples) for the availability map."""


class ItemInfo(Record, frozen=True, kw_only=True):
    """One thing in the project's index."""

    kind: str
    id: str
    name: str
    asset: str
    created_utc: str
    details: dict[str, object]


class ProjectResult(Result, frozen=True, kw_only=True):
    """What a project holds."""

    path: str
    id: str
    name: str
    schema_version: int
    assets: tuple[AssetInfo, ...]
    counts: dict[str, int]
    champion: str | None
    problems: tuple[str, ...] = ()
    """What `project check` found; empty when all is well."""


def new_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Make a project; raises ProjectError where there is one already."""
    raise NotImplementedError


def show_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """What is in it; made if absent."""
    raise NotImplementedError


def check_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Every object against its hash, every journal chain, the index against both."""
    raise NotImplementedError


def rebuild_project(request: ProjectRequest, job: Job) -> ProjectResult:
    """Make the index anew from journals and objects."""
    raise NotImplementedError


class ItemsRequest(Request, frozen=True, kw_only=True):
    """List things of one kind."""

    project: ProjectFolder
    kind: Annotated[str | None, parameter("recording, labels, run, bundle, receipt, report …")] = None


class ItemsResult(Result, frozen=True, kw_only=True):
    """Newest first."""

    items: tuple[ItemInfo, ...]


def list_items(request: ItemsRequest, job: Job) -> ItemsResult:
    """From the index."""
    raise NotImplementedError


class RemoveRequest(Request, frozen=True, kw_only=True):
    """Remove something that was imported or trained; the journal keeps that it was there."""

    project: ProjectFolder
    kind: Annotated[str, parameter("recording, run, bundle …")]
    id: Annotated[str, parameter("Its id.")]


def remove_item(request: RemoveRequest, job: Job) -> ItemsResult:
    """Object deleted unless something else refers to it; journalled."""
    raise NotImplementedError


class JournalRequest(Request, frozen=True, kw_only=True):
    """Read the journal."""

    project: ProjectFolder
    limit: Annotated[int, parameter("At most this many, newest first.", ge=1)] = 1000


class JournalEntry(Record, frozen=True, kw_only=True):
    """One line of a journal; `number` counts within its writer."""

    number: int
    at_utc: str
    act: str
    on: str
    what: str
    who: str
    writer: str
    hash: str
    previous: str
    command: str = ""
    refs: tuple[str, ...] = ()
    state: str = ""
    """NE 107 word where the entry says how something ended, else ''."""


class JournalResult(Result, frozen=True, kw_only=True):
    """Entries newest first; `is_whole` None until verified; problems in words."""

    entries: tuple[JournalEntry, ...]
    n_entries: int
    is_whole: bool | None
    writers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    complete_to: dict[str, int] = msgspec.field(default_factory=dict)


def show_journal(request: JournalRequest, job: Job) -> JournalResult:
    """All writers merged in order of time."""
    raise NotImplementedError


def verify_journal(request: JournalRequest, job: Job) -> JournalResult:
    """Every hash, number and signature; finds edits, deletions, reorders and truncation below a witnessed head."""
    raise NotImplementedError
