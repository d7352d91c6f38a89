"""Spectrum mode: one burst, an average, a peak hold, or one burst before others; harmonics, sidebands and the machine's lines."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.clock import format_utc
from workbench.core.jobs import Job
from workbench.core.requests import Request, build
from workbench.services.analysis_reads import Opened
from workbench.services.analysis_spectrum import (
    N_OVERLAID,
    SpectrumPicture,
    SpectrumRequest,
    find_spectrum_picture,
    log_spectrum,
    spectrum_lines,
)
from workbench.ui.context import AppContext
from workbench.ui.format import count, instant, number, zone_of
from workbench.ui.pages.analysis.base import NumberField, labelled
from workbench.ui.pages.analysis.line_mode import LineMode
from workbench.ui.pages.analysis.lines_panel import LineRow, LinesPanel, frequency_text, height_text
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.analysis.spectrum_plot import PlotMark, SpectrumPlot
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import horizontal
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.segmented import Segmented


class SpectrumMode(LineMode):
    """The curve in the middle, its lines at the right."""

    command: ClassVar[tuple[str, ...]] = ("logs", "spectrum")
    machine_fields: ClassVar[tuple[str, ...]] = (
        "speed_channel", "tacho_channel", "pulses_per_turn", "speed_rpm", "n_vanes", "mains_hz",
    )  # fmt: skip

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.plot = SpectrumPlot(context.theme, self.tr("Spectrum"))
        self.side = LinesPanel(context.theme, marks_title=self.tr("Machine"))
        theme = context.theme
        self.how = Segmented(
            [
                ("one", self.tr("One burst")), ("average", self.tr("Average")), ("hold", self.tr("Peak hold")),
                ("overlay", self.tr("Overlay")),
            ], "one",
        )  # fmt: skip
        self.motion = Choice(theme, self._motions())
        self.amplitude = Choice(theme, self._amplitudes())
        self.window_choice = Choice(theme, [("hann", self.tr("Hann")), ("flat-top", self.tr("Flat-top"))])
        self.resolution = NumberField(theme, self.tr("Spacing of lines"), "Hz")
        self.most = NumberField(theme, self.tr("Highest frequency shown"), "Hz")
        self.scale = Segmented([("linear", self.tr("Linear")), ("log", self.tr("Log"))], "linear")
        self._arrange()
        self._wire()

    def build_request(self) -> SpectrumRequest:
        assert self.logs is not None
        is_one = self.how.current() in {"one", "overlay"}
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.logs.asset, "channel": self.channel.value(),
            "start": format_utc(self.range_ns[0]), "end": format_utc(self.range_ns[1] + 1),
            "at": format_utc(self.asked_ns) if is_one else None,
            "averaging": "peak hold" if self.how.current() == "hold" else "linear",
            "window": self.window_choice.value(), "resolution_hz": self.resolution.number(),
            "amplitude": self.amplitude.value(), "motion": self.motion.value(),
        }  # fmt: skip
        return build(SpectrumRequest, values)

    def beside_request(self) -> bool:
        return self._overlays

    def compute(self, opened: Opened, request: Request, job: Job) -> SpectrumPicture:
        assert isinstance(request, SpectrumRequest)
        return find_spectrum_picture(opened, request, job, n_others=N_OVERLAID if self._overlays else 0)

    def export(self, request: Request, job: Job) -> object:
        assert isinstance(request, SpectrumRequest)
        return log_spectrum(request, job)

    def show_picture(self, picture: object) -> tuple[str, ...]:
        assert isinstance(picture, SpectrumPicture)
        request, spectrum = picture.request, picture.spectrum
        self.plot.is_log = self.scale.current() == "log"
        for field in (self.resolution, self.most):  # slow trends have lines per hour
            field.set_unit(picture.frequency_unit)
        unit = unit_words(picture.value_unit)
        measured = f"{unit} {self._amplitude_words(request.amplitude)}".strip()
        self.plot.y_label = f"{self.channel.value()}, {measured}"
        self.plot.x_label = self.tr("Frequency, {unit}").format(unit=picture.frequency_unit)
        self.show_spacing_of(picture.speed.shaft_hz if picture.speed else 0.0)
        self.plot.peaks = tuple(peak.frequency for peak in picture.peaks)
        self.plot.marks = tuple(PlotMark(x=mark.frequency, name=mark.name) for mark in picture.marks)
        heights = spectrum.amplitude(request.amplitude)
        others = [(one.frequency_hz, one.amplitude(request.amplitude)) for _, one in picture.others]
        self.plot.set_lines(spectrum.frequency_hz, heights, others, full=self._most_hz(picture))
        self.plot.keys = ()
        if picture.others and picture.chosen is not None:
            own = instant(picture.burst_ns[picture.chosen], zone_of(self.context.settings.zone))
            self.plot.keys = (("", own), ("text3", self._others(picture)))
        self.stepper.show_bursts(picture.burst_ns, picture.chosen, zone_of(self.context.settings.zone))
        self._show_rows(picture)
        self.show_cursor()
        return self._notes(picture)

    def on_edited(self, _value: object = None) -> None:
        self._overlays = self.how.current() == "overlay"
        self.again()

    # Inside

    _overlays = False

    def _most_hz(self, picture: SpectrumPicture) -> float:
        end = float(picture.spectrum.frequency_hz[-1])
        typed = self.most.number()
        return min(typed, end) if typed else end

    def _others(self, picture: SpectrumPicture) -> str:
        return count(len(picture.others), self.tr("other burst"), self.tr("other bursts"))

    def _show_rows(self, picture: SpectrumPicture) -> None:
        peaks, machine = spectrum_lines(picture)
        rows = [
            [
                LineRow(name=one.name, x=one.frequency, order=one.order, height=one.amplitude, decibel=one.above_floor_db)
                for one in lines
            ]
            for lines in (peaks, machine)
        ]
        self.side.set_unit(unit_words(picture.value_unit), picture.frequency_unit)
        self.side.show_rows(rows[0], rows[1])

    def _notes(self, picture: SpectrumPicture) -> tuple[str, ...]:
        spectrum, speed = picture.spectrum, picture.speed
        step = frequency_text(spectrum.resolution_hz, picture.frequency_unit)
        rms = f"{height_text(spectrum.overall_rms())} {unit_words(spectrum.unit)}".strip()
        if spectrum.averaged is None:
            pieces = count(spectrum.n_averages, self.tr("piece"), self.tr("pieces averaged"))
            lines = self.tr("Lines every {step}, {n}, overall {rms} RMS.")
        else:
            pieces = count(spectrum.n_averages, self.tr("piece"), self.tr("pieces"))
            lines = self.tr("Lines every {step}, the highest of {n}; overall {rms} RMS on average.")
        words = [*picture.notes, lines.format(step=step, n=pieces, rms=rms)]
        if picture.others:
            words.append(self.tr("In grey: {others} of the stretch.").format(others=self._others(picture)))
        if picture.frequency_unit == "Hz":
            words.append(
                self.tr("{rpm} rpm from {source}.").format(rpm=number(speed.mean_rpm), source=speed.source)
                if speed
                else self.tr("Speed is not known: Machine takes it.")
            )
        return tuple(words)

    def show_cursor(self, _x: float = 0.0) -> None:
        picture = self.picture
        if not isinstance(picture, SpectrumPicture) or self.plot.cursor_x is None or self.plot.line_y is None:
            self.side.show_cursor("", "", "")
            return
        x = self.plot.cursor_x
        height = float(self.plot.line_y[self.plot.line_at(x)])
        unit = unit_words(picture.value_unit)
        if picture.speed is not None:
            more = self.tr("{order} × shaft speed").format(order=number(x / picture.speed.shaft_hz, 2))
        elif picture.frequency_unit == "1/h" and x > 0:
            more = self.tr("one cycle in {h} h").format(h=number(1 / x, 2))
        else:
            more = ""
        self.side.show_cursor(frequency_text(x, picture.frequency_unit), f"{height_text(height)} {unit}", more)

    def _on_scale(self, name: str) -> None:
        self.plot.is_log = name == "log"
        self.plot.fit_y()
        self.plot.update()

    def _amplitude_words(self, name: str) -> str:
        return dict(self._amplitudes())[name] if name != "density" else self.tr("density")

    def _amplitudes(self) -> list[tuple[str, str]]:
        return [
            ("rms", self.tr("RMS")), ("peak", self.tr("peak")), ("peak to peak", self.tr("peak to peak")),
            ("density", self.tr("density (PSD)")),
        ]  # fmt: skip

    def _motions(self) -> list[tuple[str, str]]:
        return [
            ("as measured", self.tr("As measured")), ("acceleration", self.tr("Acceleration")),
            ("velocity", self.tr("Velocity")), ("displacement", self.tr("Displacement")),
        ]  # fmt: skip

    def _arrange(self) -> None:
        self.bar.addWidget(self.how)
        self.bar.addWidget(self.stepper)
        for words, widget in (
            (self.tr("Motion"), self.motion), (self.tr("Height"), self.amplitude), (self.tr("Window"), self.window_choice),
            (self.tr("Spacing"), self.resolution), (self.tr("Up to"), self.most),
        ):  # fmt: skip
            self.options.addWidget(labelled(words, widget))
        self.finish_bar()
        self.options.addWidget(self.scale)
        row = horizontal(self.plots)
        row.addWidget(self.plot, 1)
        row.addWidget(self.side)

    def _wire(self) -> None:
        self.wire_lines()
        self.how.chosen.connect(self.on_edited)
        for choice in (self.motion, self.amplitude, self.window_choice):
            choice.currentIndexChanged.connect(self.on_edited)
        for field in (self.resolution, self.most):
            field.textEdited.connect(self.on_edited)
        self.scale.chosen.connect(self._on_scale)
