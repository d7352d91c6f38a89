"""A pump's trends as one table, as drift and screening read them: all recordings, corrections, and derived channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.core.errors import InputError
from workbench.services.pumps import check_logged

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from workbench.core.jobs import Job
    from workbench.logs.recordings.recording import Recording
    from workbench.project.store import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One stretch of samples with one time axis: instants [n], columns [n] by channel, units by channel."""

    source: str
    times_ns: NDArray[np.int64]
    columns: Mapping[str, NDArray[np.floating]]
    units: dict[str, str]


def open_trends(project: Project, asset: str | None, job: Job) -> list[Log]:
    """One table for each pump (or for the one that is named), seen through its layers. Raises InputError without recordings."""
    from workbench.services.derived_layer import derived_beside
    from workbench.services.recordings import open_project_recordings

    found: dict[str, list[tuple[str, Recording]]] = {}
    for item, recording in open_project_recordings(project, (asset,) if asset else ()):
        found.setdefault(item.asset, []).append((item.id, recording))
    if not found and asset:
        check_logged(project, asset)
    if not found:
        what = f"of {asset} " if asset else ""
        raise InputError(f"There are no trends {what}in this project.", "Import logs first.")
    logs = []
    for name, pairs in found.items():
        derived = derived_beside(project, name, pairs, job)
        logs.append(_joined(name, [(recording, *derived.get(item_id, ())) for item_id, recording in pairs]))
    return logs


def label_like(project: Project, asset: str) -> set[str]:
    """Channels of a pump's recordings that the importer suspects to be labels: nothing learns from them."""
    from workbench.logs.tables.label_like import input_channels
    from workbench.services.recordings import open_project_recordings

    found: set[str] = set()
    for _, recording in open_project_recordings(project, (asset,)):
        found |= {channel.name for channel in recording.channels} - set(input_channels(recording.summary))
    return found


Parts = tuple["Recording", ...]
"""A recording, and what was derived from it on the same instants."""


def _joined(asset: str, recordings: list[Parts]) -> Log:
    """Recordings of one pump one after the other, in the last one's units; of the same instants the earlier one is kept."""
    import numpy as np

    units = {channel.name: channel.unit or "" for parts in recordings for part in parts for channel in part.channels}
    if len(recordings) == 1:
        (parts,) = recordings
        columns = {name: _values(parts, name, unit) for name, unit in units.items()}
        return Log(source=asset, times_ns=parts[0].times_ns, columns=columns, units=units)
    keep = []
    last_ns = np.iinfo(np.int64).min
    for recording, *_ in recordings:
        keep.append(recording.times_ns > last_ns)
        last_ns = max(last_ns, int(recording.times_ns[-1])) if recording.rows else last_ns
    times = np.concatenate([parts[0].times_ns[kept] for parts, kept in zip(recordings, keep, strict=True)])
    columns = {
        name: np.concatenate([_values(parts, name, unit)[kept] for parts, kept in zip(recordings, keep, strict=True)])
        for name, unit in units.items()
    }
    return Log(source=asset, times_ns=times, columns=columns, units=units)


def _values(parts: Parts, name: str, unit: str) -> NDArray[np.floating]:
    import numpy as np

    from workbench.services.recordings import in_unit

    for part in parts:
        for channel in part.channels:
            if channel.name == name:
                return in_unit(part.values(name), channel.unit or "", unit, what=f"{part.summary.source}: {name}")
    return np.full(parts[0].rows, np.nan)
