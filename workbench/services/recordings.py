"""The recordings of a project, opened for other services and for the window: never copied, never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.core.clock import NS_PER_DAY, NS_PER_S, format_utc, parse_utc
from workbench.core.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.corrections.layer import Layer
    from workbench.logs.parse import ParsedRecording
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.summary import Group
    from workbench.project.acts import Item
    from workbench.project.store import Project

FULL_DAY = 0.999


def open_project_recordings(
    project: Project, assets: Sequence[str] = (), *, group: Group | None = "trend", is_corrected: bool = True,
    only: Callable[[Item], bool] | None = None,
) -> list[tuple[Item, Recording]]:  # fmt: skip
    """The recordings of some assets (of all without `assets`), by asset and then by their first instant.

    Trends only, as models, drift and regimes need them, unless another rate group (or all: None) is asked for. Seen through
    the newest corrections of each asset, unless they are wanted as they were read. Of a pump with thousands of recordings
    those are not opened which `only` leaves out by what the index says of them.
    """
    items = [item for item in recordings_of(project, assets) if only is None or only(item)]
    layers = {asset: corrections_of(project, asset)[1] if is_corrected else () for asset in {item.asset for item in items}}
    found = [(item, open_corrected(project, item.id, layers[item.asset])) for item in items]
    return sorted((pair for pair in found if group in (None, pair[1].group)), key=_by_asset_and_time)


def recordings_of(project: Project, assets: Sequence[str] = ()) -> list[Item]:
    """The recordings of some assets (of all without `assets`) as the index has them, newest first within each."""
    return [item for asset in dict.fromkeys(assets) or (None,) for item in project.items("recording", asset)]


def says(item: Item, **facts: object) -> bool:
    """Whether what the index says of a recording agrees with `facts`; an older entry may not say all of them."""
    return all(item.details.get(name, fact) == fact for name, fact in facts.items())


def span_of(item: Item) -> tuple[int, int] | None:
    """First and last instant of a recording as the index says them, ns, each rounded down to the microsecond; None without."""
    first, last = item.details.get("first_utc"), item.details.get("last_utc")
    return (_instant(first), _instant(last)) if isinstance(first, str) and isinstance(last, str) else None


@lru_cache(1 << 14)
def _instant(text: str) -> int:
    return parse_utc(text)


def open_corrected(project: Project, recording_id: str, layer: Layer) -> Recording:
    """One recording through a layer of corrections."""
    from workbench.logs.recordings.recording import open_recording

    raw = open_recording(project.objects.tree_path("recording", recording_id))
    if not layer:
        return raw
    from workbench.logs.corrections.corrected import correct

    return correct(raw, layer, recording_id)


def corrections_of(project: Project, asset: str, layer_id: str = "") -> tuple[str, Layer]:
    """(id, corrections) of an asset's newest layer, or of the one with an id; ('', ()) where it has none."""
    items = [item for item in project.items("corrections", asset) if item.id == layer_id or not layer_id]
    if not items and not layer_id:
        return "", ()
    from workbench.logs.corrections.layer import decode_layer

    found = layer_id or items[0].id
    data = project.objects.get_bytes("corrections", found)
    return found, decode_layer(data, asset)


def trends_of(recordings: Sequence[ParsedRecording]) -> list[ParsedRecording]:
    """The trends among what files hold; raises InputError where there are waveforms only."""
    trends = [recording for recording in recordings if recording.facts.group == "trend"]
    if recordings and not trends:
        facts = recordings[0].facts
        raise InputError(
            f"{facts.source} holds waveforms of {facts.rate_hz or 0:g} Hz only; a trend (up to 10 Hz) is needed here.",
            "Give the trend values (such as RMS velocity) that belong to them.",
        )
    return trends


def find_time_ranges(recordings: Sequence[tuple[Item, Recording]]) -> dict[str, tuple[int, int]]:
    """First and last instant of each asset over all of its recordings, ns; assets without samples are left out."""
    ranges: dict[str, tuple[int, int]] = {}
    for item, recording in recordings:
        first_ns, last_ns = recording.summary.first_ns, recording.summary.last_ns
        if first_ns is not None and last_ns is not None:
            known = ranges.get(item.asset, (first_ns, last_ns))
            ranges[item.asset] = (min(known[0], first_ns), max(known[1], last_ns))
    return ranges


def check_reached(asset: str, spans: Sequence[tuple[int, int]], start_utc: str, end_utc: str) -> None:
    """Raises InputError where a stretch ('' has no end there) lies outside the log, which has samples over `spans`, ns."""
    start_ns = parse_utc(start_utc) if start_utc else None
    end_ns = parse_utc(end_utc) if end_utc else None
    if not spans or any((start_ns is None or start_ns <= last) and (end_ns is None or end_ns >= first) for first, last in spans):
        return
    first, last = (format_utc(at_ns) for at_ns in (min(span[0] for span in spans), max(span[1] for span in spans)))
    asked = " ".join(filter(None, (start_utc and f"from {start_utc}", end_utc and f"to {end_utc}")))
    raise InputError(f"The log of {asset} has nothing {asked}.", f"It reaches from {first} to {last}: give a stretch within it.")


def availability(recording: Recording) -> list[tuple[str, float]]:
    """(day in UTC as 2026-03-12, share of the day with samples 0..1) for every day from the first to the last sample."""
    facts = recording.summary
    if facts.first_ns is None or facts.last_ns is None:
        return []
    step_ns = round((facts.sample_period_s or 0.0) * NS_PER_S)
    covered_ns = dict.fromkeys(range(facts.first_ns // NS_PER_DAY, facts.last_ns // NS_PER_DAY + 1), 0)
    gaps = [] if recording.is_on_change else recording.gaps
    starts = [facts.first_ns, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), facts.last_ns]
    for start, end in zip(starts, ends, strict=True):
        _cover(covered_ns, start, end + step_ns)
    return [(format_utc(day * NS_PER_DAY)[:10], _share(covered)) for day, covered in covered_ns.items()]


def _cover(covered_ns: dict[int, int], start_ns: int, end_ns: int) -> None:
    for day in range(start_ns // NS_PER_DAY, (end_ns - 1) // NS_PER_DAY + 1):
        if day in covered_ns:
            covered_ns[day] += min(end_ns, (day + 1) * NS_PER_DAY) - max(start_ns, day * NS_PER_DAY)


def _share(covered_ns: int) -> float:
    share = covered_ns / NS_PER_DAY
    return 1.0 if share > FULL_DAY else round(share, 4)


def _by_asset_and_time(pair: tuple[Item, Recording]) -> tuple[str, int, str]:
    item, recording = pair
    return item.asset, recording.summary.first_ns or 0, item.id


def in_unit(values: NDArray[np.floating], unit: str, target: str, *, what: str) -> NDArray[np.floating]:
    """Values [n] in the target's unit; where one of the two is unknown they are taken as they are. Raises InputError."""
    from workbench.logs.units import can_convert, conversion

    if not unit or not target or unit == target:
        return values
    if not can_convert(unit, target):
        raise InputError(f"{what} is in {unit}, not in {target}.", "Correct the unit in the log's import.")
    factor, offset = conversion(unit, target)
    return values * factor + offset
