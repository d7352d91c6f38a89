"""Find stretches like a labelled event, over all of the pump's trends, as suggestions for a person to judge."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc, now_ns, parse_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.events.edits import new_id
from workbench.logs.events.event import Event
from workbench.services.common import ProjectFolder, open_project
from workbench.services.label_layers import find_event, newest_layer, store_edit
from workbench.services.pumps import check_logged
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, is_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.recording import Recording
    from workbench.logs.similar import Example, Floats, Int64s, Match

_USUAL_STRETCHES = 40
_PIECE_ROWS = 1 << 18
_MORE = 4
"""So many times as many candidates as are wanted are placed to the sample."""


class SimilarRequest(Request, frozen=True, kw_only=True):
    """Find stretches whose shape is like that of an event."""

    event: Annotated[str, parameter("Id of the event (or its first characters).", positional=True)]
    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    channels: Annotated[tuple[str, ...], parameter("Channels to compare; else all trends.")] = ()
    most: Annotated[int, parameter("At most this many.", ge=1, le=1000)] = 20
    least: Annotated[float, parameter("How alike they must be: correlation, 1 is the same shape.", ge=0, le=1)] = 0.7
    margin: Annotated[
        float, parameter("What of its surroundings belongs to the shape, as a share of its length.", ge=0, le=2)
    ] = 0.25
    regimes: RegimeNames = ()
    add: Annotated[bool, parameter("Store them as suggested events (unsure, source similar).")] = False


class SimilarResult(Result, frozen=True, kw_only=True):
    """The nearest first; distance 0 is the same shape, 1 no relation. `weights`: what each channel counted."""

    events: tuple[Event, ...]
    weights: dict[str, float]
    n_windows: int
    step_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    channels: tuple[str, ...]
    start_ns: int
    length_ns: int
    step_ns: int
    period_ns: int
    least: float


def find_similar(request: SimilarRequest, job: Job) -> SimilarResult:
    """Search a coarser level of the log, then place the best to the sample. Raises InputError where nothing can be compared."""
    from workbench.logs.similar import best_apart
    from workbench.services.recordings import open_project_recordings

    with open_project(request.project) as project:
        check_logged(project, request.asset)
    spans = find_spans(request.project, request.asset, request.regimes)
    with open_project(request.project) as project:
        layer = newest_layer(project, request.asset)
        event = find_event(layer, request.event, request.asset)
        recordings = [one for _, one in open_project_recordings(project, (request.asset,)) if one.rows > 1]
        home, search = _plan(recordings, event, request)
        example = _example(home, search)
        matches, n_windows = _search(recordings, search, example, job)
        pad_ns = parse_utc(event.start_utc) - search.start_ns
        taken = [(one.span_ns[0] - pad_ns, one.span_ns[1] + pad_ns) for one in layer if one.name == event.name]
        coarse = best_apart(_in_states(matches, event, pad_ns, spans), taken, search.length_ns, request.most * _MORE)
        job.progress(0.92, "Placing the best")
        fine = _refine(recordings, search, home, coarse, job)
        placed = best_apart(_in_states(fine, event, pad_ns, spans), taken, search.length_ns, request.most)
        kept = [one for one in placed if 1 - one.distance**2 >= request.least]
        found = tuple(_event_of(match, event, pad_ns) for match in kept)
        if request.add and found:
            with project.exclusive():
                command = shlex.join(to_arguments(("labels", "similar"), request))
                what = f"{len(found)} events like {event.name} suggested"
                store_edit(project, request.asset, {one.id: one for one in found}, what, command)
    weights = {name: round(float(weight), 4) for name, weight in zip(search.channels, example.weights, strict=True)}
    return SimilarResult(events=found, weights=weights, n_windows=n_windows, step_s=search.step_ns / NS_PER_S)


def _in_states(matches: list[Match], event: Event, pad_ns: int, spans: Spans | None) -> list[Match]:
    """The stretches that lie wholly in the operating states that were asked for."""
    if spans is None:
        return matches
    start, end = event.span_ns
    return [one for one in matches if is_within(one.start_ns + pad_ns, one.start_ns + pad_ns + end - start, spans)]


def _plan(recordings: list[Recording], event: Event, request: SimilarRequest) -> tuple[Recording, _Search]:
    """The recording that the event lies in, and what is searched for."""
    from workbench.logs.similar import LEAST_QUERY, search_step_ns

    start_ns, end_ns = event.span_ns
    homes = [one for one in recordings if _ends(one)[0] < end_ns and _ends(one)[1] > start_ns]
    if not homes:
        raise InputError(f"No trend of {request.asset} covers '{event.name}'.", "Import the log of that time first.")
    home = homes[0]
    names = [channel.name for channel in home.channels if not request.channels or channel.name in request.channels]
    if not names:
        known = ", ".join(channel.name for channel in home.channels)
        raise InputError(f"None of {', '.join(request.channels)} is a trend of {request.asset}.", f"There are: {known}.")
    pad_ns = round(request.margin * (end_ns - start_ns))
    log_first_ns, log_last_ns = _ends(home)
    first_ns, last_ns = max(start_ns - pad_ns, log_first_ns), min(end_ns + pad_ns, log_last_ns)
    period_ns = max(1, round((home.summary.sample_period_s or 0.0) * NS_PER_S))
    step_ns = search_step_ns(period_ns, last_ns - first_ns)
    if (last_ns - first_ns) // step_ns < LEAST_QUERY:
        raise InputError(
            f"'{event.name}' has {(last_ns - first_ns) // step_ns} samples with its surroundings; {LEAST_QUERY} are needed.",
            "Draw it longer, or give a larger margin.",
        )
    search = _Search(
        channels=tuple(names), start_ns=first_ns, length_ns=last_ns - first_ns, step_ns=step_ns, period_ns=period_ns,
        least=request.least,
    )  # fmt: skip
    return home, search


def _example(home: Recording, search: _Search) -> Example:
    from workbench.logs.similar import make_example

    n = search.length_ns // search.step_ns
    example = make_example(_grid(home, search, search.start_ns, search.step_ns, n), _usual_spread(home, search, n))
    if example is None:
        raise InputError(
            "No channel moves within the event: there is no shape to look for.", "Draw it wider, or choose channels."
        )
    return example


def _usual_spread(home: Recording, search: _Search, n: int) -> NDArray[np.float64]:
    """Median deviation of each channel in stretches as long as the event, spread evenly over the log."""
    import numpy as np

    first_ns, last_ns = _ends(home)
    starts = np.linspace(first_ns, max(first_ns, last_ns - search.length_ns), _USUAL_STRETCHES).astype(np.int64)
    found = []
    for start in starts.tolist():
        grid = _grid(home, search, start, search.step_ns, n)
        is_good = np.isfinite(grid)
        count = np.maximum(is_good.sum(axis=1), 1)
        mean = np.where(is_good, grid, 0).sum(axis=1) / count
        squares = np.where(is_good, (grid - mean[:, None]) ** 2, 0).sum(axis=1) / count
        found.append(np.where(is_good.mean(axis=1) > 0.5, np.sqrt(squares), np.nan))
    columns = [column[np.isfinite(column)] for column in np.array(found).T]
    return np.array([np.median(column) if len(column) else 1.0 for column in columns])


def _grid(recording: Recording, search: _Search, start_ns: int, step_ns: int, n: int) -> NDArray[np.float64]:
    from workbench.logs.similar import on_grid

    return on_grid(
        _pieces(recording, search, start_ns, start_ns + n * step_ns), start_ns, step_ns, n, holds=recording.is_on_change
    )


def _pieces(recording: Recording, search: _Search, start_ns: int, end_ns: int) -> Iterator[tuple[Int64s, Floats]]:
    """Rows of a stretch, some at a time, so that a long one is never in memory whole; at least one piece, maybe empty."""
    import numpy as np

    axis, known = recording.axis, {channel.name for channel in recording.channels}
    first, last = (axis.index_at(at_ns, after=False) for at_ns in (start_ns, end_ns))
    for row in range(first, max(last, first + 1), _PIECE_ROWS):
        end = min(last, row + _PIECE_ROWS)
        values = np.full((len(search.channels), end - row), np.nan)
        for number, name in enumerate(search.channels):
            if name in known:
                values[number] = recording.values(name)[row:end]
        yield axis.take(np.arange(row, end)), values


def _search(recordings: list[Recording], search: _Search, example: Example, job: Job) -> tuple[list[Match], int]:
    """The best stretches at the searched level, a chunk at a time."""
    from workbench.logs.similar import Match, chunks, correlations, peaks

    m = example.n_samples
    sizes = [(_ends(one)[1] - _ends(one)[0]) // search.step_ns + 1 for one in recordings]
    total, done = max(1, sum(sizes)), 0
    found: list[Match] = []
    for recording, size in zip(recordings, sizes, strict=True):
        origin = _ends(recording)[0]
        for first, end in chunks(size, m) if size >= m else ():
            job.progress(0.9 * (done + end) / total, f"Comparing {(done + end):,} of {total:,} steps".replace(",", " "))
            similar = correlations(
                _grid(recording, search, origin + first * search.step_ns, search.step_ns, end - first), example
            )
            for place in peaks(similar, search.least * 0.9, m // 2).tolist():
                distance = max(0.0, 1 - float(similar[place])) ** 0.5
                found.append(Match(start_ns=origin + (first + place) * search.step_ns, distance=distance))
        done += size
    return found, total


def _refine(recordings: list[Recording], search: _Search, home: Recording, coarse: list[Match], job: Job) -> list[Match]:
    """Where the searched level is coarser than the log, shift each match by up to two of its steps to where it fits best.

    Its distance stays that of the searched level: closer to the samples, noise would make every match look poor.
    """
    from workbench.logs.similar import best_shift, placing_step_ns

    fine = replace(search, step_ns=placing_step_ns(search.period_ns, search.step_ns))
    if fine.step_ns == search.step_ns:
        return coarse
    example = _example(home, fine)
    placed: list[Match] = []
    for match in coarse:
        job.checkpoint()
        covering = [one for one in recordings if _ends(one)[0] <= match.start_ns <= _ends(one)[1]]
        start_ns = match.start_ns - 2 * search.step_ns
        n = (search.length_ns + 4 * search.step_ns) // fine.step_ns
        best = best_shift(_grid(covering[0], fine, start_ns, fine.step_ns, n), example) if covering else None
        placed.append(match if best is None else replace(match, start_ns=start_ns + best[0] * fine.step_ns))
    return placed


def _event_of(match: Match, like: Event, pad_ns: int) -> Event:
    start_ns = match.start_ns + pad_ns
    start, end = like.span_ns
    return Event(
        id=new_id(), asset=like.asset, name=like.name, start_utc=format_utc(start_ns),
        end_utc=format_utc(start_ns + end - start), source="similar", like=like.id, distance=round(match.distance, 4),
        created_utc=format_utc(now_ns() // NS_PER_S * NS_PER_S), author="",
    )  # fmt: skip


def _ends(recording: Recording) -> tuple[int, int]:
    facts = recording.summary
    assert facts.first_ns is not None
    assert facts.last_ns is not None
    return facts.first_ns, facts.last_ns
