"""The plots of one pump with the bar above them, as the Logs and Label pages both have them; opens what it is told to."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.runner import JobCall
from workbench.logs.plot_layout import PlotLayout
from workbench.services.log_views import AssetLogs, ChannelView, OpenLogsRequest, open_asset_logs
from workbench.services.logs import QualityRequest, QualityResult, log_quality
from workbench.ui.context import AppContext, Selection
from workbench.ui.pages.logs.regimes import RegimeLayer
from workbench.ui.pages.logs.severity_lines import SeverityLines
from workbench.ui.session_history import ROWS
from workbench.ui.styled_roots import DIVIDED
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.plots.layout_history import LayoutHistory
from workbench.ui.widgets.plots.rows import ROW_PX
from workbench.ui.widgets.plots.stack import StackedPlots
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.state_filter import StateFilter
from workbench.ui.widgets.tab_order import KeysInside
from workbench.ui.widgets.text import hairline, plain_tip

BAR_PX = 40
CORRECTED = "corrected"
CLOSING = "recording_closing"
"""Announced before recordings are removed: Windows deletes no file that is still mapped."""
_HOUR_NS = 3600 * NS_PER_S
_RANGES_NS = {"1h": _HOUR_NS, "24h": 24 * _HOUR_NS, "7d": 168 * _HOUR_NS, "14d": 336 * _HOUR_NS}
_LEAST_ROWS = 6
_ABOVE_PLOTS = 2
"""Place in the column: bar, line, what is put above, plots."""
_HELPERS = ("power", "")
"""Quantities that start unchecked where there are more channels than fit."""


class LogsView(KeysInside):
    """`opened(AssetLogs)` after a pump's logs were opened, `shown_changed()` after zoom, pan or another pump,
    `channels_fitted(names)` when more or fewer rows fit and the person chose none, `channels_shown()` when other channels are."""

    opened = Signal(object)
    shown_changed = Signal()
    channels_fitted = Signal(object)
    channels_shown = Signal()

    def __init__(self, context: AppContext, slot: str) -> None:
        super().__init__()
        self._context = context
        self._slot = slot
        self._wanted: tuple[int, int] | None = None
        self._keeps_range = False
        self.layouts = LayoutHistory(self)
        self.logs: AssetLogs | None = None
        self.asset = ""
        self.plots = StackedPlots(context.theme)
        self.states = StateFilter(context.theme, is_compact=True)
        self.regimes = RegimeLayer(context, self.plots, slot, self.states)
        self.main = self.plots  # or what is in their place
        # The Label page's tool pans with the right button.
        self.plots.rows.has_menu = slot == "logs"
        # Between the Label page's side panels the bar is 628 px wide on a 1280 px screen: less stands in it.
        self._is_narrow = slot == "label"
        self.ranges = Segmented(self._range_words(), "all")
        self.layers = Segmented(self._layer_words(), is_multiple=True)
        self.bar = QHBoxLayout()
        self.severity = SeverityLines(context, self)
        self._lay_out()
        self.ranges.chosen.connect(self._on_range)
        self.layers.toggled.connect(self._on_layer)
        self.plots.range_changed.connect(self._on_shown)
        self.plots.layout_asked.connect(self.change_layout)
        self.layouts.changed.connect(self._on_layout)
        if slot == "logs":
            self.layouts.stepped.connect(self._on_layout_stepped)
            context.history.serve(ROWS, self.layouts.undo, self.layouts.redo)
        context.settings_changed.connect(self._on_settings)
        self._on_settings(None)

    @property
    def range_ns(self) -> tuple[int, int]:
        """The stretch that is shown."""
        return self.plots.view.start_ns, self.plots.view.end_ns

    @property
    def chosen_states(self) -> tuple[str, ...]:
        """The operating states that count; () is all."""
        return self.states.value()

    @property
    def has_corrected_curves(self) -> bool:
        """Whether a correction changes a curve, so that there is a choice between the log as it was read and as corrected."""
        return self.logs is not None and any(one.action != "accept" for one in self.logs.corrections)

    def open_name(self) -> str:
        """Tag of the pump that is open, '' for none."""
        return self.asset

    def show_corrected(self, is_on: bool) -> None:
        """Show the corrected curves, or the log as it was read."""
        self.layers.set_on(CORRECTED, is_on)
        self._on_layer(CORRECTED, is_on)

    def open_asset(self, asset: str, range_ns: tuple[int, int] | None = None, *, again: bool = False) -> None:
        """Show a pump, and a stretch of it if one is given; `again` reads it anew and keeps what is shown."""
        self._wanted = range_ns
        if asset == self.asset and self.logs is not None and not again:
            self._show_wanted()
            return
        self._keeps_range = again and asset == self.asset
        self.asset = self.layouts.asset = asset
        request = OpenLogsRequest(project=self._context.project_text, asset=asset, is_raw=not self.layers.is_on(CORRECTED))
        self._context.read(open_asset_logs, request, self._on_opened, slot=f"open:{self._slot}")

    def close_logs(self) -> None:
        """Show nothing, and let go of the files."""
        self.logs, self.asset = None, ""
        self.plots.show_logs(None)
        self.regimes.read(None)

    def channels(self) -> tuple[str, ...]:
        """The channels that have a row."""
        if self.logs is None:
            return ()
        known = {channel.name for channel in self.logs.channels}
        chosen = tuple(name for name in self.layouts.current().channels if name in known)
        n_fit = max(_LEAST_ROWS, self.plots.rows.height() // ROW_PX)
        return chosen or first_channels(self.logs, n_fit)

    def show_channels(self, names: tuple[str, ...]) -> None:
        """Give these channels a row; remembered for the pump. The last row stays, whatever takes it away."""
        if not names:
            self.channels_fitted.emit(self.channels())
            return
        order = [channel.name for channel in self.logs.channels] if self.logs else []
        self.change_layout(self.plots.rows.layout_now.with_channels(names, order))

    def show_together(self, names: tuple[str, ...]) -> None:
        """These channels in one row, the last one."""
        layout = self.plots.rows.layout_now
        self.change_layout(layout.inserted(names, len(layout.rows)))

    def change_layout(self, layout: object) -> None:
        """Show other rows; remembered for the pump, and undone with Ctrl+Z."""
        assert isinstance(layout, PlotLayout)
        self.layouts.change(layout, before=self.plots.rows.layout_now)

    def _on_layout_stepped(self, asset: str) -> None:
        self._context.history.note(ROWS, asset)

    def show_current_layout(self) -> None:
        """Show the layout that the pump starts with."""
        self._on_layout(self.layouts.current())

    def _on_layout(self, layout: object) -> None:
        assert isinstance(layout, PlotLayout)
        if layout.rows:
            self.plots.show_layout(layout)
        else:
            self.plots.show_channels(self.channels())
        self.channels_fitted.emit(self.channels())
        self.channels_shown.emit()

    def put_in_place_of_plots(self, stack: QStackedWidget) -> None:
        """Let a stack with other ways to look hold the plots as its first widget."""
        self._middle.replaceWidget(self.plots, stack)
        self._middle.setStretchFactor(stack, 1)
        stack.addWidget(self.plots)

    def put_above(self, panel: QWidget) -> None:
        """A strip between the bar and the plots."""
        self._column.insertWidget(_ABOVE_PLOTS, panel)

    def put_beside(self, panel: QWidget) -> None:
        """A panel at the right of the plots, which get narrower: it covers nothing."""
        self._middle.addWidget(panel)
        if self.property(DIVIDED):
            self._context.theme.dress(panel)

    def put_below(self, panel: QWidget) -> None:
        """A panel under the plots, or whatever is in their place."""
        self._column.addWidget(panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """More room shows more rows, as long as the person chose none."""
        names = self.channels()
        if self.logs is None or self.layouts.current().rows or len(names) == len(self.plots.rows.channels):
            return
        self.plots.show_channels(names)
        self.channels_fitted.emit(names)

    def _on_opened(self, logs: object) -> None:
        assert isinstance(logs, AssetLogs)
        if logs.asset != self.asset:
            return
        self.logs = logs
        self.layers.button(CORRECTED).setVisible(self.has_corrected_curves and not self._is_narrow)
        self.plots.show_logs(logs, keeps_range=self._keeps_range)
        if not self._keeps_range:
            self.plots.view.show_range(*logs.main_stretch())
            self.plots.view.set_cursor(self.plots.view.end_ns)
        chosen = self.layouts.current()
        if chosen.rows and self.plots.rows.layout_now.rows != chosen.rows:
            self.plots.show_layout(chosen)
        self.plots.show_channels(self.channels())
        self._show_wanted()
        self.opened.emit(logs)
        self._on_shown()
        self.regimes.read(logs)
        if logs.has_old_findings and self._slot == "logs":
            request = QualityRequest(project=self._context.project_text, asset=self.asset)
            title = self.tr("Look at {asset} with newer checks").format(asset=self.asset)
            call = JobCall(title=title, function=log_quality, request=request, slot="findings", lane="thread")
            self._context.start_job(call, on_result=self._on_looked_again)

    def _on_looked_again(self, result: object) -> None:
        assert isinstance(result, QualityResult)
        if any(one.asset == self.asset for one in result.recordings):
            self.open_asset(self.asset, again=True)

    def _show_wanted(self) -> None:
        if self._wanted is not None:
            self.plots.view.show_range(*self._wanted)
            start, end = self._wanted
            self.plots.view.set_cursor(min(max((start + end) // 2, self.plots.view.start_ns), self.plots.view.end_ns))
        self._wanted = None

    def _on_range(self, name: str) -> None:
        view = self.plots.view
        if name == "all":
            view.show_all()
        else:
            end = view.end_ns if not view.is_whole else view.full_ns[1]
            view.show_range(end - _RANGES_NS[name], end)
        self._on_shown()

    def _on_layer(self, name: str, is_on: bool) -> None:
        if name == "regimes":
            self.plots.regimes.setVisible(is_on)
            if is_on:
                self.regimes.dim()
            else:
                self.plots.rows.set_dimmed(())
        elif name == CORRECTED:
            self.open_asset(self.asset, again=True)
        elif name == "events":
            self.plots.set_events_shown(is_on)
        else:
            self.plots.set_quality_shown(is_on)

    def _on_shown(self) -> None:
        view = self.plots.view
        length = view.length_ns
        known = [name for name, length_ns in _RANGES_NS.items() if abs(length - length_ns) < NS_PER_S]
        name = "all" if view.is_whole else next(iter(known), "")
        for other in (*_RANGES_NS, "all"):
            button = self.ranges.button(other)
            fits = other == "all" or _RANGES_NS[other] < 1.02 * (view.full_ns[1] - view.full_ns[0])
            button.setEnabled(fits)
            button.setToolTip("" if fits else self.tr("The log is shorter"))
        if name:
            self.ranges.set_current(name)
        else:
            self.ranges.clear()
        self.shown_changed.emit()

    def _on_settings(self, _settings: object) -> None:
        self.plots.set_zone(self._context.settings.zone)

    def _range_words(self) -> list[tuple[str, str]]:
        return [
            ("1h", self.tr("1 h")), ("24h", self.tr("24 h")), ("7d", self.tr("7 d")), ("14d", self.tr("14 d")),
            ("all", self.tr("All")),
        ]  # fmt: skip

    def _layer_words(self) -> list[tuple[str, str]]:
        return [
            ("regimes", self.tr("Regimes")), ("events", self.tr("Events")), (CORRECTED, self.tr("Corrected")),
            ("quality", self.tr("Quality")),
        ]  # fmt: skip

    def _lay_out(self) -> None:
        for name, _ in self._layer_words():
            self.layers.set_on(name, True)
        self.layers.button(CORRECTED).setToolTip(plain_tip(self.tr("Off shows the log as it was read")))
        self.layers.button(CORRECTED).hide()
        # The switch between ways to look has a menu for what finds no room; these have none.
        self.layers.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.ranges.button("14d").setVisible(not self._is_narrow)
        holder = QWidget()
        holder.setFixedHeight(BAR_PX)
        self.bar = horizontal(holder, margins_px=(16, 0, 22, 0), gap_px=8)
        self.bar.addWidget(self.ranges)
        self.bar.addStretch(1)
        self.bar.addWidget(self.states)
        self.bar.addWidget(self.layers)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(holder)
        column.addWidget(hairline())
        self._middle = horizontal()
        self._middle.addWidget(self.plots, 1)
        column.addLayout(self._middle, 1)


def first_channels(logs: AssetLogs, n_fit: int) -> tuple[str, ...]:
    """The channels that get a row before the person chose: all trends if they fit, else one of each kind and then the rest."""
    trends = [channel for channel in logs.channels if channel.group == "trend"] or list(logs.channels)
    names = [channel.name for channel in trends]
    if len(names) <= n_fit:
        return tuple(names)
    picked: list[str] = []
    for channel in (*_first_of_kind(trends), *trends):
        if channel.name not in picked and len(picked) < n_fit:
            picked.append(channel.name)
    return tuple(name for name in names if name in picked)


def _first_of_kind(channels: list[ChannelView]) -> list[ChannelView]:
    found: dict[str, ChannelView] = {}
    for channel in channels:
        if channel.quantity not in _HELPERS:
            found.setdefault(channel.quantity, channel)
    return list(found.values())


def parse_day(text: str) -> int:
    """First instant of a day such as '2026-03-12', ns."""
    return parse_utc(f"{text}T00:00:00Z")


def asked_range(goal: Selection, asset: str) -> tuple[int, int] | None:
    """The stretch that another page asked for, if it asked for this pump's."""
    if goal.asset != asset or goal.start_ns is None or goal.end_ns is None:
        return None
    return goal.start_ns, goal.end_ns
