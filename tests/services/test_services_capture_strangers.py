"""What a capture's folder in a stranger's project can do: nothing but be recovered, or be said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from workbench.core.codec import encode_pretty
from workbench.core.jobs import Job
from workbench.logs.live.rows import LiveChannel
from workbench.logs.live.store import BLOCKS_FILE, RAW_FILE, BlockHeader, encode_block
from workbench.logs.live.to_recording import _lost
from workbench.project.store import Project
from workbench.services.capture import CaptureRecoverRequest, CaptureRecoverResult, CaptureRequest, recover_captures
from workbench.services.capture_end import CAPTURES, PLAN_FILE, CapturePlan, recover_before

TIMES_NS = np.arange(10, dtype=np.int64) * 1_000_000_000
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def leave(tmp_path: Path, *names: str, unit: str | None = None, rate_hz: float | None = None, source: str = "capture") -> Path:
    """A project with one capture that was cut off."""
    with Project.open(tmp_path / "p") as project:
        root = project.root
    folder = root / CAPTURES / "one"
    folder.mkdir(parents=True)
    channels = tuple(LiveChannel(name=name, unit=unit) for name in names)
    header = BlockHeader(channels=channels, rows=10, problems={}, bad={}, notes={}, rate_hz=rate_hz)
    (folder / BLOCKS_FILE).write_bytes(encode_block(header, TIMES_NS, np.ones((10, len(names)))))
    (folder / RAW_FILE).write_bytes(b"1\r\n")
    plan = CapturePlan(request=CaptureRequest(project=str(root), port="x"), source=source, started_utc="2026-03-01T00:00:00Z")
    (folder / PLAN_FILE).write_bytes(encode_pretty(plan))
    return folder


def recover(tmp_path: Path) -> CaptureRecoverResult:
    return recover_captures(CaptureRecoverRequest(project=str(tmp_path / "p")), Job())


@pytest.mark.parametrize(
    ("problems", "words"),
    [
        ({"5 values where 6 are due": 1}, "1 line or frame is no row: 5 values where 6 are due."),
        ({"checksum": 2, "too long": 3}, "5 lines or frames are no rows: too long (3), checksum (2)."),
    ],
)
def test_what_was_lost_is_said_with_its_reasons(problems: dict[str, int], words: str) -> None:
    header = BlockHeader(channels=(), rows=10, problems=problems, bad={}, notes={})
    assert [one.text for one in _lost(header) if one.code == "LINES_LOST"] == [words]


def test_names_units_and_the_source_are_one_line_of_plain_text(tmp_path: Path) -> None:
    leave(tmp_path, "PI\x1b[2K\n\u202e1", "", unit="bar\x00\u2066", source="cap\x07ture\r\n2")
    (summary,) = recover(tmp_path).recordings
    assert summary.source == "capture 2"
    assert [(one.name, one.unit) for one in summary.channels] == [("PI[2K 1", "bar"), ("channel 2", "bar")]


@pytest.mark.parametrize("rate_hz", [1e308, 1e-320, -5.0, 0.0])
def test_a_rate_that_is_none_makes_a_trend(tmp_path: Path, rate_hz: float) -> None:
    leave(tmp_path, "PI-1", rate_hz=rate_hz)
    (summary,) = recover(tmp_path).recordings
    assert summary.group == "trend"


def test_more_channels_than_any_device_has_are_refused(tmp_path: Path) -> None:
    leave(tmp_path, *(f"C{k}" for k in range(5000)))
    found = recover(tmp_path)
    assert not found.recordings and "more than 4096 channels" in found.problems[0]


@links
def test_what_a_link_points_to_is_not_taken_into_the_project(tmp_path: Path) -> None:
    folder = leave(tmp_path, "PI-1")
    secret = tmp_path / "secret"
    secret.write_text("not for the project", encoding="utf-8")
    (folder / RAW_FILE).unlink()
    (folder / RAW_FILE).symlink_to(secret)
    found = recover(tmp_path)
    assert not found.recordings and "but a link or a device" in found.problems[0]
    assert secret.read_text(encoding="utf-8") == "not for the project"


@links
def test_a_folder_that_is_a_link_is_passed_over(tmp_path: Path) -> None:
    folder = leave(tmp_path, "PI-1")
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    assert recover(tmp_path) == CaptureRecoverResult(recordings=(), problems=())
    assert sorted(one.name for one in elsewhere.iterdir()) == sorted([BLOCKS_FILE, PLAN_FILE, RAW_FILE])


def test_a_folder_that_nobody_can_make_sense_of_keeps_no_new_capture_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OverflowError("too large")

    leave(tmp_path, "PI-1")
    monkeypatch.setattr("workbench.logs.live.to_recording.build", fail)
    recover_before(tmp_path / "p")
    assert recover(tmp_path).problems == ("one can't be read: OverflowError: too large.",)
