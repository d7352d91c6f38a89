"""The services that look at logs: inspect and preview."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core.errors import LogFormatError
from workbench.core.jobs import Job, JobEvent
from workbench.logs.tables import preview_logs
from workbench.services import stored_logs
from workbench.services.logs import ImportRequest, InspectRequest, PreviewRequest, import_logs, inspect_logs, preview_log


def job() -> Job:
    events: list[JobEvent] = []
    return Job(events.append, job_id=1)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "P-2041A.csv"
    rows = "".join(
        f"{1 + row // 60:02d}.04.2026 08:{row % 60:02d};5,{row:02d};{'Bad' if row == 7 else 'Good'};{row}\n" for row in range(90)
    )
    path.write_text("Zeit;PT.Wert;PT.Quality;Kommentar\n" + rows, encoding="utf-8")
    return path


def test_inspect_prints_instants_as_text_and_keeps_questions(log: Path) -> None:
    result = inspect_logs(InspectRequest(paths=(str(log),), zone="Europe/Oslo"), job())
    recording = result.recordings[0]
    assert (recording.source, recording.first_utc) == ("P-2041A.csv", "2026-04-01T06:00:00Z")
    assert recording.channels[0].bad == {"quality": 1}
    assert {question.code for question in result.questions} <= {"UNIT_UNKNOWN"}


def test_the_preview_guesses_the_format_with_confidence(log: Path) -> None:
    result = preview_log(PreviewRequest(path=str(log)), job())
    guesses = {guess.name: guess.value for guess in result.guesses}
    assert guesses["delimiter"] == "semicolon"
    assert guesses["decimal mark"] == ","
    assert guesses["time column"] == "Zeit"
    assert guesses["time format"] == "day/month/year"
    assert all(0 <= guess.confidence <= 1 for guess in result.guesses)


def test_the_preview_gives_every_column_a_role(log: Path) -> None:
    result = preview_log(PreviewRequest(path=str(log)), job())
    roles = {column.name: column.role for column in result.columns}
    assert roles["Zeit"] == "time"
    assert roles["PT.Wert"] == "channel"
    assert roles["PT.Quality"] == "quality"
    assert result.rows[1][1] == "5,00"


def test_the_preview_reads_only_the_head_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = "2026-01-01T00:00:00Z,1.5\n"
    path.write_text("time,a1\n" + row * 40_000 + "rubbish " * 1000, encoding="utf-8")
    result = preview_log(PreviewRequest(path=str(path)), job())
    assert [column.name for column in result.columns] == ["time", "a1"]


def test_a_file_that_is_no_log_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    path.write_bytes(b"")
    for call in (
        lambda: inspect_logs(InspectRequest(paths=(str(path),)), job()),
        lambda: preview_log(PreviewRequest(path=str(path)), job()),
    ):
        with pytest.raises(LogFormatError, match=r"nothing\.csv"):
            call()


def test_bursts_in_a_folder_with_a_big_text_log_are_read_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text streams through blocks on disk; what stores its times can't be joined there, and must not be lost."""
    from tests.contracts.reader_files import write_csv, write_wav
    from workbench.services import log_streams

    monkeypatch.setattr(log_streams, "STREAM_FROM_BYTES", 1000)
    folder = tmp_path / "P-2041A"
    folder.mkdir()
    write_csv(folder / "P-2041A.csv")
    write_wav(folder / "burst.wav")
    (folder / "broken.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE and no more")
    inspected = inspect_logs(InspectRequest(paths=(str(folder),)), Job())
    assert sorted((one.group, one.source) for one in inspected.recordings) == [
        ("trend", "P-2041A.csv"),
        ("waveform", "burst.wav"),
    ]
    imported = import_logs(ImportRequest(paths=(str(folder),), project=str(tmp_path / "project")), Job())
    assert sorted(one.group for one in imported.recordings) == ["trend", "waveform"]


