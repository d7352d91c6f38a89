"""Two readers compared: kappa against arithmetic, matching by overlap, words of the scale."""

from __future__ import annotations

import pytest

from workbench.core.clock import NS_PER_S, format_utc
from workbench.logs.events.agreement import kappa_over_time, kappa_text, kappa_words, match_events, overlap_of, verdict_of
from workbench.logs.events.event import Event

WHOLE = (0, 100 * NS_PER_S)


def event(start: float, end: float, name: str = "leak") -> Event:
    stamps = [format_utc(round(second * NS_PER_S)) for second in (start, end)]
    return Event(id=f"{name}{start}", asset="P-1", name=name, start_utc=stamps[0], end_utc=stamps[1], state="real")


def test_kappa_is_cohens_over_time() -> None:
    """A marks 20 of 100 s, B 25, both 10: p_o = (10 + 65)/100 = .75, p_e = .2·.25 + .8·.75 = .65, κ = .1/.35."""
    first, second = [event(0, 20)], [event(10, 35)]
    assert kappa_over_time(first, second, WHOLE) == pytest.approx(0.10 / 0.35)


def test_kappa_is_one_where_they_agree_and_negative_where_they_exclude_each_other() -> None:
    assert kappa_over_time([event(10, 20)], [event(10, 20)], WHOLE) == pytest.approx(1)
    found = kappa_over_time([event(0, 50)], [event(50, 100)], WHOLE)
    assert found == pytest.approx(-1)


def test_kappa_is_not_defined_where_nobody_marks_anything() -> None:
    assert kappa_over_time([], [], WHOLE) is None
    assert kappa_over_time([event(0, 100)], [event(0, 100)], WHOLE) is None


def test_events_of_one_reader_that_overlap_count_their_time_once() -> None:
    assert kappa_over_time([event(0, 10), event(5, 20, "trip")], [event(0, 20)], WHOLE) == pytest.approx(1)


def test_overlap_is_intersection_over_union() -> None:
    assert overlap_of(event(0, 20), event(10, 30)) == pytest.approx(10 / 30)
    assert overlap_of(event(5, 5), event(5, 5)) == 1
    assert overlap_of(event(0, 5), event(6, 9)) == 0


def test_each_event_has_one_partner_the_best_of_its_own_name_first() -> None:
    first = [event(0, 10), event(40, 50)]
    second = [event(0, 10, "trip"), event(1, 9), event(70, 80)]
    found = match_events(first, second, 0.25)
    assert [(pair.first.id, pair.second.id, round(pair.overlap, 2)) for pair in found.pairs] == [("leak0", "leak1", 0.8)]
    assert ([one.id for one in found.only_first], [one.id for one in found.only_second]) == (["leak40"], ["trip0", "leak70"])
    assert found.f1 == pytest.approx(2 / 5)


def test_the_words_are_those_of_landis_and_koch() -> None:
    assert [kappa_words(value) for value in (-0.1, 0.1, 0.3, 0.5, 0.7, 0.9)] == [
        "poor", "slight", "fair", "moderate", "substantial", "almost perfect"
    ]  # fmt: skip


def test_a_missing_event_is_said_beside_a_kappa_that_is_nearly_or_wholly_one() -> None:
    names = ("Ada", "Bo")
    long, instant = event(10, 50), event(70, 70, "trip")
    both = match_events([long, instant], [long], 0.25)
    wholly = kappa_over_time([long, instant], [long], WHOLE)  # an instant has no length
    assert verdict_of(wholly, both, names).startswith("Over time they agree wholly (κ 1), but 1 event is only Ada's.")
    assert "Short events weigh little" in verdict_of(wholly, both, names)
    assert verdict_of(0.9999, both, names).startswith("Over time κ is 0.99, almost perfect, but")
    assert (
        verdict_of(1.0, match_events([long], [long], 0.25), names)
        == "Over time they agree wholly (κ 1); every event has a partner."
    )
    assert [kappa_text(value) for value in (1.0, 0.9999, 0.5, -0.25)] == ["1", "0.99", "0.50", "−0.25"]
