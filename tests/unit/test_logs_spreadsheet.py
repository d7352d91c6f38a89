"""What is written for spreadsheets is text, one cell each, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.logs.text.spreadsheet import csv_cell, plain_cell, text_of_cell
from workbench.services.analysis_reads import write_columns


@pytest.mark.parametrize(("name", "cell"), [("=1+1", "'=1+1"), ("-x", "'-x"), ("@a", "'@a"), ("PI-1", "PI-1")])
def test_names_that_look_like_formulas_are_quoted(name: str, cell: str) -> None:
    assert plain_cell(name) == cell
    assert text_of_cell(cell) == name


@pytest.mark.parametrize(
    ("name", "cell"), [("a, b", '"a, b"'), ('12" pipe', '"12"" pipe"'), ("=1,2", '"\'=1,2"'), ("VT-1", "VT-1")]
)
def test_a_name_is_one_cell_whatever_is_in_it(name: str, cell: str) -> None:
    assert csv_cell(name) == cell


def test_columns_of_an_analysis_are_headed_by_one_plain_cell_each(tmp_path: Path) -> None:
    write_columns(str(tmp_path / "o.csv"), ("frequency [Hz]", "=VT, DE [mm/s]"), [np.array([1.0]), np.array([2.0])], ("P-1",))
    assert (tmp_path / "o.csv").read_text("utf-8").splitlines() == ["# P-1", 'frequency [Hz],"\'=VT, DE [mm/s]"', "1,2"]
