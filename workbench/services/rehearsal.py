"""A rehearsal: a virtual device fed with a pump's own log, for training without hardware."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.codec import sha256_hex, write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, parameter
from workbench.services.common import ProjectFolder, open_project

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording
    from workbench.services.device_servers import VirtualDevice

REPLAY_H = 48
_REPLAY_NS = REPLAY_H * 3600 * NS_PER_S


class RehearsalRequest(Request, frozen=True, kw_only=True):
    """Start a virtual gateway that replays the end of a pump's log."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag of the pump; '' takes the first one.")] = ""
    speed: Annotated[float, parameter("How many times faster than real time it replays.", ge=1, le=100_000)] = 600.0
    baud_rate_bd: Annotated[int, parameter("Pace of its line; 0 = unpaced.", unit="Bd", ge=0)] = 921_600


def start_rehearsal(request: RehearsalRequest, job: Job) -> VirtualDevice:
    """The running device; raises InputError where the project has no log, or where nobody is trusted yet."""
    from workbench.bundle.trust import TRUST_FILE
    from workbench.services.devices import VirtualRequest, start_virtual_device
    from workbench.services.recordings import open_project_recordings

    trust = user_home() / TRUST_FILE
    if not trust.is_file():
        raise InputError(
            "No key is trusted on this laptop yet, so a device would refuse every bundle.", "Make a key on the Package page."
        )
    with open_project(request.project) as project:
        found = open_project_recordings(project, (request.asset,) if request.asset else (), is_corrected=False)
        if not found:
            raise InputError(f"There is no log of {request.asset or 'any pump'} to replay.", "Import one first.")
        item, recording = found[-1]
        log = project.root / "drafts" / f"rehearsal-{item.id[:12]}.csv"
        job.progress(0.3, f"Writing what {item.asset} will replay")
        write_atomic(log, _replayed(recording))
    job.progress(0.7, "Starting the virtual device")
    return start_virtual_device(
        VirtualRequest(
            trust=str(trust), tag=item.asset, input=str(log), speed=request.speed, baud_rate_bd=request.baud_rate_bd,
            state=str(user_home() / "rehearsal" / sha256_hex(item.asset.encode())[:16]),
        )
    )  # fmt: skip


def _replayed(recording: Recording) -> bytes:
    times_ns = recording.times_ns
    first = int(times_ns.searchsorted(times_ns[-1] - _REPLAY_NS)) if len(times_ns) else 0
    names = [channel.name for channel in recording.channels]
    titles = [f"{channel.name} [{channel.unit}]" if channel.unit else channel.name for channel in recording.channels]
    columns = [recording.values(name)[first:] for name in names]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["time_utc", *titles])
    for row, at_ns in enumerate(times_ns[first:]):
        cells = ["" if (value := column[row]) != value else f"{value:.9g}" for column in columns]
        writer.writerow([format_utc(int(at_ns)), *cells])
    return out.getvalue().encode()
