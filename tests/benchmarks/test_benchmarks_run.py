"""Every benchmark runs on a small size and prints its table; speeds are never asserted here."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import all_benchmarks
from tests.benchmarks.table import Row, text_table

BENCHMARKS = all_benchmarks()
SMALL = 0.01


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_on_a_small_size(name: str) -> None:
    rows = BENCHMARKS[name].run(SMALL)
    assert rows
    assert all(isinstance(row, Row) for row in rows)
    assert "ratio" in text_table(rows)
