"""The careful reader on disk decides and delivers exactly what the one in memory does, however small its blocks are."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.careful import feed, fill, order, texts
from workbench.logs.careful.careful_import import CarefulLogs, find_sources, read_carefully
from workbench.logs.careful.stamp_columns import read_stamp_column
from workbench.logs.careful.texts import TextColumn
from workbench.logs.parse import ParsedLogs, ParsedRecording, ParseOptions, parse_logs
from workbench.logs.readers import byte_stream
from workbench.logs.recordings.recording import Recording, open_recording
from workbench.logs.summary import ChannelFacts, RecordingFacts
from workbench.logs.times.stamp_shapes import read_many_stamps

DEV = Path(os.environ.get("PUMP_DATA", "")) / "messy_logs" / "dev"
CASES = sorted(DEV.glob("*.truth.json")) if os.environ.get("PUMP_DATA") else []


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 50 rows, pieces of 4 kB, stretches of a few hundred cells."""
    monkeypatch.setattr(fill, "SMALL_BYTES", 200)
    monkeypatch.setattr(fill, "MAX_BLOCK_ROWS", 50)
    monkeypatch.setattr(texts, "SAMPLE_ROWS", 16)
    monkeypatch.setattr(byte_stream, "CHUNK_BYTES", 4096)
    monkeypatch.setattr(feed, "STRETCH_CELLS", 400)
    monkeypatch.setattr(feed, "CHUNK_ROWS", 64)


def read_on_disk(
    paths: list[Path], options: ParseOptions, tmp_path: Path
) -> tuple[CarefulLogs, list[tuple[RecordingFacts, Recording]]]:
    sources = find_sources(paths)
    assert sources is not None
    (tmp_path / "work").mkdir(parents=True)
    found = read_carefully(sources, options, tmp_path / "work", lambda *_: None)
    written = []
    for number, log in enumerate(found.logs):
        folder = tmp_path / f"recording-{number}"
        folder.mkdir()
        facts = log.write(folder, lambda *_: None)
        written.append((facts, open_recording(folder)))
    return found, written


def check_same(paths: list[Path], options: ParseOptions, tmp_path: Path) -> ParsedLogs:
    """Both readers, compared fact by fact and number by number."""
    parsed = parse_logs(paths, options)
    found, written = read_on_disk(paths, options, tmp_path)
    assert set(map(repr, parsed.questions)) == set(map(repr, found.questions))
    assert len(parsed.recordings) == len(written)
    for recording, (facts, stored) in zip(parsed.recordings, written, strict=True):
        check_facts(recording.facts, facts)
        check_numbers(recording, stored)
    return parsed


def check_facts(memory: RecordingFacts, disk: RecordingFacts) -> None:
    for name in memory.__struct_fields__:
        if name != "channels":
            assert getattr(memory, name) == getattr(disk, name), name
    assert [channel.name for channel in memory.channels] == [channel.name for channel in disk.channels]
    for one, other in zip(memory.channels, disk.channels, strict=True):
        check_channel(one, other)


def check_channel(one: ChannelFacts, other: ChannelFacts) -> None:
    for name in one.__struct_fields__:
        first, second = getattr(one, name), getattr(other, name)
        if name == "mean" and first is not None:  # a sum over blocks is rounded elsewhere
            assert math.isclose(first, second, rel_tol=1e-12, abs_tol=1e-12)
        else:
            assert first == second, (one.name, name)


def check_numbers(recording: ParsedRecording, stored: Recording) -> None:
    np.testing.assert_array_equal(recording.times_ns, stored.times_ns)
    for name, values in recording.columns.items():
        found = np.asarray(stored.values(name))
        np.testing.assert_array_equal(values.astype(found.dtype), found, err_msg=name)
    for name, values in recording.labels.items():
        np.testing.assert_array_equal(values, stored.labels[name].astype(float), err_msg=name)


@pytest.mark.data
@pytest.mark.skipif(not CASES, reason="PUMP_DATA names no folder with messy_logs")
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.removesuffix(".truth.json"))
def test_a_messy_log_in_tiny_blocks_gives_what_the_reader_in_memory_gives(case: Path, tmp_path: Path) -> None:
    truth = json.loads(case.read_text(encoding="utf-8"))
    zone = truth.get("options", {}).get("zone")
    check_same([DEV / name for name in truth["files"]], ParseOptions(zone=zone), tmp_path)


