"""Excel and Parquet, and the fast path for plain CSV."""

from __future__ import annotations

import struct
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from pyarrow import parquet

from workbench.core.clock import format_utc
from workbench.core.errors import LogFormatError
from workbench.logs.equipment import default_asset
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.csv_stream import NotPlain, find_plain_format, stream_plain_csv
from workbench.logs.tables.preview import preview_file

START = datetime(2026, 3, 5, 8)  # noqa: DTZ001 - a clock time
N = 40


def workbook(path: Path, *, is_1904: bool, as_serials: bool) -> Path:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["Export of P-2041"])
    sheet.append(["Time", "Flow [m3/h]", "Run"])
    for row in range(N):
        moment = 43831.25 + row / 1440 if as_serials else START + timedelta(minutes=row)
        sheet.append([moment, row + 0.5, row < 30])
    book.save(path)
    return path


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_workbook_with_dates_is_read_whatever_its_epoch(tmp_path: Path, is_1904: bool) -> None:
    path = workbook(tmp_path / "log.xlsx", is_1904=is_1904, as_serials=False)
    facts = parse_logs([path], ParseOptions(zone="UTC")).recordings[0].facts
    assert (facts.rows, format_utc(facts.first_ns or 0)) == (N, "2026-03-05T08:00:00Z")
    assert [(channel.name, channel.unit, channel.mean) for channel in facts.channels] == [
        ("Flow", "m3/h", 20.0),
        ("Run", None, 0.75),
    ]


@pytest.mark.parametrize(("is_1904", "first"), [(False, "2020-01-01T06:00:00Z"), (True, "2024-01-02T06:00:00Z")])
def test_serials_in_a_workbook_follow_its_flag_without_a_question(tmp_path: Path, is_1904: bool, first: str) -> None:
    parsed = parse_logs([workbook(tmp_path / "log.xlsx", is_1904=is_1904, as_serials=True)], ParseOptions(zone="UTC"))
    assert format_utc(parsed.recordings[0].facts.first_ns or 0) == first
    assert parsed.questions == ()


def sheets(path: Path, *titles: str, starts: tuple[int, ...]) -> Path:
    book = openpyxl.Workbook()
    for number, (title, start) in enumerate(zip(titles, starts, strict=True)):
        sheet = book.create_sheet(title)
        sheet.append(["time", "pressure [bar]"])
        for minute in range(40):
            at = START + timedelta(hours=start, minutes=minute)
            sheet.append([at, 3.0 + number + minute / 100])
    del book["Sheet"]
    book.save(path)
    return path


def test_two_sheets_at_the_same_times_are_two_pumps(tmp_path: Path) -> None:
    path = sheets(tmp_path / "station.xlsx", "P-3101A", "P-3101B", starts=(6, 6))
    logs = parse_logs([path], ParseOptions(zone="UTC")).recordings
    assert [log.facts.source for log in logs] == ["station.xlsx: P-3101A", "station.xlsx: P-3101B"]
    assert [(log.facts.rows, log.facts.channels[0].min) for log in logs] == [(40, 3.0), (40, 4.0)]
    assert [default_asset(log.facts.source, ["pressure"]) for log in logs] == ["P-3101A", "P-3101B"]


def test_sheets_that_go_on_one_after_the_other_are_one_log(tmp_path: Path) -> None:
    logs = parse_logs([sheets(tmp_path / "P-3101A.xlsx", "March", "April", starts=(6, 7))], ParseOptions(zone="UTC")).recordings
    assert [log.facts.rows for log in logs] == [80]


def test_a_sheet_of_facts_is_neither_a_log_nor_a_list_of_events(tmp_path: Path) -> None:
    path = sheets(tmp_path / "export.xlsx", "Data", starts=(0,))
    book = openpyxl.load_workbook(path)
    facts = book.create_sheet("INFO", 0)
    for row in (("Site", "Havsule"), ("Pump", "P-2041A"), ("Exported", "2026-03-05 10:00"), ("From", "2026-03-01")):
        facts.append(row)
    book.save(path)
    parsed = parse_logs([path])
    assert ([one.facts.sources for one in parsed.recordings], parsed.event_files) == ([("export.xlsx",)], ())
    assert "channel" in {column.role for column in preview_file(path, ParseOptions()).columns}


def test_an_error_in_a_cell_of_a_workbook_keeps_its_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Time", "P [bar]"])
    for row in range(N):
        sheet.append([START + timedelta(minutes=row), "#N/A" if row == 7 else 5.5])
    book.save(tmp_path / "log.xlsx")
    facts = parse_logs([tmp_path / "log.xlsx"]).recordings[0].facts
    assert facts.channels[0].bad == {"#n/a": 1}


