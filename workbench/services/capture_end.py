"""From a capture's folder to a recording in its project: at its end, or later when the program was killed."""

from __future__ import annotations

import shlex
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import decode_strict, encode_pretty, read_bounded, translate_os_error, write_atomic
from workbench.core.errors import DiskFull, InputError, ProjectLocked, ReplyTimeout, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import to_arguments
from workbench.services.capture import (
    CaptureRecoverRequest,
    CaptureRecoverResult,
    CaptureRequest,
    CaptureResult,
    EndedBy,
    LiveProblem,
)
from workbench.services.common import open_or_make_project
from workbench.services.log_summaries import summary_of

if TYPE_CHECKING:
    from workbench.logs.live.rows import Tally
    from workbench.project.store import Project
    from workbench.services.logs import RecordingSummary

CAPTURES = "captures"
PLAN_FILE = "plan.json"
EMPTY_FILE = "nothing-readable.txt"
RAW_KIND = "raw"


class CapturePlan(msgspec.Struct, frozen=True, kw_only=True):
    """`plan.json`: what was asked for, when it began, and the recording's name."""

    request: CaptureRequest
    source: str
    started_utc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a capture ended."""

    by: EndedBy
    reason: str
    seconds: float
    n_rows: int
    n_bytes: int
    tally: Tally
    words: str


def make_folder(request: CaptureRequest) -> Path:
    """A fresh folder in the project, with its plan on the disk. Raises ProjectError, DiskFull."""
    with open_or_make_project(request.project) as project:
        root = project.root
    started_utc = format_utc(now_ns() // 10**9 * 10**9)
    folder = root / CAPTURES / f"{started_utc.replace(':', '').removesuffix('Z')}-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise translate_os_error(error, folder) from error
    source = f"capture {started_utc.replace('T', ' ').replace(':', '.').removesuffix('Z')} {_port_word(request.port)}"
    write_atomic(folder / PLAN_FILE, encode_pretty(CapturePlan(request=request, source=source, started_utc=started_utc)))
    return folder


def finish_capture(request: CaptureRequest, folder: Path, ended: Ended) -> CaptureResult:
    """Make the recording and take the folder away.

    Raises ReplyTimeout when nothing arrived, InputError when nothing readable did, DiskFull.
    """
    if not ended.n_bytes and not ended.n_rows:
        discard(folder)
        text = f"Nothing arrived from {request.port} in {ended.seconds:.0f} s."
        raise ReplyTimeout(text, ended.reason or "Check the cable, and whether the device speaks by itself.")
    summary, raw = store_capture(folder)
    problems = sorted(ended.tally.problems.items())
    return CaptureResult(
        recording=summary, ended_by=ended.by, reason=ended.reason, seconds=round(ended.seconds, 3), rows=ended.n_rows,
        bytes=ended.n_bytes, lost=tuple(LiveProblem(reason=reason, count=n) for reason, n in problems), clock=request.clock,
        format=ended.words, raw=raw,
    )  # fmt: skip


def store_capture(folder: Path) -> tuple[RecordingSummary, str | None]:
    """The recording of a capture's folder, and the id of its raw bytes; the folder is gone afterwards."""
    from workbench.logs.live.to_recording import build
    from workbench.logs.text.decode import clean_text
    from workbench.project.store import Project

    _check_files(folder)
    plan = decode_strict(read_bounded(folder / PLAN_FILE), CapturePlan, what=str(folder / PLAN_FILE))
    plan = msgspec.structs.replace(plan, source=clean_text(plan.source))
    with Project.open_existing(folder.parent.parent) as project, project.objects.staging("recording") as target:
        try:
            facts = build(folder, target, source=plan.source)
        except DiskFull:
            raise
        except InputError as error:
            raise _keep_unread(folder, error) from error
        raw = _store_raw(project, folder, plan, facts_asset(plan, [channel.name for channel in facts.channels]))
        summary = _record(project, target, plan, raw)
    discard(folder)
    return summary, raw


def _check_files(folder: Path) -> None:
    """A project may come from a stranger: what a link in it points to is not taken into the project."""
    for path in (folder, *folder.iterdir()):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise InputError(f"{path} is no file of a capture but a link or a device.", "Delete it.")