def write_rows(path: Path, header: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_text(header + "\n" + "\n".join(rows) + "\n", encoding=encoding)
    return path


def stamp(second: int, pattern: str = "%d.%m.%Y %H:%M:%S") -> str:
    return (np.datetime64("2026-03-12T08:00:00") + np.timedelta64(second, "s")).item().strftime(pattern)


def comma_rows(n_rows: int = 700) -> list[str]:
    return [
        f"{stamp(k)};{k % 13},{k % 100:02d};{'Störung' if k % 97 == 5 else f'{k % 7},5'};{'Ein' if k % 200 < 150 else 'Aus'}"
        for k in range(n_rows)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_decimal_commas_bad_words_and_states_are_read_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck [bar];Strom [A];Pumpe läuft", comma_rows(), encoding)
    parsed = check_same([path], ParseOptions(zone="Europe/Berlin"), tmp_path)
    druck, strom, state = parsed.recordings[0].facts.channels
    assert (druck.max, strom.bad, state.quantity) == (12.98, {"störung": 8}, "state")


def test_a_preamble_a_row_of_units_and_quality_columns_are_understood(tmp_path: Path) -> None:
    rows = [
        f"{stamp(k)},{k % 50 / 10},{'Good' if k % 31 else 'Bad'},{60 + k % 5},{'Good' if k % 17 else 'Uncertain'}"
        for k in range(600)
    ]
    header = "# Station A\n# exported 2026-03-13\nTime,FT.Value,FT.Quality,TT.Value,TT.Quality\n,m3/h,,degC,"
    path = write_rows(tmp_path / "log.csv", header, rows)
    parsed = check_same([path], ParseOptions(zone="UTC"), tmp_path)
    assert [channel.bad for channel in parsed.recordings[0].facts.channels] == [{"quality": 20}, {"quality": 36}]


@pytest.mark.parametrize("is_sorted_by_tag", [False, True])
def test_a_long_table_is_pivoted_however_it_is_sorted(is_sorted_by_tag: bool, tmp_path: Path) -> None:
    rows = [
        (tag, k, f"{tag};{stamp(k * step)};{(k * 7) % 90},{k % 10};{'192' if k % 23 else '24'}")
        for tag, step in (("PT-1 [bar]", 1), ("FT-2 [m3/h]", 5), ("TT-3 [degC]", 60))
        for k in range(1200 // step)
    ]
    if not is_sorted_by_tag:
        rows.sort(key=lambda row: row[2].split(";")[1])
    path = write_rows(tmp_path / "long.csv", "Tag;Zeit;Wert;Qualität", [row[2] for row in rows])
    parsed = check_same([path], ParseOptions(zone="UTC"), tmp_path)
    assert {channel.name: channel.unit for channel in parsed.recordings[0].facts.channels} == {
        "PT-1": "bar", "FT-2": "m3/h", "TT-3": "degC"
    }  # fmt: skip


def test_clock_times_through_the_autumn_hour_are_told_apart_by_the_order_of_rows(tmp_path: Path) -> None:
    start = np.datetime64("2026-10-24T22:30:00") + np.arange(400) * np.timedelta64(60, "s")
    local = [instant + np.timedelta64(7200 if instant < np.datetime64("2026-10-25T01:00") else 3600, "s") for instant in start]
    path = write_rows(
        tmp_path / "log.csv", "time,PI-1 [bar]", [f"{one.item():%Y-%m-%d %H:%M:%S},{k % 9}.5" for k, one in enumerate(local)]
    )
    parsed = check_same([path], ParseOptions(zone="Europe/Oslo"), tmp_path)
    np.testing.assert_array_equal(parsed.recordings[0].times_ns, start.astype("datetime64[ns]").astype(np.int64))


def test_late_rows_copies_and_contradictions_come_out_as_in_memory(tmp_path: Path) -> None:
    rows = [f"{stamp(k)};{k % 9},5" for k in range(900)]
    rows[300], rows[700] = rows[700], rows[300]
    rows[500:500] = rows[480:490]
    rows[600:600] = [f"{stamp(550)};99,5"]
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck [bar]", rows)
    parsed = check_same([path], ParseOptions(zone="UTC"), tmp_path)
    facts = parsed.recordings[0].facts
    assert (facts.rows, facts.n_duplicates_dropped) == (900, 10)
    assert any(finding.code == "CONFLICTING_ROWS" for finding in facts.findings)


def test_a_clock_that_was_set_back_is_named_with_by_how_much(tmp_path: Path) -> None:
    rows = [f"{stamp(k)};{k % 9},5" for k in range(500)] + [f"{stamp(k - 60)};{k % 7},25" for k in range(500, 900)]
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck [bar]", rows)
    found = check_same([path], ParseOptions(zone="UTC"), tmp_path).recordings[0].facts.findings
    (finding,) = [one for one in found if one.code == "CONFLICTING_ROWS"]
    assert finding.text.startswith("60 rows repeat an instant")
    assert "goes back once, by 1 min to 12 Mar 08:07:20 UTC" in finding.text


def test_a_row_further_out_of_order_than_memory_reaches_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MAX_WAITING_ROWS", 300)
    rows = [f"{stamp(k // 2 + 450 * (k % 2))};{k % 9},5" for k in range(900)]  # every piece of the file holds rows of two times
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck [bar]", rows)
    with pytest.raises(LogFormatError, match=r"log\.csv, line \d+: this row is dated before millions of rows"):
        read_on_disk([path], ParseOptions(zone="UTC"), tmp_path)


@pytest.mark.parametrize("kind", ["newest first", "days in any order", "one late row", "newest first, with copies"])
def test_rows_in_any_order_of_pieces_need_no_memory(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MAX_WAITING_ROWS", 300)
    rows = [f"{stamp(k)};{k % 9},5;{k % 7}" for k in range(1500)]
    if kind == "days in any order":
        rows = [row for day in (3, 0, 4, 1, 2) for row in rows[300 * day : 300 * (day + 1)]]
    elif kind == "one late row":
        rows = [*rows[1:], rows[0]]
    else:
        rows.reverse()
    if kind.endswith("copies"):
        rows[700:700] = [rows[699], rows[10], f"{stamp(1499)};99,5;1"]
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck [bar];Strom [A]", rows)
    check_same([path], ParseOptions(zone="Europe/Oslo"), tmp_path)


@pytest.mark.parametrize("is_reversed", [True, False])
def test_a_long_table_is_pivoted_also_newest_first(is_reversed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MAX_WAITING_ROWS", 300)
    rows = [f"{stamp(k)};TI-{tag};{(k + tag) % 9},5" for k in range(600) for tag in range(3) if k % (tag + 1) == 0]
    path = write_rows(tmp_path / "log.csv", "Zeit;Tag;Wert", rows[::-1] if is_reversed else rows)
    check_same([path], ParseOptions(zone="Europe/Oslo"), tmp_path)


def test_machines_that_share_a_table_come_apart(tmp_path: Path) -> None:
    rows = [f"{stamp(k)};{pump};{(k + n) % 9},5;{k % 7},25" for k in range(400) for n, pump in enumerate(("P-1", "P-2", "P-3"))]
    path = write_rows(tmp_path / "fleet.csv", "Zeit;Pumpe;Druck [bar];Strom [A]", rows)
    parsed = check_same([path], ParseOptions(zone="UTC"), tmp_path)
    assert [one.facts.source for one in parsed.recordings] == ["fleet.csv: P-1", "fleet.csv: P-2", "fleet.csv: P-3"]


def test_days_that_overlap_are_one_recording_and_side_by_side_logs_are_two(tmp_path: Path) -> None:
    rows = comma_rows(900)
    header = "Zeit;Druck [bar];Strom [A];Pumpe läuft"
    first, second = write_rows(tmp_path / "a.csv", header, rows[:500]), write_rows(tmp_path / "b.csv", header, rows[450:])
    other = write_rows(tmp_path / "c.csv", header, [row.replace(",5", ",7") for row in rows[100:800]])
    joined = check_same([first, second], ParseOptions(zone="UTC"), tmp_path / "joined")
    assert [one.facts.rows for one in joined.recordings] == [900]
    apart = check_same([first, other], ParseOptions(zone="UTC"), tmp_path / "apart")
    assert [one.facts.rows for one in apart.recordings] == [500, 700]


def test_units_that_change_and_sentinels_are_settled_over_the_whole_file(tmp_path: Path) -> None:
    rows = [f"{stamp(k)};{k % 9},5 {'bar' if k < 350 else 'mbar'};{-9999 if k % 111 == 3 else k % 7}" for k in range(700)]
    path = write_rows(tmp_path / "log.csv", "Zeit;Druck;Strom [A]", rows)
    facts = check_same([path], ParseOptions(zone="UTC"), tmp_path).recordings[0].facts
    assert facts.channels[1].bad == {"sentinel": 7}
    assert [finding.text for finding in facts.findings if finding.code == "UNIT_CHANGE"] == [
        "350 cells in mbar were converted to bar."
    ]


def test_a_day_past_the_twelfth_in_the_last_row_decides_about_all_rows(tmp_path: Path) -> None:
    rows = [f"{1 + k // 100:02d}/03/2026 {k % 24:02d}:{k % 60:02d}:00,{k % 9}.5" for k in range(1100)] + [
        "13/03/2026 00:00:00,1.5"
    ]
    path = write_rows(tmp_path / "log.csv", "time,PI-1 [bar]", rows)
    parsed = check_same([path], ParseOptions(zone="UTC"), tmp_path)
    assert "DAY_MONTH_AMBIGUOUS" not in {question.code for question in parsed.questions}


def test_what_is_no_log_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear colleague,\n" + "please look at the pump when you are there.\n" * 400, encoding="utf-8")
    with pytest.raises(WorkbenchError) as memory:
        parse_logs([path])
    with pytest.raises(WorkbenchError) as disk:
        read_on_disk([path], ParseOptions(), tmp_path)
    assert str(disk.value) == str(memory.value)


PATTERNS = (
    "%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%fZ", "%d/%m/%y %H:%M", "%Y-%m-%d %H:%M:%S+02:00",
    "%m/%d/%Y %I:%M:%S %p", "%d-%b-%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S CET", "%Y-%m-%d %H:%M:%S Europe/Oslo", "%d %m %y %H:%M", "%b %d, %Y %I:%M %p",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_stamps_of_one_shape_are_read_as_one_by_one(pattern: str) -> None:
    from workbench.logs.times.instants import read_stamps

    texts = [stamp(k * 86_399, pattern) for k in range(2000)] + [
        "32.13.2026 25:61:61",
        "99/99/99 99:99",
        "2026-02-30 10:00:00+02:00",
    ]
    together, single = read_many_stamps(texts, "dmy"), read_stamps(texts, "dmy")
    as_bytes = read_stamp_column(TextColumn(pa.array(texts)), "dmy")
    for one, other in zip((as_bytes.ns, as_bytes.is_good), (together.ns, together.is_good), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(together.is_good, single.is_good)
    np.testing.assert_array_equal(together.ns[single.is_good], single.ns[single.is_good])
    np.testing.assert_array_equal(together.is_absolute[single.is_good], single.is_absolute[single.is_good])
    assert single.is_good.sum() < len(texts)


def test_one_endless_line_is_said_to_be_one_and_not_many_columns(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_text(",".join(f"{number / 8:.3f}" for number in range(200_000)))
    with pytest.raises(LogFormatError, match=r"endless\.csv has no line end"):
        read_on_disk([path], ParseOptions(), tmp_path)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_column_that_names_one_machine_throughout_says_whose_the_log_is(tmp_path: Path, layout: str) -> None:
    stamps = [f"2026-03-05T08:{k:02d}:{j:02d}Z" for k in range(10) for j in range(0, 60, 5)]
    if layout == "wide":
        lines = ["time,pump,p [bar]", *(f"{at},P-801A,{3 + k % 7 / 10}" for k, at in enumerate(stamps))]
    else:
        rows = (f"{at},P-801A,{tag},{value}" for at in stamps for tag, value in (("PI-1", 3.5), ("FI-1", 180.25)))
        lines = ["time,asset,tag,value", *rows]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (recording,) = check_same([path], ParseOptions(), tmp_path).recordings
    assert (recording.facts.named_machine, recording.facts.machine) == ("P-801A", "")
