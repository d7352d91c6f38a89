"""The availability map: days in cells, and breaks where nothing was measured for months."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.core.paths import resources
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.heat_map import MOST_CELLS, AvailabilityMap, scale_of

FIRST = date(2026, 3, 2)


def days(first: date, n: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(n)]


def test_one_capture_months_later_does_not_stretch_the_map() -> None:
    scale = scale_of([*days(FIRST, 14), date(2026, 9, 20)])
    assert (scale.n_cells, scale.days_a_cell, scale.breaks) == (15, 1, (14,))
    assert scale.starts[14] == date(2026, 9, 20)


def test_short_empty_stretches_stay_as_empty_cells() -> None:
    scale = scale_of([*days(FIRST, 3), *days(FIRST + timedelta(days=13), 2)])
    assert (scale.n_cells, scale.breaks) == (15, ())


def test_a_range_over_a_break_reaches_from_its_first_to_its_last_cell() -> None:
    scale = scale_of([*days(FIRST, 14), date(2026, 9, 20)])
    ordinal = FIRST.toordinal()
    assert scale.place(ordinal + 0.5) == 0.5
    assert scale.place(ordinal + 60) == 14.0  # within what is left out
    assert scale.place(date(2026, 9, 20).toordinal() + 0.5) == 14.5


def test_many_years_of_days_keep_to_the_cells_that_fit() -> None:
    scale = scale_of(days(FIRST, 2000))
    assert scale.n_cells <= MOST_CELLS


def test_a_break_covers_no_cell_however_narrow_they_are(app: object) -> None:
    shown = AvailabilityMap(ThemeSource(resources()))
    far = [date(2013, 2, 1), *days(date(2014, 1, 6), 365), date(2020, 3, 9), date(2026, 1, 12)]
    shown.set_days({"P-1": [(day.isoformat(), 1.0) for day in far], "P-2": [("2020-03-09", 0.1)]})
    shown.resize(200, shown.sizeHint().height())
    n_cells, breaks = shown._scale.n_cells, shown._scale.breaks
    boxes = [shown.cell_box(0, cell) for cell in range(n_cells)]
    assert len(breaks) == 3
    assert all(boxes[cell].left() - boxes[cell - 1].right() > 5 for cell in breaks)
    assert round(boxes[-1].right()) in {199, 200}
    picture = shown.grab().toImage()
    own = boxes[breaks[1]]  # the one cell of P-2, between two breaks
    y = round(shown.cell_box(1, breaks[1]).center().y())
    ground = picture.pixelColor(round(own.right()) + 2, 0)
    assert picture.pixelColor(round(own.center().x()), y) != ground
    for cell in range(n_cells):
        assert shown._cell_at(boxes[cell].center().x()) == cell
    shown.deleteLater()


def test_years_are_said_where_they_differ(app: object) -> None:
    shown = AvailabilityMap(ThemeSource(resources()))
    shown.set_days({"P-1": [(day.isoformat(), 1.0) for day in days(FIRST, 14)]})
    assert shown.ends_said() == ("2 Mar", "15 Mar")
    shown.set_days({"P-1": [("2013-02-01", 1.0), ("2026-01-13", 1.0)]})
    assert shown.ends_said() == ("Feb 2013", "Jan 2026")
    shown.deleteLater()


def test_a_click_and_the_keys_reach_the_day_behind_a_break(app: object) -> None:
    shown = AvailabilityMap(ThemeSource(resources()))
    known = [(day.isoformat(), 1.0) for day in (*days(FIRST, 14), date(2026, 9, 20))]
    shown.set_days({"P-1": known})
    shown.resize(240, shown.sizeHint().height())
    chosen: list[tuple[str, str]] = []
    taken = Taken(chosen)
    shown.chosen.connect(taken.take)
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, shown.cell_box(0, 14).center().toPoint())
    QTest.keyClick(shown, Qt.Key.Key_Left)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert chosen == [("P-1", "2026-09-20"), ("P-1", "2026-03-15")]
    assert shown.n_days == 15
    shown.deleteLater()


class Taken:
    def __init__(self, into: list[tuple[str, str]]) -> None:
        self._into = into

    def take(self, asset: str, day: str) -> None:
        self._into.append((asset, day))
