"""The events of a pump while they are edited, without Qt."""

from __future__ import annotations

from workbench.core.clock import NS_PER_S
from workbench.ui.pages.label_session import LabelSession


def test_undo_takes_one_edit_back_at_a_time_also_after_hundreds() -> None:
    session = LabelSession("P-1", (), "I. Aas")
    for number in range(250):
        session.add(f"event {number}", number * NS_PER_S, (number + 1) * NS_PER_S)
    sizes = []
    while session.can_undo:
        session.undo()
        sizes.append(len(session.events))
    assert sizes == list(range(249, 49, -1))
    while session.can_redo:
        session.redo()
    assert len(session.events) == 250
