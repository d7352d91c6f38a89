"""Ten thousand events of one pump: an edit, its undo, storing it, and drawing, against the limits of a fluid window."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row
from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.jobs import Job
from workbench.logs.events.event import Event

NAME = "labels"
_EVENTS = 10_000
_REPEATS = 9
_EACH_NS = 120 * NS_PER_S
_LIMITS_MS = {"edit and draw": 33.0, "undo": 16.0, "strip of names": 16.0, "scroll of the list": 16.0, "store an edit": 300.0}


def run(size: float) -> list[Row]:
    """`size` scales the number of events."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    events = _events(max(300, round(_EVENTS * size)))
    found = {**_window(events), "store an edit": _store(events)}
    del application
    return [
        Row(name=f"labels: {what}, {len(events)} events", ours=f"{value:.1f} ms", peer=f"limit {_LIMITS_MS[what]:.0f} ms",
            ratio=value / _LIMITS_MS[what], goal="<= 1", held=value <= _LIMITS_MS[what])
        for what, value in found.items()
    ]  # fmt: skip


def _events(n: int) -> tuple[Event, ...]:
    random = np.random.default_rng(1)
    names, states = ("cavitation", "seal leak", "trip", "blockage"), ("real", "unsure", "not_real")
    return tuple(
        Event(
            id=f"{number:032x}", asset="P-1", name=names[random.integers(4)], start_utc=format_utc(number * _EACH_NS),
            end_utc=format_utc(number * _EACH_NS + int(random.integers(20, 600)) * NS_PER_S), state=states[random.integers(3)],  # type: ignore[arg-type]
            author="Ada", created_utc="2026-01-01T00:00:00Z",
        )
        for number in range(n)
    )  # fmt: skip


def _window(events: tuple[Event, ...]) -> dict[str, float]:
    from workbench.core.paths import resources
    from workbench.ui.pages.label.list import EventList
    from workbench.ui.pages.label.session import LabelSession
    from workbench.ui.theme import ThemeSource
    from workbench.ui.widgets.plots.events import EventStrip
    from workbench.ui.widgets.plots.marks import Marks
    from workbench.ui.widgets.plots.time_view import TimeView

    theme = ThemeSource(resources(), "light")
    view = TimeView()
    view.set_full(0, len(events) * _EACH_NS, 0)
    strip, table = EventStrip(theme, view), EventList(theme)
    strip.resize(1600, strip.height())
    table.resize(236, 700)
    session = LabelSession("P-1", events, "Ada")
    ids = [event.id for event in events]

    def edit(turn: int) -> None:
        chosen = ids[turn * 7 % len(ids)]
        session.move(chosen, turn * _EACH_NS, (turn + 3) * _EACH_NS)
        strip.set_marks(Marks(session.events, session.spans, {}), chosen)
        table.show_events(session.events, (chosen,))
        strip.grab()
        table.grab()

    def scroll(turn: int) -> None:
        table.verticalScrollBar().setValue(turn * 991)
        table.grab()

    found = {"edit and draw": _median_ms(edit), "undo": _median_ms(lambda _: session.undo())}
    found["strip of names"] = _median_ms(lambda _: strip.grab())
    found["scroll of the list"] = _median_ms(scroll)
    strip.close()
    table.close()
    return found


def _store(events: tuple[Event, ...]) -> float:
    import msgspec

    from workbench.services.label_edits import LabelsEditRequest, edit_labels
    from workbench.services.labels import LabelsSaveRequest, save_labels

    with tempfile.TemporaryDirectory() as folder:
        project = str(Path(folder) / "project")
        save_labels(LabelsSaveRequest(project=project, asset="P-1", events=events), Job())

        def edit(turn: int) -> None:
            changed = msgspec.structs.replace(events[turn], note=f"turn {turn}")
            edit_labels(LabelsEditRequest(project=project, asset="P-1", changed=(changed,)), Job())

        return _median_ms(edit)


def _median_ms(work: Callable[[int], object]) -> float:
    spans = []
    for turn in range(_REPEATS):
        started = time.process_time()
        work(turn)
        spans.append((time.process_time() - started) * 1000)
    return statistics.median(spans)
