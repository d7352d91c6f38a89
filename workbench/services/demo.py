"""The whole loop on sample pumps and a virtual device, each station through the service that the window and the commands use."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from workbench.core.codec import Record, write_atomic
from workbench.core.errors import BundleError, DeviceError, ModelError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import OutFolder

if TYPE_CHECKING:
    from workbench.services.bundles import BundleResult
    from workbench.services.devices import PullLogsResult, UpdateResult
    from workbench.services.drift import DriftResult
    from workbench.services.exporting import QuantizeResult
    from workbench.services.logs import ImportResult
    from workbench.services.runs import TimelineResult
    from workbench.services.samples import SampleResult
    from workbench.services.training import TrainResult

R = TypeVar("R")
Q = TypeVar("Q", bound=Request)
Painter = Callable[[Path, Path], list[Path]]
"""(project, folder) -> pictures of the real window's pages; handed in by `app`, which alone has Qt."""
BOARD = "virtual-gateway"
KEY_NAME = "demo key, worthless"
RECENT_SHARE = 0.2
REPLAY_S = 12.0
DEVICE_FOLDERS = ("device", "pulled")


class DemoRequest(Request, frozen=True, kw_only=True):
    """The whole loop on sample pumps and a virtual device, with a report."""

    out: OutFolder = "demo-out"
    headless: Annotated[bool, parameter("Do not open the window afterwards.")] = False
    pumps: Annotated[int, parameter("Number of sample pumps.", ge=3, le=20)] = 6
    days: Annotated[float, parameter("Days of log of each pump.", unit="d", ge=4, le=60)] = 14.0
    seed: Annotated[int, parameter("Seed of all random numbers.", ge=0)] = 1


class Stage(Record, frozen=True, kw_only=True):
    """One station of the loop; `what` says in words what came out."""

    name: str
    seconds: float
    ok: bool
    what: str = ""
    command: str = ""


class DemoResult(Result, frozen=True, kw_only=True):
    """Where everything is, and how each stage ended."""

    report: str
    project: str
    bundle: str
    trust: str
    verdict: str
    stages: tuple[Stage, ...]


@dataclass(slots=True, kw_only=True)
class Story:
    """What the stations have found so far, for the stations behind them and for the report."""

    out: Path
    request: DemoRequest
    stages: list[Stage] = field(default_factory=list)
    sample: SampleResult | None = None
    imported: ImportResult | None = None
    trained: TrainResult | None = None
    timeline: TimelineResult | None = None
    drift: DriftResult | None = None
    quantized: QuantizeResult | None = None
    bundle: BundleResult | None = None
    update: UpdateResult | None = None
    pulled: PullLogsResult | None = None
    retrained: TrainResult | None = None
    pictures: list[Path] = field(default_factory=list)
    device_log: Path = Path()
    device_tag: str = ""

    @property
    def project(self) -> str:
        """The project's folder."""
        return str(self.out / "project")

    @property
    def bundle_path(self) -> Path:
        """The bundle that is built."""
        return self.out / "pump.pwb"

    @property
    def trust_path(self) -> Path:
        """The demo's own trust root."""
        from workbench.bundle.trust import TRUST_FILE

        return self.out / TRUST_FILE

    @property
    def champion(self) -> str:
        """The champion's id; raises ModelError when training found none."""
        champion = self.trained.champion if self.trained else None
        if champion is None:
            raise ModelError("Training found no model that is better than the baselines.", "Look at the leaderboard.")
        return champion


def run_demo(request: DemoRequest, job: Job, painter: Painter | None = None) -> DemoResult:
    """Run all stations in order and write `report.html`; raises what a station raised, after the report is written."""
    from workbench.services.demo_stations import STATIONS
    from workbench.services.report import write_report

    story = Story(out=Path(request.out), request=request)
    story.out.mkdir(parents=True, exist_ok=True)
    for scratch in DEVICE_FOLDERS:
        # A demo before this one left its made-up device here; the project beside it stays, and grows.
        shutil.rmtree(story.out / scratch, ignore_errors=True)
    report = story.out / "report.html"
    try:
        for index, (name, station) in enumerate(STATIONS):
            _run_station(story, name, station, job.part(index / len(STATIONS), (index + 1) / len(STATIONS), name))
        if painter is not None:
            story.pictures = painter(Path(story.project), story.out / "pictures")
    finally:
        write_report(story, report)
    return DemoResult(
        report=str(report), project=story.project, bundle=str(story.bundle_path), trust=str(story.trust_path),
        verdict=story.update.verdict if story.update else "unknown", stages=tuple(story.stages),
    )  # fmt: skip


Station = Callable[[Story, Job], tuple[str, tuple[tuple[str, ...], Request] | None]]
"""Does one thing, returns what came out in words and the command that does the same."""


def _run_station(story: Story, name: str, station: Station, job: Job) -> None:
    started_s = time.perf_counter()
    try:
        what, same = station(story, job)
    except WorkbenchError as error:
        seconds = time.perf_counter() - started_s
        story.stages.append(Stage(name=name, seconds=round(seconds, 2), ok=False, what=str(error)))
        raise
    command = shlex.join(to_arguments(*same)) if same else ""
    story.stages.append(Stage(name=name, seconds=round(time.perf_counter() - started_s, 2), ok=True, what=what, command=command))


def keep_recent_for_device(log: Path, early: Path, recent: Path, share: float = RECENT_SHARE) -> None:
    """Split a log by rows: the early part is what we know, the recent part is what the device will see."""
    head, *rows = log.read_text(encoding="utf-8").splitlines(keepends=True)
    cut = int(len(rows) * (1 - share))
    write_atomic(early, (head + "".join(rows[:cut])).encode())
    write_atomic(recent, (head + "".join(rows[cut:])).encode())


def altered_copy(bundle: Path, copy: Path) -> None:
    """A copy of the bundle with one bit flipped in its middle: it must be refused."""
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    write_atomic(copy, bytes(data))


def expect_verified(update: UpdateResult) -> None:
    """Raises DeviceError unless the device was read back as verified."""
    if update.verdict != "verified":
        raise DeviceError(f"The update ended {update.verdict}: {update.reason or update.state}.", update.next_action)


def expect_outcome(result: BundleResult, is_good: bool) -> None:
    """Raises BundleError when a good bundle was refused or an altered one was not."""
    if (result.outcome == "verified") != is_good:
        raise BundleError(f"Bundle {result.path} was found {result.outcome}.", "Look at 'workbench bundle verify'.")


def wait_until(is_done: Callable[[], bool], job: Job, *, limit_s: float, message: str) -> bool:
    """Ask again and again until done or the time is over; progress is the share of the time."""
    started_s = time.monotonic()
    while time.monotonic() - started_s < limit_s:
        with suppress(DeviceError):
            if is_done():
                return True
        job.progress(min(1.0, (time.monotonic() - started_s) / limit_s), message)
        time.sleep(0.25)
    return False
