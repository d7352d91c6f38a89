"""The events of a pump while they are edited, without Qt."""

from __future__ import annotations

from workbench.core.clock import NS_PER_S
from workbench.ui.pages.label.session import LabelSession


def test_undo_takes_one_edit_back_at_a_time_also_after_hundreds() -> None:
    session = LabelSession("P-1", (), "I. Aas")
    for number in range(600):
        session.add(f"event {number}", number * NS_PER_S, (number + 1) * NS_PER_S)
    sizes = []
    while session.can_undo:
        session.undo()
        sizes.append(len(session.events))
    assert sizes == list(range(599, 99, -1))
    while session.can_redo:
        session.redo()
    assert len(session.events) == 600


def test_undo_brings_back_the_two_that_were_merged_and_the_one_that_was_split() -> None:
    session = LabelSession("P-1", (), "I. Aas")
    first, second = session.add("leak", 0, 10 * NS_PER_S), session.add("trip", 20 * NS_PER_S, 30 * NS_PER_S)
    drawn = session.events
    session.merge([second, first])
    assert [(event.id, event.name, event.end_utc) for event in session.events] == [(first, "leak", "1970-01-01T00:00:30Z")]
    session.split(first, 15 * NS_PER_S)
    assert [event.start_utc for event in session.events] == ["1970-01-01T00:00:00Z", "1970-01-01T00:00:15Z"]
    session.undo()
    session.undo()
    assert session.events == drawn


def test_an_edit_says_only_what_it_changed() -> None:
    session = LabelSession("P-1", (), "I. Aas")
    ids = [session.add("leak", number * NS_PER_S, (number + 1) * NS_PER_S) for number in range(20)]
    step = session.change(ids[3:5], "judged", state="real")
    assert step is not None
    assert sorted(step.after) == sorted(ids[3:5])
    assert session.change(ids[3], "judged", state="real") is None
