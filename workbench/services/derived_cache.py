"""The person's cache of computed channels: copies are named by a hash of what they were computed from, and the oldest go.

Ids that a project states are not enough for a name: a stranger's project could give another log the id of a known one, and
leave a wrong copy behind for it. Must not be asked for anything that can't be computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.paths import user_home

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.logs.recordings.recording import Recording

MOST_BYTES = 2 * 10**9
MOST_AGE_S = 90 * 86_400
_MARK = "meta.json"
_BLOCK_ROWS = 1 << 20


def cache_folder() -> Path:
    """Where computed copies are."""
    return user_home() / "cache" / "derived"


def copy_folder(key: str) -> Path:
    """The folder of one copy, whether it is there or not."""
    return cache_folder() / key[:2] / key


def find_copy(key: str) -> Path | None:
    """A whole copy of this name, if there is one; from now on it counts as used."""
    folder = copy_folder(key)
    if not (folder / _MARK).is_file():
        return None
    with contextlib.suppress(OSError):  # a cache that can only be read still serves
        os.utime(folder)
    return folder


def fingerprint(recording: Recording, name: str) -> str:
    """SHA-256 of a channel as it is now, corrections included: instants, values, unit, and what says how long one is held.

    About a second for a gigabyte.
    """
    import numpy as np

    from workbench.logs.recordings.time_axis import RunsAxis

    unit = next((one.unit for one in recording.channels if one.name == name), None)
    found = hashlib.sha256(repr((unit, recording.summary.sample_period_s, recording.is_on_change)).encode())
    axis, values = recording.axis, recording.values(name)
    if isinstance(axis, RunsAxis):
        found.update(repr((axis.n_rows, axis.step_ns, axis.step_rest, axis.step_parts)).encode())
        found.update(np.ascontiguousarray(axis.first_rows).tobytes())
        found.update(np.ascontiguousarray(axis.first_ns).tobytes())
    else:
        for first in range(0, axis.rows, _BLOCK_ROWS):
            found.update(axis.take(np.arange(first, min(first + _BLOCK_ROWS, axis.rows), dtype=np.int64)).tobytes())
    found.update(str(values.dtype).encode())
    for first in range(0, len(values), _BLOCK_ROWS):
        found.update(np.ascontiguousarray(values[first : first + _BLOCK_ROWS]).tobytes())
    return found.hexdigest()


def prune(now_s: float, keep: Iterable[Path] = (), *, most_bytes: int = MOST_BYTES, most_age_s: float = MOST_AGE_S) -> int:
    """Remove copies that nobody used for a season, then the least used ones until the rest fits; returns how many went.

    `keep` are in use. What can't be removed (Windows keeps mapped files) stays for the next time.
    """
    kept = set(keep)
    copies = sorted(filter(None, map(_facts_of, cache_folder().glob("??/*"))), reverse=True)
    total, n_gone = 0, 0
    for used_s, folder, n_bytes in copies:
        total += n_bytes
        if folder not in kept and (total > most_bytes or now_s - used_s > most_age_s):
            shutil.rmtree(folder, ignore_errors=True)
            n_gone += not folder.exists()
    return n_gone


def _facts_of(folder: Path) -> tuple[float, Path, int] | None:
    """When it was used, and its size; None for one that another program removes right now."""
    try:
        n_bytes = sum(file.stat().st_size for file in folder.iterdir())
        return folder.stat().st_mtime, folder, n_bytes
    except OSError:
        return None
