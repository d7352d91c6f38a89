"""Live capture with real bytes over sockets and pseudo-terminals: all that arrived whole, and nothing else."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tests.services.live_device import PtyDevice, SocketDevice, Watcher
from workbench.core.errors import DeviceNotFound, DiskFull, InputError, PortBusy, ReplyTimeout
from workbench.core.jobs import Job
from workbench.logs.live.store import BLOCKS_FILE, RAW_FILE, read_blocks
from workbench.logs.recordings.recording import Recording, open_recording
from workbench.project.store import Project
from workbench.services.capture import (
    CapturePreviewRequest,
    CaptureRecoverRequest,
    CaptureRequest,
    CaptureResult,
    capture,
    preview_capture,
    recover_captures,
)
from workbench.services.capture_live import LiveUpdate
from workbench.services.capture_run import say

HEADER = b"PI-2040A [bar];PI-2041A [bar]\r\n"
N_ROWS = 60
ROWS = [(3.0 + k / 100, 150.0 + k / 10) for k in range(N_ROWS)]
LINES = [f"{low:.2f};{high:.1f}\r\n".encode() for low, high in ROWS]
STREAM = HEADER + b"".join(LINES)
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")


def recording_of(project: Path, result: CaptureResult) -> Recording:
    with Project.open(project) as opened:
        return open_recording(opened.objects.tree_path("recording", str(result.recording.id)))


def values_of(recording: Recording) -> list[tuple[float, float]]:
    low, high = (np.asarray(recording.values(name), np.float64) for name in ("PI-2040A", "PI-2041A"))
    return [(round(a, 4), round(b, 4)) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def expected_rows(n_bytes: int) -> list[tuple[float, float]]:
    """The rows whose line end lies within the first bytes of STREAM; CR alone ends a line already."""
    sizes = np.cumsum([len(line) for line in LINES]) + len(HEADER)
    return [(round(a, 4), round(b, 4)) for (a, b), end in zip(ROWS, sizes.tolist(), strict=True) if end - 1 <= n_bytes]


def test_what_a_device_sends_becomes_a_recording_with_names_and_units(tmp_path: Path) -> None:
    with SocketDevice([STREAM]) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-2041A"), Job())
    assert [(channel.name, channel.unit) for channel in result.recording.channels] == [("PI-2040A", "bar"), ("PI-2041A", "bar")]
    assert values_of(recording_of(tmp_path / "p", result)) == expected_rows(len(STREAM))
    assert (result.ended_by, result.recording.asset, result.lost) == ("unplugged", "P-2041A", ())


CUTS = sorted({int(cut) for cut in np.random.default_rng(7).integers(len(HEADER) + 60, len(STREAM), 8)})


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_at_any_byte_leaves_every_whole_line_and_nothing_else(tmp_path: Path, cut: int) -> None:
    with SocketDevice([STREAM[:cut]]) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), Job())
    assert values_of(recording_of(tmp_path / "p", result)) == expected_rows(cut)
    assert (result.ended_by, result.bytes) == ("unplugged", cut)


@needs_pty
@pytest.mark.parametrize("cut", CUTS[:3])
def test_a_serial_cable_that_comes_out_ends_it_with_all_that_arrived(tmp_path: Path, cut: int) -> None:
    watcher = Watcher()
    with PtyDevice() as device:

        def send_then_cut(update: LiveUpdate) -> None:
            if update.bytes == 0:
                device.send(STREAM[:cut])
            elif update.bytes == cut:
                device.cut()

        watcher.react = send_then_cut
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), watcher.job)
    assert values_of(recording_of(tmp_path / "p", result)) == expected_rows(cut)
    assert result.ended_by == "unplugged"


def test_the_raw_bytes_are_kept_as_evidence_and_checked_with_the_project(tmp_path: Path) -> None:
    with SocketDevice([STREAM, b"garbage \x00\xff\r\n"]) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), Job())
    with Project.open(tmp_path / "p") as project:
        raw = project.objects.tree_path("raw", str(result.raw)) / RAW_FILE
        assert raw.read_bytes() == STREAM + b"garbage \x00\xff\r\n"
        assert project.check() == []
    assert not (tmp_path / "p" / "captures").exists()


def test_stopping_is_no_failure_and_keeps_what_came(tmp_path: Path) -> None:
    watcher = Watcher()

    def stop(update: LiveUpdate) -> None:
        if update.rows == N_ROWS:
            watcher.job.cancel()

    watcher.react = stop
    with SocketDevice([STREAM], holds=True) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), watcher.job)
    assert (result.ended_by, result.rows) == ("stopped", N_ROWS)


def test_instants_rise_and_lie_within_the_time_of_the_capture(tmp_path: Path) -> None:
    before_ns = time.time_ns()
    with SocketDevice([STREAM]) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), Job())
    times_ns = np.asarray(recording_of(tmp_path / "p", result).times_ns)
    assert bool((np.diff(times_ns) > 0).all())
    # a row in the middle of a block is dated back by at most 10 µs a byte
    assert before_ns - 10_000 * len(STREAM) <= int(times_ns[0]) and int(times_ns[-1]) <= time.time_ns()


def test_noise_between_the_lines_is_counted_and_costs_no_other_row(tmp_path: Path) -> None:
    noise = [b"\x80\x01\x02\xff\x00garb\r\n", b"3.1;2;5;7\r\n", b";\r\n"]
    pieces = [HEADER, *LINES[:20], noise[0], *LINES[20:40], noise[1], *LINES[40:], LINES[0][:3]]
    with SocketDevice(pieces) as device:
        result = capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1"), Job())
    assert values_of(recording_of(tmp_path / "p", result)) == expected_rows(len(STREAM))
    assert {problem.reason: problem.count for problem in result.lost} == {
        "not text": 1, "4 values where 2 are due": 1, "cut short": 1,
    }  # fmt: skip


def test_a_killed_program_loses_at_most_what_came_after_the_last_flush(tmp_path: Path) -> None:
    project = tmp_path / "p"
    with SocketDevice([STREAM], holds=True) as device:
        words = ["logs", "capture", "--port", device.port, "--project", str(project), "--asset", "P-1", "--flush-s", "0.05"]
        process = subprocess.Popen([sys.executable, "-m", "workbench", *words], stdout=subprocess.DEVNULL)
        try:
            flushed = wait_for_blocks(project, N_ROWS)
        finally:
            process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()
    with (flushed / BLOCKS_FILE).open("ab") as stream:
        stream.write(b"PWB1\x40\x00\x00\x00torn")  # what a power cut leaves of a block that was being written
    result = recover_captures(CaptureRecoverRequest(project=str(project)), Job())
    with Project.open(project) as opened:
        recording = open_recording(opened.objects.tree_path("recording", str(result.recordings[0].id)))
        assert values_of(recording) == expected_rows(len(STREAM))
        assert opened.check() == []


def wait_for_blocks(project: Path, n_rows: int) -> Path:
    """The capture's folder, once that many rows are safe."""
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        for path in project.glob("captures/*/rows.blocks"):
            if sum(block.header.rows for block in read_blocks(path)) >= n_rows:
                return path.parent
        threading.Event().wait(0.02)
    raise AssertionError("nothing was flushed")


