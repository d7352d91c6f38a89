"""Reference periods of a pump: stretches between works on it, over which one set of normal figures holds.

A maintenance action (impeller, seal, bearing, alignment, sensor) and a preventive replacement end a period: what was normal
before is not what is normal after. The period ends where the work begins and the next begins where it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.events.event import Event, is_positive, is_renewal
from workbench.logs.reference_cut import cut_at_works
from workbench.services.common import ProjectFolder, open_project
from workbench.services.label_layers import newest_layer
from workbench.services.pumps import check_known

if TYPE_CHECKING:
    from workbench.project.store import Project


class ReferencePeriodsRequest(Request, frozen=True, kw_only=True):
    """List the reference periods of a pump."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]


class ReferencePeriod(Record, frozen=True, kw_only=True):
    """One stretch; `ended_by` is the work at its end ('' for the last), `well_s` its time without a real event."""

    start_utc: str
    end_utc: str
    ended_by: str
    ended_by_id: str
    n_events: int
    well_s: float


class ReferencePeriodsResult(Result, frozen=True, kw_only=True):
    """In order of time; empty where the pump has no log."""

    periods: tuple[ReferencePeriod, ...]


def reference_periods(request: ReferencePeriodsRequest, job: Job) -> ReferencePeriodsResult:
    """From the pump's first sample to its last, cut at its works."""
    with open_project(request.project) as project:
        check_known(project, request.asset)
        return ReferencePeriodsResult(periods=periods_of(project, request.asset))


def periods_of(project: Project, asset: str) -> tuple[ReferencePeriod, ...]:
    """The same for an open project."""
    from workbench.services.recordings import find_time_ranges, open_project_recordings

    span = find_time_ranges(open_project_recordings(project, (asset,), group=None)).get(asset)
    return cut_periods(newest_layer(project, asset), span) if span is not None else ()


def cut_periods(events: tuple[Event, ...], span_ns: tuple[int, int]) -> tuple[ReferencePeriod, ...]:
    """Cut a stretch (ns) at the works among the events of one pump; a work outside the stretch cuts nothing."""
    works = [event for event in events if is_renewal(event) and _overlaps(event, span_ns)]
    parts = cut_at_works(span_ns, [work_span(work) for work in works])
    return tuple(_period(events, part, None if index is None else works[index]) for part, index in parts)


def work_span(event: Event) -> tuple[int, int]:
    """When it was worked on: of a failure that was repaired, only its end (the pump ran ill before that)."""
    start, end = event.span_ns
    if event.kind == "failure":
        return (parse_utc(event.fixed_utc) if event.fixed_utc else end), end
    return start, end


def _period(events: tuple[Event, ...], span_ns: tuple[int, int], work: Event | None) -> ReferencePeriod:
    ill = [(max(a, span_ns[0]), min(b, span_ns[1])) for a, b in (event.span_ns for event in events if is_positive(event))]
    inside = sorted(one for one in ill if one[0] < one[1])
    reached, ill_ns = span_ns[0], 0
    for start, end in inside:
        ill_ns += max(0, end - max(start, reached))
        reached = max(reached, end)
    return ReferencePeriod(
        start_utc=format_utc(span_ns[0]), end_utc=format_utc(span_ns[1]), ended_by=work.name if work is not None else "",
        ended_by_id=work.id if work is not None else "", n_events=len(inside),
        well_s=(span_ns[1] - span_ns[0] - ill_ns) / NS_PER_S,
    )  # fmt: skip


def _overlaps(event: Event, span_ns: tuple[int, int]) -> bool:
    start, end = event.span_ns
    return start < span_ns[1] and end > span_ns[0]
