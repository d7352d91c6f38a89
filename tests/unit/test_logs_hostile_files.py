"""Files made to harm: each ends in a refusal that names it, in little time and memory, by services and commands alike."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import struct
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from workbench.cli.main import run
from workbench.core.errors import LogFormatError
from workbench.core.jobs import Job
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.compound import string_counts
from workbench.services.logs import InspectRequest, PreviewRequest, inspect_logs, preview_log

CSV = "time,flow [m3/h]\n" + "".join(f"2026-03-05T08:00:{row:02}Z,{280 + row}.5\n" for row in range(60))
_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def refused(path: Path) -> str:
    """What is said about a file by `logs inspect`."""
    with pytest.raises(LogFormatError) as caught:
        inspect_logs(InspectRequest(paths=(str(path),)), Job())
    return caught.value.message


@pytest.mark.parametrize(
    "data",
    [gzip.compress(CSV.encode())[:90], gzip.compress(b""), gzip.compress(CSV.encode()) + b"rubbish" * 90],
    ids=["cut", "empty", "rubbish behind"],  # packed bytes hold the second they were packed in: no name for a test
)
def test_a_damaged_packed_file_is_named_as_it_was_given(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "pump.csv.gz"
    path.write_bytes(data)
    assert "pump.csv.gz" in refused(path)


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes among its files")
@pytest.mark.parametrize("look", ["inspect", "preview"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, look: str) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    with pytest.raises(LogFormatError, match=r"pipe\.csv is a pipe"):
        if look == "inspect":
            inspect_logs(InspectRequest(paths=(str(path),)), Job())
        else:
            preview_log(PreviewRequest(path=str(path)), Job())


def test_a_file_whose_name_begins_with_a_dash_is_read_behind_two_dashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-log.csv").write_text(CSV)
    assert run(["logs", "inspect", "--json", "--", "-log.csv"]) == 0
    assert json.loads(capsys.readouterr().out)["recordings"][0]["rows"] == 60


def test_half_a_character_in_a_name_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.json"
    path.write_text("[" + ",".join(f'{{"time": "2026-03-05T08:00:{row:02}Z", "fl\\ud800ow": {row}}}' for row in range(60)) + "]")
    assert run(["logs", "inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recordings"][0]["channels"][0]["name"] == "flow"


def workbook(shared: str) -> bytes:
    """An .xlsx of one sheet with these shared texts."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/></Types>',
        "xl/workbook.xml": f'<workbook {_NS} xmlns:r="{relations}">'
        '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {_NS}><sheetData/></worksheet>",
        "xl/sharedStrings.xml": shared,
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return held.getvalue()


@pytest.mark.parametrize("word", ["count", "uniqueCount"])
def test_a_workbook_that_boasts_of_its_texts_is_refused_before_memory_is_taken_for_them(tmp_path: Path, word: str) -> None:
    path = tmp_path / "boast.xlsx"
    path.write_bytes(workbook(f'<sst {_NS} {word}="4000000000"><si><t>x</t></si></sst>'))
    assert "4000000000 texts" in refused(path)


def old_workbook(n_texts: int) -> bytes:
    """A compound file whose workbook stream says that it has so many shared texts."""
    stream = struct.pack("<HHHHHHHH", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0) + b"\0" * 4
    stream += struct.pack("<HHII", 0x00FC, 8, n_texts, n_texts) + struct.pack("<HH", 0x000A, 0)
    stream = stream.ljust(4096, b"\0")
    n_sectors = len(stream) // 512
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + n_sectors), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return head.ljust(512, b"\xff") + fat + directory.ljust(512, b"\0") + stream


def test_an_old_workbook_that_boasts_of_its_texts_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "boast.xls"
    path.write_bytes(old_workbook(2_000_000_000))
    assert string_counts(path.read_bytes()) == [2_000_000_000]
    assert "2000000000 texts" in refused(path)


def test_a_view_cannot_give_far_more_than_its_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "endless.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE VIEW log AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
            "SELECT x AS time, x AS flow FROM c"
        )
    assert "'log' of endless.db gives more cells" in refused(path)


def n_calls(path: Path, n_columns: int) -> int:
    """Functions that are called while a log of so many columns is read."""
    lines = [f"2026-03-05T08:00:{row:02}Z," + ",".join(["1"] * n_columns) for row in range(20)]
    path.write_text("time," + ",".join(f"c{number}" for number in range(n_columns)) + "\n" + "\n".join(lines))
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        parse_logs([path], ParseOptions())
    finally:
        sys.setprofile(None)
    return calls


def test_thousands_of_columns_are_not_compared_with_each_other(tmp_path: Path) -> None:
    assert n_calls(tmp_path / "wide.csv", 400) < 5 * n_calls(tmp_path / "narrow.csv", 100)


def test_a_year_before_our_era_of_logs_is_none_of_this_century(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,flow\n" + "".join(f"0001-01-01T00:00:{row % 60:02}Z,{row}\n" for row in range(200)))
    assert "0001-01-01" in refused(path)