def test_a_sheet_with_a_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = 1
    book.save(tmp_path / "corner.xlsx")
    with pytest.raises(LogFormatError, match=r"corner\.xlsx spans 1048576 rows"):
        parse_logs([tmp_path / "corner.xlsx"])


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    honest = workbook(tmp_path / "log.xlsx", is_1904=False, as_serials=False)
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, b" " * 5_000_000 if name == "xl/styles.xml" else source.read(name))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(signature)
        while at >= 0:
            if struct.unpack_from("<I", data, at + offset)[0] == 5_000_000:
                struct.pack_into("<I", data, at + offset, 1000)
            at = data.find(signature, at + 4)
    path.write_bytes(bytes(data))
    with pytest.raises(LogFormatError, match=r"liar\.xlsx"):
        parse_logs([path])


def test_another_office_document_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(LogFormatError, match=r"letter\.docx is a document of another kind"):
        parse_logs([path])


def test_parquet_keeps_its_instants_and_nulls(tmp_path: Path) -> None:
    moments = [START + timedelta(seconds=row) for row in range(N)]
    columns = {
        "time": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "Flow [m3/h]": pa.array([None if row == 3 else row + 0.5 for row in range(N)]),
        "count": pa.array(range(5, N + 5), pa.int32()),
        "label": pa.array([0] * N),
    }
    parquet.write_table(pa.table(columns), tmp_path / "log.parquet")
    facts = parse_logs([tmp_path / "log.parquet"]).recordings[0].facts
    assert format_utc(facts.first_ns or 0) == "2026-03-05T08:00:00Z"
    assert [(channel.name, channel.n_good, channel.bad) for channel in facts.channels] == [
        ("Flow", N - 1, {"empty": 1}),
        ("count", N, {}),
    ]
    assert facts.labels == ("label",)


def plain(path: Path, n_rows: int = 500, bad: str = "") -> Path:
    rows = [f"{START + timedelta(seconds=row):%Y-%m-%dT%H:%M:%S}Z,{row}.25,{row % 7}" for row in range(n_rows)]
    if bad:
        rows[n_rows // 2] = rows[n_rows // 2].rsplit(",", 1)[0] + f",{bad}"
    path.write_text("time,Flow [m3/h],label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_plain_csv_streams_in_blocks_and_equals_the_careful_reading(tmp_path: Path) -> None:
    path = plain(tmp_path / "plain.csv")
    layout = find_plain_format(path)
    assert layout is not None
    assert [(column.name, column.unit, column.role) for column in layout.columns] == [
        ("Flow", "m3/h", "channel"),
        ("label", None, "label"),
    ]
    blocks = list(stream_plain_csv(path, layout, block_bytes=4096))
    careful = parse_logs([path]).recordings[0]
    assert len(blocks) > 1
    assert np.array_equal(np.concatenate([times for times, _ in blocks]), careful.times_ns)
    assert np.array_equal(np.concatenate([columns["Flow"] for _, columns in blocks]), careful.columns["Flow"])


def test_a_set_point_of_many_values_streams_as_a_channel(tmp_path: Path) -> None:
    path = plain(tmp_path / "plain.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("Flow [m3/h]", "Target"), encoding="utf-8")
    layout = find_plain_format(path)
    assert layout is not None
    assert [(column.name, column.role) for column in layout.columns] == [("Target", "channel"), ("label", "label")]
    assert [channel.name for channel in parse_logs([path]).recordings[0].facts.channels] == ["Target"]


@pytest.mark.parametrize("bad", ["Bad Input", "-9999", "1e999"])
def test_what_is_not_plain_is_handed_to_the_careful_reader(tmp_path: Path, bad: str) -> None:
    path = plain(tmp_path / "plain.csv", n_rows=40_000, bad=bad)
    layout = find_plain_format(path)
    assert layout is not None
    with pytest.raises(NotPlain, match=r"plain\.csv"):
        list(stream_plain_csv(path, layout))


@pytest.mark.parametrize(
    "text",
    [
        "Zeit;a\n05.03.2026 08:00;5,5\n05.03.2026 08:01;5,6\n",
        "time,a,a\n2026-03-05T08:00:00Z,1,2\n2026-03-05T08:00:01Z,1,2\n",
        "a\n1\n2\n",
    ],
)
def test_a_head_that_is_not_plain_has_no_plain_format(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    assert find_plain_format(path) is None


def test_clock_times_stream_through_the_doubled_hour(tmp_path: Path) -> None:
    hours = ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    path = tmp_path / "dst.csv"
    path.write_text("time,a1\n" + "".join(f"2025-10-26 {hour}:00,{row}.5\n" for row, hour in enumerate(hours)), encoding="utf-8")
    layout = find_plain_format(path, "Europe/Oslo")
    assert layout is not None
    times = np.concatenate([block for block, _ in stream_plain_csv(path, layout)])
    assert np.diff(times).tolist() == [1800 * 10**9] * 6
