"""Columns in files: whatever rows are asked for are those of the column, and a file that ends early is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import ObjectCorrupt
from workbench.logs.recordings.format import FileArray

N = 400_000


@pytest.fixture
def column(tmp_path: Path) -> tuple[Path, np.ndarray]:
    values = np.random.default_rng(3).normal(size=N).astype("<f4")
    values.tofile(tmp_path / "0000.values")
    return tmp_path / "0000.values", values


@pytest.mark.parametrize("step", [1, 3, 257, 4000, 150_000])
def test_any_step_gives_the_rows_of_the_column(column: tuple[Path, np.ndarray], step: int) -> None:
    path, values = column
    found = FileArray(path, np.dtype("<f4"), N)
    assert np.array_equal(found[::step], values[::step])
    rows = np.random.default_rng(step).integers(0, N, 50)
    assert np.array_equal(found[rows], values[rows])


@pytest.mark.parametrize("step", [1, 4000])
def test_a_column_that_ends_early_is_refused(column: tuple[Path, np.ndarray], step: int) -> None:
    path, values = column
    values[: N // 2].tofile(path)
    with pytest.raises(ObjectCorrupt, match=r"0000\.values ends"):
        FileArray(path, np.dtype("<f4"), N)[::step]
