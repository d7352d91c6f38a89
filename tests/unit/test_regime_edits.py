"""Edits of operating states lie over what is found; a stranger's layer is checked like a person's own."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.logs.regimes.edits import Layer, apply_edits, check_edit, decode_layer, encode_layer
from workbench.logs.regimes.regime import Regime, RegimeEdit

SECOND = 1_000_000_000
N = 400


def edit(name: str, first: int, last: int) -> RegimeEdit:
    return RegimeEdit(asset="P-1", name=name, start_utc=format_utc(first * SECOND), end_utc=format_utc(last * SECOND))


def test_edits_in_any_order_give_each_second_the_last_that_was_said() -> None:
    """Against painting second by second."""
    found = [Regime(name="steady", start_ns=k * SECOND, end_ns=(k + 9) * SECOND) for k in range(0, N, 10)]
    rng = np.random.default_rng(3)
    painted = np.array(["steady"] * N, dtype=object)
    layer: Layer = ()
    for k in range(200):
        first, last = sorted(rng.choice(N, 2, replace=False).tolist())
        name = ["", "dry run", "standby"][k % 3]
        layer = (*layer, check_edit(edit(name, first, last)))
        painted[first:last] = name or "steady"
    stretches = apply_edits(found, layer, (0, (N - 1) * SECOND))
    shown = np.array([""] * N, dtype=object)
    for one in stretches:
        shown[one.start_ns // SECOND : -(-one.end_ns // SECOND)] = one.name
    assert shown.tolist() == painted.tolist()
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(stretches))


@pytest.mark.parametrize(
    "wrong", [edit("steady", 5, 4), edit("x" * 61, 1, 2), RegimeEdit(asset="P-1", name="steady", start_utc="a", end_utc="b")]
)
def test_a_stored_edit_that_nobody_could_have_made_is_refused(wrong: RegimeEdit) -> None:
    with pytest.raises(InputError):
        decode_layer(encode_layer("P-1", (wrong,)), "P-1")


def test_a_stored_name_is_one_line_of_plain_text() -> None:
    (found,) = decode_layer(encode_layer("P-1", (edit("dry\x1b[2K\n\u202erun", 1, 2),)), "P-1")
    assert found.name == "dry[2K run"


def test_more_edits_than_a_pump_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.logs.regimes.edits.MAX_EDITS", 2)
    with pytest.raises(InputError, match="3 edits of states, more than 2"):
        decode_layer(encode_layer("P-1", (edit("steady", 1, 2),) * 3), "P-1")
