"""The four cards of the Compare page."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from workbench.core.clock import parse_utc
from workbench.services.runs import CurvePoint, TimelineAlarm, TimelineResult
from workbench.services.training import RunSummary
from workbench.ui.context import AppContext
from workbench.ui.format import MISSING, count, instant, number, span, zone_of
from workbench.ui.pages.page_parts import clear_layout
from workbench.ui.pages.run_words import caught_of, delay_of, or_nan
from workbench.ui.widgets.buttons import FlatButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.chart_axes import Axes, range_of
from workbench.ui.widgets.charts import LineChart, ScatterChart, Series
from workbench.ui.widgets.interval_cell import IntervalPainter
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.slider import Slider
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline
from workbench.ui.widgets.timeline import TimelineBox, TimelineChart, TimelineMark

_SLIDER_STEPS = 1000
_SETTLE_MS = 40
_MAX_SLICES = 3
_SHOWN_PER_WEEK = 2.0
_INTERVAL = 7
_OF_MODEL = ("ram_kb", "latency_ms")


class LeaderboardCard(Card):
    """`run_chosen(id)` when the cursor moves to a run."""

    run_chosen = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Leaderboard"), padding_px=0)
        self._runs: tuple[RunSummary, ...] = ()
        columns = (
            Column(key="crown", title="", kind="icon", width_px=32, is_sortable=False),
            Column(key="run", title=self.tr("Run"), kind="mono", width_px=78),
            Column(key="family", title=self.tr("Family"), width_px=176, stretch=True),
            Column(key="caught", title=self.tr("Caught"), kind="strong", width_px=56, is_sortable=False),
            Column(key="recall", title="", kind="bar", width_px=56),
            Column(key="delay", title=self.tr("Delay"), kind="number", width_px=82, is_sortable=False),
            Column(key="false", title=self.tr("False / week"), kind="number", digits=2, width_px=84),
            Column(key="interval", title="", kind="number", width_px=92, is_sortable=False),
            Column(key="ram", title=self.tr("RAM, kB"), kind="number", width_px=66),
            Column(key="ms", title="ms", kind="number", digits=2, width_px=48),
        )
        self.table = ArrayTable(context.theme, columns)
        self._intervals = IntervalPainter(context.theme, self.table.array, self.table, ("low", "false", "high"))
        self.table.setItemDelegateForColumn(_INTERVAL, self._intervals)
        self.body.addWidget(self.table)
        self.table.row_selected.connect(self._on_row)

    def show_runs(self, runs: tuple[RunSummary, ...], champion: str | None, chosen: str) -> None:
        """Show all runs; baselines stay, greyed."""
        self._runs = runs
        held_out = next((int(run.metrics.get("n_events") or 0) for run in runs), 0)
        target = next((run.target_per_week for run in runs if run.target_per_week), None)
        none = self.tr("no events on the hold-out: every alarm counts as false")
        facts = none if not held_out else count(held_out, self.tr("event on the hold-out"), self.tr("events on the hold-out"))
        aim = self.tr("threshold set for {rate} false alarms a pump-week").format(rate=number(target, 2))
        self.set_title(self.tr("Leaderboard"), f"{facts} · {aim}" if target else facts)
        highs = [or_nan(run.metrics.get("false_alarms_high")) for run in runs]
        rates = [or_nan(run.metrics.get("false_alarms_per_week")) for run in runs]
        self._intervals.set_scale(_scale_of(rates, target), target)
        self.table.set_data(
            {
                "crown": ["crown" if run.id == champion else "" for run in runs],
                "run": [self.tr("baseline") if run.is_baseline else run.id[:8] for run in runs],
                "family": [run.title for run in runs],
                "caught": [caught_of(run) for run in runs],
                "recall": [run.metrics.get("event_recall") or 0.0 for run in runs],
                "delay": [delay_of(run) for run in runs],
                "false": rates,
                "low": [or_nan(run.metrics.get("false_alarms_low")) for run in runs],
                "high": highs,
                "interval": [_interval(run) for run in runs],
                "ram": [_of_model(run, "ram_kb") for run in runs],
                "ms": [_of_model(run, "latency_ms") for run in runs],
                "is_quiet": [run.is_baseline for run in runs],
            }
        )
        self.choose(chosen)

    def choose(self, run: str) -> None:
        """Move the cursor to a run."""
        for index, found in enumerate(self._runs):
            if found.id == run:
                self.table.select_row(index)

    def _on_row(self, row: int) -> None:
        self.run_chosen.emit(self._runs[row].id)


class ThresholdCard(Card):
    """A slider over the curve of what each threshold would give; `threshold_moved(score)`."""

    threshold_moved = Signal(float)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Threshold"))
        self._curve: tuple[CurvePoint, ...] = ()
        self._reset = FlatButton(context.theme, self.tr("Reset"))
        self.header.add(self._reset)
        self._false, self._caught = Text("–", "display"), Text("–", "display")
        self._caught.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.slider = Slider(context.theme, _SLIDER_STEPS, self.tr("Alarm threshold on the score scale"))
        self.slider.setValue(_SLIDER_STEPS // 2)
        self._caught_word = Text(self.tr("events caught"), "small", "text2")
        self._score = Text("", "small", "text2")
        self._chart = LineChart(context.theme, height_px=120)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._lay_out()
        self.slider.valueChanged.connect(self._on_moved)
        self._settle.timeout.connect(self._on_settled)
        self._reset.clicked.connect(self._on_reset)

    def reset(self) -> None:
        """Back to the calibrated threshold, quietly."""
        self.slider.blockSignals(True)
        self.slider.setValue(_SLIDER_STEPS // 2)
        self.slider.blockSignals(False)

    def show_timeline(self, run: RunSummary, found: TimelineResult) -> None:
        """Show what the present threshold gives."""
        self.set_title(self.tr("Threshold"), run.title)
        self._curve = found.curve
        self._false.setText(number(found.false_alarms_per_week, 2))
        caught = self.tr("{n} of {all}").format(n=found.n_caught, all=found.n_events)
        self._caught.setText(caught if found.n_events else MISSING)
        self._caught_word.setText(self.tr("events caught") if found.n_events else self.tr("no events to catch"))
        self._score.setText(self.tr("score {score}").format(score=number(self._threshold(), 2)))
        points = sorted(found.curve, key=_by_false)
        all_caught = [point.false_alarms_per_week for point in points if point.n_caught >= found.n_events]
        most = max(_SHOWN_PER_WEEK, 2 * found.false_alarms_per_week, 1.2 * min(all_caught, default=0.0))
        self._chart.set_axes(
            Axes(x_range=(0, max(most, 0.1)), y_range=(0, max(1, found.n_events)), n_x_ticks=4,
                 x_label=self.tr("Events caught against false alarms per pump-week"))
        )  # fmt: skip
        shown = [point for point in points if point.false_alarms_per_week <= most]
        self._chart.set_series(
            [Series(x=[point.false_alarms_per_week for point in shown], y=[float(point.n_caught) for point in shown])]
        )
        self._chart.set_cursor(min(found.false_alarms_per_week, most))

    def _threshold(self) -> float:
        # To the right: earlier alarms, so a lower threshold.
        return 1.0 - self.slider.value() / _SLIDER_STEPS

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        right = Qt.AlignmentFlag.AlignRight
        grid.addWidget(self._false, 0, 0)
        grid.addWidget(self._caught, 0, 1, right)
        grid.addWidget(Text(self.tr("false alarms per pump-week"), "small", "text2"), 1, 0)
        grid.addWidget(self._caught_word, 1, 1, right)
        self.body.addLayout(grid)
        self.body.addWidget(self.slider)
        ends = QHBoxLayout()
        ends.addWidget(Text(self.tr("Fewer alarms"), "caption", "text2"))
        ends.addStretch(1)
        ends.addWidget(self._score)
        ends.addStretch(1)
        ends.addWidget(Text(self.tr("Earlier alarms"), "caption", "text2"))
        self.body.addLayout(ends)
        self.body.addWidget(self._chart, 1)

    def _on_moved(self, _value: int) -> None:
        self._score.setText(self.tr("score {score}").format(score=number(self._threshold(), 2)))
        self._settle.start()

    def _on_settled(self) -> None:
        self.threshold_moved.emit(self._threshold())

    def _on_reset(self) -> None:
        self.slider.setValue(_SLIDER_STEPS // 2)


class AlarmsCard(Card):
    """Alarms against events, and the worst slices; `alarm_opened(index)` asks for the trace."""

    alarm_opened = Signal(int)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Alarms against events"), padding_px=0)
        self._context = context
        self.chart = TimelineChart(context.theme)
        self.header.add(Text(self.tr("▭ event   ▲ alarm   △ false alarm"), "small", "text2"))
        self.open_button = FlatButton(context.theme, self.tr("Open trace"), "logs")
        self.open_button.setToolTip(self.tr("Choose an alarm; Enter or a double click opens its trace too"))
        self.open_button.setEnabled(False)
        self.header.add(self.open_button)
        self.body.addWidget(self.chart, 1)
        self.body.addWidget(hairline())
        self._slices = QWidget()
        self._slice_row = horizontal(self._slices, margins_px=(16, 10, 16, 12), gap_px=12)
        self.body.addWidget(self._slices)
        self.chart.alarm_opened.connect(self.alarm_opened)
        self.chart.alarm_chosen.connect(self._on_chosen)
        self.open_button.clicked.connect(self._on_open)

    def show_timeline(self, found: TimelineResult) -> None:
        """Rows by pump; the span of the hold-out as the title's fact."""
        zone = zone_of(self._context.settings.zone)
        rows = list(dict.fromkeys(asset for asset, _, _ in found.spans))
        if not rows:
            self.chart.set_rows((), (), ())
            return
        first = min(parse_utc(start) for _, start, _ in found.spans)
        last = max(parse_utc(end) for _, _, end in found.spans)
        self.set_title(self.tr("Alarms against events"), span(first, last, zone))
        self.chart.set_axes(Axes(x_range=(first, last), is_time=True, has_y_ticks=False, n_x_ticks=6), zone)
        boxes = [
            TimelineBox(row=rows.index(event.asset), start_ns=parse_utc(event.start_utc), end_ns=parse_utc(event.end_utc),
                        is_caught=event.is_caught)
            for event in found.events if event.asset in rows
        ]  # fmt: skip
        marks = [self._mark(rows.index(alarm.asset), alarm) for alarm in found.alarms]
        self.chart.set_rows(rows, boxes, marks)
        self.open_button.setEnabled(self.chart.chosen is not None)
        self._show_slices(found)

    def _on_chosen(self, _index: int) -> None:
        self.open_button.setEnabled(True)

    def _on_open(self) -> None:
        if self.chart.chosen is not None:
            self.alarm_opened.emit(self.chart.chosen)

    def _mark(self, row: int, alarm: TimelineAlarm) -> TimelineMark:
        is_false = alarm.event is None
        return TimelineMark(row=row, at_ns=parse_utc(alarm.start_utc), is_false=is_false, text=self._tip(alarm))

    def _tip(self, alarm: TimelineAlarm) -> str:
        word = self.tr("False alarm") if alarm.event is None else self.tr("Alarm")
        at = instant(alarm.start_utc, zone_of(self._context.settings.zone), with_seconds=False)
        return self.tr("{word}, {at}, score {score}").format(word=word, at=at, score=number(alarm.peak_score, 2))

    def _show_slices(self, found: TimelineResult) -> None:
        clear_layout(self._slice_row)
        self._slice_row.addWidget(Text(self.tr("Worst slice first"), "small", "text2"))
        for part in found.slices[:_MAX_SLICES]:
            self._slice_row.addWidget(_slice_chip(part), 1)


