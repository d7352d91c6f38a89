"""Events that a person (or a file) says happened: a layer over the raw log, with author and time."""

from __future__ import annotations

from typing import Annotated, Literal

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder

EventState = Literal["real", "not_real", "unsure"]


class Event(Record, frozen=True, kw_only=True):
    """A labelled interval of one asset. `start_earliest_utc` etc. hold uncertain dates where a source gives them."""

    id: str
    asset: str
    name: str
    start_utc: str
    end_utc: str
    state: EventState = "unsure"
    author: str = ""
    created_utc: str = ""
    source: str = "person"
    """person, label column, work order, sample."""
    note: str = ""


class LabelsListRequest(Request, frozen=True, kw_only=True):
    """List the events of a project."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None


class LabelsResult(Result, frozen=True, kw_only=True):
    """Events in order of time; `layer` is the id of the stored version (per asset)."""

    events: tuple[Event, ...]
    layers: dict[str, str]


def list_labels(request: LabelsListRequest, job: Job) -> LabelsResult:
    """The newest layer of each asset."""
    raise NotImplementedError


class LabelsSaveRequest(Request, frozen=True, kw_only=True):
    """Store the whole set of events of one asset as a new layer (what the window does after each edit)."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    events: tuple[Event, ...]
    what: Annotated[str, parameter("What was done, in words, for the journal.")] = "Events changed"


def save_labels(request: LabelsSaveRequest, job: Job) -> LabelsResult:
    """Write a new layer object and a journal line; the former layer stays."""
    raise NotImplementedError


class LabelsAddRequest(Request, frozen=True, kw_only=True):
    """Add one event."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    name: Annotated[str, parameter("What happened, such as cavitation or bearing growth.")]
    start: Annotated[str, parameter("First instant, ISO 8601 UTC.")]
    end: Annotated[str, parameter("Last instant, ISO 8601 UTC.")]
    state: Annotated[EventState, parameter("Whether it really happened.")] = "real"


def add_label(request: LabelsAddRequest, job: Job) -> LabelsResult:
    """Append to the asset's newest layer."""
    raise NotImplementedError


class LabelsImportRequest(Request, frozen=True, kw_only=True):
    """Read events from a file: CSV (asset,name,start_utc,end_utc,state), or the JSON of windows as NAB has it."""

    path: Annotated[str, parameter("Events file.", positional=True, path=True, file=True)]
    project: ProjectFolder
    asset: Annotated[str | None, parameter("Equipment tag where the file names none.")] = None
    state: Annotated[EventState, parameter("State of events whose row says none.")] = "unsure"


def import_labels(request: LabelsImportRequest, job: Job) -> LabelsResult:
    """Add the file's events to the layers of their assets; an event already there is not added twice."""
    raise NotImplementedError


class LabelsExportRequest(Request, frozen=True, kw_only=True):
    """Write the events of a project as CSV."""

    project: ProjectFolder
    out: Annotated[str, parameter("CSV file to write.", path=True, file=True)]


def export_labels(request: LabelsExportRequest, job: Job) -> LabelsResult:
    """The newest layers, one row an event; formulas are quoted."""
    raise NotImplementedError