_KILLED = """
import sys, time
from workbench.services import stored_logs
with stored_logs.scratch() as folder:
    columns = stored_logs.StoredColumns()
    for one in (folder, columns.folder):
        (one / "block.bin").write_bytes(b"half")
    print(folder, columns.folder, sep="\\n", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_reading_left_is_swept_by_the_next_and_a_running_one_is_left_alone(tmp_path: Path) -> None:
    readers = [subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    folders = [[Path(str(reader.stdout and reader.stdout.readline()).strip()) for _ in range(2)] for reader in readers]
    old = folders[1][0].parent / ("log-" + "0" * 8 + "-1-1-" + "0" * 32)  # another machine's, as in a home on a server
    old.mkdir()
    os.utime(old, (0, 0))
    readers[0].kill()
    readers[0].wait()
    with stored_logs.scratch() as folder:
        assert folder.parent == tmp_path / "workbench-home" / "cache" / "reading"
        assert not any(one.exists() for one in (*folders[0], old))
        assert all((one / "block.bin").is_file() for one in folders[1])
    readers[1].kill()
    readers[1].wait()
    columns = stored_logs.StoredColumns()
    place = columns.folder
    assert [one.name for one in place.parent.iterdir()] == [place.name]
    del columns
    assert not any(place.parent.iterdir())
    for reader in readers:
        if reader.stdout is not None:
            reader.stdout.close()


def test_a_home_that_takes_no_folder_is_no_reason_not_to_read(tmp_path: Path) -> None:
    (tmp_path / "workbench-home").write_text("no folder", encoding="utf-8")
    with stored_logs.scratch() as folder:
        (folder / "block.bin").write_bytes(b"1")
    assert not folder.exists()


_DAY = "time,PI-1 [bar]\n" + "".join(f"2026-03-{{day:02d}}T0{hour}:00:00Z,3.{hour}\n" for hour in range(8))
_OTHER = "Zeit;FT-2\n" + "".join(f"0{day}.04.2026 08:00;1,20{day}\n" for day in range(1, 9))
_MEMBERS = {
    "day1.csv": _DAY.format(day=1), "day2.csv": _DAY.format(day=2), "other.csv": _OTHER,
    "labels.csv": "start,end,what\n2026-03-01,2026-03-02,fault\n", "readme.txt": "hello",
}  # fmt: skip


def packed(folder: Path, kind: str) -> Path:
    """The members in a folder, or in an archive."""
    place = folder / "week"
    place.mkdir()
    for name, text in _MEMBERS.items():
        (place / name).write_text(text, encoding="utf-8")
    return place if kind == "folder" else Path(shutil.make_archive(str(folder / "week"), kind, place))


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "gztar"])
def test_the_preview_lists_all_logs_of_a_folder_or_an_archive_with_what_each_leaves_open(kind: str, tmp_path: Path) -> None:
    path = packed(tmp_path, kind)
    found = preview_log(PreviewRequest(path=str(path)), job())
    logs = {log.name.rpartition(": ")[2]: log for log in found.logs}
    assert {name: [one.rpartition(": ")[2] for one in log.files] for name, log in logs.items()} == {
        "day1.csv": ["day1.csv", "day2.csv"], "labels.csv": ["labels.csv"], "other.csv": ["other.csv"],
    }  # fmt: skip
    assert {name: log.channels for name, log in logs.items()} == {"day1.csv": ("PI-1",), "labels.csv": (), "other.csv": ("FT-2",)}
    asked = {name: {question.code for question in log.questions} for name, log in logs.items()}
    assert asked["day1.csv"] == set()
    assert asked["labels.csv"] == {"LABELS_ELSEWHERE"}
    assert {"ZONE_UNKNOWN", "DECIMAL_AMBIGUOUS"} <= asked["other.csv"]
    assert {question.code for question in found.questions} == set().union(*asked.values())
    assert (found.log.rpartition(": ")[2], found.has_more) == ("day1.csv", False)
    assert [column.name for column in found.columns] == ["time", "PI-1"]
    other = preview_log(PreviewRequest(path=str(path), log=logs["other.csv"].name), job())
    assert [column.name for column in other.columns] == ["Zeit", "FT-2"]
    assert other.logs == found.logs
    inspected = inspect_logs(InspectRequest(paths=(str(path),)), job())
    assert sorted(one.source.rpartition(": ")[2] for one in inspected.recordings) == ["day1.csv", "other.csv"]
    assert [{question.code for question in one.questions} >= {"ZONE_UNKNOWN"} for one in inspected.recordings] == [False, True]


def test_the_sheets_of_a_workbook_are_logs_of_their_own(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for name, tag in (("P-1", "PI-1"), ("P-2", "FI-2")):
        sheet = book.create_sheet(name)
        sheet.append(["time", tag])
        for hour in range(12):
            sheet.append([f"2026-03-01T{hour:02d}:00:00Z", hour / 4])
    book.remove(book["Sheet"])
    book.save(tmp_path / "station.xlsx")
    found = preview_log(PreviewRequest(path=str(tmp_path / "station.xlsx")), job())
    assert [(log.name, log.channels) for log in found.logs] == [
        ("station.xlsx: P-1", ("PI-1",)),
        ("station.xlsx: P-2", ("FI-2",)),
    ]


def test_of_very_many_logs_some_are_looked_at_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_logs, "MOST_LOGS", 2)
    found = preview_log(PreviewRequest(path=str(packed(tmp_path, "folder"))), job())
    assert (sum(len(log.files) for log in found.logs), found.has_more) == (2, True)


def test_a_folder_without_logs_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LogFormatError, match="empty holds no log files"):
        preview_log(PreviewRequest(path=str(tmp_path / "empty")), job())