def test_a_capture_that_is_running_is_not_recovered_under_its_hands(tmp_path: Path) -> None:
    watcher, found = Watcher(), []

    def recover(update: LiveUpdate) -> None:
        if update.safe_rows == N_ROWS:
            found.append(recover_captures(CaptureRecoverRequest(project=str(tmp_path / "p")), Job()).recordings)
            watcher.job.cancel()

    watcher.react = recover
    with SocketDevice([STREAM], holds=True) as device:
        request = CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1", flush_s=0.05)
        result = capture(request, watcher.job)
    assert (found, result.rows) == ([()], N_ROWS)


def test_a_full_disk_is_said_and_what_was_flushed_is_recovered_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Watcher()

    def fill_up(update: LiveUpdate) -> None:
        if update.safe_rows == N_ROWS:
            monkeypatch.setattr(os, "fsync", refuse)
            device.hang_up()

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    watcher.react = fill_up
    with SocketDevice([STREAM], holds=True) as device, pytest.raises(DiskFull, match="full") as caught:
        request = CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1", flush_s=0.05)
        capture(request, watcher.job)
    monkeypatch.undo()
    assert "capture-recover" in caught.value.hint
    result = recover_captures(CaptureRecoverRequest(project=str(tmp_path / "p")), Job())
    assert [recording.rows for recording in result.recordings] == [N_ROWS]


