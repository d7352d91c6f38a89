"""While a write runs, and the verdict afterwards."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.services.devices import TransferRate, UpdateResult, UpdateStep
from workbench.ui.context import AppContext
from workbench.ui.format import duration, instant, number, percent, size
from workbench.ui.pages.devices_checks import StepBar
from workbench.ui.states import State
from workbench.ui.widgets.bars import ProgressBar
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.chart_axes import Axes, range_of
from workbench.ui.widgets.charts import LineChart, Series
from workbench.ui.widgets.states import VerdictBanner
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import IconLabel, Text

_STEP_OF = {"identify": 0, "check": 1, "transfer": 2, "verify": 3, "activate": 4, "self-test": 5, "confirm": 6, "receipt": 7}
_MAX_POINTS = 400
_VERDICTS = {"verified": State.GOOD, "failed": State.FAILURE, "unknown": State.OUT_OF_SPECIFICATION}


class StepTable(ArrayTable):
    """What happened, step by step, as read from the device."""

    def __init__(self, context: AppContext) -> None:
        columns = (
            Column(key="state", title="", kind="symbol", width_px=36, is_sortable=False),
            Column(key="time", title=context.tr("Time, UTC"), width_px=120, tone="text2", is_sortable=False),
            Column(key="step", title=context.tr("Step"), kind="strong", width_px=96, is_sortable=False),
            Column(key="text", title=context.tr("What happened"), width_px=300, stretch=True, is_sortable=False),
        )
        super().__init__(context.theme, columns)

    def show_steps(self, steps: list[UpdateStep]) -> None:
        """All steps in order."""
        states = {"done": State.GOOD, "failed": State.FAILURE, "running": State.NOT_CHECKED}
        self.set_data(
            {
                "state": [states[step.state] for step in steps],
                "time": [instant(step.at_utc) for step in steps],
                "step": [step.step.capitalize() for step in steps],
                "text": [step.text for step in steps],
            }
        )


class WriteView(QWidget):
    """Time left, one bar, what is safe, the rate, and what happened."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._steps: list[UpdateStep] = []
        self._rates: list[tuple[float, float]] = []
        self.steps = StepBar()
        self._title = Text("", "small", "text2")
        self._left = Text("", "display")
        self._bar = ProgressBar(context.theme, height_px=20)
        self._amount = Text("", "small", "text2")
        self._chart = LineChart(context.theme, height_px=110)
        self._table = StepTable(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.steps)
        column.addWidget(self._make_progress())
        column.addWidget(self._make_safety(context))
        rate = Card(self.tr("Rate"), self.tr("kB/s"))
        rate.body.addWidget(self._chart, 1)
        column.addWidget(rate, 2)
        happened = Card(self.tr("What happened"), padding_px=0)
        happened.body.addWidget(self._table)
        column.addWidget(happened, 3)

    def begin(self, title: str) -> None:
        """A write starts."""
        self._steps, self._rates = [], []
        self._title.setText(title)
        self._left.setText(self.tr("Starting"))
        self._bar.set_fraction(0.0)
        self._amount.setText("")
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
        left = duration(rate.remaining_s) if rate.remaining_s is not None else "–"
        self._left.setText(self.tr("{time} left").format(time=left))
        amount = self.tr("{percent} · {done} of {all} · resume point kept on the device")
        self._amount.setText(amount.format(percent=percent(fraction), done=size(rate.offset_bytes), all=size(rate.total_bytes)))
        self._rates = [*self._rates, (float(rate.offset_bytes), rate.rate_Bps / 1000)][-_MAX_POINTS:]
        offsets, speeds = [x for x, _ in self._rates], [y for _, y in self._rates]
        axes = Axes(x_range=(0, max(1.0, rate.total_bytes)), y_range=range_of(speeds, floor=0.0), n_x_ticks=1)
        self._chart.set_axes(axes)
        self._chart.set_series([Series(x=offsets, y=speeds, name=number(speeds[-1], 1))])

    def _make_progress(self) -> Card:
        card = Card(padding_px=20)
        for widget in (self._title, self._left, self._bar, self._amount):
            card.body.addWidget(widget)
        return card

    def _make_safety(self, context: AppContext) -> Card:
        card = Card(padding_px=14)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(IconLabel(context.theme, "plug", "text1", 28))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(self.tr("Safe to pull the cable"), "small", "text2"))
        words.addWidget(Text(self.tr("No"), "title"))
        row.addLayout(words)
        calm = self.tr("If it comes out, nothing is lost: the old model keeps running, and the write resumes.")
        row.addWidget(Text(calm, "small", "text2", is_wrapped=True), 1)
        card.body.addLayout(row)
        return card


class VerdictView(QWidget):
    """The banner, and every line that was read from the device. `again_asked` resumes, `done_asked` goes on."""

    again_asked = Signal()
    done_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.steps = StepBar()
        self.banner = VerdictBanner(context.theme)
        self._table = StepTable(context)
        self.again = SecondaryButton(context.theme, self.tr("Resume"), "play")
        self.done = SecondaryButton(context.theme, self.tr("Next pump"), "arrow")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.steps)
        column.addWidget(self.banner)
        evidence = Card(self.tr("Evidence"), self.tr("every line was read from the device"), padding_px=0)
        evidence.body.addWidget(self._table)
        column.addWidget(evidence, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.again)
        row.addWidget(self.done)
        column.addLayout(row)
        self.again.clicked.connect(self.again_asked)
        self.done.clicked.connect(self.done_asked)

    def show_result(self, result: UpdateResult) -> None:
        """One of three words, one sentence, and the evidence."""
        self.banner.show_verdict(_VERDICTS[result.verdict], result.verdict.capitalize(), self._sentence(result))
        self.steps.set_current(
            8 if result.verdict == "verified" else _STEP_OF.get(result.steps[-1].step, 0) if result.steps else 0
        )
        self._table.show_steps([step for step in result.steps if step.state != "running"])
        self.again.setVisible(result.verdict == "unknown")

    def _sentence(self, result: UpdateResult) -> str:
        if result.verdict == "unknown":
            return self.tr("Do this next: {action}").format(action=result.next_action)
        return result.message or result.reason
