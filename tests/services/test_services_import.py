"""Import: a log comes into the project whole or not at all, once, and with its facts."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import DiskFull, InputError, JobCancelled, QuestionOpen
from workbench.core.jobs import Job, JobEvent, Progress
from workbench.logs.recordings import writer as recording_writer
from workbench.logs.summary import Question
from workbench.project.store import Project
from workbench.services import log_import, log_streams
from workbench.services.log_files import LogFilesRequest, list_log_files
from workbench.services.logs import ImportRequest, ImportResult, QualityRequest, import_logs, log_quality
from workbench.services.recordings import availability, find_time_ranges, open_project_recordings

HEADER = "time,PI-2041A [bar],TI-2041A [degC]\n"


def write_csv(path: Path, n_rows: int = 300, *, stuck: bool = False, header: str = HEADER) -> Path:
    rng = np.random.default_rng(1)
    stamps = np.datetime64("2026-03-12T00:00:00") + np.arange(n_rows) * np.timedelta64(10, "s")
    pressure, temperature = np.round(rng.normal(6, 0.1, n_rows), 3), np.round(rng.normal(54, 1, n_rows), 2)
    if stuck:
        pressure[n_rows // 2 :] = 6.125
    lines = [f"{stamp}Z,{p},{t}" for stamp, p, t in zip(stamps, pressure, temperature, strict=True)]
    path.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def bring_in(project: Path, *paths: Path, job: Job | None = None, **more: object) -> ImportResult:
    request = ImportRequest(paths=tuple(str(path) for path in paths), project=str(project), **more)  # type: ignore[arg-type]
    return import_logs(request, job or Job())


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All plain files stream, however small."""
    monkeypatch.setattr(log_streams, "STREAM_FROM_BYTES", 0)


def staged(project: Path) -> list[Path]:
    return [path for path in (project / "staging").rglob("*") if path.is_file()] if (project / "staging").exists() else []


@pytest.mark.usefixtures("streamed")
def test_a_plain_log_is_stored_with_its_facts_and_journalled_once(tmp_path: Path) -> None:
    (stored,) = bring_in(tmp_path / "p", write_csv(tmp_path / "log.csv"), site="Havsule A").recordings
    assert (stored.source, stored.asset, stored.rows, stored.sample_period_s) == ("log.csv", "P-2041A", 300, 10.0)
    assert [(channel.name, channel.unit, channel.n_good) for channel in stored.channels] == [
        ("PI-2041A", "bar", 300), ("TI-2041A", "degC", 300)
    ]  # fmt: skip
    with Project.open(tmp_path / "p") as project:
        (item,) = project.items("recording")
        (line,) = (one for one in project.lines() if one.line.act.act == "import")
    assert item.id == stored.id
    assert (item.details["site"], item.details["days"]) == ("Havsule A", [["2026-03-12", 0.0347]])
    assert line.line.act.what == "log.csv: 300 rows, 2 channels"
    assert line.line.act.command.startswith("workbench logs import ")


@pytest.mark.usefixtures("streamed")
def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv")
    first, again = bring_in(tmp_path / "p", path), bring_in(tmp_path / "p", path)
    assert first.bytes_stored > 0
    assert (again.bytes_stored, again.recordings) == (0, first.recordings)
    asset = first.recordings[0].asset
    assert first.nothing_new == ()
    assert again.nothing_new == (f"Nothing new for {asset}: all rows are there already (see log.csv).",)
    with Project.open(tmp_path / "p") as project:
        assert project.n_lines() == 1


@pytest.mark.usefixtures("streamed")
def test_stored_values_are_the_printed_ones(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv")
    bring_in(tmp_path / "p", path)
    printed = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2))
    with Project.open(tmp_path / "p") as project:
        ((_, recording),) = open_project_recordings(project)
        np.testing.assert_array_equal(recording.matrix(["PI-2041A", "TI-2041A"]), printed.astype(np.float32))
        facts = recording.summary.channels[0]
    assert (facts.min, facts.max) == (printed[:, 0].min(), printed[:, 0].max())
    assert facts.mean == pytest.approx(printed[:, 0].mean(), rel=1e-12)