@needs_pty
def test_a_port_that_another_program_holds_is_busy_and_no_folder_is_left(tmp_path: Path) -> None:
    import serial

    with PtyDevice() as device:
        holder = serial.Serial(device.port, exclusive=True)
        with pytest.raises(PortBusy):
            capture(CaptureRequest(port=device.port, project=str(tmp_path / "p")), Job())
        holder.close()
    assert list((tmp_path / "p").glob("captures/*")) == []


def test_a_port_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFound):
        capture(CaptureRequest(port="socket://127.0.0.1:1", project=str(tmp_path / "p")), Job())


def test_where_nothing_can_be_read_the_bytes_are_kept_and_their_place_is_said(tmp_path: Path) -> None:
    garbage = np.random.default_rng(3).integers(0, 256, 4000, np.uint8).tobytes()
    with SocketDevice([garbage]) as device, pytest.raises(InputError, match="Nothing that can be read") as caught:
        capture(CaptureRequest(port=device.port, project=str(tmp_path / "p")), Job())
    kept = next((tmp_path / "p").glob("captures/*/raw.bin"))
    assert kept.read_bytes() == garbage and str(kept) in caught.value.hint


def test_the_cable_may_come_back(tmp_path: Path) -> None:
    watcher = Watcher()

    def stop(update: LiveUpdate) -> None:
        if update.rows >= 2 * N_ROWS:
            watcher.job.cancel()

    watcher.react = stop
    with SocketDevice([STREAM], n_callers=2) as device:
        request = CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1", reconnect=True)
        result = capture(request, watcher.job)
    assert values_of(recording_of(tmp_path / "p", result)) == expected_rows(len(STREAM)) * 2
    assert "RECONNECTED" in {finding.code for finding in result.recording.findings}


def test_a_channel_gets_the_name_and_unit_that_the_person_gives_it_or_is_left_out(tmp_path: Path) -> None:
    with SocketDevice([b"3.1,150,9\r\n" * 30]) as device:
        request = CaptureRequest(
            port=device.port, project=str(tmp_path / "p"), asset="P-1", channel=("value 1=PI-1 [bar]", "value 3="),
        )  # fmt: skip
        result = capture(request, Job())
    assert [(channel.name, channel.unit) for channel in result.recording.channels] == [("PI-1", "bar"), ("value 2", None)]
    # the first line may be the tail of one: 29 of 30
    assert (result.rows, result.lost[0].reason) == (29, "joined in the middle of a line")


def test_a_preview_says_how_the_first_lines_would_be_read_and_stores_nothing(tmp_path: Path) -> None:
    with SocketDevice([b"T_DE=61.5 degC, VI-2041=2.5 mm/s; RUN=ON\n" * 40]) as device:
        result = preview_capture(CapturePreviewRequest(port=device.port, seconds=5), Job())
    assert (result.format, result.advice) == ("keyvalue", "")
    assert [(one.name, one.unit, one.values[0]) for one in result.channels] == [
        ("T_DE", "degC", 61.5), ("VI-2041", "mm/s", 2.5), ("RUN", None, 1.0),
    ]  # fmt: skip


def test_a_preview_of_a_silent_port_says_so() -> None:
    with SocketDevice([], holds=True) as device:
        result = preview_capture(CapturePreviewRequest(port=device.port, seconds=0.2), Job())
    assert result.advice.startswith("Nothing arrived in 0.2 s.")


def test_a_capture_of_a_silent_port_is_the_device_s_fault_and_leaves_nothing(tmp_path: Path) -> None:
    with SocketDevice([], holds=True) as device, pytest.raises(ReplyTimeout, match="Nothing arrived") as caught:
        capture(CaptureRequest(port=device.port, project=str(tmp_path / "p"), seconds=0.3), Job())
    assert caught.value.exit_code == 4
    assert not (tmp_path / "p" / "captures").exists()


@needs_pty
def test_garbage_of_a_wrong_baud_rate_is_told_from_text() -> None:
    watcher = Watcher()
    with PtyDevice() as device:
        sender = threading.Timer(0.1, device.send, [bytes(range(128, 256)) * 8])
        sender.start()
        result = preview_capture(CapturePreviewRequest(port=device.port, seconds=0.6, baud_rate_bd=9600), watcher.job)
        sender.join()
    assert "not text at 9600 Bd" in result.advice


FRAMES = """
name = "Vibration board"
sync = "AA 55"
checksum = "sum8"
rate_hz = 10000
[[fields]]
name = "seq"
type = "u16"
use = "counter"
[[fields]]
name = "VI-2041A-DE"
type = "i16"
scale = 0.001
unit = "g"
"""


