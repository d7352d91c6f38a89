"""The split board with its leakage guard, and the runs of a training as they come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.core.clock import parse_utc
from workbench.logs.events.event import is_positive
from workbench.services.labels import LabelsListRequest, LabelsResult, list_labels
from workbench.services.plan_words import SplitPart
from workbench.services.training import RunSummary, SplitPreviewResult
from workbench.ui.context import AppContext
from workbench.ui.format import count, day, number, span, zone_of
from workbench.ui.pages.page_parts import clear_layout
from workbench.ui.pages.run_words import caught_of, delay_of, or_nan
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

_BAR_PX = 12
_TICK_PX = 3.0


class SplitCard(Card):
    """Three columns of pumps, and the guard's counts below."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Split"), context.tr("by asset, then by time"), padding_px=0)
        self._context = context
        self._badge = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Not planned yet"), is_quiet=True)
        self.header.add(self._badge)
        self._columns: dict[str, QVBoxLayout] = {}
        self._bars: list[tuple[str, PartBar]] = []
        self._facts: dict[str, Text] = {}
        row = horizontal()
        parts = (("train", self.tr("Train")), ("validate", self.tr("Validate")), ("holdout", self.tr("Hold out")))
        for index, (name, title) in enumerate(parts):
            if index:
                row.addWidget(hairline(is_vertical=True))
            row.addWidget(self._make_column(name, title), 1)
        self.body.setSpacing(0)
        self.body.addLayout(row, 1)
        self.body.addWidget(hairline())
        self._guard = Text("", "small", "text2")
        self._guard.setContentsMargins(16, 9, 16, 9)
        self.body.addWidget(self._guard)

    def show_split(self, split: SplitPreviewResult) -> None:
        """Cards a pump, facts a column, and the guard."""
        self._bars = []
        for name, column in self._columns.items():
            clear_layout(column)
            parts = [part for part in split.parts if part.part == name]
            for part in parts:
                column.addWidget(self._make_card(part))
            column.addStretch(1)
            n_events = sum(part.n_events for part in parts)
            n_pumps = len({part.asset for part in parts})
            self._facts[name].setText(
                f"{count(n_pumps, self.tr('pump'), self.tr('pumps'))} · {count(n_events, self.tr('event'), self.tr('events'))}"
            )
        self._show_guard(split)
        request = LabelsListRequest(project=self._context.project_text)
        self._context.read(list_labels, request, self._show_events, slot="train.labels")

    def _show_events(self, result: object) -> None:
        assert isinstance(result, LabelsResult)
        real = [event for event in result.events if is_positive(event)]
        for asset, bar in self._bars:
            bar.set_events([(parse_utc(e.start_utc), parse_utc(e.end_utc)) for e in real if e.asset == asset])

    def _show_guard(self, split: SplitPreviewResult) -> None:
        leaks = split.n_straddling + split.n_label_inputs
        if leaks:
            self._badge.set_state(State.FAILURE, self.tr("Leakage"))
        else:
            self._badge.set_state(State.GOOD, self.tr("No leakage"))
        texts = (
            self.tr("Leakage guard:"),
            self.tr("{n} windows straddle a boundary").format(n=split.n_straddling),
            self.tr("{n} pumps on two sides").format(n=split.n_assets_on_two_sides),
            self.tr("{n} labels among the inputs").format(n=split.n_label_inputs),
        )
        self._guard.setText("   ".join(texts))

    def _make_column(self, name: str, title: str) -> QWidget:
        holder = QWidget()
        column = vertical(holder, margins_px=(12, 10, 12, 12), gap_px=8)
        head = QHBoxLayout()
        head.addWidget(Text(title, "label"))
        head.addStretch(1)
        self._facts[name] = Text("", "small", "text2")
        head.addWidget(self._facts[name])
        column.addLayout(head)
        inner = QWidget()
        cards = vertical(inner, gap_px=6)
        scroll = scrolled(inner)
        column.addWidget(scroll, 1)
        self._columns[name] = cards
        return holder

    def _make_card(self, part: SplitPart) -> QWidget:
        card = Card(padding_px=8)
        head = QHBoxLayout()
        head.addWidget(Text(part.asset, "label"))
        head.addStretch(1)
        head.addWidget(Text(count(part.n_events, self.tr("event"), self.tr("events")), "small", "text2"))
        card.body.addLayout(head)
        bar = PartBar(self._context.theme, part)
        self._bars.append((part.asset, bar))
        card.body.addWidget(bar)
        zone = zone_of(self._context.settings.zone)
        days = [day(part.start_utc, zone), day(part.end_utc, zone)]
        when = " – ".join(days) if days[0] != days[1] else span(part.start_utc, part.end_utc, zone)
        facts = self.tr("{when} · {n} windows").format(when=when, n=number(part.n_windows))
        card.body.addWidget(Text(facts, "caption", "text2"))
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return card


class PartBar(QWidget):
    """The part's span as a bar; each real event on it as a tick of its own length, at least 3 px."""

    def __init__(self, theme: ThemeSource, part: SplitPart) -> None:
        super().__init__()
        self._theme = theme
        self._start_ns, self._end_ns = parse_utc(part.start_utc), parse_utc(part.end_utc)
        self._spans: list[tuple[int, int]] = []
        self.setFixedHeight(_BAR_PX)
        theme.changed.connect(self._redraw)

    def set_events(self, spans: list[tuple[int, int]]) -> None:
        """(start, end) in ns of the events of this pump; those outside are not drawn."""
        self._spans = [span for span in spans if span[1] >= self._start_ns and span[0] <= self._end_ns]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, _BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = self.height() / 2
        painter.fillRect(QRectF(0, middle - 3, self.width(), 6), curve_colour(self._theme, 0, 0.55))
        for start, end in self._spans:
            left, right = self._x(max(start, self._start_ns)), self._x(min(end, self._end_ns))
            painter.fillRect(QRectF(left, 0, max(_TICK_PX, right - left), self.height()), self._theme.colour("accent"))
        painter.end()

    def _x(self, at_ns: int) -> float:
        return (at_ns - self._start_ns) / max(1, self._end_ns - self._start_ns) * self.width()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class RunsCard(Card):
    """Runs of the present training, one row as each ends."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Runs"), context.tr("they appear here while training runs"), padding_px=0)
        self._runs: list[RunSummary] = []
        columns = (
            Column(key="family", title=self.tr("Family"), width_px=160, stretch=True),
            Column(key="caught", title=self.tr("Events caught"), kind="strong", width_px=104, is_sortable=False),
            Column(key="delay", title=self.tr("Delay, median"), width_px=104, is_sortable=False),
            Column(key="false", title=self.tr("False alarms a week"), kind="number", digits=2, width_px=140),
        )
        self.table = ArrayTable(context.theme, columns)
        self.body.addWidget(self.table)

    def begin(self) -> None:
        """A new training starts."""
        self._runs = []
        self._show()
        self.set_title(self.tr("Runs"), self.tr("training…"))

    def add(self, run: RunSummary) -> None:
        """One run ended."""
        self._runs.append(run)
        self._show()

    def end(self) -> None:
        """The training ended, whichever way."""
        self.set_title(self.tr("Runs"), count(len(self._runs), self.tr("run"), self.tr("runs")))

    def _show(self) -> None:
        self.table.set_data(
            {
                "family": [run.title for run in self._runs],
                "caught": [caught_of(run) for run in self._runs],
                "delay": [delay_of(run) for run in self._runs],
                "false": [or_nan(run.metrics.get("false_alarms_per_week")) for run in self._runs],
                "is_quiet": [run.is_baseline for run in self._runs],
            }
        )
