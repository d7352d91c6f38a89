"""While a write runs, and the verdict afterwards."""

from __future__ import annotations

import itertools

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.core.wire import SlotState, Verdict
from workbench.services.devices import IdentifyResult, TransferRate, UpdateResult, UpdateStep
from workbench.ui.context import AppContext
from workbench.ui.format import duration, instant, number, percent, size
from workbench.ui.pages.devices.checks import SlotCard, StepBar
from workbench.ui.pages.devices.words import can_resume, next_step, plain_sizes, step_name, verdict_name
from workbench.ui.states import VERDICTS, State
from workbench.ui.widgets.bars import ProgressBar
from workbench.ui.widgets.buttons import PrimaryButton, SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.chart_axes import Axes, range_of
from workbench.ui.widgets.charts import LineChart, Series
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.states import VerdictBanner
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import IconLabel, StateSymbol, Text

_STEP_OF = {
    "identify": 0, "check": 1, "trust": 1, "transfer": 2, "verify": 3, "activate": 4, "self-test": 5, "confirm": 6, "receipt": 7,
}  # fmt: skip
_MAX_POINTS = 400


class StepTable(ArrayTable):
    """What happened, step by step, as read from the device."""

    def __init__(self, context: AppContext) -> None:
        columns = (
            Column(key="state", title="", kind="symbol", width_px=36, is_sortable=False),
            Column(key="time", title=context.tr("Time, UTC"), width_px=88, tone="text2", is_sortable=False),
            Column(key="step", title=context.tr("Step"), kind="strong", width_px=96, is_sortable=False),
            Column(key="text", title=context.tr("What happened"), width_px=300, stretch=True, is_sortable=False),
        )
        super().__init__(context.theme, columns)
        self._under_way = self.tr("under way")

    def show_steps(self, steps: list[UpdateStep]) -> None:
        """All steps in order."""
        states = {"done": State.GOOD, "failed": State.FAILURE, "running": State.NOT_CHECKED}
        self.set_data(
            {
                "state": [states[step.state] for step in steps],
                "time": [instant(step.at_utc)[-8:] for step in steps],
                "step": [step_name(step.step) for step in steps],
                "text": [plain_sizes(step.text) or self._under_way for step in steps],
            }
        )


