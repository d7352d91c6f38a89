"""StackedPlots: overview, regimes, events, one row a channel and the time axis of one pump, over one shared stretch of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.logs.plot_layout import PlotLayout
from workbench.ui.format import zone_of
from workbench.ui.states import find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.axis import TimeAxisStrip
from workbench.ui.widgets.plots.events import EventStrip
from workbench.ui.widgets.plots.marks import Marks, marks_of
from workbench.ui.widgets.plots.overview import OverviewStrip
from workbench.ui.widgets.plots.quality import QualityMark
from workbench.ui.widgets.plots.regimes import RegimeStrip
from workbench.ui.widgets.plots.rows import PlotRows
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.plots.words import finding_words
from workbench.ui.widgets.tab_order import KeysInside

if TYPE_CHECKING:
    from workbench.logs.events.looks import Look
    from workbench.services.labels import Event
    from workbench.services.log_views import AssetLogs

_OVERVIEW_FIRST = ("vibration", "current", "pressure")


class StackedPlots(KeysInside):
    """`range_changed()` after zoom or pan, `span_changed()` when a stretch was marked,
    `event_chosen(id)`, `event_added(id)` with Ctrl, `layout_asked(PlotLayout)` when rows are to change."""

    range_changed = Signal()
    span_changed = Signal()
    event_chosen = Signal(str)
    event_added = Signal(str)
    layout_asked = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.setProperty("surface", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = TimeView(self)
        self.overview = OverviewStrip(theme, self.view)
        self.regimes = RegimeStrip(theme, self.view)
        self.events = EventStrip(theme, self.view)
        self.readers = (EventStrip(theme, self.view), EventStrip(theme, self.view))
        """The events of two readers, one below the other, while they are compared."""
        self.rows = self.main = PlotRows(theme, self.view)
        self.axis = TimeAxisStrip(theme, self.view)
        self.logs: AssetLogs | None = None
        self._main_channel = ""
        self._has_quality = self._has_events = True
        self._marks = Marks((), (), {})
        self._chosen = ""
        column = vertical(self, margins_px=(0, 0, 0, 4))
        column.addWidget(self.overview)
        column.addSpacing(4)
        column.addWidget(self.regimes)
        column.addWidget(self.events)
        for strip in self.readers:
            strip.hide()
            column.addWidget(strip)
            strip.event_chosen.connect(self._on_reader)
        column.addWidget(self.rows, 1)
        column.addWidget(self.axis)
        self.view.range_changed.connect(self.range_changed)
        self.view.span_changed.connect(self.span_changed)
        self.rows.row_chosen.connect(self.set_main_channel)
        self.rows.acts.asked.connect(self.layout_asked)
        self.rows.drag.dropped.connect(self.layout_asked)
        self.events.event_chosen.connect(self.event_chosen)
        self.events.event_added.connect(self.event_added)

    def show_logs(self, logs: AssetLogs | None, *, keeps_range: bool = False) -> None:
        """Draw a pump's logs (None: nothing), from the whole of them unless the range is to stay."""
        kept = (self.view.start_ns, self.view.end_ns)
        self.logs = logs
        self._main_channel = ""
        if logs is None:
            self.rows.show_layout(None, PlotLayout())
            self.overview.set_channel(None, "")
            return
        if self.rows.logs is None or self.rows.logs.asset != logs.asset:
            self.rows.show_layout(logs, PlotLayout())
        self.rows.logs = logs
        self.view.set_full(logs.first_ns, logs.last_ns, round((logs.sample_period_s or 0.0) * NS_PER_S))
        if keeps_range:
            self.view.show_range(*kept)
        self.set_marks(marks_of(logs.events, logs.looks))
        self.set_quality_shown(self._has_quality)

    def show_channels(self, names: tuple[str, ...]) -> None:
        """These channels: rows that are there stay, a new one comes where the log has it."""
        order = [one.name for one in self.logs.channels] if self.logs else []
        self.show_layout(self.rows.layout_now.with_channels(names, order))

    def show_layout(self, layout: PlotLayout) -> None:
        """Draw these rows."""
        self.rows.show_layout(self.logs, layout)
        channels = self.rows.channels
        if self._main_channel not in {one.name for one in channels}:
            preferred = [one.name for kind in _OVERVIEW_FIRST for one in channels if one.quantity == kind]
            self.set_main_channel(next(iter((*preferred, *(one.name for one in channels))), ""))

    def set_main_channel(self, name: str) -> None:
        """The channel that the overview draws."""
        self._main_channel = name
        self.overview.set_channel(self.logs, name)

    def set_marks(self, marks: Marks, chosen: str = "") -> None:
        """Show these events; one of them as chosen."""
        self._marks, self._chosen = marks, chosen
        self.events.set_marks(marks, chosen)
        self.rows.set_marks(marks if self._has_events else Marks((), (), {}), chosen)

    def show_readers(self, readers: Sequence[tuple[str, Sequence[Event]]], looks: Mapping[str, Look] | None = None) -> None:
        """Two readers' (name, events) in the place of all events; none: all events again."""
        for strip, (title, events) in zip(self.readers, readers, strict=False):
            strip.title = title
            strip.set_marks(marks_of(events, looks))
        for strip in self.readers:
            strip.setVisible(bool(readers))
        self.events.setVisible(self._has_events and not readers)

    def _on_reader(self, event_id: str) -> None:
        """The other reader's file holds events that are none of this project's."""
        if self._marks.find(event_id) is not None:
            self.event_chosen.emit(event_id)

    @property
    def marks(self) -> Marks:
        """The events, shown or hidden."""
        return self._marks

    def set_name_lines(self, n_lines: int) -> None:
        """Give the names of events so many lines."""
        for strip in (self.events, *self.readers):
            strip.set_lines(n_lines)

    def set_events_shown(self, is_shown: bool) -> None:
        """Show or hide events."""
        self._has_events = is_shown
        self.events.setVisible(is_shown)
        self.set_marks(self._marks, self._chosen)

    def set_quality_shown(self, is_shown: bool) -> None:
        """Show or hide the quality strips."""
        self._has_quality = is_shown
        self.rows.set_quality(_quality_of(self.logs, self.rows.zone) if is_shown and self.logs else {})

    def set_zone(self, name: str) -> None:
        """Show local times of a settings value; '' is UTC."""
        zone = zone_of(name)
        for strip in (self.overview, self.regimes, self.events, *self.readers, self.rows, self.axis):
            strip.set_zone(zone)
        self.axis.set_zone_words(name or "UTC")
        self.set_quality_shown(self._has_quality)


def _quality_of(logs: AssetLogs, zone: tzinfo) -> dict[str, tuple[QualityMark, ...]]:
    """Marks by channel; the empty key says that strips are shown."""
    found: dict[str, list[QualityMark]] = {"": []}
    whole_ns = logs.last_ns - logs.first_ns
    for finding in logs.findings:
        state = find_state(finding.severity)
        if not finding.channel or state is None or not finding.start_utc or not finding.end_utc:
            continue
        mark = QualityMark(
            start_ns=parse_utc(finding.start_utc), end_ns=parse_utc(finding.end_utc), state=state,
            text=finding_words(finding, whole_ns, zone),
        )  # fmt: skip
        found.setdefault(finding.channel, []).append(mark)
    return {name: tuple(marks) for name, marks in found.items()}
