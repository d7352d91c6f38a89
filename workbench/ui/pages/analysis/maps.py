"""Spectrogram and orders: a map over time with the spectrum of one column under it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from workbench.core.clock import format_utc
from workbench.core.jobs import Job
from workbench.core.requests import Request, build
from workbench.services.analysis_maps import (
    MapPicture,
    OrdersRequest,
    SpectrogramRequest,
    find_order_picture,
    find_spectrogram_picture,
    log_orders,
    log_spectrogram,
)
from workbench.services.analysis_reads import Opened
from workbench.ui.context import AppContext
from workbench.ui.format import number, zone_of
from workbench.ui.pages.analysis.base import AnalysisMode, NumberField, labelled
from workbench.ui.pages.analysis.lines_panel import frequency_text, height_text
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.analysis.map_plot import MapPlot
from workbench.ui.widgets.analysis.spectrum_plot import PlotMark, SpectrumPlot
from workbench.ui.widgets.analysis.waterfall_plot import WaterfallPlot
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.clock import cursor_text
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.text import Text

_N_SLOW = 2
"""Lines at 0 that hold what is left of the mean."""


class MapMode(AnalysisMode):
    """Base of both: the map, the spectrum of the chosen column, and what stands at its cursor."""

    machine_fields: ClassVar[tuple[str, ...]] = ("speed_channel", "tacho_channel", "pulses_per_turn", "speed_rpm", "n_vanes")

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.map_plot = MapPlot(context.theme, self.tr("Map over time"))
        self.waterfall = WaterfallPlot(context.theme, self.tr("Waterfall of spectra"))
        self.plot = SpectrumPlot(context.theme, self.tr("Spectrum of the chosen instant"))
        self.shape = Segmented([("map", self.tr("Map")), ("waterfall", self.tr("Waterfall"))], "map")
        self.colours = Segmented([("log", self.tr("Log")), ("linear", self.tr("Linear"))], "log")
        self.readout = Text("", "strong")
        self.readout.setContentsMargins(16, 0, 16, 0)
        self.readout.setFixedHeight(24)
        self.rpm = NumberField(context.theme, self.tr("Speed"), "rpm", width_px=92)
        self._column_at: int | None = None
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.map_plot)
        splitter.addWidget(self.waterfall)
        splitter.addWidget(self.plot)
        for place, share in enumerate((3, 3, 2)):
            splitter.setStretchFactor(place, share)
        self.waterfall.hide()
        self.main = self.map_plot
        self.bar.addWidget(self.shape)
        column = vertical(self.plots)
        column.addWidget(splitter, 1)
        column.addWidget(self.readout)
        self.map_plot.column_chosen.connect(self._on_column)
        self.map_plot.height_chosen.connect(self._on_height)
        self.waterfall.column_chosen.connect(self.map_plot.choose_column)
        self.waterfall.cursor_moved.connect(self._on_waterfall_cursor)
        self.shape.chosen.connect(self._on_shape)
        self.plot.cursor_moved.connect(self._on_cursor)
        self.colours.chosen.connect(self._on_colours)
        self.rpm.textEdited.connect(self.on_edited)

    def most_y(self, picture: MapPicture) -> float:
        """How far the axis reaches."""
        return float(picture.map.y[-1])

    def show_picture(self, picture: object) -> tuple[str, ...]:
        assert isinstance(picture, MapPicture)
        unit = unit_words(picture.map.unit)
        axis = self.tr("Orders, × shaft speed") if picture.y_unit == "orders" else self.tr("Frequency, {u}")
        axis = axis.format(u=picture.y_unit)
        self.map_plot.y_label = f"{self.channel.value()} · {axis}"
        self.map_plot.unit = self.tr("{unit} RMS").format(unit=unit)
        self.map_plot.set_zone(zone_of(self.context.settings.zone))
        self.plot.is_log = self.colours.current() == "log"
        self.plot.y_label, self.plot.x_label = self.tr("{unit} RMS").format(unit=unit), axis
        start, end = self.range_ns
        if len(picture.map.start_ns) and int(picture.map.end_ns[-1]) - int(picture.map.start_ns[0]) < 0.5 * (end - start):
            start, end = int(picture.map.start_ns[0]), int(picture.map.end_ns[-1])
        self.map_plot.show_map(picture.map, picture.rpm, (start, end), self.most_y(picture))
        self.waterfall.x_label, self.waterfall.y_label = axis, f"{self.channel.value()} · {self.map_plot.unit}"
        self.waterfall.set_log(self.plot.is_log)
        self.waterfall.show_map(picture.map, zone_of(self.context.settings.zone), self.most_y(picture))
        at = self._column_at if self._column_at is not None else self.view.plots.view.cursor_ns
        self.map_plot.choose_at(at if at is not None else end)
        n = number(len(picture.map.start_ns))
        step = frequency_text(float(picture.map.y[1] - picture.map.y[0]), "" if picture.y_unit == "orders" else picture.y_unit)
        said = self.tr("{n} columns, lines every {step}.").format(n=n, step=step.strip())
        return (said, *picture.notes)

    def _on_column(self, number_: int) -> None:
        picture = self.picture
        if not isinstance(picture, MapPicture):
            return
        self._column_at = int(picture.map.start_ns[number_])
        self.waterfall.choose_column(number_)
        rpm = float(picture.rpm[number_])
        self.plot.marks = self._marks(picture, rpm)
        heights = picture.map.rms[number_].astype(float)
        if self.plot.cursor_x is None and len(heights) > _N_SLOW:  # the first look is at what is highest, but for the mean
            self.plot.cursor_x = float(picture.map.y[_N_SLOW + int(heights[_N_SLOW:].argmax())])
        self.plot.set_lines(picture.map.y, heights, full=self.most_y(picture))
        self._on_cursor(0.0)

    def _on_height(self, y: float) -> None:
        """A place on the map: the highest line near it."""
        if self.plot.line_x is not None:
            self.plot.move_cursor(self.plot.highest_near(y))

    def _marks(self, picture: MapPicture, rpm: float) -> tuple[PlotMark, ...]:
        from workbench.logs.analysis.lines import machine_marks

        if picture.y_unit == "orders":
            found = machine_marks(1.0, self.facts.n_vanes, None)
        elif picture.y_unit == "Hz" and rpm == rpm and rpm > 1:
            found = machine_marks(rpm / 60.0, self.facts.n_vanes, self.facts.mains_hz)
        else:
            found = ()
        return tuple(PlotMark(x=mark.frequency, name=mark.name) for mark in found)

    def _on_cursor(self, _x: float) -> None:
        picture = self.picture
        if not isinstance(picture, MapPicture) or self.plot.line_y is None or not len(picture.map.start_ns):
            return
        zone = zone_of(self.context.settings.zone)
        starts_ns = picture.map.start_ns
        words = [cursor_text(int(starts_ns[self.map_plot.column]), zone, int(starts_ns[-1] - starts_ns[0]))]
        rpm = float(picture.rpm[self.map_plot.column])
        if rpm == rpm:
            words.append(number(rpm, 0, "rpm"))
        self.map_plot.show_height(self.plot.cursor_x)
        self.waterfall.set_cursor(self.plot.cursor_x)
        if self.plot.cursor_x is not None:
            height = float(self.plot.line_y[self.plot.line_at(self.plot.cursor_x)])
            place = frequency_text(self.plot.cursor_x, "× shaft speed" if picture.y_unit == "orders" else picture.y_unit)
            words.append(f"{place}: {height_text(height)} {unit_words(picture.map.unit)}")
        self.readout.setText(" · ".join(words))

    def toggle_waterfall(self) -> None:
        """The spectra one in front of the other, or the map."""
        self.shape.set_current("map" if self.shape.current() == "waterfall" else "waterfall")
        self._on_shape(self.shape.current())

    def _on_shape(self, name: str) -> None:
        # Below a waterfall the spectrum has the same axis, so it begins and ends where that does; below a map it has another.
        self.plot.left_px = self.waterfall.left_px if name == "waterfall" else self.map_plot.left_px
        self.map_plot.setVisible(name == "map")
        self.waterfall.setVisible(name == "waterfall")
        self.main = self.map_plot if name == "map" else self.waterfall
        self.main.setFocus()

    def _on_waterfall_cursor(self, x: float) -> None:
        """The spectrum below has the same cursor."""
        self.plot.set_cursor(x)
        self._on_cursor(x)

    def _on_colours(self, name: str) -> None:
        self.waterfall.set_log(name == "log")
        self.map_plot.set_log_colour(name == "log")
        self.plot.is_log = name == "log"
        self.plot.fit_y()
        self.plot.update()


class SpectrogramMode(MapMode):
    """Frequency over time; bursts one column each."""

    command: ClassVar[tuple[str, ...]] = ("logs", "spectrogram")

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        words = [
            ("as measured", self.tr("As measured")), ("acceleration", self.tr("Acceleration")),
            ("velocity", self.tr("Velocity")), ("displacement", self.tr("Displacement")),
        ]  # fmt: skip
        self.motion = Choice(context.theme, words)
        self.resolution = NumberField(context.theme, self.tr("Spacing of lines"), "Hz")
        self.most = NumberField(context.theme, self.tr("Highest frequency shown"), "Hz")
        for label, widget in (
            (self.tr("Motion"), self.motion), (self.tr("Spacing"), self.resolution), (self.tr("Up to"), self.most),
            (self.tr("Speed"), self.rpm), (self.tr("Heights"), self.colours),
        ):  # fmt: skip
            self.options.addWidget(labelled(label, widget))
        self.finish_bar()
        self.motion.currentIndexChanged.connect(self.on_edited)
        for field in (self.resolution, self.most):
            field.textEdited.connect(self.on_edited)

    def show_picture(self, picture: object) -> tuple[str, ...]:
        assert isinstance(picture, MapPicture)
        for field in (self.resolution, self.most):  # slow trends have lines per hour
            field.set_unit(picture.y_unit)
        return super().show_picture(picture)

    def most_y(self, picture: MapPicture) -> float:
        end = float(picture.map.y[-1])
        typed = self.most.number()
        return min(typed, end) if typed else end

    def build_request(self) -> SpectrogramRequest:
        assert self.logs is not None
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.logs.asset, "channel": self.channel.value(),
            "start": format_utc(self.range_ns[0]), "end": format_utc(self.range_ns[1] + 1),
            "resolution_hz": self.resolution.number(), "motion": self.motion.value(), "rpm": self.rpm.number(),
        }  # fmt: skip
        return build(SpectrogramRequest, values)

    def compute(self, opened: Opened, request: Request, job: Job) -> MapPicture:
        assert isinstance(request, SpectrogramRequest)
        return find_spectrogram_picture(opened, request, job)

    def export(self, request: Request, job: Job) -> object:
        assert isinstance(request, SpectrogramRequest)
        return log_spectrogram(request, job)


class OrdersMode(MapMode):
    """Multiples of shaft speed over time."""

    command: ClassVar[tuple[str, ...]] = ("logs", "orders")

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.resolution = NumberField(context.theme, self.tr("Spacing of lines in orders"), "×", "0.1")
        self.most = NumberField(context.theme, self.tr("Highest order shown"), "×", "40")
        for label, widget in (
            (self.tr("Spacing"), self.resolution), (self.tr("Up to"), self.most), (self.tr("Speed"), self.rpm),
            (self.tr("Heights"), self.colours),
        ):  # fmt: skip
            self.options.addWidget(labelled(label, widget))
        self.finish_bar()
        for field in (self.resolution, self.most):
            field.textEdited.connect(self.on_edited)

    def build_request(self) -> OrdersRequest:
        assert self.logs is not None
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.logs.asset, "channel": self.channel.value(),
            "start": format_utc(self.range_ns[0]), "end": format_utc(self.range_ns[1] + 1), "rpm": self.rpm.number(),
            "resolution_orders": self.resolution.number() or 0.1, "most_order": self.most.number() or 40.0,
        }  # fmt: skip
        return build(OrdersRequest, values)

    def compute(self, opened: Opened, request: Request, job: Job) -> MapPicture:
        assert isinstance(request, OrdersRequest)
        return find_order_picture(opened, request, job)

    def export(self, request: Request, job: Job) -> object:
        assert isinstance(request, OrdersRequest)
        return log_orders(request, job)
