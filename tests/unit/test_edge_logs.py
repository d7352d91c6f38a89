"""The device's own logs and its replayed sensors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S
from workbench.core.errors import LogFormatError
from workbench.edge import logger
from workbench.edge.logger import DeviceLogs
from workbench.edge.sensors import Replay, read_csv

START_NS = 1_767_225_600 * NS_PER_S  # 2026-01-01T00:00:00Z


def test_the_hash_of_a_log_is_that_of_the_bytes_it_names(tmp_path: Path) -> None:
    logs = DeviceLogs(tmp_path)
    logs.append("raw", ("a",), [(START_NS, ("1",))])
    (info,) = logs.infos()
    logs.append("raw", ("a",), [(START_NS + NS_PER_S, ("2",))])
    data = logs.read(info.log_id, 0, info.size_bytes)
    assert data is not None
    assert hashlib.sha256(data).hexdigest() == info.sha256
    assert (info.first_utc, info.last_utc) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")


def test_a_torn_last_row_is_cut_off_at_the_next_start(tmp_path: Path) -> None:
    DeviceLogs(tmp_path).append("raw", ("a",), [(START_NS, ("1",))])
    (path,) = tmp_path.glob("*.csv")
    whole = path.read_bytes()
    path.write_bytes(whole + b"2026-01-01T00:0")
    logs = DeviceLogs(tmp_path)
    assert path.read_bytes() == whole
    logs.append("raw", ("a",), [(START_NS + NS_PER_S, ("2",))])
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["2026-01-01T00:00:00Z,1", "2026-01-01T00:00:01Z,2"]


def test_other_columns_begin_another_segment(tmp_path: Path) -> None:
    logs = DeviceLogs(tmp_path)
    logs.append("raw", ("a",), [(START_NS, ("1",))])
    logs.append("raw", ("b",), [(START_NS, ("1",))])
    assert len(logs.infos()) == 2


def test_the_oldest_segments_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger, "SEGMENT_BYTES", 100)
    monkeypatch.setattr(logger, "QUOTA_BYTES", {**logger.QUOTA_BYTES, "raw": 500 / (1024 * 1024)})
    logs = DeviceLogs(tmp_path)
    for second in range(200):
        logs.append("raw", ("a",), [(START_NS + second * NS_PER_S, ("1",))])
    assert sum(path.stat().st_size for path in tmp_path.glob("*.csv")) < 700
    assert logs.newest_utc("raw") == "2026-01-01T00:03:19Z"


def test_logs_come_in_the_order_of_use(tmp_path: Path) -> None:
    logs = DeviceLogs(tmp_path)
    for kind in ("raw", "events", "alerts", "minutes", "scores"):
        logs.append(kind, ("a",), [(START_NS, ("1",))])
    assert [info.kind for info in logs.infos()] == ["alerts", "scores", "minutes", "events", "raw"]


@pytest.mark.parametrize(
    ("text", "names", "values"),
    [
        ("time_utc,a\n2026-01-01T00:00:00Z,1.5\n2026-01-01T00:00:01Z,\n", ("a",), [1.5, np.nan]),
        ("a;Time\n1,5;2026-01-01 00:00:00\n2,5;2026-01-01 00:00:01\n", ("a",), [1.5, 2.5]),
        ("timestamp,a,note\n1767225600,1,x\n1767225601,2,y\n", ("a",), [1.0, 2.0]),
        ("timestamp,a\n1767225600000,1\n1767225601000,2\n", ("a",), [1.0, 2.0]),
    ],
)
def test_a_log_is_read_as_sensors(text: str, names: tuple[str, ...], values: list[float], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    samples = read_csv(path)
    assert samples.names == names
    assert samples.times_ns.tolist() == [START_NS, START_NS + NS_PER_S]
    np.testing.assert_array_equal(samples.values[:, 0], values)


def test_a_time_that_can_not_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,a\n2026-01-01T00:00:00Z,1\nyesterday,2\n", encoding="utf-8")
    with pytest.raises(LogFormatError, match="line 3"):
        read_csv(path)


def test_rows_come_when_their_time_has_come(tmp_path: Path) -> None:
    path, now = tmp_path / "log.csv", [100.0]
    rows = [f"{1767225600 + second},{second}" for second in range(10)]
    path.write_text("\n".join(["time,a", *rows]) + "\n", encoding="utf-8")
    replay = Replay(read_csv(path), speed=2.0, clock=lambda: now[0])
    assert replay.due().values[:, 0].tolist() == [0.0]
    now[0] = 102.0
    assert replay.due().values[:, 0].tolist() == [1.0, 2.0, 3.0, 4.0]
    now[0] = 1000.0
    assert (len(replay.due().times_ns), replay.is_finished) == (5, True)


def test_a_restarted_replay_goes_on_after_what_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,a\n1767225600,0\n1767225601,1\n1767225602,2\n", encoding="utf-8")
    replay = Replay(read_csv(path), clock=lambda: 0.0)
    replay.skip_to(START_NS)
    assert replay.due().values[:, 0].tolist() == [1.0]


def test_printed_counts_are_taken_exactly(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,a\n1767225600000000001,1\n1767225601.1,2\n", encoding="utf-8")
    assert read_csv(path).times_ns.tolist() == [1767225600000000001, 1767225601100000000]


@pytest.mark.parametrize("text", ["nan", "inf", "1e30"])
def test_a_count_that_is_no_instant_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"time,a\n{text},1\n", encoding="utf-8")
    with pytest.raises(LogFormatError, match="line 2"):
        read_csv(path)
