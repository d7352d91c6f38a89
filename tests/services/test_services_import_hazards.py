"""Import where things go wrong: a full disk, a pulled stick, a growing file, two at once. Nothing is lost, everything is said."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
import tarfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import DiskFull, InputError, JobCancelled
from workbench.core.jobs import Job, JobEvent, Progress
from workbench.logs.careful import assemble_signals, fill
from workbench.logs.readers import byte_stream
from workbench.project.store import Project
from workbench.services import log_streams
from workbench.services.logs import ImportRequest, ImportResult, import_logs


def plain(path: Path, n_rows: int = 3000) -> Path:
    stamps = np.datetime64("2026-03-12T00:00:00") + np.arange(n_rows) * np.timedelta64(1, "s")
    path.write_text("time,PI-1 [bar]\n" + "".join(f"{one}Z,{k % 97 / 8}\n" for k, one in enumerate(stamps)), encoding="utf-8")
    return path


def messy(path: Path, n_rows: int = 3000) -> Path:
    stamps = np.datetime64("2026-03-12T00:00:00") + np.arange(n_rows) * np.timedelta64(1, "s")
    rows = [f"{one.item():%d.%m.%Y %H:%M:%S};{k % 97},{k % 8};{'Bad' if k % 50 == 7 else k % 9}" for k, one in enumerate(stamps)]
    path.write_text("Zeit;Druck [bar];Strom [A]\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def sound(path: Path, n_rows: int = 3000) -> Path:
    """Two channels of a waveform."""
    samples = np.sin(np.arange(2 * n_rows) / 7.0).astype("<f4").tobytes()
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 2, 12800, 12800 * 8, 8, 32)
    data = b"data" + len(samples).to_bytes(4, "little") + samples
    path.write_bytes(b"RIFF" + (4 + len(head) + len(data)).to_bytes(4, "little") + b"WAVE" + head + data)
    return path


def stored(path: Path, n_rows: int = 3000) -> Path:
    """A table of numbers, in groups of rows."""
    import pyarrow as pa
    from pyarrow import parquet

    times = pa.array((np.arange(n_rows) * 10**9 + 1_772_409_600 * 10**9).astype("M8[ns]"))
    table = pa.table({"time": times, "PI-1 [bar]": np.arange(n_rows) % 97 / 8, "FI-1 [m3/h]": np.arange(n_rows) % 89 / 3})
    parquet.write_table(table, path, row_group_size=500)
    return path


def packed(path: Path, n_rows: int = 3000) -> Path:
    """The same in a tar.xz."""
    inner = stored(path.with_name("inner.parquet"), n_rows)
    with tarfile.open(path, "w:xz", preset=0) as archive:
        archive.add(inner, inner.name)
    inner.unlink()
    return path


Write = Callable[..., Path]
Patch = pytest.MonkeyPatch
KINDS = pytest.mark.parametrize("write", [plain, messy, sound, stored, packed])
BY_PIECES = pytest.mark.parametrize("write", [plain, messy, sound, stored])
TEXTS = pytest.mark.parametrize("write", [plain, messy])


@pytest.fixture(autouse=True)
def streamed(monkeypatch: Patch) -> None:
    """Everything streams, in small blocks."""
    monkeypatch.setattr(log_streams, "STREAM_FROM_BYTES", 0)
    monkeypatch.setattr(fill, "SMALL_BYTES", 0)
    monkeypatch.setattr(fill, "MAX_BLOCK_ROWS", 200)
    monkeypatch.setattr(fill, "READ_ROWS", 200)
    monkeypatch.setattr(assemble_signals, "BLOCK_CELLS", 400)
    monkeypatch.setattr(byte_stream, "CHUNK_BYTES", 8192)


def bring_in(project: Path, path: Path, job: Job | None = None) -> ImportResult:
    return import_logs(ImportRequest(paths=(str(path),), project=str(project), asset="P-1", zone="UTC"), job or Job())


def check_untouched(project: Path, n_recordings: int = 0) -> None:
    with Project.open(project) as opened:
        assert len(opened.items("recording")) == n_recordings
        assert opened.check() == []
    assert [path for path in (project / "staging").rglob("*") if path.is_file()] == []


@KINDS
def test_a_disk_that_fills_up_in_the_middle_is_said_and_leaves_nothing(write: Write, tmp_path: Path, monkeypatch: Patch) -> None:
    written: list[int] = []
    original = Path.open

    def full_after_a_while(self: Path, mode: str = "r", *args: object, **more: object) -> object:
        if mode in ("ab", "wb", "r+b") and "staging" in self.parts:
            written.append(1)
            if len(written) > 2:
                raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return original(self, mode, *args, **more)  # type: ignore[call-overload]

    log = write(tmp_path / "log.csv")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full_after_a_while)
        with pytest.raises(DiskFull) as caught:
            bring_in(tmp_path / "p", log)
    assert caught.value.message == f"The disk with {tmp_path / 'p'} is full."  # not the name of a folder of the work's own
    check_untouched(tmp_path / "p")
    assert bring_in(tmp_path / "p", log).recordings[0].rows == 3000


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX")
@KINDS
def test_a_file_system_that_takes_no_larger_file_is_said(write: Write, tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", 60_000)
    script = textwrap.dedent("""
        import resource, signal, sys
        from workbench.core.jobs import Job
        from workbench.services import log_streams, logs
        log_streams.STREAM_FROM_BYTES = 0
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            logs.import_logs(logs.ImportRequest(paths=(sys.argv[1],), project=sys.argv[2], zone="UTC"), Job())
        except Exception as error:
            print(type(error).__name__, error)
    """)
    out = subprocess.run(
        [sys.executable, "-c", script, str(log), str(tmp_path / "p")], capture_output=True, text=True, check=True
    )
    assert "too large" in out.stdout, out.stderr
    check_untouched(tmp_path / "p")


@BY_PIECES
def test_a_stick_that_is_pulled_out_in_the_middle_is_said_with_the_place(
    write: Write, tmp_path: Path, monkeypatch: Patch
) -> None:
    original = byte_stream.FixedEndFile.readinto

    def gone(self: byte_stream.FixedEndFile, buffer: object) -> int:
        if self.tell() > 20_000:
            raise self._gone("Input/output error")
        return original(self, memoryview(buffer)[:8192])  # type: ignore[arg-type]

    log = write(tmp_path / "log.csv", 6000)
    with monkeypatch.context() as patch:
        patch.setattr(byte_stream.FixedEndFile, "readinto", gone)
        with pytest.raises(InputError, match=r"log\.csv could not be read on after [\d,]+ bytes: Input/output error"):
            bring_in(tmp_path / "p", log)
    check_untouched(tmp_path / "p")


@TEXTS
def test_a_file_that_gets_shorter_while_it_is_read_is_refused(write: Write, tmp_path: Path, monkeypatch: Patch) -> None:
    log = write(tmp_path / "log.csv")
    size = log.stat().st_size
    original = byte_stream.FixedEndFile.__init__

    def shrinking(self: byte_stream.FixedEndFile, path: Path, size_bytes: int | None = None, **more: bool) -> None:
        original(self, path, size_bytes, **more)
        os.truncate(path, size // 2)

    with monkeypatch.context() as patch:
        patch.setattr(byte_stream.FixedEndFile, "__init__", shrinking)
        with pytest.raises(InputError, match="it is shorter now than"):
            bring_in(tmp_path / "p", log)
    check_untouched(tmp_path / "p")


@TEXTS
def test_a_file_that_grows_while_it_is_read_gives_its_whole_lines_and_says_so(
    write: Write, tmp_path: Path, monkeypatch: Patch
) -> None:
    log = write(tmp_path / "log.csv")
    with log.open("r+b") as stream:
        stream.truncate(log.stat().st_size - 4)  # the logger is in the middle of a line: half a number stands there
    original = byte_stream.FixedEndFile.__init__

    def growing(self: byte_stream.FixedEndFile, path: Path, size_bytes: int | None = None, **more: bool) -> None:
        original(self, path, size_bytes, **more)
        with path.open("ab") as stream:
            stream.write(b"and so on")

    with monkeypatch.context() as patch:
        patch.setattr(byte_stream.FixedEndFile, "__init__", growing)
        (stored,) = bring_in(tmp_path / "p", log).recordings
    assert stored.rows == 2999
    assert any("still being written" in finding.text for finding in stored.findings)


@KINDS
def test_a_project_that_can_only_be_read_is_said(write: Write, tmp_path: Path, monkeypatch: Patch) -> None:
    log = write(tmp_path / "log.csv")
    with Project.open(tmp_path / "p"):
        pass
    original = Path.mkdir

    def read_only(self: Path, *args: object, **more: object) -> None:
        if "staging" in self.parts:
            raise OSError(errno.EROFS, "Read-only file system", str(self))
        original(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(InputError, match="Read-only file system"):
        bring_in(tmp_path / "p", log)


@KINDS
def test_two_imports_of_one_file_at_once_store_it_once(write: Write, tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", 20_000)
    with Project.open(tmp_path / "p"):
        pass
    script = textwrap.dedent("""
        import sys
        from workbench.core.jobs import Job
        from workbench.services import log_streams, logs
        log_streams.STREAM_FROM_BYTES = 0
        sys.stdin.readline()
        logs.import_logs(logs.ImportRequest(paths=(sys.argv[1],), project=sys.argv[2], asset="P-1", zone="UTC"), Job())
    """)
    arguments = [sys.executable, "-c", script, str(log), str(tmp_path / "p")]
    running = [subprocess.Popen(arguments, stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        process.communicate("go\n")
    assert [process.returncode for process in running] == [0, 0]
    with Project.open(tmp_path / "p") as project:
        assert [line.line.act.act for line in project.lines()].count("import") == 1
    check_untouched(tmp_path / "p", 1)


def test_what_a_killed_import_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    log = messy(tmp_path / "log.csv")
    script = textwrap.dedent("""
        import os, signal, sys
        from workbench.core.jobs import Job
        from workbench.logs.careful import assemble_signals, fill
        from workbench.services import log_streams, logs
        log_streams.STREAM_FROM_BYTES, fill.SMALL_BYTES, fill.MAX_BLOCK_ROWS = 0, 0, 200
        def die(event):
            if event.fraction > 0.3:
                os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        from workbench.core import jobs
        jobs.PROGRESS_INTERVAL_S = 0
        logs.import_logs(logs.ImportRequest(paths=(sys.argv[1],), project=sys.argv[2], zone="UTC"), Job(die))
    """)
    killed = subprocess.run([sys.executable, "-c", script, str(log), str(tmp_path / "p")], check=False)
    assert killed.returncode != 0
    assert any(path.is_file() for path in (tmp_path / "p" / "staging").rglob("*"))
    assert bring_in(tmp_path / "p", log).recordings[0].rows == 3000
    check_untouched(tmp_path / "p", 1)


def test_a_batch_that_was_stopped_goes_on_from_the_last_finished_file(tmp_path: Path, monkeypatch: Patch) -> None:
    logs = [messy(tmp_path / "P-1.csv"), plain(tmp_path / "P-2.csv"), messy(tmp_path / "P-3.csv")]
    request = ImportRequest(paths=tuple(map(str, logs)), project=str(tmp_path / "p"), zone="UTC", join=False)
    monkeypatch.setattr("workbench.core.jobs.PROGRESS_INTERVAL_S", 0.0)
    with pytest.raises(JobCancelled):
        import_logs(request, stopping_at(0.7))
    check_untouched(tmp_path / "p", 2)
    read: list[str] = []
    original = byte_stream.FixedEndFile.__init__

    def counted(self: byte_stream.FixedEndFile, path: Path, size_bytes: int | None = None, **more: bool) -> None:
        read.append(path.name)
        original(self, path, size_bytes, **more)

    monkeypatch.setattr(byte_stream.FixedEndFile, "__init__", counted)
    assert [one.asset for one in import_logs(request, Job()).recordings] == ["P-1", "P-2", "P-3"]
    assert set(read) == {"P-3.csv"}
    check_untouched(tmp_path / "p", 3)


@KINDS
def test_cancelling_at_any_time_leaves_the_project_as_it_was(write: Write, tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr("workbench.core.jobs.PROGRESS_INTERVAL_S", 0.0)
    log = write(tmp_path / "log.csv")
    for stop_at in (0.05, 0.4, 0.7, 0.9):
        with pytest.raises(JobCancelled):
            bring_in(tmp_path / "p", log, stopping_at(stop_at))
        check_untouched(tmp_path / "p")


def stopping_at(fraction: float) -> Job:
    def stop(event: JobEvent) -> None:
        if isinstance(event, Progress) and event.fraction >= fraction:
            job.cancel()

    job = Job(stop)
    return job


@pytest.mark.parametrize(
    ("answers", "is_plain"),
    [(("ZONE_UNKNOWN=Europe/Oslo", "LABELS_ELSEWHERE=no"), True), (("ZONE_UNKNOWN=UTC", "UNIT_UNKNOWN@PI-1=bar"), False)],
)
def test_an_answer_about_the_zone_keeps_a_plain_log_on_the_fast_way(
    answers: tuple[str, ...], is_plain: bool, tmp_path: Path
) -> None:
    path = plain(tmp_path / "log.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("Z,", ","), encoding="utf-8")
    found = log_streams.find_plain([path], None, answers)
    assert (found is not None) is is_plain
    assert found is None or found.layout.zone == "Europe/Oslo"