@pytest.mark.usefixtures("streamed")
def test_the_pump_that_a_column_names_is_the_log_s_unless_another_is_given(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = [f"2026-03-05T08:{k:02d}:00Z,P-801A,{3 + k % 7 / 10}" for k in range(60)]
    path.write_text("\n".join(["time,pump,p [bar]", *rows]) + "\n", encoding="utf-8")
    assert list_log_files(LogFilesRequest(paths=(str(path),)), Job()).files[0].asset == "P-801A"
    assert [one.asset for one in bring_in(tmp_path / "a", path).recordings] == ["P-801A"]
    assert [one.asset for one in bring_in(tmp_path / "b", path, asset="P-9").recordings] == ["P-9"]


def test_findings_are_stored_and_listed_later(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write_csv(tmp_path / "log.csv", 2000, stuck=True))
    (listed,) = log_quality(QualityRequest(project=str(tmp_path / "p")), Job()).recordings
    (finding,) = listed.findings
    assert (finding.code, finding.channel, finding.start_utc) == ("FLAT_LINE", "PI-2041A", "2026-03-12T02:46:40Z")
    assert "2 h 46 min" in finding.text
    with pytest.raises(InputError, match="no log of P-7"):
        log_quality(QualityRequest(project=str(tmp_path / "p"), asset="P-7"), Job())


@pytest.mark.usefixtures("streamed")
def test_label_columns_are_kept_aside_by_name_and_by_behaviour(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = [
        f"2026-03-12T00:{k // 60:02d}:{k % 60:02d}Z,{6 + k % 7 / 10},{int(k > 500)},{int(400 < k < 450)}" for k in range(900)
    ]
    path.write_text("time,PI-1,anomaly,xyz\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (stored,) = bring_in(tmp_path / "p", path).recordings
    assert [channel.name for channel in stored.channels] == ["PI-1"]
    assert stored.labels == ("anomaly", "xyz")
    assert {left["channel"] for left in stored.left_out} == {"anomaly", "xyz"}
    with Project.open(tmp_path / "p") as project:
        ((_, recording),) = open_project_recordings(project)
        assert {name: values.sum() for name, values in recording.labels.items()} == {"anomaly": 399, "xyz": 49}


@pytest.mark.usefixtures("streamed")
def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(event: JobEvent) -> None:
        if isinstance(event, Progress):
            job.cancel()

    job = Job(stop)
    with pytest.raises(JobCancelled):
        bring_in(tmp_path / "p", write_csv(tmp_path / "log.csv", 3000), job=job)
    with Project.open(tmp_path / "p") as project:
        assert project.items() == []
        assert project.check() == []
    assert staged(tmp_path / "p") == []


@pytest.mark.usefixtures("streamed")
def test_a_full_disk_is_said_and_nothing_is_half_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, values: np.ndarray) -> None:
        raise recording_writer.translate_os_error(OSError(errno.ENOSPC, "No space left on device"), path)

    bring_in(tmp_path / "p", write_csv(tmp_path / "first.csv", 100))
    monkeypatch.setattr(recording_writer, "_append", full)
    with pytest.raises(DiskFull, match="full"):
        bring_in(tmp_path / "p", write_csv(tmp_path / "log.csv"))
    with Project.open(tmp_path / "p") as project:
        assert len(project.items("recording")) == 1
        assert project.check() == []
    assert staged(tmp_path / "p") == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX; Windows is tested by hand with the task manager")
def test_a_kill_in_the_middle_of_an_import_leaves_the_project_whole(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write_csv(tmp_path / "first.csv", 100))
    script = textwrap.dedent("""
        import sys, time
        from workbench.core.jobs import Job
        from workbench.services import log_streams, logs
        log_streams.STREAM_FROM_BYTES = 0
        def hang(event):
            print("writing", flush=True)
            time.sleep(60)
        logs.import_logs(logs.ImportRequest(paths=(sys.argv[1],), project=sys.argv[2]), Job(hang))
    """)
    arguments = [sys.executable, "-c", script, str(write_csv(tmp_path / "log.csv", 5000)), str(tmp_path / "p")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.kill()
    assert staged(tmp_path / "p") != []
    with Project.open(tmp_path / "p") as project:
        assert project.check() == []
        assert [item.name for item in project.items("recording")] == ["first.csv"]
    (again,) = bring_in(tmp_path / "p", tmp_path / "log.csv").recordings
    assert again.rows == 5000


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read through the resource module")
def test_memory_stays_flat_as_the_file_grows(tmp_path: Path) -> None:
    body = write_csv(tmp_path / "block.csv", 20_000).read_text(encoding="utf-8").split("\n", 1)[1].split("\n")[:-1]
    cells = [line.split(",", 1)[1] for line in body]
    peaks = []
    for n_rows in (500_000, 1_400_000):
        path = tmp_path / f"{n_rows}.csv"
        with path.open("w", encoding="utf-8") as stream:
            stream.write(HEADER)
            for first in range(0, n_rows, 20_000):
                stamps = np.datetime64("2026-03-12T00:00:00") + np.arange(first, first + 20_000) * np.timedelta64(1, "s")
                stream.write(
                    "".join(f"{stamp}Z,{cell}\n" for stamp, cell in zip(stamps.tolist(), cells, strict=True)).replace(" ", "T")
                )
        script = (
            "import resource, sys; from pathlib import Path; from workbench.logs import plain_import;"
            "from workbench.logs.plain_import import *; plain_import.BLOCK_BYTES = 1 << 16;"
            "path, folder = map(Path, sys.argv[1:]);"
            "folder.mkdir(); facts = import_plain(find_plain_log([path], None), folder, lambda *_: None);"
            "print(facts.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        out = subprocess.check_output([sys.executable, "-c", script, str(path), str(tmp_path / f"{n_rows}")], text=True)
        rows, peak_kib = map(int, out.split())
        assert rows == n_rows
        peaks.append(peak_kib)
    assert (tmp_path / "1400000.csv").stat().st_size > 45e6
    assert peaks[1] - peaks[0] < 10_000


def test_blocking_questions_stop_the_import_and_are_named() -> None:
    open_ = Question(code="DAY_MONTH_AMBIGUOUS", text="04/07/16 is 4 July or 7 April.", choices=("dmy", "mdy"), blocks=True)
    noted = Question(code="ZONE_UNKNOWN", text="No zone.", choices=("UTC",), default="UTC")
    log_import.check_questions([noted])
    with pytest.raises(QuestionOpen, match="4 July") as caught:
        log_import.check_questions([noted, open_, open_])
    assert caught.value.questions == ("DAY_MONTH_AMBIGUOUS",)
    assert "--answer DAY_MONTH_AMBIGUOUS=dmy" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("streamed")
def test_availability_counts_the_covered_part_of_each_day(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    stamps = np.datetime64("2026-03-12T12:00") + np.arange(2160) * np.timedelta64(1, "m")
    keep = (stamps < np.datetime64("2026-03-13T06:00")) | (stamps >= np.datetime64("2026-03-13T18:00"))
    path.write_text("time,PI-1\n" + "".join(f"{stamp}:00Z,{k % 9}.5\n" for k, stamp in enumerate(stamps[keep])), encoding="utf-8")
    bring_in(tmp_path / "p", path, asset="P-1")
    with Project.open(tmp_path / "p") as project:
        pairs = open_project_recordings(project, ("P-1",))
        assert availability(pairs[0][1]) == [("2026-03-12", 0.5), ("2026-03-13", 0.5)]
        ranges = find_time_ranges(pairs)
    assert ranges["P-1"] == (1_773_316_800 * 10**9, (1_773_316_800 + 2159 * 60) * 10**9)


@pytest.mark.usefixtures("streamed")
def test_details_of_an_item_stay_small_enough_for_the_journal(tmp_path: Path) -> None:
    names = [f"a rather long name of a channel, number {k:04d}" for k in range(900)]
    rows = [f"2026-03-12T00:00:{k:02d}Z," + ",".join(str(k + j % 5) for j in range(900)) for k in range(5)]
    path = tmp_path / "wide.csv"
    path.write_text("time," + ",".join(f'"{name}"' for name in names) + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bring_in(tmp_path / "p", path)
    with Project.open(tmp_path / "p") as project:
        (item,) = project.items("recording")
    assert item.details["n_channels"] == 900
    assert len(json.dumps(item.details)) < 64 * 1024


@pytest.mark.skipif(os.environ.get("CI_SLOW_MACHINE") == "1", reason="speed is not looked at on slow machines")
def test_an_imported_recording_opens_at_once(tmp_path: Path) -> None:
    bring_in(tmp_path / "p", write_csv(tmp_path / "log.csv", 2000))
    with Project.open(tmp_path / "p") as project:
        started_s = time.perf_counter()
        ((_, recording),) = open_project_recordings(project)
        recording.envelope("PI-2041A", 0, 2**62, 1000)
    assert time.perf_counter() - started_s < 0.5


def test_small_and_messy_logs_go_the_careful_way_into_the_same_store(tmp_path: Path) -> None:
    path = tmp_path / "P-7001B.csv"
    rows = [f"12.03.2026 00:{k // 60:02d}:{k % 60:02d};{k % 13},5;{k % 7},25" for k in range(600)]
    path.write_text("Zeit;Druck [bar];Strom [A]\n" + "\n".join(rows) + "\n", encoding="cp1252")
    result = bring_in(tmp_path / "p", path, zone="Europe/Oslo")
    (stored,) = result.recordings
    assert (stored.asset, stored.rows, stored.first_utc) == ("P-7001B", 600, "2026-03-11T23:00:00Z")
    with Project.open(tmp_path / "p") as project:
        ((_, recording),) = open_project_recordings(project, ("P-7001B",))
        assert recording.values("Druck")[3] == 3.5


def test_both_ways_deliver_the_same_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(tmp_path / "log.csv", 2000, stuck=True)
    (careful,) = bring_in(tmp_path / "p", path).recordings
    monkeypatch.setattr(log_streams, "STREAM_FROM_BYTES", 0)
    (streamed,) = bring_in(tmp_path / "q", path).recordings
    assert [(one.name, one.unit, one.n_good, one.min, one.max) for one in streamed.channels] == [
        (one.name, one.unit, one.n_good, one.min, one.max) for one in careful.channels
    ]
    assert (streamed.rows, streamed.first_utc, streamed.last_utc, streamed.n_gaps) == (
        careful.rows, careful.first_utc, careful.last_utc, careful.n_gaps
    )  # fmt: skip
    assert [finding.text for finding in streamed.findings] == [finding.text for finding in careful.findings]


@pytest.mark.usefixtures("streamed")
def test_a_big_file_that_turns_out_not_to_be_plain_is_read_with_care(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", 20_000)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("2026-03-20T00:00:00Z,Bad Input,54.1\n")
    (stored,) = bring_in(tmp_path / "p", path).recordings
    assert stored.rows == 20_001
    assert stored.channels[0].bad == {"bad input": 1}
    assert staged(tmp_path / "p") == []


def test_an_open_question_stops_the_import_before_anything_is_stored(tmp_path: Path) -> None:
    good, doubtful = write_csv(tmp_path / "a.csv"), tmp_path / "b.csv"
    rows = [f"04/07/2026 {k // 60:02d}:{k % 60:02d},{k % 9}.5" for k in range(240)]
    doubtful.write_text("time,PI-1\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(QuestionOpen, match="04/07/2026") as caught:
        bring_in(tmp_path / "p", good, doubtful, join=False)
    assert "DAY_MONTH_AMBIGUOUS" in caught.value.questions
    with Project.open(tmp_path / "p") as project:
        assert project.items() == []


def test_files_named_by_numbers_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    paths = []
    for folder in ("valve1", "other"):
        (tmp_path / folder).mkdir()
        paths.append(write_csv(tmp_path / folder / "1.csv", 300 + len(folder), header="time,Pressure [bar],Temperature [degC]\n"))
    stored = bring_in(tmp_path / "p", *paths, join=False).recordings
    assert [one.asset for one in stored] == ["valve1-1", "other-1"]


@pytest.mark.usefixtures("streamed")
def test_big_files_that_continue_each_other_stream_into_one_recording(tmp_path: Path) -> None:
    whole = write_csv(tmp_path / "whole.csv", 3000).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "days").mkdir()
    for name, first, end in (("b.csv", 0, 1000), ("a.csv", 1000, 2000), ("c.csv", 2000, 3000)):
        (tmp_path / "days" / name).write_text("".join([whole[0], *whole[1 + first : 1 + end]]), encoding="utf-8")
    (stored,) = bring_in(tmp_path / "p", tmp_path / "days").recordings
    assert (stored.rows, stored.sources, stored.n_gaps) == (3000, ("b.csv", "a.csv", "c.csv"), 0)


@pytest.mark.usefixtures("streamed")
def test_big_files_that_repeat_each_other_are_joined_with_care(tmp_path: Path) -> None:
    lines = write_csv(tmp_path / "a.csv", 2000).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "b.csv").write_text("".join([lines[0], *lines[1500:]]), encoding="utf-8")
    (stored,) = bring_in(tmp_path / "p", tmp_path / "a.csv", tmp_path / "b.csv").recordings
    assert (stored.rows, stored.n_duplicates_dropped) == (2000, 501)
