"""The next day's file goes on where the last ended: rows that are there already are left out, and that is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.core.jobs import Job
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services.log_export import ExportLogsRequest, export_logs
from workbench.services.log_statistics import StatisticsRequest, StatisticsRow, log_statistics
from workbench.services.log_views import OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, RecordingSummary, import_logs
from workbench.services.recordings import open_project_recordings

START = np.datetime64("2026-03-12T00:00:00")


def write(path: Path, first: int, end: int, *, shift: float = 0.0, header: str = "time,PI-1 [bar],TI-1 [degC]") -> Path:
    stamps = [START + np.timedelta64(10 * k, "s") for k in range(end)]
    cells = ["" if k % 50 == 3 else str(40 + k % 13) for k in range(end)]
    rows = [f"{stamps[k]}Z,{k % 97 / 8 + shift},{cells[k]}" for k in range(first, end)]
    path.write_text(header + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def bring_in(project: Path, *paths: Path, asset: str = "P-1") -> tuple[RecordingSummary, ...]:
    return import_logs(ImportRequest(paths=tuple(map(str, paths)), project=str(project), asset=asset), Job()).recordings


def test_an_overlap_is_left_out_and_counted_and_the_pump_reads_as_one(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000))
    (second,) = bring_in(tmp_path / "p", write(tmp_path / "day2.csv", 900, 2000))
    assert (second.rows, second.n_known_rows, second.continues) == (1000, 100, "day1.csv")
    assert [one.text for one in second.findings if one.code == "ALREADY_THERE"] == [
        "100 rows are left out: they are in day1.csv already, which this log continues."
    ]
    with Project.open(tmp_path / "p") as project:
        times = np.concatenate([recording.times_ns for _, recording in open_project_recordings(project, ("P-1",))])
        assert project.check() == []
    np.testing.assert_array_equal(np.diff(times), 10 * 10**9)
    logs = open_asset_logs(OpenLogsRequest(project=str(tmp_path / "p"), asset="P-1"), Job())
    assert ([channel.name for channel in logs.channels], len(logs.gaps)) == (["PI-1", "TI-1"], 0)
    samples = np.concatenate([values for _, values in logs.samples("PI-1", logs.first_ns, logs.last_ns + 1)])
    np.testing.assert_array_equal(samples, (np.arange(2000) % 97 / 8).astype(np.float32))


def test_facts_are_those_of_the_rows_that_are_left(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000))
    (second,) = bring_in(tmp_path / "p", write(tmp_path / "day2.csv", 900, 2000))
    temperature = second.channels[1]
    assert (temperature.n_good, temperature.bad) == (980, {"empty": 20})
    assert second.first_utc == "2026-03-12T02:46:40Z"


def test_a_file_that_is_in_another_as_a_whole_is_stored_no_second_time(tmp_path: Path) -> None:
    (first,) = bring_in(tmp_path / "p", write(tmp_path / "all.csv", 0, 1000))
    (again,) = bring_in(tmp_path / "p", write(tmp_path / "part.csv", 200, 700))
    assert again.id == first.id
    with Project.open(tmp_path / "p") as project:
        assert len(project.items("recording")) == 1


def test_equal_instants_with_other_values_are_no_overlap(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000))
    (second,) = bring_in(tmp_path / "p", write(tmp_path / "other.csv", 900, 2000, shift=3.0))
    assert (second.rows, second.n_known_rows) == (1100, 0)
    (said,) = [one for one in second.findings if one.code == "CONFLICTING_ROWS"]
    assert "100 in day1.csv" in said.text
    assert (said.start_utc, said.end_utc) == ("2026-03-12T02:30:00Z", "2026-03-12T02:46:30Z")
    with Project.open(tmp_path / "p") as project:
        assert project.check() == []


def test_another_value_at_an_instant_that_is_there_is_said_and_counts_once(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000), write(tmp_path / "day2.csv", 1000, 2000))
    whole = statistics_of(tmp_path / "p")
    mended = write(tmp_path / "day2x.csv", 900, 2000)
    lines = mended.read_text(encoding="utf-8").splitlines()
    lines[301] = lines[301].replace(lines[301].split(",")[1], "99.75")
    mended.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (third,) = bring_in(tmp_path / "p", mended)
    assert third.rows == 1
    (said,) = [one for one in third.findings if one.code == "CONFLICTING_ROWS"]
    assert "1 in " in said.text
    assert ".csv" in said.text
    assert statistics_of(tmp_path / "p") == whole
    target = tmp_path / "out.csv"
    export_logs(ExportLogsRequest(project=str(tmp_path / "p"), asset="P-1", out=str(target)), Job())
    assert "99.75" not in target.read_text(encoding="utf-8")


def test_a_file_that_shares_one_channel_is_held_against_it(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000))
    (other,) = bring_in(tmp_path / "p", write(tmp_path / "other.csv", 500, 1500, shift=3.0, header="time,PI-1 [bar],TI-9 [degC]"))
    assert ["500 in day1.csv" in one.text for one in other.findings if one.code == "CONFLICTING_ROWS"] == [True]
    (again,) = bring_in(tmp_path / "p", write(tmp_path / "third.csv", 900, 950, header="time,PI-1 [bar],TI-5 [degC]"))
    assert ["50 in other.csv" in one.text for one in again.findings if one.code == "CONFLICTING_ROWS"] == [True]


def statistics_of(project: Path) -> tuple[StatisticsRow, ...]:
    return log_statistics(StatisticsRequest(project=str(project), asset="P-1"), Job()).channels


def test_another_pump_and_other_channels_are_left_alone(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 1000))
    (other,) = bring_in(tmp_path / "p", write(tmp_path / "day2.csv", 0, 1000), asset="P-2")
    (more,) = bring_in(tmp_path / "p", write(tmp_path / "day3.csv", 0, 1000, header="time,PI-1 [bar],TI-9 [degC]"))
    assert [(one.rows, one.n_known_rows) for one in (other, more)] == [(1000, 0), (1000, 0)]


def test_what_begins_after_a_long_pause_continues_nothing(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "day1.csv", 0, 100))
    (later,) = bring_in(tmp_path / "p", write(tmp_path / "year.csv", 5000, 5100))
    assert later.continues is None


def test_a_file_that_is_read_again_with_an_answer_takes_the_place_of_what_was_read_before(tmp_path: Path) -> None:
    log = write(tmp_path / "P-1.csv", 0, 1000, header="time,PI-1,TI-1 [degC]")
    log.write_text(log.read_text(encoding="utf-8").replace("Z,", ","), encoding="utf-8")
    given = {"paths": (str(log),), "project": str(tmp_path / "p"), "asset": "P-1"}
    (first,) = import_logs(ImportRequest(**given), Job()).recordings
    moved = import_logs(ImportRequest(zone="Europe/Oslo", **given), Job())
    assert "CONFLICTING_ROWS" not in {one.code for one in moved.recordings[0].findings}
    assert moved.replaced == ("P-1.csv was read before, 1 h later; this takes its place.",)
    told = import_logs(ImportRequest(answer=("UNIT_UNKNOWN@PI-1=bar",), **given), Job())
    assert told.replaced == ("P-1.csv was read before, with other units; this takes its place.",)
    with Project.open(tmp_path / "p") as project:
        (item,) = project.items("recording")
        assert item.id == told.recordings[0].id != first.id
        assert project.check() == []
        acts = [line.line.act.act for line in project.lines() if line.line.act.act != "remember"]
        assert acts == ["remove", "import", "remove", "import", "import"]


def test_a_recording_that_something_was_made_from_stays_and_that_is_said(tmp_path: Path) -> None:
    log = write(tmp_path / "P-1.csv", 0, 1000)
    log.write_text(log.read_text(encoding="utf-8").replace("Z,", ","), encoding="utf-8")
    given = {"paths": (str(log),), "project": str(tmp_path / "p"), "asset": "P-1"}
    (first,) = import_logs(ImportRequest(**given), Job()).recordings
    with Project.open(tmp_path / "p") as project:
        run = Item(kind="report", id="0" * 64, name="made of it", asset="P-1", refs=(first.id or "",))
        project.record(Act(act="report", what="a report", on="P-1", item=run))
    (said,) = import_logs(ImportRequest(zone="Europe/Oslo", **given), Job()).replaced
    assert said.startswith("P-1.csv was read before, 1 h later; that stays as well.")
    assert "made of it" in said
    with Project.open(tmp_path / "p") as project:
        assert len(project.items("recording")) == 2


def test_another_file_of_the_same_name_replaces_nothing(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write(tmp_path / "P-1.csv", 0, 1000))
    bring_in(tmp_path / "p", write(tmp_path / "P-1.csv", 1000, 2000, shift=0.5))
    with Project.open(tmp_path / "p") as project:
        assert len(project.items("recording")) == 2
