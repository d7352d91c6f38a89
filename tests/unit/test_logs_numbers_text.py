"""Numbers in exports: the fewest digits that read back to what is stored."""

from __future__ import annotations

import numpy as np

from workbench.core.clock import format_utc_ns
from workbench.logs.text.numbers import value_texts


def test_the_shortest_text_reads_back_to_the_stored_value() -> None:
    singles = np.array([-0.273216, 0.1, 0.0820647, 1e30, np.nan, 2.0], np.float32)
    texts = value_texts(singles)
    assert texts == ["-0.273216", "0.1", "0.0820647", "1e+30", "", "2.0"]
    # A corrected copy in float64 of what is stored in float32 has the same texts; computed values keep all their digits.
    assert value_texts(singles.astype(np.float64), "float32") == texts
    assert value_texts(np.array([0.1, 1 / 3, 1e300]), "float32") == ["0.1", "0.3333333333333333", "1e+300"]
    stored = np.array([0.10000000149011612, np.pi, 1e300])
    assert [float(text) for text in value_texts(stored, "float64")] == stored.tolist()


def test_instants_have_as_many_digits_as_they_need() -> None:
    at_ns = 1_773_655_200_000_000_000
    assert [format_utc_ns(at_ns + ns) for ns in (0, 10_240, 1, 500_000_000, 1_000_000)] == [
        "2026-03-16T10:00:00Z", "2026-03-16T10:00:00.00001024Z", "2026-03-16T10:00:00.000000001Z", "2026-03-16T10:00:00.5Z",
        "2026-03-16T10:00:00.001Z",
    ]  # fmt: skip