def frames_of(n: int) -> bytes:
    table = np.zeros(n, np.dtype([("sync", "u1", 2), ("seq", "<u2"), ("x", "<i2"), ("sum", "u1")]))
    table["sync"], table["seq"], table["x"] = (0xAA, 0x55), np.arange(n) % 65_536, np.arange(n) % 2000
    table["sum"] = table.view(np.uint8).reshape(n, -1)[:, :-1].sum(axis=1) & 0xFF
    return table.tobytes()


def test_binary_frames_at_ten_kilohertz_become_a_waveform_of_that_rate(tmp_path: Path) -> None:
    layout = tmp_path / "frames.toml"
    layout.write_text(FRAMES, encoding="utf-8")
    stream = frames_of(5000)
    with SocketDevice([b"\x00\x01half a frame", stream, stream[:3]]) as device:
        request = CaptureRequest(
            port=device.port, project=str(tmp_path / "p"), asset="P-1", format="binary", layout=str(layout)
        )  # fmt: skip
        result = capture(request, Job())
    recording = recording_of(tmp_path / "p", result)
    assert (recording.rate_hz, result.rows, recording.summary.group) == (10_000.0, 5000, "waveform")
    # raw k is k / 1000 g
    assert np.allclose(recording.values("VI-2041A-DE")[:2000], np.arange(2000) / 1000)
    assert {problem.reason: problem.count for problem in result.lost} == {"cut short": 1}


def test_lines_that_come_evenly_are_dated_by_even_steps(tmp_path: Path) -> None:
    with SocketDevice([STREAM]) as device:
        request = CaptureRequest(port=device.port, project=str(tmp_path / "p"), asset="P-1", rate_hz=100.0)
        result = capture(request, Job())
    times_ns = np.asarray(recording_of(tmp_path / "p", result).times_ns)
    assert np.diff(times_ns).tolist() == [10_000_000] * (N_ROWS - 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals to other processes are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_polite_kill_end_it_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    project = tmp_path / "p"
    with SocketDevice([STREAM], holds=True) as device:
        words = ["logs", "capture", "--port", device.port, "--project", str(project), "--flush-s", "0.05", "--json"]
        process = subprocess.Popen([sys.executable, "-m", "workbench", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        wait_for_blocks(project, N_ROWS)
        process.send_signal(number)
        answer, _ = process.communicate(timeout=30)
    result = json.loads(answer)
    assert (process.returncode, result["ended_by"], result["recording"]["rows"]) == (0, "stopped", N_ROWS)


class TalksAt:
    """A line at one baud rate; at every other it is garbage. A pseudo-terminal knows no rates, so the port is a double."""

    rate_bytes_per_s: float | None = None

    def __init__(self, name: str, baud_rate_bd: int, right_bd: int) -> None:
        self.name, self._is_right = name, baud_rate_bd == right_bd

    def read(self, timeout_s: float) -> bytes:
        return LINES[0] + LINES[1] if self._is_right else bytes(range(128, 160))

    def write(self, data: bytes) -> None:
        raise AssertionError("nothing is sent")

    def close(self) -> None:
        self.name = ""


def test_the_baud_rate_is_found_by_what_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.devices.transports import ports

    def open_double(port: str, *, baud_rate_bd: int = 115_200, line: str = "8N1") -> TalksAt:
        return TalksAt(port, baud_rate_bd, 19_200)

    monkeypatch.setattr(ports, "open_transport", open_double)
    monkeypatch.setattr("workbench.devices.capture.feed.POLL_S", 0.05)
    request = CapturePreviewRequest(port="/dev/ttyUSB0", seconds=0.3, find_baud=True)
    result = preview_capture(request, Job())
    assert (result.baud_rate_bd, result.format, result.advice) == (19_200, "csv", "")


@pytest.mark.parametrize(("rate", "words"), [(2004.2, "2,004 a second"), (12.3, "12 a second"), (0.5, "0.5 a second")])
def test_a_rate_is_said_as_people_say_it(rate: float, words: str) -> None:
    update = LiveUpdate(
        state="recording", seconds=1, rows=5, bytes=9, rate_rows_per_s=rate, silent_s=0, safe_rows=5, problems={}, missing={}
    )
    assert say(update) == f"5 rows, {words}"