class FrontCard(Card):
    """Events caught against what it costs, a point a run; `run_chosen(id)` on a click."""

    run_chosen = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Caught against"))
        self._all: tuple[RunSummary, ...] = ()
        self._runs: list[RunSummary] = []
        self._chosen = ""
        self.cost = Segmented(
            [("false_alarms_per_week", self.tr("Alarms")), ("ram_kb", self.tr("RAM")), ("latency_ms", self.tr("Latency"))],
            current="false_alarms_per_week",
        )
        self.header.add(self.cost)
        self.chart = ScatterChart(context.theme)
        self.body.addWidget(self.chart, 1)
        self.chart.point_clicked.connect(self._on_point)
        self.cost.chosen.connect(self._on_cost)

    def show_runs(self, runs: tuple[RunSummary, ...], chosen: str) -> None:
        """All runs that have both figures; the best trade-offs as a line."""
        self._all, self._chosen = runs, chosen
        key = self.cost.current()
        self._runs = [run for run in runs if run.metrics.get(key) is not None and not (run.is_baseline and key in _OF_MODEL)]
        points = [(float(run.metrics[key] or 0), float(run.metrics.get("n_caught") or 0)) for run in self._runs]
        if not points:
            self.chart.set_points(())
            return
        labels = {"false_alarms_per_week": self.tr("false alarms per pump-week"), "ram_kb": self.tr("RAM, kB"),
                  "latency_ms": self.tr("ms a window")}  # fmt: skip
        self.chart.set_axes(
            Axes(x_range=range_of([x for x, _ in points], margin=0.08), y_range=range_of([y for _, y in points], margin=0.15),
                 n_x_ticks=4, x_label=labels[key])
        )  # fmt: skip
        ringed = [index for index, run in enumerate(self._runs) if run.id == chosen]
        names = {index: self._runs[index].title for index in ringed}
        self.chart.set_points(points, front=_front_of(points), ringed=ringed, names=names)

    def _on_cost(self, _key: str) -> None:
        self.show_runs(self._all, self._chosen)

    def _on_point(self, index: int) -> None:
        self.run_chosen.emit(self._runs[index].id)


