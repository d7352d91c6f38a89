"""The same log in any dialect gives the same instants, numbers, units and reasons, or a question: never something else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.text import join_quoted

ZONE = ZoneInfo("Europe/Oslo")
START = datetime(2026, 3, 5, 8, tzinfo=UTC)
UNITS = {"bar": ("bar", "Bar", "BAR"), "m3/h": ("m3/h", "m³/h"), "degC": ("°C", "degC")}
DATES = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%y %H:%M:%S", "%Y%m%dT%H%M%SZ", "epoch",
)  # fmt: skip
BAD = {"": "empty", "Bad Input": "bad input", "#N/A": "#n/a", "-INF": "inf", "NaN": "empty"}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a log is written."""

    delimiter: str
    decimal: str
    date: str
    encoding: str
    newline: str
    brackets: str
    has_index: bool
    has_quality: bool
    has_preamble: bool
    has_thousands: bool
    trailing: bool
    step_s: int
    bad: str


DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    date=st.sampled_from(DATES),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    brackets=st.sampled_from(["[]", "()", "row"]),
    has_index=st.booleans(),
    has_quality=st.booleans(),
    has_preamble=st.booleans(),
    has_thousands=st.booleans(),
    trailing=st.booleans(),
    step_s=st.sampled_from([1, 10, 3600, 86_400]),
    bad=st.sampled_from(sorted(BAD)),
)
VALUES = st.lists(
    st.tuples(st.integers(400, 900_000), st.integers(-20_000, 400_000), st.integers(1_000, 99_000)), min_size=60, max_size=90
)


def stamp(dialect: Dialect, row: int) -> str:
    instant = START + timedelta(seconds=dialect.step_s * row)
    if dialect.date == "epoch":
        return str(int(instant.timestamp()))
    shown = instant if dialect.date.endswith("Z") else instant.astimezone(ZONE)
    return shown.strftime(dialect.date)


def number(dialect: Dialect, hundredths: int) -> str:
    text = f"{hundredths / 100:,.2f}" if dialect.has_thousands else f"{hundredths / 100:.2f}"
    return text.translate(str.maketrans(",.", ".,")) if dialect.decimal == "," else text


def cell(dialect: Dialect, text: str) -> str:
    return f'"{text}"' if dialect.delimiter in text else text


def header(dialect: Dialect) -> list[list[str]]:
    names = ["Druck", "Durchfluß", "Lager"]
    units = [UNITS["bar"][0], UNITS["m3/h"][1], UNITS["degC"][0]]
    left, right = ("", "") if dialect.brackets == "row" else dialect.brackets
    titles = (
        names if dialect.brackets == "row" else [f"{name} {left}{unit}{right}" for name, unit in zip(names, units, strict=True)]
    )
    quality = ["Lager.Quality"] if dialect.has_quality else []
    front = ["", "Zeit"] if dialect.has_index else ["Zeit"]
    rows = [[*front, *titles, *quality]]
    if dialect.brackets == "row":
        rows.append([""] * len(front) + units + [""] * len(quality))
    return rows


def render(dialect: Dialect, values: list[tuple[int, int, int]]) -> bytes:
    rows = header(dialect)
    for row, triple in enumerate(values):
        cells = [number(dialect, value) for value in triple]
        if row % 20 == 5:
            cells[1] = dialect.bad
        quality = ["Bad" if row % 30 == 7 else "Good"] if dialect.has_quality else []
        rows.append([*([str(row)] if dialect.has_index else []), stamp(dialect, row), *cells, *quality])
    end = dialect.delimiter if dialect.trailing else ""
    lines = [dialect.delimiter.join(cell(dialect, text) for text in row) + end for row in rows]
    if dialect.has_preamble:
        lines = ["# Export of station 7", "# logger 12", *lines]
    return (dialect.newline.join(lines) + dialect.newline).encode(dialect.encoding)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialects") / "log.csv"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(dialect=DIALECTS, values=VALUES)
