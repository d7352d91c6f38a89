"""What the window draws of a pump with several recordings, and what it says about dropped files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.services.log_files import LogFilesRequest, list_log_files
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.projects import ProjectRequest, new_project

START_NS = parse_utc("2026-03-02T00:00:00Z")
HOUR_NS = 3600 * NS_PER_S


def write_log(path: Path, hours: range, columns: dict[str, float]) -> Path:
    lines = [",".join(("time", *columns))]
    for minute in range(hours.start * 60, hours.stop * 60):
        at = format_utc(START_NS + minute * 60 * NS_PER_S)
        lines.append(",".join((at, *(f"{value + minute % 7 / 100:.2f}" for value in columns.values()))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> AssetLogs:
    """Two logs of one pump: pressure and flow for two hours, then after eight hours pressure alone."""
    folder = tmp_path_factory.mktemp("views")
    files = (
        write_log(folder / "first.csv", range(2), {"PI-1 (bar)": 3, "FI-1 (m3/h)": 300}),
        write_log(folder / "second.csv", range(10, 11), {"PI-1 (bar)": 5}),
    )
    for file in files:
        import_logs(ImportRequest(paths=(str(file),), project=str(folder / "project"), asset="P-1"), Job())
    return open_asset_logs(OpenLogsRequest(project=str(folder / "project"), asset="P-1"), Job())


def test_recordings_of_a_pump_share_one_time_axis(logs: AssetLogs) -> None:
    assert [info.name for info in logs.recordings] == ["first.csv", "second.csv"]
    assert [channel.name for channel in logs.channels] == ["PI-1", "FI-1"]
    assert logs.gaps == [(START_NS + 2 * HOUR_NS - 60 * NS_PER_S, START_NS + 10 * HOUR_NS)]


def test_a_channel_s_extremes_are_those_of_all_recordings(logs: AssetLogs) -> None:
    low, high = logs.channels[0].low, logs.channels[0].high
    assert (low, high) == (pytest.approx(3.0), pytest.approx(5.06))


def test_each_recording_that_reaches_into_the_range_gives_an_envelope(logs: AssetLogs) -> None:
    assert len(logs.envelopes("PI-1", logs.first_ns, logs.last_ns, 500)) == 2
    assert len(logs.envelopes("PI-1", logs.first_ns, START_NS + HOUR_NS, 500)) == 1
    assert len(logs.envelopes("FI-1", logs.first_ns, logs.last_ns, 500)) == 1


def test_the_last_known_value_comes_from_the_newest_recording_that_has_one(logs: AssetLogs) -> None:
    pressure, flow = (logs.last_known(name, logs.last_ns) for name in ("PI-1", "FI-1"))
    assert pressure is not None
    assert flow is not None
    assert (pressure.is_late, flow.is_late) == (False, True)
    assert pressure.value > 4.9


def test_where_gaps_are_most_of_a_log_its_longest_stretch_is_shown_first(logs: AssetLogs) -> None:
    assert logs.main_stretch() == (START_NS, START_NS + 2 * HOUR_NS - 60 * NS_PER_S)


def test_a_pump_without_recordings_opens_as_nothing(tmp_path: Path) -> None:
    new_project(ProjectRequest(project=str(tmp_path / "project")), Job())
    found = open_asset_logs(OpenLogsRequest(project=str(tmp_path / "project"), asset="P-9"), Job())
    assert (found.channels, found.gaps, found.last_known("PI-1", 0)) == ((), [], None)


def test_dropped_files_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    (folder / "valve1").mkdir(parents=True)
    write_log(folder / "P-2041A_march.csv", range(1), {"PI-2041A (bar)": 3})
    write_log(folder / "valve1" / "3.csv", range(1), {"Pressure": 3})
    (folder / "windows.json").write_text(json.dumps([["2026-03-02 00:10:00", "2026-03-02 00:20:00"]]), encoding="utf-8")
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7 ...")
    (folder / ".hidden.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    files = list_log_files(LogFilesRequest(paths=(str(folder),)), Job()).files
    assert [(file.name, file.kind) for file in files] == [
        ("P-2041A_march.csv", "log"), ("notes.pdf", "other"), ("valve1/3.csv", "log"), ("windows.json", "events"),
    ]  # fmt: skip
    assert [file.asset for file in files if file.kind == "log"] == ["P-2041A", "valve1-3"]
    assert "PDF" in next(file.why for file in files if file.name == "notes.pdf")


def test_bursts_beside_a_trend_of_the_same_tag_are_a_channel_of_their_own(tmp_path: Path) -> None:
    trend = write_log(tmp_path / "P-1.csv", range(2), {"VI-1 (mm/s)": 3})
    burst = tmp_path / "P-1 bursts.csv"
    stamps = [format_utc(START_NS + k * 1_000_000) for k in range(2000)]
    burst.write_text("time,VI-1 (m/s2)\n" + "".join(f"{at},{k % 5}\n" for k, at in enumerate(stamps)), encoding="utf-8")
    for file in (trend, burst):
        import_logs(ImportRequest(paths=(str(file),), project=str(tmp_path / "project"), asset="P-1"), Job())
    logs = open_asset_logs(OpenLogsRequest(project=str(tmp_path / "project"), asset="P-1"), Job())
    slow, fast = sorted(logs.channels, key=lambda channel: channel.group)
    assert (slow.name, slow.group, slow.detected) == ("VI-1", "trend", "rms")
    assert (fast.name, fast.group, fast.rate_hz, fast.unit) == ("VI-1 waveform", "waveform", 1000.0, "m/s2")
    (one,) = logs.bursts(fast.name, START_NS, START_NS + NS_PER_S)
    assert (one.start_ns, one.rate_hz, one.values[:6].tolist()) == (START_NS, 1000.0, [0, 1, 2, 3, 4, 0])
    assert len(one.values) == 1000
    assert logs.bursts(slow.name, logs.first_ns, logs.last_ns) == []
    assert logs.sample_period_s == 60.0


def test_models_are_not_trained_on_waveforms(tmp_path: Path) -> None:
    from workbench.project.store import Project
    from workbench.services.recordings import open_project_recordings

    burst = tmp_path / "P-1.csv"
    stamps = [format_utc(START_NS + k * 1_000_000) for k in range(2000)]
    burst.write_text("time,VI-1 (m/s2)\n" + "".join(f"{at},{k % 5}\n" for k, at in enumerate(stamps)), encoding="utf-8")
    import_logs(ImportRequest(paths=(str(burst),), project=str(tmp_path / "project"), asset="P-1"), Job())
    with Project.open_existing(tmp_path / "project") as project:
        assert open_project_recordings(project) == []
        assert len(open_project_recordings(project, group="waveform")) == 1
