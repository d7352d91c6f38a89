"""What is told of pumps that no rule was tuned on: other curves, duties and instruments than the sample pumps have."""

from __future__ import annotations

import pytest

from tests.held_out.regime_figures import NAMED, OPEN, Shares, measure

SEEDS = (211,)


@pytest.fixture(scope="module")
def shares() -> dict[str, Shares]:
    return measure(SEEDS)


def split(shares: Shares) -> tuple[float, float, float]:
    """Shares of the time that are said right, left open, and said wrong."""
    counted = {pair: hours for pair, hours in shares.items() if pair != NAMED}
    total = sum(counted.values())
    right = sum(hours for (true, said), hours in counted.items() if true == said) / total
    left = sum(hours for (_, said), hours in counted.items() if said == OPEN) / total
    return right, left, 1 - right - left


def test_with_all_channels_ninety_nine_hours_of_a_hundred_are_told_as_they_were(shares: dict[str, Shares]) -> None:
    right, _, _ = split(shares["all"])
    assert right > 0.99


def test_with_current_and_pressure_what_is_not_told_right_is_left_open_and_names_the_true_state(
    shares: dict[str, Shares],
) -> None:
    right, left, wrong = split(shares["current and pressure"])
    assert right > 0.88
    assert wrong < 0.03
    assert shares["current and pressure"][NAMED] > 0.75 * left * sum(shares["all"].values())


def test_with_a_current_alone_no_flow_is_claimed(shares: dict[str, Shares]) -> None:
    said = {name for (_, name), hours in shares["current"].items() if hours}
    assert said.isdisjoint({"throttled", "minimum flow", "dead-head", "dry run", "density change"})
