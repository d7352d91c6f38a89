"""The parts of the Drift page: ranking, history of one channel, its two distributions, alarms."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from workbench.core.clock import parse_utc
from workbench.services.drift import DriftAlarm, DriftChannel, DriftResult
from workbench.ui.context import AppContext
from workbench.ui.format import digits_of, instant, number, zone_of
from workbench.ui.states import State
from workbench.ui.widgets.card import Card, SectionHeader
from workbench.ui.widgets.chart_axes import Axes, range_of
from workbench.ui.widgets.charts import LineChart, Series
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

_MOST_DOTS = 120


class ChannelPanel(QWidget):
    """Channels by effect size; `channel_chosen(index)`."""

    channel_chosen = Signal(int)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._title = SectionHeader(self.tr("Channels by effect size"))
        columns = (
            Column(key="state", title="", kind="symbol", width_px=36, is_sortable=False),
            Column(key="channel", title=self.tr("Channel"), kind="strong", width_px=130, stretch=True),
            Column(key="effect", title=self.tr("Effect"), kind="number", digits=2, width_px=64),
            Column(key="bar", title=self.tr("of its limit"), kind="bar", width_px=88, limit=1.0, bar_max=2.0, is_sortable=False),
        )
        self.table = ArrayTable(context.theme, columns)
        column = vertical(self)
        column.addWidget(self._title)
        column.addWidget(hairline())
        column.addWidget(self.table, 1)
        note = Text(
            self.tr("The latest effect, in units of the reference's own spread. Limits come from blocks of the reference."),
            "small", "text2", is_wrapped=True,
        )  # fmt: skip
        note.setContentsMargins(16, 8, 16, 12)
        column.addWidget(hairline())
        column.addWidget(note)
        self.table.row_selected.connect(self.channel_chosen)

    def show_channels(self, channels: tuple[DriftChannel, ...]) -> None:
        """The ranking, largest first."""
        over = State.OUT_OF_SPECIFICATION
        self.table.set_data(
            {
                "state": [over if channel.is_over else State.GOOD for channel in channels],
                "channel": [channel.channel for channel in channels],
                "effect": [channel.effect for channel in channels],
                "bar": [channel.effect / channel.effect_limit if channel.effect_limit else 0.0 for channel in channels],
            }
        )


class HistoryCard(Card):
    """One channel's drift over time in the measure that is chosen."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Drift over time"))
        self._context = context
        self._channel: DriftChannel | None = None
        self._result: DriftResult | None = None
        self.measures = Segmented(
            [("effect", self.tr("Effect")), ("psi", "PSI"), ("ks", "KS"), ("js", "JS"), ("wasserstein", "Wasserstein")],
            current="effect",
        )
        self.header.add(self.measures)
        self.chart = LineChart(context.theme, height_px=180)
        self.body.addWidget(self.chart, 1)
        self.measures.chosen.connect(self._redraw)

    def show_channel(self, channel: DriftChannel, result: DriftResult) -> None:
        """Show this channel."""
        self._channel, self._result = channel, result
        zone = zone_of(self._context.settings.zone)
        measures = [alarm.measure for alarm in result.alarms if alarm.channel == channel.channel]
        since = self.tr("{measure} over its limit since {at}").format(
            measure=measures[-1] if measures else self.tr("a measure"),
            at=instant(channel.over_since_utc, zone, with_seconds=False),
        )
        n_over = sum(point.is_over for point in channel.points)
        within = (
            self.tr("within its limits now, over one at {n} of {all} evaluations") if n_over else self.tr("within its limits")
        )
        facts = since if channel.over_since_utc else within.format(n=n_over, all=len(channel.points))
        self.set_title(channel.channel, facts)
        self._redraw("")

    def _redraw(self, _measure: str) -> None:
        channel, result = self._channel, self._result
        if channel is None or result is None or not channel.points:
            return
        measure = self.measures.current()
        values = [float(getattr(point, measure)) for point in channel.points]
        limit = channel.effect_limit if measure == "effect" else channel.limits.get(measure)
        times = [float(parse_utc(point.at_utc)) for point in channel.points]
        start = float(parse_utc(result.reference[0])) if result.reference else times[0]
        top = range_of([*values, limit or 0.0], floor=0.0, margin=0.3)
        self.chart.set_axes(Axes(x_range=(start, times[-1]), y_range=top, is_time=True), zone_of(self._context.settings.zone))
        if result.reference:
            self.chart.set_band(start, float(parse_utc(result.reference[1])), self.tr("Reference"), self.tr("Analysis"))
        over = frozenset(index for index, point in enumerate(channel.points) if point.is_over)
        self.chart.set_series([Series(x=times, y=values, has_dots=len(values) <= _MOST_DOTS, hollow=over)])
        self.chart.set_limit(limit, self.tr("Limit {value}").format(value=number(limit, 2)))