def discard(folder: Path) -> None:
    """Take a capture's folder away, and the one around it when it was the last."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # another capture is there
        folder.parent.rmdir()


def facts_asset(plan: CapturePlan, channels: list[str]) -> str:
    """The pump's tag: what was asked for, else what the channels' names agree on."""
    from workbench.logs.equipment import default_asset
    from workbench.logs.text.decode import clean_text

    return clean_text(plan.request.asset or "") or default_asset("capture", channels)


def _record(project: Project, target: Path, plan: CapturePlan, raw: str | None) -> RecordingSummary:
    from workbench.logs.recordings.recording import open_recording
    from workbench.project.acts import Act, Item
    from workbench.services.log_import import index_details

    size_bytes = sum(path.stat().st_size for path in target.iterdir())
    tree = project.objects.put_tree("recording", target)
    recording = open_recording(project.objects.tree_path("recording", tree))
    facts = recording.summary
    asset = facts_asset(plan, [channel.name for channel in facts.channels])
    details = {**index_details(recording, size_bytes, plan.request.site), "captured": True}
    refs = (raw,) if raw else ()
    item = Item(kind="recording", id=tree, name=facts.source, asset=asset, details=details, refs=refs)
    what = f"{facts.source}: {facts.rows:,} rows, {len(facts.channels)} channels"
    command = shlex.join(to_arguments(("logs", "capture"), plan.request))
    project.record(Act(act="capture", on=asset, what=what, item=item, refs=(tree, *refs), command=command))
    return summary_of(facts, asset=asset, recording_id=tree)


def _store_raw(project: Project, folder: Path, plan: CapturePlan, asset: str) -> str | None:
    """The bytes as they came, with the plan beside them, as an object of its own."""
    from workbench.logs.live.store import RAW_FILE
    from workbench.project.acts import Act, Item

    if not (folder / RAW_FILE).is_file():
        return None
    with project.objects.staging(RAW_KIND) as staged:
        (folder / RAW_FILE).replace(staged / RAW_FILE)
        shutil.copyfile(folder / PLAN_FILE, staged / PLAN_FILE)
        size_bytes = (staged / RAW_FILE).stat().st_size
        raw = project.objects.put_tree(RAW_KIND, staged)
    item = Item(kind=RAW_KIND, id=raw, name=plan.source, asset=asset, details={"size_bytes": size_bytes})
    project.record(Act(act="capture", on=asset, what=f"{plan.source}: {size_bytes:,} raw bytes", item=item, refs=(raw,)))
    return raw


def _keep_unread(folder: Path, error: InputError) -> InputError:
    """Nothing readable: the bytes stay where they are, and nobody tries again by itself."""
    from workbench.logs.live.store import RAW_FILE

    raw = folder / RAW_FILE
    if not raw.is_file() or not raw.stat().st_size:
        discard(folder)
        return error
    write_atomic(folder / EMPTY_FILE, f"{error}\n".encode())
    return InputError(error.message, f"{error.hint} The bytes are kept in {raw}.")


def recover_before(root: Path) -> None:
    """Before a new capture: finish what was cut off, as far as that can be done. Never stands in its way."""
    if (root / CAPTURES).is_dir():
        _recover(root, [])


def run_recover(request: CaptureRecoverRequest, job: Job) -> CaptureRecoverResult:
    """See `services.capture.recover_captures`."""
    problems: list[str] = []
    found = _recover(Path(request.project), problems)
    return CaptureRecoverResult(recordings=tuple(found), problems=tuple(problems))


def _recover(root: Path, problems: list[str]) -> list[RecordingSummary]:
    from workbench.project.lock import write_lock

    found = []
    folders = (
        sorted(path for path in (root / CAPTURES).iterdir() if path.is_dir() and not path.is_symlink())
        if (root / CAPTURES).is_dir()
        else []
    )
    for folder in folders:
        if not (folder / PLAN_FILE).is_file() or (folder / EMPTY_FILE).is_file():
            continue
        try:
            with write_lock(folder, wait_s=0):
                found.append(store_capture(folder)[0])
        except ProjectLocked:
            continue  # it is running
        except WorkbenchError as error:
            problems.append(f"{folder.name}: {error}")
        except (ArithmeticError, ValueError, TypeError, LookupError, OSError, MemoryError) as error:
            # A folder that nobody can make sense of is said, and keeps no new capture from beginning.
            problems.append(f"{folder.name} can't be read: {type(error).__name__}: {error}.")
    return found


def _port_word(port: str) -> str:
    """A port's name as part of a file name."""
    word = port.removeprefix("socket://").replace("/dev/", "").replace("\\", "").replace("/", "-").replace(":", "-")
    return word.strip(".- ") or "port"