def test_a_log_reads_the_same_in_every_dialect(path: Path, dialect: Dialect, values: list[tuple[int, int, int]]) -> None:
    path.write_bytes(render(dialect, values))
    parsed = parse_logs([path], ParseOptions(zone="Europe/Oslo"))
    asked = {question.code for question in parsed.questions}
    (recording,) = parsed.recordings
    assert recording.facts.rows == len(values)
    assert [channel.name for channel in recording.facts.channels] == ["Druck", "Durchfluß", "Lager"]
    assert [channel.unit for channel in recording.facts.channels] == ["bar", "m3/h", "degC"]
    if "DAY_MONTH_AMBIGUOUS" not in asked:
        first = int(START.timestamp()) * 10**9
        assert np.array_equal(recording.times_ns, first + np.arange(len(values)) * dialect.step_s * 10**9)
    expected = np.array(values, np.float64) / 100
    bad = np.arange(len(values)) % 20 == 5
    assert np.array_equal(recording.columns["Druck"], expected[:, 0])
    assert np.array_equal(recording.columns["Durchfluß"][~bad], expected[~bad, 1])
    assert recording.facts.channels[1].bad == {BAD[dialect.bad]: int(bad.sum())}
    poor = (np.arange(len(values)) % 30 == 7) & dialect.has_quality
    assert np.array_equal(recording.columns["Lager"][~poor], expected[~poor, 2])
    assert np.isnan(recording.columns["Lager"][poor]).all()


def test_only_a_quote_in_front_of_a_cell_goes_on_in_the_next_line() -> None:
    assert list(join_quoted(['1;5"', '2;6"', '3;מ"ק'])) == ['1;5"', '2;6"', '3;מ"ק']
    assert list(join_quoted(['1;"first', 'second";2', '3;"a ""b"" c"'])) == ['1;"first second";2', '3;"a ""b"" c"']


def test_a_date_and_a_clock_saved_as_bare_serials_are_one_serial_whose_epoch_is_asked_for(tmp_path: Path) -> None:
    rows = "".join(f"{43800 + k // 96};{k % 96 / 96:.9f};{5 + k % 7 / 10}\n" for k in range(200)).replace(".", ",")
    (tmp_path / "log.csv").write_text("Datum;Uhrzeit;Druck [bar]\n" + rows)
    parsed = parse_logs([tmp_path / "log.csv"], ParseOptions(zone="Europe/Berlin"))
    (recording,) = parsed.recordings
    assert [question.code for question in parsed.questions] == ["EPOCH_AMBIGUOUS"]
    assert (recording.facts.rows, recording.facts.sample_period_s) == (200, pytest.approx(900, abs=0.01))
    assert [channel.name for channel in recording.facts.channels] == ["Druck"]


def test_the_units_on_each_page_of_a_printed_report_stand_under_the_same_names(tmp_path: Path) -> None:
    names = "Date       Time    FT-3    PT-3\n                 m3/h     bar\n---------- -----  -----  -----\n"
    head = f"\fPLANT 4    SHIFT REPORT   Page {{}}\n\n{names}"
    lines = [f"02.03.2026 {k // 6:02}:{k % 6}0  {200 + k / 10:5.1f}   {5 + k / 100:.2f}\n" for k in range(120)]
    pages = [head.format(at // 40 + 1) + "".join(lines[at : at + 40]) + "Average           202.1   5.31\n" for at in (0, 40, 80)]
    (tmp_path / "report.prn").write_text("".join(pages))
    parsed = parse_logs([tmp_path / "report.prn"], ParseOptions(zone="Europe/Berlin"))
    assert [(one.name, one.unit, one.n_good, one.max) for one in parsed.recordings[0].facts.channels] == [
        ("FT-3", "m3/h", 120, 211.9),
        ("PT-3", "bar", 120, 6.19),
    ]
    assert parsed.questions == ()


def test_work_orders_with_hours_and_costs_beside_a_log_are_no_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("time,PT-1\n" + "".join(f"2026-03-02T00:{k:02}:00Z,{5 + k / 10}\n" for k in range(60)))
    orders = "Order,Reported,Completed,Work done,Hours,Cost\n" + "".join(
        f"77{k},2026-03-02 0{k}:30,2026-03-02 0{k + 1}:10,{text},{k}.5,{k}20.00\n"
        for k, text in enumerate(("Seal leaks at drive end", "Bearing hot and greased", "Coupling looked at"))
    )
    (tmp_path / "orders.csv").write_text(orders)
    parsed = parse_logs([tmp_path / "log.csv", tmp_path / "orders.csv"], ParseOptions())
    assert [recording.facts.rows for recording in parsed.recordings] == [60]
    assert "LABELS_ELSEWHERE" in [question.code for question in parsed.questions]
