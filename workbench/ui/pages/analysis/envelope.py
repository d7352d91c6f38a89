"""Envelope mode: the envelope spectrum of a band, with a bearing's defect lines and how far each stands above the floor."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.clock import format_utc
from workbench.core.jobs import Job
from workbench.core.requests import Request, build
from workbench.logs.analysis.defect_lines import STANDS_OUT_DB, kind_of
from workbench.logs.analysis.envelope import Band
from workbench.services.analysis_envelope import (
    NO_BEARING,
    BearingsRequest,
    BearingsResult,
    EnvelopePicture,
    EnvelopeRequest,
    find_envelope_picture,
    find_standing_out,
    list_bearings,
    log_envelope,
)
from workbench.services.analysis_reads import Opened
from workbench.services.machine import MachineResult
from workbench.ui.context import AppContext
from workbench.ui.format import number, zone_of
from workbench.ui.pages.analysis.base import NumberField, labelled
from workbench.ui.pages.analysis.defect_trend import DefectTrend, trend_request
from workbench.ui.pages.analysis.line_mode import LineMode
from workbench.ui.pages.analysis.lines_panel import LineRow, LinesPanel, frequency_text, height_text
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.analysis.kurtogram_plot import KurtogramPlot
from workbench.ui.widgets.analysis.spectrum_plot import PlotMark, SpectrumPlot
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.segmented import Segmented

_ORDERS_SHOWN = 22.0


class EnvelopeMode(LineMode):
    """The envelope spectrum in the middle, defect lines at the right."""

    command: ClassVar[tuple[str, ...]] = ("logs", "envelope")
    machine_fields: ClassVar[tuple[str, ...]] = (
        "bearing", "own_bearing", "speed_channel", "tacho_channel", "pulses_per_turn", "speed_rpm",
    )  # fmt: skip

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.plot = SpectrumPlot(context.theme, self.tr("Envelope spectrum"))
        self.side = LinesPanel(context.theme, marks_title=self.tr("Bearing"))
        theme = context.theme
        self._bearing_of = ("", "")
        self._wanted = ""
        self.how = Segmented([("one", self.tr("One burst")), ("average", self.tr("Average"))], "one")
        self.low = NumberField(theme, self.tr("Band from"), "Hz", width_px=92)
        self.high = NumberField(theme, self.tr("Band to"), "Hz", width_px=92)
        self.bearing = Choice(theme, [("", self.tr("No bearing"))])
        self.slip = NumberField(theme, self.tr("Slip"), "%", "2", width_px=62)
        self.most = NumberField(theme, self.tr("Highest frequency shown"), "Hz", width_px=92)
        self.squared = Segmented([("plain", self.tr("Plain")), ("squared", self.tr("Squared"))], "plain")
        self.kurtogram = KurtogramPlot(theme)
        self.trend = DefectTrend(context)
        self.shows = Segmented([("kurtogram", self.tr("Kurtogram")), ("trend", self.tr("Trend"))], is_multiple=True)
        self._arrange()
        self._wire()

    def build_request(self) -> EnvelopeRequest:
        assert self.logs is not None
        slip = self.slip.number()
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.logs.asset, "channel": self.channel.value(),
            "start": format_utc(self.range_ns[0]), "end": format_utc(self.range_ns[1] + 1),
            "at": format_utc(self.asked_ns) if self.how.current() == "one" else None,
            "low_hz": self.low.number(), "high_hz": self.high.number(), "bearing": self._asked_bearing(),
            "slip": 0.02 if slip is None else slip / 100.0, "is_squared": self.squared.current() == "squared",
        }  # fmt: skip
        return build(EnvelopeRequest, values)

    def compute(self, opened: Opened, request: Request, job: Job) -> EnvelopePicture:
        assert isinstance(request, EnvelopeRequest)
        return find_envelope_picture(opened, request, job)

    def export(self, request: Request, job: Job) -> object:
        assert isinstance(request, EnvelopeRequest)
        return log_envelope(request, job)

    def show_picture(self, picture: object) -> tuple[str, ...]:
        assert isinstance(picture, EnvelopePicture)
        spectrum = picture.spectrum
        self.plot.y_label = self.tr("{channel}, envelope, {unit} RMS").format(
            channel=self.channel.value(), unit=unit_words(spectrum.unit)
        )
        self.plot.x_label = self.tr("Frequency, Hz")
        self.plot.peaks = tuple(peak.frequency for peak in picture.peaks)
        self.show_spacing_of(picture.speed.shaft_hz if picture.speed else 0.0)
        strong = find_standing_out(picture).kinds
        self.plot.marks = tuple(
            PlotMark(
                x=level.mark.frequency, name=level.mark.name, tolerance=level.mark.tolerance,
                is_strong=level.above_floor_db >= STANDS_OUT_DB and kind_of(level.mark) in strong,
                is_minor=bool(level.mark.sideband) or level.mark.harmonic > 1,
                rank=10 * abs(level.mark.sideband) + level.mark.harmonic,
            )
            for level in picture.levels
        )  # fmt: skip
        heights = spectrum.amplitude("rms").copy()
        heights[:2] = 0.0  # what is left of the mean would hide the rest
        self.plot.set_lines(spectrum.frequency_hz, heights, full=self._most_hz(picture))
        self.stepper.show_bursts(picture.burst_ns, picture.chosen, zone_of(self.context.settings.zone))
        self._show_band(picture)
        self._show_rows(picture)
        self._ask_trend()
        self.show_cursor()
        return self._notes(picture)

    def _most_hz(self, picture: EnvelopePicture) -> float:
        end = float(picture.spectrum.frequency_hz[-1])
        wanted = self.most.number() or (_ORDERS_SHOWN * picture.speed.shaft_hz if picture.speed else end)
        return min(end, wanted)

    def _show_band(self, picture: EnvelopePicture) -> None:
        """A proposed band stands in the fields as a hint, so that typing over it makes it the person's own."""
        self.kurtogram.show_kurtogram(picture.kurtogram, picture.band, picture.rate_hz / 2)
        self.low.setPlaceholderText(number(picture.band.low_hz))
        self.high.setPlaceholderText(number(picture.band.high_hz))

    def _show_rows(self, picture: EnvelopePicture) -> None:
        hz = picture.speed.shaft_hz if picture.speed else None
        strong = find_standing_out(picture).kinds
        marks = [
            LineRow(
                name=level.mark.name, x=level.frequency, order=level.frequency / hz if hz else None, height=level.amplitude,
                decibel=level.above_floor_db, is_quiet=level.above_floor_db < STANDS_OUT_DB or kind_of(level.mark) not in strong,
            )
            for level in picture.levels
        ]  # fmt: skip
        peaks = [
            LineRow(
                name="", x=peak.frequency, order=peak.frequency / hz if hz else None, height=peak.amplitude,
                decibel=peak.above_floor_db,
            )
            for peak in picture.peaks
        ]  # fmt: skip
        self.side.set_unit(unit_words(picture.spectrum.unit))
        self.side.show_rows(peaks, marks, self._verdict(picture))

    def _verdict(self, picture: EnvelopePicture) -> str:
        if picture.bearing is None:
            return self.tr("Choose a bearing to see its defect lines.")
        if picture.speed is None:
            return self.tr("Speed is not known: Machine takes it.")
        evidence = find_standing_out(picture)
        names = evidence.kinds
        limit = number(STANDS_OUT_DB)
        bearing = picture.bearing.designation
        if names:
            said = self.tr("{names} of {b}: {db} dB or more above the floor.")
            said = said.format(names=", ".join(names), b=bearing, db=limit)
        else:
            said = self.tr("No defect line of {b} stands {db} dB above the floor.").format(b=bearing, db=limit)
        meets = self.tr("{kind} can't be told from {n}X.")
        below = self.tr("{kind} lies {db} dB below {other} and may be its sidebands.")
        return " ".join(
            [
                said,
                *(below.format(kind=kind, db=number(round(db)), other=other) for kind, db, other in evidence.outshone),
                *(meets.format(kind=kind, n=multiple) for kind, multiple in evidence.meets),
            ]
        )

    def _notes(self, picture: EnvelopePicture) -> tuple[str, ...]:
        band = picture.band
        limits = self.tr("{low} to {high} Hz").format(low=number(band.low_hz), high=number(band.high_hz))
        if not picture.request.has_band and band.kurtosis is not None:
            said = self.tr("Band {band}, proposed: spectral kurtosis {k}.").format(band=limits, k=number(band.kurtosis, 2))
        else:
            said = self.tr("Band {band}, typed.").format(band=limits)
        step = frequency_text(picture.spectrum.resolution_hz, "Hz")
        words = [said, self.tr("Lines every {step}.").format(step=step), *picture.notes]
        if picture.speed is not None:
            rpm, source = number(picture.speed.mean_rpm), picture.speed.source
            words.append(self.tr("{rpm} rpm from {source}.").format(rpm=rpm, source=source))
        if picture.bearing is not None and picture.bearing.source:
            words.append(f"{picture.bearing.designation}: {picture.bearing.source}.")
        return tuple(words)

    def show_cursor(self, _x: float = 0.0) -> None:
        picture = self.picture
        if not isinstance(picture, EnvelopePicture) or self.plot.cursor_x is None or self.plot.line_y is None:
            self.side.show_cursor("", "", "")
            return
        x = self.plot.cursor_x
        height = float(self.plot.line_y[self.plot.line_at(x)])
        more = ""
        if picture.speed is not None:
            more = self.tr("{order} × shaft speed").format(order=number(x / picture.speed.shaft_hz, 3))
        self.side.show_cursor(frequency_text(x, "Hz"), f"{height_text(height)} {unit_words(picture.spectrum.unit)}", more)

    def toggle(self, name: str) -> None:
        """Show or hide what is above the spectrum: 'kurtogram' or 'trend'."""
        is_on = not self.shows.is_on(name)
        self.shows.set_on(name, is_on)
        self._on_shows(name, is_on)

    def _on_shows(self, name: str, is_on: bool) -> None:
        shown = {"kurtogram": self.kurtogram, "trend": self.trend}[name]
        shown.setVisible(is_on)
        self._ask_trend()
        if is_on:
            (self.trend.chart if name == "trend" else self.kurtogram).setFocus()

    def _ask_trend(self) -> None:
        """Once for all bursts: only another band, bearing or stretch costs anything."""
        picture, logs = self.picture, self.logs
        if self.shows.is_on("trend") and isinstance(picture, EnvelopePicture) and logs is not None:
            opened = Opened(logs=logs, facts=self.facts, kept={})
            burst_ns = picture.burst_ns[picture.chosen] if picture.chosen is not None else None
            self.trend.ask(opened, trend_request(picture.request), burst_ns)

    def _on_trend_burst(self, at_ns: object) -> None:
        """The burst that was picked in the trend is the one that is shown."""
        if self.how.current() != "one":
            self.how.set_current("one")
        self._on_burst(at_ns)

    def _on_band(self, band: object) -> None:
        """A cell of the kurtogram is the band, as if it had been typed."""
        assert isinstance(band, Band)
        self.low.setText(f"{band.low_hz:.0f}")
        self.high.setText(f"{band.high_hz:.0f}")
        self.again()

    def _on_proposal(self) -> None:
        """The band is proposed again."""
        self.low.clear()
        self.high.clear()
        self.again()

    def _asked_bearing(self) -> str | None:
        """None where the project's own choice is meant, so that the command says no more than it must."""
        chosen = self.bearing.value()
        return None if chosen == self.facts.bearing else chosen or NO_BEARING

    def _on_facts(self, result: object) -> None:
        """Another pump, or another bearing kept for it, changes the choice; anything else leaves it."""
        assert isinstance(result, MachineResult)
        if (result.asset, result.facts.bearing) != self._bearing_of:
            self._bearing_of = (result.asset, result.facts.bearing)
            self.bearing.blockSignals(True)
            self.bearing.set_options([("", self.tr("No bearing"))])
            self.bearing.blockSignals(False)
            self._wanted = result.facts.bearing
        request = BearingsRequest(own=self.context.project_text, asset=result.asset)
        self.context.read(list_bearings, request, self._on_bearings, slot=f"envelope.bearings:{id(self)}")
        super()._on_facts(result)

    def _on_bearings(self, result: object) -> None:
        assert isinstance(result, BearingsResult)
        kept, self._wanted = self._wanted or self.bearing.value(), ""
        self.bearing.blockSignals(True)
        self.bearing.set_options([("", self.tr("No bearing")), *((one.designation, one.designation) for one in result.bearings)])
        self.bearing.set_value(kept)
        self.bearing.blockSignals(False)
        self.again()

    def _arrange(self) -> None:
        self.bar.addWidget(self.how)
        self.bar.addWidget(self.stepper)
        self.bar.addWidget(self.squared)
        for words, widget in (
            (self.tr("Band"), self.low), (self.tr("to"), self.high), (self.tr("Bearing"), self.bearing),
            (self.tr("Slip"), self.slip), (self.tr("Up to"), self.most),
        ):  # fmt: skip
            self.options.addWidget(labelled(words, widget))
        self.options.addWidget(self.shows)
        self.bearing.setMinimumWidth(176)  # "7314 (sample pumps)" whole
        self.bearing.setMaximumWidth(190)
        self.finish_bar()
        row = horizontal(self.plots)
        column = vertical()
        column.addWidget(self.kurtogram, 2)
        column.addWidget(self.plot, 3)
        column.insertWidget(0, self.trend, 2)
        self.kurtogram.hide()
        self.trend.hide()
        row.addLayout(column, 1)
        row.addWidget(self.side)

    def _wire(self) -> None:
        self.wire_lines()
        self.how.chosen.connect(self.on_edited)
        self.squared.chosen.connect(self.on_edited)
        self.shows.toggled.connect(self._on_shows)
        self.trend.burst_chosen.connect(self._on_trend_burst)
        self.kurtogram.band_chosen.connect(self._on_band)
        self.kurtogram.proposal_asked.connect(self._on_proposal)
        self.bearing.currentIndexChanged.connect(self.on_edited)
        for field in (self.low, self.high, self.slip, self.most):
            field.textEdited.connect(self.on_edited)
