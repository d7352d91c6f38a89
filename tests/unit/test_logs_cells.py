"""Cells: numbers in the notations of plants, reasons for what is none, and the decimal mark."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.logs.questions import AnswerBook
from workbench.logs.tables.cells import Cells, Decimal, are_numbers, concat_cells, read_cell, read_plain, weigh_marks
from workbench.logs.tables.columns import read_cells, unique_names
from workbench.logs.tables.decimals import decide_marks
from workbench.logs.tables.sentinels import find_sentinels
from workbench.logs.tables.sniff import WHITESPACE, cell_kind, find_delimiter
from workbench.logs.text.recall import recalled
from workbench.logs.times.instants import parse_clock, parse_stamp

NUMBERS = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda value: round(value, 3))


@given(NUMBERS)
def test_a_printed_number_is_read_back_exactly(value: float) -> None:
    assert read_cell(repr(value), ".").value == value


@given(NUMBERS)
def test_a_number_with_thousands_and_decimal_comma_is_read_back(value: float) -> None:
    german = f"{value:,.3f}".translate(str.maketrans(",.", ".,"))
    assert read_cell(german, ",").value == value


@given(NUMBERS, st.sampled_from(["'", "\u202f", "\u00a0", ","]))
def test_a_number_with_any_thousands_mark_is_read_back(value: float, mark: str) -> None:
    assert read_cell(f"{value:,.3f}".replace(",", mark), ".").value == value


@given(st.lists(NUMBERS, min_size=1, max_size=50), st.sampled_from([".", ","]))
def test_the_fast_reader_agrees_with_the_careful_one(values: list[float], mark: Decimal) -> None:
    texts = [f"{value:.3f}".replace(".", mark) for value in values]
    fast = read_plain(texts, mark)
    assert fast is not None
    assert fast.tolist() == [read_cell(text, mark).value for text in texts]


@given(st.lists(st.from_regex(r"[+-]?\d{1,16}([.,:/-]\d{0,4}){0,2}( [a-z]{1,3})?|[a-z]{0,3}", fullmatch=True), max_size=5))
def test_what_is_told_as_numbers_at_once_is_no_time_and_no_word(texts: list[str]) -> None:
    if are_numbers(texts):
        assert {cell_kind(text) for text in texts} <= {"n", "e"}
        assert [parse_stamp(text) or parse_clock(text) for text in texts] == [None] * len(texts)


@given(st.text(max_size=40))
def test_any_text_is_a_finite_number_or_has_a_reason(text: str) -> None:
    for decimal in (".", ","):
        reading = read_cell(text, decimal)  # type: ignore[arg-type] # the loop's literals
        assert np.isfinite(reading.value) != bool(reading.reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), ("-", "empty"), ("NaN", "empty"), ("null", "empty"), ("-INF", "inf"), ("POSINF", "inf"), ("1e999", "inf"),
        ("Bad Input", "bad input"), ("#N/A", "#n/a"), ("I/O  Timeout", "i/o timeout"), ("*****", "*****"), ("1_000", "1_000"),
        ("[-11059] No Good Data For Calculation", "[-11059] no good data for calculation"), ("12.3 xyz", "12.3 xyz"),
    ],
)  # fmt: skip
def test_a_cell_without_number_keeps_its_reason(text: str, reason: str) -> None:
    assert read_cell(text, ".").reason == reason


def test_a_unit_behind_the_number_is_kept() -> None:
    reading = read_cell("3,4 bar", ",")
    assert (reading.value, reading.unit) == (3.4, "bar")


def test_a_dot_under_a_decimal_comma_is_thousands_or_refused() -> None:
    assert read_cell("1.310", ",").value == 1310
    assert read_cell("3.45", ",").reason == "3.45"


@pytest.mark.parametrize(
    ("texts", "delimiter", "mark", "n_questions"),
    [
        (["5,48", "1,10"], ";", ",", 0),
        (["4.792,3", "1.310"], ";", ",", 0),
        (["1,234.5", "1,310"], ",", ".", 0),
        (["58.651", "58.673"], ",", ".", 0),
        (["5.973", "6.012"], ";", ".", 1),
        (["5,973", "6,012"], "\t", ",", 1),
        (["1.234.567"], ";", ",", 0),
        (["0,973"], ";", ",", 0),
    ],
)
def test_the_decimal_mark_is_told_by_clear_cells_or_asked_for(
    texts: list[str], delimiter: str, mark: Decimal, n_questions: int
) -> None:  # fmt: skip
    marks = decide_marks(["x"], [Cells.of(texts)], delimiter, AnswerBook())
    assert (marks.marks[0], len(marks.questions)) == (mark, n_questions)


def test_a_clear_column_decides_for_a_doubtful_one() -> None:
    marks = decide_marks(["speed", "flow"], [Cells.of(["1.310", "1.395"]), Cells.of(["4792,3"])], ";", AnswerBook())
    assert marks.marks == (",", ",")


def test_an_answer_settles_the_decimal_mark() -> None:
    marks = decide_marks(["x"], [Cells.of(["1.310"])], ";", AnswerBook(["DECIMAL_AMBIGUOUS=,"]))
    assert (marks.marks, marks.questions) == ((",",), ())


def test_clear_and_doubtful_cells_are_counted_apart() -> None:
    found = weigh_marks(["1,5", "1.234", "12", "1.234,5"])
    assert (found.n_comma, found.n_dot, found.n_either) == (2, 0, 1)


def test_parts_of_a_column_are_stacked_with_one_dictionary() -> None:
    joined = concat_cells([Cells.of(["a", "b"]), Cells.of(["b", "c"])])
    assert joined.rows() == ["a", "b", "b", "c"]
    assert joined.texts == ("a", "b", "c")


def test_words_for_on_and_off_become_one_and_nought() -> None:
    read = read_cells(Cells.of(["ON", "Off", "ON", "Bad Input"]), ".")
    assert read.is_state
    assert read.values[:3].tolist() == [1.0, 0.0, 1.0]
    assert read.reasons == ("bad input",)


def test_a_sentinel_far_outside_is_found() -> None:
    values = np.array([1.5, 1.6, 32767.0, 1.4, -9999.0, 1.5])
    found = find_sentinels(values)
    assert found is not None
    assert found.is_sentinel.tolist() == [False, False, True, False, True, False]


def test_a_number_like_a_sentinel_inside_the_range_stays() -> None:
    assert find_sentinels(np.linspace(-2000, 2000, 4001)) is None


def test_a_number_like_a_sentinel_just_outside_the_range_is_doubtful() -> None:
    found = find_sentinels(np.append(np.linspace(0, 4000, 100), -999.0))
    assert found is not None
    assert (found.is_sentinel.any(), found.doubtful) == (False, (-999.0,))


def test_later_names_that_repeat_get_a_number() -> None:
    names, doubled = unique_names(["P", "P", "P (2)", "Q"])
    assert names == ["P", "P (3)", "P (2)", "Q"]
    assert doubled == {"P": ["P", "P (3)"]}


def test_what_a_short_text_is_gets_found_once_and_of_a_long_one_nothing_is_kept() -> None:
    asked: list[str] = []
    look = recalled(lambda text: asked.append(text) or text.upper())  # type: ignore[func-returns-value] # append gives None
    assert [look("12.5"), look("12.5"), look("a" * 1000), look("a" * 1000)] == ["12.5", "12.5", "A" * 1000, "A" * 1000]
    assert asked == ["12.5", "a" * 1000, "a" * 1000]


def test_words_in_cells_do_not_make_blanks_the_delimiter() -> None:
    rows = [f"03/16/2026 09:{minute:02}:00 AM,128{minute}.4,OK,87.3,OK,10{minute}.9,OK" for minute in range(40)]
    header = "Timestamp,CHWP 2 Flow (gpm),Flow Status,Discharge (psi),Discharge Status,Winding (degF),Winding Status"
    assert find_delimiter([header, *rows]).delimiter == ","


def test_decimal_commas_between_blanks_are_no_delimiter() -> None:
    rows = [f"2026-03-16 09:{minute:02}:00 128{minute},4 87,3 10{minute},9" for minute in range(40)]
    assert find_delimiter(["Date Time Flow Discharge Winding", *rows]).delimiter == WHITESPACE


def test_a_sign_may_stand_apart_from_its_digits() -> None:
    assert [read_cell(text, ".").value for text in ("+   53.5", "-    1.25", "+1")] == [53.5, -1.25, 1.0]
    assert read_cell("-  1,5", ",").value == -1.5
    assert weigh_marks(["+   1,5"]).decided == ","
