"""Two readers of one pump compared: figures of agreement, and where they differ, to be stepped through."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.clock import parse_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.events.event import Event
from workbench.services.common import ProjectFolder, open_project
from workbench.services.label_layers import newest_layer
from workbench.services.pumps import check_known

if TYPE_CHECKING:
    from workbench.logs.events.agreement import Matching
    from workbench.project.store import Project

Difference = Literal["only_first", "only_second", "name", "state", "ends"]
_SAME_ENDS = 0.8
"""Pairs that overlap less differ in their ends."""


class AgreementRequest(Request, frozen=True, kw_only=True):
    """Compare two people's events of one pump: two authors of this project, or this project and a file or another project."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    readers: Annotated[tuple[str, ...], parameter("Authors: two, or one with --other. Else the two who labelled most.")] = ()
    other: Annotated[str | None, parameter("The second reader's events: a file, or a project folder.", path=True)] = None
    least: Annotated[float, parameter("Overlap of two events that are the same: intersection over union.", ge=0, le=1)] = 0.25


class Disagreement(Record, frozen=True, kw_only=True):
    """One place where they differ; ids are '' where a reader has no event there."""

    kind: Difference
    start_utc: str
    end_utc: str
    first: str
    second: str
    first_id: str = ""
    second_id: str = ""
    overlap: float = 0.0
    second_start_utc: str = ""
    second_end_utc: str = ""


class NameAgreement(Record, frozen=True, kw_only=True):
    """Agreement on the events of one name."""

    name: str
    n_first: int
    n_second: int
    kappa: float | None


class AgreementResult(Result, frozen=True, kw_only=True):
    """Events that were judged not real count for nobody. Kappa over the time that the pump's logs cover (else the events)."""

    first: str
    second: str
    n_first: int
    n_second: int
    n_same: int
    f1: float | None
    kappa: float | None
    kappa_words: str
    verdict: str
    """Both figures in one sentence: over time they may agree wholly while an event is missing on one side."""
    names: tuple[NameAgreement, ...]
    disagreements: tuple[Disagreement, ...]


class ReadersResult(Result, frozen=True, kw_only=True):
    """The events that are compared, for drawing them: those of each reader, in order of time."""

    first: str
    second: str
    first_events: tuple[Event, ...]
    second_events: tuple[Event, ...]


def events_of_readers(request: AgreementRequest, job: Job) -> ReadersResult:
    """What `labels_agreement` compares. Raises InputError where there are no two readers."""
    with open_project(request.project) as project:
        check_known(project, request.asset)
        names, first, second = _readers(project, request)
    return ReadersResult(first=names[0], second=names[1], first_events=first, second_events=second)


def labels_agreement(request: AgreementRequest, job: Job) -> AgreementResult:
    """Match by overlap, then kappa over time. Raises InputError where there are no two readers."""
    from workbench.logs.events.agreement import kappa_over_time, kappa_words, match_events, verdict_of

    with open_project(request.project) as project:
        check_known(project, request.asset)
        names, first, second = _readers(project, request)
        span_ns = _span(project, request.asset, (*first, *second))
    matching = match_events(first, second, request.least)
    kappa = kappa_over_time(first, second, span_ns)
    by_name = []
    for name in sorted({event.name for event in (*first, *second)}):
        one, other = [e for e in first if e.name == name], [e for e in second if e.name == name]
        by_name.append(
            NameAgreement(name=name, n_first=len(one), n_second=len(other), kappa=kappa_over_time(one, other, span_ns))
        )
    return AgreementResult(
        first=names[0], second=names[1], n_first=len(first), n_second=len(second), n_same=len(matching.pairs), f1=matching.f1,
        kappa=kappa, kappa_words=kappa_words(kappa) if kappa is not None else "",
        verdict=verdict_of(kappa, matching, names), names=tuple(by_name),
        disagreements=_disagreements(matching),
    )  # fmt: skip