class DistributionCard(Card):
    """Reference and analysis period as two densities over shared bins."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Distribution"))
        self._facts = Text("", "small", "text2", is_wrapped=True)
        self.chart = LineChart(context.theme, height_px=200)
        self.body.addWidget(self._facts)
        self.body.addWidget(self.chart, 1)

    def show_channel(self, channel: DriftChannel, facts: str) -> None:
        """Show this channel's densities."""
        self.set_title(self.tr("Distribution"), channel.channel)
        self._facts.setText(facts)
        edges = channel.bin_edges
        if len(edges) < 2:
            self.chart.set_series(())
            return
        centres = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
        top = max([*channel.reference_density, *channel.analysis_density, 1e-12])
        room = 0.12 * (edges[-1] - edges[0])  # for the names at the curves
        self.chart.set_axes(
            Axes(
                x_range=(edges[0], edges[-1] + room),
                y_range=(0, top * 1.25),
                has_y_ticks=False,
                x_label=unit_words(channel.unit),
                n_x_ticks=4,
            )
        )
        self.chart.set_series(
            [
                Series(x=centres, y=channel.analysis_density, name=self.tr("Analysis"), is_filled=True),
                Series(
                    x=centres,
                    y=channel.reference_density,
                    name=self.tr("Reference"),
                    is_filled=True,
                    is_quiet=True,
                    is_dashed=True,
                ),
            ]
        )


class AlarmsCard(Card):
    """When a channel first went over its limit, newest last."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Drift alarms"), padding_px=0)
        self._context = context
        columns = (
            Column(
                key="time", title=self.tr("Time, {zone}").format(zone=context.settings.zone or "UTC"), width_px=108, tone="text2"
            ),
            Column(key="channel", title=self.tr("Channel"), kind="strong", width_px=110, stretch=True),
            Column(key="measure", title=self.tr("Measure"), width_px=66),
            Column(key="value", title=self.tr("Value"), kind="number", digits=2, width_px=58),
            Column(key="limit", title=self.tr("Limit"), kind="number", digits=2, width_px=58, tone="text2"),
        )
        self.table = ArrayTable(context.theme, columns)
        self._none = Text(self.tr("None: no channel crossed a limit that was calibrated on the reference."), "small", "text2",
                          is_wrapped=True)  # fmt: skip
        self._none.setContentsMargins(15, 12, 15, 12)
        self.body.setSpacing(0)
        self.body.addWidget(self._none, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.table, 1)
        self._none.setVisible(False)

    def show_alarms(self, alarms: tuple[DriftAlarm, ...]) -> None:
        """All alarms in order of time."""
        self.set_title(self.tr("Drift alarms"), self.tr("{n} in the analysis period").format(n=len(alarms)))
        self._none.setVisible(not alarms)
        self.table.setVisible(bool(alarms))
        zone = zone_of(self._context.settings.zone)
        self.table.set_data(
            {
                "time": [instant(alarm.at_utc, zone, with_seconds=False) for alarm in alarms],
                "channel": [alarm.channel for alarm in alarms],
                "measure": [alarm.measure for alarm in alarms],
                "value": [number(alarm.value, digits_of("", alarm.value)) for alarm in alarms],
                "limit": [number(alarm.limit, digits_of("", alarm.limit)) for alarm in alarms],
            }
        )
