"""Tables over arrays: sorted and filtered by an index, fast, with selection kept by the row of the data."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.table_model import ArrayModel

COLUMNS = (
    Column(key="run", title="Run", kind="mono"),
    Column(key="caught", title="Caught", kind="number", digits=1),
    Column(key="share", title="Share", kind="bar", limit=0.5),
    Column(key="state", title="State", kind="state", second_key="words"),
)
DATA = {
    "run": ["r-2", "r-10", "r-3", "r-4"], "caught": np.array([2.0, np.nan, 9.0, 2.0]), "share": [0.1, 0.2, None, 0.4],
    "state": ["good", "failure", "not_checked", ""], "words": ["", "", "here now", ""], "is_quiet": [False, True, False, False],
}  # fmt: skip


@pytest.fixture
def model() -> ArrayModel:
    made = ArrayModel(COLUMNS)
    made.set_data(DATA)
    return made


def _order(model: ArrayModel) -> list[int]:
    return [model.source_row(row) for row in range(model.rowCount())]


def test_rows_come_as_given_until_something_is_sorted(model: ArrayModel) -> None:
    assert _order(model) == [0, 1, 2, 3]


def test_equal_values_keep_their_order_and_missing_ones_come_last(model: ArrayModel) -> None:
    model.sort_by("caught", is_descending=False)
    assert _order(model) == [0, 3, 2, 1]
    model.sort_by("caught", is_descending=True)
    assert _order(model) == [2, 0, 3, 1]


def test_a_list_with_none_sorts_as_numbers(model: ArrayModel) -> None:
    model.sort_by("share", is_descending=True)
    assert _order(model) == [3, 1, 0, 2]


def test_figures_in_words_sort_by_the_numbers_that_they_stand_for() -> None:
    made = ArrayModel([Column(key="height", title="Height", kind="number", sort_key="value")])
    made.set_data({"height": ["9.34", "1 203", "−0.3"], "value": [9.34, 1203.0, -0.3]})
    made.sort_by("height", is_descending=True)
    assert _order(made) == [1, 0, 2]


def test_a_filter_looks_at_texts_in_any_case_and_a_mask_at_rows(model: ArrayModel) -> None:
    model.set_filter_text("HERE")
    assert _order(model) == [2]
    model.set_filter_text("")
    model.set_mask(np.array([True, False, False, True]))
    assert _order(model) == [0, 3]


def test_columns_of_different_length_are_refused(model: ArrayModel) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        model.set_data({"run": ["a"], "caught": [1, 2]})


def test_cells_say_numbers_as_people_read_them_and_a_dash_for_missing(model: ArrayModel) -> None:
    shown = [model.data(model.index(row, 1)) for row in range(4)]
    assert shown == ["2.0", "–", "9.0", "2.0"]


@pytest.mark.parametrize("kind", ["number", "text"])
def test_ten_thousand_rows_sort_within_twenty_milliseconds(kind: str) -> None:
    values = np.random.default_rng(7).normal(size=10_000)
    data = values if kind == "number" else np.array([f"r-{value:.6f}" for value in values])
    model = ArrayModel((Column(key="x", title="x"),))
    model.set_data({"x": data})
    best_s = min(_seconds_to_sort(model, is_descending) for is_descending in (False, True, False, True, False))
    assert best_s < 0.020


def _seconds_to_sort(model: ArrayModel, is_descending: bool) -> float:
    start_s = time.perf_counter()
    model.sort_by("x", is_descending)
    return time.perf_counter() - start_s


def test_the_selection_stays_on_its_row_when_the_table_is_sorted(theme: ThemeSource) -> None:
    table = ArrayTable(theme, COLUMNS)
    table.set_data(DATA)
    heard: list[int] = []
    table.row_selected.connect(heard.append)
    table.select_row(2)
    table.sort_by("caught", is_descending=True)
    assert (table.current_row(), heard) == (2, [2])


def test_a_click_on_a_head_sorts_numbers_largest_first_and_again_the_other_way(theme: ThemeSource) -> None:
    table = ArrayTable(theme, COLUMNS)
    table.set_data(DATA)
    table.resize(600, 200)
    head = table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(1) + 20, 10)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.array.sort_state == ("caught", True)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.array.sort_state == ("caught", False)


def test_enter_activates_the_selected_row(theme: ThemeSource) -> None:
    table = ArrayTable(theme, COLUMNS)
    table.set_data(DATA)
    heard: list[int] = []
    table.row_activated.connect(heard.append)
    table.select_row(3)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert heard == [3]


def test_every_kind_of_cell_paints(theme: ThemeSource) -> None:
    table = ArrayTable(theme, COLUMNS)
    table.set_data(DATA)
    table.resize(600, 200)
    assert not table.grab().isNull()


def test_the_first_row_of_new_data_is_said_to_be_selected_though_the_first_was_before(theme: ThemeSource) -> None:
    table = ArrayTable(theme, COLUMNS)
    said: list[int] = []
    table.row_selected.connect(said.append)
    table.set_data(DATA)
    table.select_row(0)
    table.set_data({name: [] for name in DATA})
    table.set_data(DATA)
    table.select_row(0)
    assert said == [0, 0]