def _readers(project: Project, request: AgreementRequest) -> tuple[tuple[str, str], tuple[Event, ...], tuple[Event, ...]]:
    events = tuple(one for one in newest_layer(project, request.asset) if _is_somebodys(one))
    if request.other is not None:
        mine = events if not request.readers else tuple(one for one in events if one.author == request.readers[0])
        theirs = tuple(one for one in _other_events(request) if _is_somebodys(one) and one.asset == request.asset)
        if not theirs:
            raise InputError(f"{request.other} has no events of {request.asset}.", "Give the other reader's export or project.")
        return (request.readers[0] if request.readers else project.meta.name, Path(request.other).name), mine, theirs
    known = Counter(one.author or one.source for one in events)
    wanted = request.readers or tuple(name for name, _ in known.most_common(2))
    missing = [name for name in wanted if name not in known]
    if len(wanted) != 2 or missing:
        listed = ", ".join(f"{name} ({n})" for name, n in known.most_common(10)) or "nobody"
        raise InputError(f"Two readers are needed for {request.asset}; labelled it: {listed}.", "Name two, or give --other FILE.")
    sides = [tuple(one for one in events if (one.author or one.source) == name) for name in wanted]
    return (wanted[0], wanted[1]), sides[0], sides[1]


def _is_somebodys(event: Event) -> bool:
    """Whether a person says that it is there: not judged away, and no suggestion that nobody looked at."""
    return event.state != "not_real" and not (event.source == "similar" and event.state == "unsure")


def _other_events(request: AgreementRequest) -> tuple[Event, ...]:
    from workbench.services.label_exchange import read_any
    from workbench.services.labels import LabelsImportRequest

    assert request.other is not None
    if Path(request.other).is_dir():
        with open_project(request.other) as project:
            return newest_layer(project, request.asset)
    with open_project(request.project) as project:
        asked = LabelsImportRequest(path=request.other, project=request.project, asset=request.asset, state="real")
        return tuple(sorted(read_any(project, asked).events, key=_by_time))


def _span(project: Project, asset: str, events: tuple[Event, ...]) -> tuple[int, int]:
    from workbench.services.recordings import find_time_ranges, open_project_recordings

    found = find_time_ranges(open_project_recordings(project, (asset,), group=None)).get(asset)
    if found is not None:
        return found
    return min(parse_utc(one.start_utc) for one in events), max(parse_utc(one.end_utc) for one in events)


def _disagreements(matching: Matching) -> tuple[Disagreement, ...]:
    """In order of time; a pair that differs in several ways is listed once, under the gravest: state, name, ends."""
    found = [_alone("only_first", one) for one in matching.only_first]
    found += [_alone("only_second", one) for one in matching.only_second]
    for pair in matching.pairs:
        one, other = pair.first, pair.second
        kind: Difference | None = (
            "state" if one.state != other.state else "name" if one.name != other.name
            else "ends" if pair.overlap < _SAME_ENDS else None
        )  # fmt: skip
        if kind is not None:
            found.append(
                Disagreement(
                    kind=kind, start_utc=min(one.start_utc, other.start_utc), end_utc=max(one.end_utc, other.end_utc),
                    first=_words(one, kind), second=_words(other, kind), first_id=one.id, second_id=other.id,
                    overlap=round(pair.overlap, 3), second_start_utc=other.start_utc, second_end_utc=other.end_utc,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=_by_start))


def _alone(kind: Difference, event: Event) -> Disagreement:
    is_first = kind == "only_first"
    return Disagreement(
        kind=kind, start_utc=event.start_utc, end_utc=event.end_utc, first=event.name if is_first else "",
        second="" if is_first else event.name, first_id=event.id if is_first else "", second_id="" if is_first else event.id,
        second_start_utc="" if is_first else event.start_utc, second_end_utc="" if is_first else event.end_utc,
    )  # fmt: skip


def _words(event: Event, kind: Difference) -> str:
    return f"{event.name}, {event.state.replace('_', ' ')}" if kind == "state" else event.name


def _by_start(one: Disagreement) -> tuple[str, str, str]:
    return one.start_utc, one.end_utc, one.kind


def _by_time(event: Event) -> tuple[str, str, str]:
    return event.start_utc, event.end_utc, event.id