class WriteView(QWidget):
    """Time left, one bar, what is safe, the rate, and what happened."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._steps: list[UpdateStep] = []
        self._rates: list[tuple[float, float]] = []
        self.steps = StepBar(context.theme)
        self._title = Text("", "small", "text2")
        self._left = Text("", "display")
        self._bar = ProgressBar(context.theme, height_px=20)
        self._percent = Text("", "strong")
        self._amount = Text("", "small", "text2")
        self._guard_symbol = StateSymbol(context.theme, State.NOT_CHECKED, 28)
        self._guard_slot, self._guard = Text("", "small", "text2"), Text("", "title")
        self._chart = LineChart(context.theme, height_px=110)
        self._table = StepTable(context)
        column = vertical(self, gap_px=12)
        column.addWidget(self.steps)
        column.addWidget(self._make_progress())
        column.addLayout(self._make_safety(context))
        self._rate = Card(self.tr("Rate"), self.tr("kB/s against what is written"))
        self._rate.body.addWidget(self._chart, 1)
        column.addWidget(self._rate, 2)
        happened = Card(self.tr("What happened"), padding_px=0)
        happened.body.addWidget(self._table)
        column.addWidget(happened, 3)

    def begin(self, title: str, identity: IdentifyResult | None) -> None:
        """A write starts; what runs on the device keeps running meanwhile."""
        self._steps, self._rates = [], []
        self._title.setText(title)
        self._left.setText(self.tr("Starting"))
        self._bar.set_fraction(0.0)
        self._percent.setText("")
        self._amount.setText("")
        self._show_guard(identity)
        self._chart.set_series(())
        self._table.show_steps([])
        self.steps.set_current(0)

    def add_step(self, step: UpdateStep) -> None:
        """Another line of what happened."""
        if self._steps and self._steps[-1].step == step.step and self._steps[-1].state == "running":
            self._steps[-1] = step
        else:
            self._steps.append(step)
        self.steps.set_current(_STEP_OF.get(step.step, 0))
        self._table.show_steps(self._steps)
        self._table.scrollToBottom()
        if step.step != "transfer":
            self._left.setText(step.text)

    def show_rate(self, rate: TransferRate) -> None:
        """How far the transfer is."""
        fraction = rate.offset_bytes / rate.total_bytes if rate.total_bytes else 0.0
        self._bar.set_fraction(fraction)
        left = duration(max(1.0, rate.remaining_s)) if rate.remaining_s is not None else "–"
        self._left.setText(self.tr("{time} left").format(time=left))
        self._percent.setText(percent(fraction))
        self._amount.setText(self.tr("{done} of {all}").format(done=size(rate.offset_bytes), all=size(rate.total_bytes)))
        self._rates = [*self._rates, (rate.offset_bytes / 1000, rate.rate_Bps / 1000)][-_MAX_POINTS:]
        offsets, speeds = [x for x, _ in self._rates], [y for _, y in self._rates]
        axes = Axes(x_range=(0, max(1.0, rate.total_bytes / 1000)), y_range=range_of(speeds, floor=0.0), x_label=self.tr("kB"))
        self._chart.set_axes(axes)
        self._chart.set_series([Series(x=offsets, y=speeds)])
        mean = sum(speeds) / len(speeds)
        now = self.tr("kB/s, now {now}, mean {mean}").format(now=number(speeds[-1], 1), mean=number(mean, 1))
        self._rate.set_title(self.tr("Rate"), now)

    def _show_guard(self, identity: IdentifyResult | None) -> None:
        active = next((slot for slot in identity.slots if slot.active), None) if identity else None
        has_data = identity is None or identity.live.state != Verdict.NO_DATA
        state = State.NOT_CHECKED if active is None else State.GOOD if has_data else State.OUT_OF_SPECIFICATION
        self._guard_symbol.set_state(state)
        word = self.tr("Guarding") if has_data else self.tr("No data")
        self._guard.setText(word if active else self.tr("No model yet"))
        letter = "AB"[active.slot] if active and active.slot in (0, 1) else "–"
        text = self.tr("Slot {letter}, release {n}").format(letter=letter, n=active.release) if active else self.tr("Both slots")
        self._guard_slot.setText(text)

    def _make_progress(self) -> Card:
        card = Card(padding_px=20)
        ends = QHBoxLayout()
        ends.addWidget(self._title)
        ends.addStretch(1)
        ends.addWidget(Text(self.tr("of the transfer"), "small", "text2"))
        below = QHBoxLayout()
        below.addWidget(self._percent)
        below.addWidget(self._amount)
        below.addStretch(1)
        below.addWidget(Text(self.tr("resume point kept on the device"), "small", "text2"))
        card.body.addLayout(ends)
        card.body.addWidget(self._left)
        card.body.addWidget(self._bar)
        card.body.addLayout(below)
        return card

    def _make_safety(self, context: AppContext) -> QHBoxLayout:
        cable, guard = Card(padding_px=14), Card(padding_px=14)
        row = horizontal(gap_px=12)
        row.addWidget(IconLabel(context.theme, "plug", "text1", 28))
        row.addLayout(_fact(self.tr("Safe to pull the cable"), Text(self.tr("No"), "title")))
        calm = self.tr("If it comes out: nothing is lost. The old model keeps running, and the write resumes.")
        row.addWidget(Text(calm, "small", "text2", is_wrapped=True), 1)
        cable.body.addLayout(row)
        second = horizontal(gap_px=12)
        second.addWidget(self._guard_symbol)
        second.addLayout(_fact("", self._guard, self._guard_slot))
        second.addStretch(1)
        guard.body.addLayout(second)
        both = horizontal(gap_px=12)
        both.addWidget(cable, 2)
        both.addWidget(guard, 1)
        return both


class VerdictView(QWidget):
    """The banner, and every line that was read from the device. `again_asked` resumes, `done_asked` goes on."""

    again_asked = Signal()
    done_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.steps = StepBar(context.theme)
        self.banner = VerdictBanner(context.theme)
        self._table = StepTable(context)
        self._said = Text("", "body", is_wrapped=True)
        self._slots = (SlotCard(context), SlotCard(context))
        self.again = PrimaryButton(context.theme, self.tr("Resume"), "play")
        self.done = PrimaryButton(context.theme, self.tr("Next pump"), "arrow")
        self.leave = SecondaryButton(context.theme, self.tr("Back to the checks"), "arrow-left")
        column = vertical(self, gap_px=12)
        column.addWidget(self.steps)
        column.addWidget(self.banner)
        column.addWidget(self._said)
        row = horizontal(gap_px=12)
        for card in self._slots:
            row.addWidget(card, 1)
        column.addLayout(row)
        evidence = Card(self.tr("Evidence"), self.tr("step by step, as the device answered"), padding_px=0)
        evidence.body.addWidget(self._table)
        column.addWidget(evidence, 1)
        row = horizontal(gap_px=8)
        row.addStretch(1)
        for button in (self.leave, self.again, self.done):
            row.addWidget(button)
        column.addLayout(row)
        self.again.clicked.connect(self.again_asked)
        self.done.clicked.connect(self.done_asked)
        self.leave.clicked.connect(self.done_asked)

    def show_result(self, result: UpdateResult) -> None:
        """One of three words, one sentence, and the evidence."""
        is_unfinished = can_resume(result)
        self.banner.show_verdict(VERDICTS[result.verdict], verdict_name(result.verdict), self._sentence(result))
        said = result.message if result.verdict == "unknown" else ""
        self._said.setText(self.tr("What happened: {text}").format(text=said))
        self._said.setVisible(bool(said))
        last = _STEP_OF.get(result.steps[-1].step, 0) if result.steps else 0
        self.steps.set_current(_STEP_OF["receipt"] + 1 if result.verdict == "verified" else last)
        self._table.show_steps([step for step in result.steps if step.state != "running"])
        self._show_slots(result)
        self.again.setVisible(is_unfinished)
        self.leave.setVisible(is_unfinished)
        self.done.setVisible(not is_unfinished)

    def focus_first(self) -> None:
        """The one button that goes on."""
        (self.again if self.again.isVisibleTo(self) else self.done).setFocus()

    def _sentence(self, result: UpdateResult) -> str:
        if result.verdict == "unknown":
            return self.tr("Do this next: {action}").format(action=next_step(result))
        at = instant(result.steps[-1].at_utc)[-8:-3] if result.steps else ""
        text = result.message or result.reason
        return self.tr("{text} Read back at {at} UTC.").format(text=text, at=at) if at and result.after else text

    def _show_slots(self, result: UpdateResult) -> None:
        slots = msgspec.convert(result.after.get("slots", []), tuple[SlotState, ...])
        for card, slot in itertools.zip_longest(self._slots, slots[: len(self._slots)]):
            card.setVisible(slot is not None)
            if slot is not None:
                card.show_slot(slot, None)


def _fact(name: str, value: Text, name_text: Text | None = None) -> QVBoxLayout:
    words = vertical()
    words.addWidget(name_text or Text(name, "small", "text2"))
    words.addWidget(value)
    return words
