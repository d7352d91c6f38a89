"""Whole logs in the ways in which plants write them."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import format_utc
from workbench.core.errors import EncodingError, LogFormatError, RequestError
from workbench.logs.parse import ParsedLogs, ParsedRecording, ParseOptions, parse_logs
from workbench.logs.readers.sources import files_in
from workbench.logs.tables.label_like import input_channels

START = datetime(2026, 3, 5, 8)  # noqa: DTZ001 - a clock time, as loggers print it
N = 60


def iso(row: int, step_s: int = 10) -> str:
    return f"{START + timedelta(seconds=step_s * row):%Y-%m-%dT%H:%M:%S}Z"


def table(header: str, row: str, n_rows: int = N) -> str:
    """`row` is a format of (t, i)."""
    return header + "\n" + "".join(row.format(t=iso(i), i=i) + "\n" for i in range(n_rows))


def write(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def parse(*paths: Path, zone: str | None = None, answers: tuple[str, ...] = (), join: bool | None = None) -> ParsedLogs:
    return parse_logs(list(paths), ParseOptions(zone=zone, answers=answers, join=join))


def one(folder: Path, text: str | bytes, **options: object) -> ParsedRecording:
    (recording,) = parse(write(folder, text), **options).recordings  # type: ignore[arg-type] # passed on
    return recording


def codes(parsed: ParsedLogs) -> set[str]:
    return {question.code for question in parsed.questions}


def test_bad_words_become_nan_with_their_reason(tmp_path: Path) -> None:
    text = table("time,PT-1 [bar]", "{t},5.{i}") + f"{iso(N)},Bad Input\n{iso(N + 1)},\n{iso(N + 2)},I/O Timeout\n"
    channel = one(tmp_path, text).facts.channels[0]
    assert (channel.name, channel.unit, channel.n_good) == ("PT-1", "bar", N)
    assert channel.bad == {"bad input": 1, "empty": 1, "i/o timeout": 1}


@pytest.mark.parametrize(
    ("good", "bad"),
    [("192", "24"), ("Good", "Uncertain"), ("0x00000000", "0x80000000"), ("GOOD", "BAD"), ("0", "2147483648")],
)
def test_a_quality_column_makes_its_channel_bad_and_is_none_itself(tmp_path: Path, good: str, bad: str) -> None:
    text = "time,FT.Value,FT.Quality\n" + "".join(f"{iso(i)},{i},{bad if i % 10 == 0 else good}\n" for i in range(N))
    recording = one(tmp_path, text)
    assert [channel.name for channel in recording.facts.channels] == ["FT"]
    assert recording.facts.channels[0].bad == {"quality": 6}
    assert np.isnan(recording.columns["FT"][::10]).all()


def test_three_header_rows_give_names_units_and_quantities(tmp_path: Path) -> None:
    text = "TIME,F1,T1\n,GPM,DEG F\n,DISCHARGE FLOW,BEARING TEMP\n" + "".join(f"{iso(i)},{i},{i}\n" for i in range(N))
    found = [(channel.name, channel.unit, channel.quantity) for channel in one(tmp_path, text).facts.channels]
    assert found == [("F1", "gpm", "flow"), ("T1", "degF", "temperature")]


def test_a_long_table_becomes_a_channel_a_tag_and_nothing_is_filled_in(tmp_path: Path) -> None:
    rows = [f"flow,{iso(i)},{i}.5,m3/h,192" for i in range(N)] + [f"level,{iso(i)},{i},%,192" for i in range(0, N, 6)]
    recording = one(tmp_path, "TagName,DateTime,Value,Unit,OPCQuality\n" + "\n".join(rows))
    found = {channel.name: (channel.unit, channel.n_good, channel.n_absent) for channel in recording.facts.channels}
    assert found == {"flow": ("m3/h", N, 0), "level": ("%", 10, 50)}
    assert recording.facts.rows == N


def test_tags_with_times_of_their_own_are_not_dated_by_their_neighbour(tmp_path: Path) -> None:
    rows = [f"{iso(i)},{i}.5,{iso(i, 15)},6.{i}" if i < 40 else f"{iso(i)},{i}.5,," for i in range(N)]
    recording = one(tmp_path, "FT Time,FT [m3/h],PT Time,PT [bar]\n" + "\n".join(rows))
    found = {channel.name: (channel.unit, channel.n_good) for channel in recording.facts.channels}
    assert found == {"FT": ("m3/h", N), "PT": ("bar", 40)}
    at = {format_utc(int(ns)): value for ns, value in zip(recording.times_ns, recording.columns["PT"], strict=True)}
    assert at[iso(2, 15)] == 6.2
    assert recording.facts.rows == len({iso(i) for i in range(N)} | {iso(i, 15) for i in range(40)})


def test_a_long_table_tells_the_doubled_hour_apart_for_each_tag(tmp_path: Path) -> None:
    hours = ["01:00", "02:00", "02:00", "03:00", "04:00"]
    text = "Tag,Time,Value\n" + "".join(
        f"{tag},2025-10-26 {hour}:00,{i}\n" for i, hour in enumerate(hours) for tag in ("F1", "P1")
    )
    recording = one(tmp_path, text, zone="Europe/Oslo")
    assert (np.diff(recording.times_ns) // 10**9).tolist() == [3600] * 4
    assert recording.columns["P1"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("form", ["{t};flow;{i}.5;pres;6.1;\n", "{t} flow={i}.5 pres=6.1\n"])
def test_name_value_lines_are_pivoted(tmp_path: Path, form: str) -> None:
    recording = one(tmp_path, "".join(form.format(t=iso(i), i=i) for i in range(N)))
    assert {channel.name: channel.n_good for channel in recording.facts.channels} == {"flow": N, "pres": N}


def test_a_header_met_again_with_another_column_loses_no_row(tmp_path: Path) -> None:
    first = table("time,a1 [bar],b1", "{t},5.5,{i}", 30)
    second = "time,b1,c1,a1 [kPa]\n" + "".join(f"{iso(i)},{i},7,550\n" for i in range(30, N))
    recording = one(tmp_path, first + second)
    found = {channel.name: (channel.n_good, channel.n_absent) for channel in recording.facts.channels}
    assert found == {"a1": (N, 0), "b1": (N, 0), "c1": (30, 30)}
    assert recording.columns["a1"].tolist() == pytest.approx([5.5] * N)


def test_units_that_change_with_a_repeated_header_are_converted(tmp_path: Path) -> None:
    first = "time,P1\n,bar\n" + "".join(f"{iso(i)},5.5\n" for i in range(30))
    second = "time,P1\n,kPa\n" + "".join(f"{iso(i)},550\n" for i in range(30, N))
    recording = one(tmp_path, first + second)
    assert recording.columns["P1"].tolist() == pytest.approx([5.5] * N)


def test_rows_without_time_are_left_out_and_said(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,a1,b1", "{t},{i},6.5") + ",5,6.5\n####,5,6.5\n")
    assert recording.facts.rows == N
    assert "ROWS_WITHOUT_TIME" in {finding.code for finding in recording.facts.findings}


def test_a_line_that_was_cut_short_is_left_out_and_said(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time;a1;b1", "{t};{i};6.5") + f"{iso(N)};311.7")
    assert recording.facts.rows == N
    assert [finding.code for finding in recording.facts.findings][:1] == ["ROWS_CUT_SHORT"]


def test_cells_beyond_the_header_are_left_out_and_said(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time;a1;b1", "{t};{i};6.5") + f"{iso(N)};311.7;6.5;77\n")
    assert recording.facts.rows == N + 1
    assert [(finding.code, finding.text[:7]) for finding in recording.facts.findings][:1] == [("CELLS_LEFT_OUT", "1 lines")]


def test_a_power_loss_in_the_file_loses_only_its_line(tmp_path: Path) -> None:
    lines = table("time;a1", "{t};{i}").encode().splitlines(keepends=True)
    recording = one(tmp_path, b"".join(lines[:30]) + b"\x00" * 1024 + b"".join(lines[40:]))
    assert (recording.facts.rows, recording.facts.n_gaps) == (N - 10, 1)


def test_the_same_row_twice_is_one_and_counted(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,a1", "{t},{i}") + f"{iso(5)},5\n")
    assert (recording.facts.rows, recording.facts.n_duplicates_dropped, recording.facts.n_backward_steps) == (N, 1, 0)


def test_a_clock_that_steps_back_is_counted_and_rows_are_sorted(tmp_path: Path) -> None:
    text = table("time,a1", "{t},{i}", 30) + "".join(f"{iso(i, 10).replace('Z', '.5Z')},{i}\n" for i in range(20, 50))
    recording = one(tmp_path, text)
    assert recording.facts.n_backward_steps == 1
    assert (np.diff(recording.times_ns) > 0).all()


def test_two_values_at_one_instant_are_said_and_the_first_is_kept(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,a1", "{t},{i}") + f"{iso(5)},99\n")
    assert recording.columns["a1"][5] == 5
    assert "CONFLICTING_ROWS" in {finding.code for finding in recording.facts.findings}


def test_daily_files_with_a_shared_boundary_are_one_recording(tmp_path: Path) -> None:
    days = [table("time,a1", "{t},{i}", 31), "time,a1\n" + "".join(f"{iso(i)},{i}\n" for i in range(30, N))]
    paths = [write(tmp_path, text, f"day{index}.csv") for index, text in enumerate(days)]
    (recording,) = parse(*reversed(paths)).recordings
    assert (recording.facts.rows, recording.facts.n_duplicates_dropped) == (N, 1)
    assert recording.facts.sources == ("day0.csv", "day1.csv")


def test_two_pumps_with_equal_headers_stay_apart(tmp_path: Path) -> None:
    paths = [write(tmp_path, table("time,a1", f"{{t}},{base}{{i}}"), f"P-204{base}.csv") for base in (1, 2)]
    assert [recording.facts.source for recording in parse(*paths).recordings] == ["P-2041.csv", "P-2042.csv"]


def test_pumps_that_share_a_table_come_apart(tmp_path: Path) -> None:
    rows = [f"{iso(i)},{pump},{base}{i},6.1\n" for i in range(N) for base, pump in ((1, "P-1"), (2, "P-2"))]
    text = "time,Pump,F [m3/h],P [bar]\n" + "".join(rows)
    parsed = parse(write(tmp_path, text))
    assert [recording.facts.source for recording in parsed.recordings] == ["log.csv: P-1", "log.csv: P-2"]
    assert [recording.facts.rows for recording in parsed.recordings] == [N, N]
    assert parsed.recordings[1].columns["F"][3] == 23


def test_files_stay_apart_when_asked(tmp_path: Path) -> None:
    days = [table("time,a1", "{t},{i}", 31), "time,a1\n" + "".join(f"{iso(i)},{i}\n" for i in range(30, N))]
    paths = [write(tmp_path, text, f"day{index}.csv") for index, text in enumerate(days)]
    assert len(parse(*paths, join=False).recordings) == 2


def test_rotating_files_in_a_zip_share_the_header_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for order, part in ((3, 1), (1, 2), (2, 0)):
            header = "TIME,Flow [m3/h],P [bar]\n" if part == 0 else ""
            body = "".join(f"{iso(i)},{i},6.1\n" for i in range(20 * part, 20 * part + 20))
            archive.writestr(f"rot/file{order}.csv", header + body)
        archive.writestr("rot/readme.txt", "serial 12\n")
    (recording,) = parse(path).recordings
    assert (recording.facts.rows, recording.facts.n_backward_steps) == (N, 0)
    assert [channel.unit for channel in recording.facts.channels] == ["m3/h", "bar"]


def test_a_gzipped_log_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(table("time,a1", "{t},{i}").encode()), "log.csv.gz")
    assert parse(path).recordings[0].facts.rows == N


def test_labels_never_become_channels_and_are_kept_aside(tmp_path: Path) -> None:
    text = "time;P;Q;anomaly;x9\n" + "".join(
        f"{iso(i)};6.{i};3{i};{float(20 < i < 30)};{float(i in (21, 30))}\n" for i in range(N)
    )
    recording = one(tmp_path, text)
    assert list(recording.columns) == ["P", "Q"]
    assert recording.facts.labels == ("anomaly", "x9")
    assert {item.channel for item in recording.facts.left_out} == {"anomaly", "x9"}


def test_a_run_signal_stays_a_channel_and_an_input(tmp_path: Path) -> None:
    recording = one(tmp_path, "time;P;Pump\n" + "".join(f"{iso(i)};6.{i};{'ON' if i < 40 else 'OFF'}\n" for i in range(N)))
    assert input_channels(recording.facts) == ("P", "Pump")
    assert recording.columns["Pump"].sum() == 40


def test_a_suspected_label_stays_a_channel_but_is_no_input(tmp_path: Path) -> None:
    text = "time;Störung;P\n" + "".join(f"{iso(i)};{'TRUE' if 20 < i < 25 else 'FALSE'};6.{i}\n" for i in range(N))
    recording = one(tmp_path, text)
    assert "Störung" in recording.columns
    assert input_channels(recording.facts) == ("P",)


def test_an_index_column_without_name_is_no_channel(tmp_path: Path) -> None:
    recording = one(tmp_path, table(",time,P,P", "{i},{t},1.5,5.5"))
    assert list(recording.columns) == ["P", "P (2)"]
    assert {question.code for question in recording.facts.questions} == {"DUPLICATE_CHANNEL", "UNIT_UNKNOWN"}


def test_events_in_another_file_are_announced_and_not_read_as_a_log(tmp_path: Path) -> None:
    log = write(tmp_path, table("time,P [bar]", "{t},6.{i}"))
    windows = write(tmp_path, json.dumps({"log.csv": [["2026-03-05T08:01:00Z", "2026-03-05T08:02:00Z"]]}), "windows.json")
    orders = write(
        tmp_path, "date;pump;work done\n05.03.2026;P-1;Replaced mechanical seal\n06.03.2026;P-1;All fine, no leak\n", "work.csv"
    )
    parsed = parse(log, windows, orders)
    assert len(parsed.recordings) == 1
    assert [event.name for event in parsed.event_files] == ["windows.json", "work.csv"]
    assert codes(parsed) == {"LABELS_ELSEWHERE"}


@pytest.mark.parametrize(
    ("name", "text", "n_events"),
    [
        ("journal.txt", "2026-03-05 08:10  Bearing noise at the drive end\n05.03.2026 10:00: all fine\n", 2),
        ("points.csv", "time,anomaly\n" + "".join(f"{iso(i)},{int(i > 50)}\n" for i in range(N)), 9),
        ("spans.csv", "start,end,label\n2026-03-05 08:10:00,2026-03-05 08:20:00,leak\n", 1),
    ],
)
def test_other_lists_of_events_are_announced_too(tmp_path: Path, name: str, text: str, n_events: int) -> None:
    parsed = parse(write(tmp_path, table("time,P [bar]", "{t},6.{i}")), write(tmp_path, text, name))
    assert [(event.name, event.n_events) for event in parsed.event_files] == [(name, n_events)]
    assert len(parsed.recordings) == 1


def test_a_set_point_called_target_is_a_channel(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,Target speed,Fault current [A],P", "{t},14{i},3.{i},6.1"))
    assert list(recording.columns) == ["Target speed", "Fault current", "P"]


def test_a_flow_called_q_is_no_quality(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time;Q;P", "{t};2{i};6.1"))
    assert recording.facts.channels[0].n_good == N


def test_a_quality_for_the_whole_row_counts_for_all_channels(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)};{i};6.1;{'Bad' if i == 3 else 'Good'}\n" for i in range(N))
    recording = one(tmp_path, "time;F;P;Status\n" + rows)
    assert [channel.bad for channel in recording.facts.channels] == [{"quality": 1}, {"quality": 1}]


def test_a_unit_that_changes_from_cell_to_cell_is_converted_to_the_first(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)};5,5 bar\n" if i < 30 else f"{iso(i)};550 kPa\n" for i in range(N))
    recording = one(tmp_path, "time;Druck\n" + rows)
    assert recording.facts.channels[0].unit == "bar"
    assert recording.columns["Druck"].tolist() == pytest.approx([5.5] * N)


def test_a_unit_that_cannot_be_converted_is_asked_for(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)};5,5 bar\n" if i < 30 else f"{iso(i)};55 m\n" for i in range(N))
    parsed = parse(write(tmp_path, "time;Druck\n" + rows))
    assert codes(parsed) == {"UNIT_MIXED"}
    assert parsed.recordings[0].facts.channels[0].bad == {"unit m": 30}


def test_an_answer_gives_a_channel_its_unit(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,PT7", "{t},6.{i}"), answers=("UNIT_UNKNOWN@PT7=kgf/cm²",))
    assert recording.facts.channels[0].unit == "kgf/cm2"


def test_milliseconds_in_a_column_of_their_own_belong_to_the_time(tmp_path: Path) -> None:
    rows = "".join(f"05.03.2026;08:00:{i // 4:02d};{i % 4 * 250};{i}\n" for i in range(N))
    recording = one(tmp_path, "Date;Time;Millitm;F\n" + rows, zone="UTC")
    assert (np.diff(recording.times_ns) == 250_000_000).all()
    assert list(recording.columns) == ["F"]


def test_a_zone_printed_behind_every_stamp_is_believed(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-05 08:{i:02d}:00 Europe/Oslo;{i}\n" for i in range(N))
    recording = one(tmp_path, "time;F\n" + rows, zone="America/Chicago")
    assert format_utc(recording.facts.first_ns or 0) == "2026-03-05T07:00:00Z"


def test_a_zone_column_beside_the_time_is_believed(tmp_path: Path) -> None:
    recording = one(tmp_path, "time;zone;F\n" + "".join(f"2026-03-05 08:{i:02d}:00;CET;{i}\n" for i in range(N)))
    assert format_utc(recording.facts.first_ns or 0) == "2026-03-05T07:00:00Z"


def test_times_of_day_alone_run_through_midnight_with_a_question(tmp_path: Path) -> None:
    rows = "".join(f"{(23 + i // 30) % 24:02d}:{2 * (i % 30):02d}:00;{i}\n" for i in range(N))
    parsed = parse(write(tmp_path, "Uhrzeit;F\n" + rows))
    assert (np.diff(parsed.recordings[0].times_ns) == 120 * 10**9).all()
    assert "TIME_RELATIVE" in codes(parsed)


def test_a_seldom_remark_makes_a_log_no_list_of_events(tmp_path: Path) -> None:
    text = "time,F,Remark\n" + "".join(f"{iso(i)},{i}.5,{'checked by hand' if i == 5 else ''}\n" for i in range(N))
    assert one(tmp_path, text).facts.rows == N


def test_sentinels_are_no_measurements(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,T [degC]", "{t},50.{i}") + f"{iso(N)},-999\n{iso(N + 1)},3276.7\n")
    assert recording.facts.channels[0].bad == {"sentinel": 2}


def test_a_log_without_times_says_so(tmp_path: Path) -> None:
    parsed = parse(write(tmp_path, "".join(f"{i % 7} {i}.5 6.1\n" for i in range(N)), "raw.txt"))
    assert "TIME_RELATIVE" in codes(parsed)
    answered = parse(tmp_path / "raw.txt", answers=("TIME_RELATIVE=2026-01-01T00:00:00Z/0.5",)).recordings[0].facts
    assert (format_utc(answered.first_ns or 0), answered.sample_period_s) == ("2026-01-01T00:00:00Z", 0.5)


def test_utf16_tabs_decimal_commas_and_signs_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{START + timedelta(seconds=i):%d.%m.%Y %H:%M:%S}\t{i},5\t48,7\r\n" for i in range(N))
    text = ("Zeit\tDurchfluß [m³/h]\tTemperatur [°C]\r\n" + rows).encode("utf-16")
    recording = one(tmp_path, text, zone="Europe/Berlin")
    assert [(channel.name, channel.unit) for channel in recording.facts.channels] == [
        ("Durchfluß", "m3/h"),
        ("Temperatur", "degC"),
    ]
    assert recording.columns["Durchfluß"][3] == 3.5


def test_names_lose_control_and_bidi_characters(tmp_path: Path) -> None:
    recording = one(tmp_path, table("time,\u202eflow\u202c\x1b [m3/h]", "{t},{i}"))
    assert list(recording.columns) == ["flow"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"), (b"\x00" * 500, "is empty"), (b"%PDF-1.7 ...", "PDF"), (b"hello\nworld\n", "no table"),
        (b"The pump ran on 12.01.2026 10:00, fine.\nNext line, with 3.4 bar\n", "no table"),
        (b"id;price\n1;3,40\n2;5,50\n", "no table"), (b"time,a1\n", "no table"),
        (b"time,a1\n2026-13-01 00:00,1\n2026-14-01 00:00,2\n2026-15-01 00:00,3\n", "can't be read"),
        (b"time,a1,b1\n" + b"".join(b"2026-01-0%dT00:00:00Z,1,5,2,5\n" % day for day in range(1, 9)), "5 cells"),
        (b"time,a1\n2026-01-01T00:00:00Z," + b"1" * 2_000_000, "2000021 characters"), (b"{\"a\": [1, 2", "JSON"),
        (b"PK\x03\x04 broken", "unpacked"), (b"\x1f\x8b broken", "unpacked"), (b"PAR1 broken PAR1", "Parquet"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_by_name(tmp_path: Path, text: bytes, words: str) -> None:
    with pytest.raises(LogFormatError, match=words) as caught:
        parse(write(tmp_path, text, "strange.csv"))
    assert "strange.csv" in str(caught.value)


def test_binary_rubbish_is_no_text(tmp_path: Path) -> None:
    rubbish = np.random.default_rng(1).integers(0, 256, 50_000, dtype=np.uint8).tobytes()
    with pytest.raises(EncodingError, match=r"strange\.csv"):
        parse(write(tmp_path, rubbish, "strange.csv"))


def test_an_archive_that_explodes_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as stream:
        for _ in range(32):
            stream.write(b"0" * (1 << 20))
    with pytest.raises(LogFormatError, match=r"bomb\.zip.*unpacks to more than"):
        parse(path)


def test_archives_in_archives_in_archives_are_refused(tmp_path: Path) -> None:
    data = table("time,a1", "{t},{i}").encode()
    for depth in range(4):
        path = tmp_path / f"n{depth}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"inner{depth}.zip" if depth else "a.csv", data)
        data = path.read_bytes()
    with pytest.raises(LogFormatError, match="archives in archives"):
        parse(path)


def test_a_folder_is_read_and_what_is_no_log_in_it_passed_over(tmp_path: Path) -> None:
    write(tmp_path, table("time,a1", "{t},{i}"))
    write(tmp_path, b"\x89PNG rubbish", "picture.png")
    assert parse(tmp_path).recordings[0].facts.source == "log.csv"


@pytest.mark.parametrize("answer", ["NONSENSE=1", "DAY_MONTH_AMBIGUOUS", "TIME_RELATIVE=yesterday"])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, answer: str) -> None:
    with pytest.raises(RequestError):
        parse(write(tmp_path, "".join(f"{i} {i}.5\n" for i in range(N))), answers=(answer,))


def test_hidden_folders_of_a_folder_are_not_looked_into(tmp_path: Path) -> None:
    for folder in ("logs", ".venv/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.csv").write_text("time;p\n2026-03-02 00:00:00;1\n", encoding="utf-8")
    assert files_in(tmp_path) == [tmp_path / "logs" / "a.csv"]


def test_a_line_cut_short_in_front_of_a_date_that_stands_behind_the_time_is_passed_over(tmp_path: Path) -> None:
    lines = ["Time,FT-1 [m3/h],Date", "08:00,28", *(f"08:{row:02}:00,{280 + row}.5,2026-03-05" for row in range(40))]
    recording = one(tmp_path, "\n".join(lines), zone="UTC")
    assert recording.facts.rows == 40


def test_a_column_that_looks_like_times_and_cannot_be_read_is_never_replaced_by_row_numbers(tmp_path: Path) -> None:
    lines = ["Hetki;FT-1 [m3/h]", *(f"5 xyzkuu 2026 08:{row:02}:00;{280 + row}.5" for row in range(40))]
    with pytest.raises(LogFormatError, match="xyzkuu"):
        one(tmp_path, "\n".join(lines))


def test_an_elapsed_time_is_counted_in_the_unit_of_the_row_of_units(tmp_path: Path) -> None:
    text = "Time;Current;Speed\nms;A;rpm\n" + "".join(f"{2 * row - 20};3{row}.5;148{row % 10}\n" for row in range(N))
    recording = one(tmp_path, text)
    assert recording.facts.sample_period_s == pytest.approx(0.002)
    assert {channel.unit for channel in recording.facts.channels} == {"A", "rpm"}


def test_dates_beside_texts_that_differ_in_each_row_name_no_machines(tmp_path: Path) -> None:
    rows = (f"2026-03-{5 + row // 30:02},Lot{row}x,6.{row},7.{row},8.{row}\n" for row in range(N))
    text = "Date,Batch,P [bar],Q [m3/h],I [A]\n" + "".join(rows)
    assert len(parse(write(tmp_path, text)).recordings) == 1


def test_events_in_xml_beside_a_log_are_announced(tmp_path: Path) -> None:
    log = write(tmp_path, table("time,P", "{t},5.{i}"))
    events = '<?xml version="1.0"?><notes>' + f'<event start="{iso(2)}" end="{iso(9)}">cavitation</event>' * 3 + "</notes>"
    parsed = parse(write(tmp_path, events, "notes.xml"), log)
    assert len(parsed.recordings) == 1
    assert [(file.name, file.n_events) for file in parsed.event_files] == [("notes.xml", 3)]
    assert "LABELS_ELSEWHERE" in codes(parsed)


def test_a_remark_that_is_ok_here_and_there_is_no_quality(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)};6.{i};3{i};{'calibrated, ok' if i == 20 else ''}\n" for i in range(N))
    recording = one(tmp_path, "time;P [bar];Q [m3/h];Remarks\n" + rows)
    assert [channel.n_good for channel in recording.facts.channels if channel.name in "PQ"] == [N, N]


def test_columns_that_are_called_alike_are_qualities_each_of_its_own_value(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)}|6.{i}|{'F' if i < 5 else 'G'}|3{i}|{'B' if i < 9 else 'G'}\n" for i in range(N))
    recording = one(tmp_path, "time|PT [bar]|Q|FT [m3/h]|Q\n" + rows)
    assert [(channel.name, channel.n_good) for channel in recording.facts.channels] == [("PT", N - 5), ("FT", N - 9)]


def test_qualities_may_stand_before_their_values(tmp_path: Path) -> None:
    rows = "".join(f"{iso(i)};{0 if i < 5 else 192};6.{i};{24 if i < 9 else 192};3{i}\n" for i in range(N))
    recording = one(tmp_path, "time;Q;PT [bar];Q;FT [m3/h]\n" + rows)
    assert [(channel.name, channel.n_good) for channel in recording.facts.channels] == [("PT", N - 5), ("FT", N - 9)]


@pytest.mark.parametrize(
    ("header", "first", "step"),
    [("Seconds since 1904-01-01 00:00 UTC", 3_851_308_800, 1.0), ("MATLAB datenum (UTC)", 739_997, 1 / 1440)],
)
def test_a_header_that_says_from_when_it_counts_is_believed(tmp_path: Path, header: str, first: float, step: float) -> None:
    rows = "".join(f"{first + step * i:.8f}\t6.{i}\t3{i}.5\n" for i in range(N))
    recording = one(tmp_path, f"{header}\tP [bar]\tI [A]\n" + rows)
    assert format_utc(int(recording.times_ns[0])).startswith("2026-01-15T")
    assert list(recording.columns) == ["P", "I"]


def test_the_index_of_a_frame_that_was_saved_twice_is_no_channel(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i + 5000},{iso(i)},6.{i}\n" for i in range(N))
    assert list(one(tmp_path, "Unnamed: 0,Unnamed: 0.1,time,P [bar]\n" + rows).columns) == ["P"]


def test_files_of_one_log_may_differ_in_their_decimal_mark(tmp_path: Path) -> None:
    german = "".join(f"{iso(i)};6,{i};1.{200 + i},5\n" for i in range(30))
    english = "".join(f"{iso(30 + i)},5.{i},1{200 + i}.5\n" for i in range(30))
    files = (
        write(tmp_path, "Zeit;PT-11 [bar];FT-11 [m3/h]\n" + german, "mon.csv"),
        write(tmp_path, "Time,PT-11 [bar],FT-11 [m3/h]\n" + english, "tue.csv"),
    )
    (recording,) = parse(*files).recordings
    assert recording.columns["PT-11"][[1, 31]].tolist() == [6.1, 5.1]
    assert recording.columns["FT-11"][[1, 31]].tolist() == [1201.5, 1201.5]