class DiffCard(Card):
    """The differences of two runs in words, one a line; `closed` gives the place back."""

    closed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Diff"), padding_px=0)
        self.close_button = FlatButton(context.theme, self.tr("Close"))
        self.header.add(self.close_button)
        self._rows = vertical(margins_px=(16, 8, 16, 8), gap_px=6)
        inner = QWidget()
        inner.setLayout(self._rows)
        scroll = scrolled(inner)
        self.body.addWidget(scroll)
        self.close_button.clicked.connect(self.closed)

    def show_differences(self, facts: str, differences: tuple[str, ...]) -> None:
        """Sentences, each about one difference."""
        self.set_title(self.tr("Diff"), facts)
        clear_layout(self._rows)
        for sentence in differences or (self.tr("No difference."),):
            self._rows.addWidget(Text(sentence, "small", is_wrapped=True))
        self._rows.addStretch(1)


def _slice_chip(part: dict[str, object]) -> QWidget:
    frame = Card(padding_px=10)
    row = horizontal(gap_px=8)
    row.addWidget(Text(str(part["name"]), "strong"))
    row.addStretch(1)
    if part["n_events"]:
        row.addWidget(Text(f"{part['n_caught']} of {part['n_events']}", "strong"))
    rate = part.get("false_alarms_per_week")
    if isinstance(rate, float):
        row.addWidget(Text(f"{number(rate, 2)} / week", "small", "text2"))
    frame.body.addLayout(row)
    return frame


def _front_of(points: list[tuple[float, float]]) -> list[int]:
    front: list[int] = []
    best = -1.0
    for index in sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1])):
        if points[index][1] > best:
            front.append(index)
            best = points[index][1]
    return front


def _by_false(point: CurvePoint) -> float:
    return point.false_alarms_per_week


def _interval(run: RunSummary) -> str:
    low, high = run.metrics.get("false_alarms_low"), run.metrics.get("false_alarms_high")
    return "–" if low is None or high is None else f"{number(low, 1)} – {number(high, 1)}"


def _of_model(run: RunSummary, key: str) -> float:
    """RAM and latency say nothing of a baseline."""
    return float("nan") if run.is_baseline else or_nan(run.metrics.get(key))


def _scale_of(rates: list[float], target: float | None) -> float:
    """What fills an interval's cell: three times the aim, unless most runs lie beyond it."""
    known = sorted(rate for rate in rates if rate == rate)
    middle = known[len(known) // 2] if known else 0.0
    return max(3 * (target or 0.0), 2 * middle, 0.1)
