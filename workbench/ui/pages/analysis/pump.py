"""Pump curve mode: operating points against the curve, efficiency under it, and the deviation over time."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from workbench.core.clock import format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.core.requests import Request, build
from workbench.services.analysis_pump import (
    PumpCurveRequest,
    PumpPicture,
    find_pump_picture,
    log_pump_curve,
)
from workbench.services.analysis_reads import Opened
from workbench.services.regimes import RegimesRequest, RegimesResult, log_regimes
from workbench.ui.context import AppContext
from workbench.ui.format import number, percent, span, zone_of
from workbench.ui.pages.analysis.base import AnalysisMode, labelled
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.analysis.pump_plot import BandOverTime, HeadPlot, ScatterOverFlow
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.layouts import horizontal, refilled
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.text import Text, hairline

_FACTS_PX = 252


class PumpMode(AnalysisMode):
    """Head over flow at nominal speed, efficiency over flow, deviation over time; figures at the right."""

    command: ClassVar[tuple[str, ...]] = ("logs", "pump-curve")
    needs_channel: ClassVar[bool] = False
    machine_fields: ClassVar[tuple[str, ...]] = (
        "suction_channel", "discharge_channel", "flow_channel", "speed_channel", "power_channel", "speed_rpm",
        "density_kg_per_m3", "curve", "bep_m3_per_h", "por", "aor", "npshr_m", "suction_height_m", "discharge_height_m",
        "suction_pipe_mm", "discharge_pipe_mm", "motor_efficiency", "vapour_pressure_bar",
    )  # fmt: skip

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        theme = context.theme
        self.reference_ns: tuple[int, int] | None = None
        self.colour = Segmented(
            [("density", self.tr("Density")), ("time", self.tr("Time")), ("regime", self.tr("Regime"))], "density"
        )
        self.take = SecondaryButton(theme, self.tr("Marked span is the reference"), "pin")
        self.reference = Text("", "small", "text2")
        self.head_plot = HeadPlot(theme, self.tr("Head over flow"))
        self.efficiency = ScatterOverFlow(theme, self.tr("Efficiency over flow"))
        self.deviation = BandOverTime(theme, self.tr("Deviation over time"))
        self.facts_box = FactsBox()
        self._arrange()
        self.main = self.head_plot
        self.colour.chosen.connect(self._on_colour)
        self.take.clicked.connect(self._on_take)

    def build_request(self) -> PumpCurveRequest:
        assert self.logs is not None
        values: dict[str, object] = {
            "project": self.context.project_text, "asset": self.logs.asset,
            "start": format_utc(self.range_ns[0]), "end": format_utc(self.range_ns[1] + 1),
        }  # fmt: skip
        if self.reference_ns is not None:
            values["reference_start"], values["reference_end"] = (format_utc(at) for at in self.reference_ns)
        return build(PumpCurveRequest, values)

    def compute(self, opened: Opened, request: Request, job: Job) -> PumpPicture:
        assert isinstance(request, PumpCurveRequest)
        return find_pump_picture(opened, request, job)

    def export(self, request: Request, job: Job) -> object:
        assert isinstance(request, PumpCurveRequest)
        return log_pump_curve(request, job)

    def show_picture(self, picture: object) -> tuple[str, ...]:
        assert isinstance(picture, PumpPicture)
        por, aor = self._regions()
        at = self.tr("at {rpm} rpm").format(rpm=number(picture.nominal_rpm)) if picture.nominal_rpm else self.tr("as measured")
        self.head_plot.y_label = self.tr("Head, m, {at}").format(at=at)
        self.head_plot.x_label = self.tr("Flow, m³/h")
        self.head_plot.colour_by = self.colour.current()
        self.head_plot.zone = zone_of(self.context.settings.zone)
        self.head_plot.regions = (
            (self.tr("AOR {a}–{b} %").format(a=number(100 * aor[0]), b=number(100 * aor[1])), aor),
            (self.tr("POR {a}–{b} %").format(a=number(100 * por[0]), b=number(100 * por[1])), por),
        )
        self.head_plot.show_picture(picture)
        self._show_efficiency(picture)
        self.deviation.y_label = self.tr("Head against the curve, %")
        self.deviation.setVisible(picture.curve is not None)
        start, end = self.range_ns
        self.deviation.show_band(picture.over_time, (start, end), zone_of(self.context.settings.zone))
        self._show_reference()
        self.facts_box.show_rows(self._rows(picture))
        return picture.notes

    def _show_efficiency(self, picture: PumpPicture) -> None:
        self.efficiency.setVisible(bool(picture.roles.power))
        best = picture.best
        top = (best.flow_m3_per_h, 100.0 * best.efficiency) if best is not None and best.efficiency else None
        self.efficiency.y_label, self.efficiency.x_label = self.tr("Pump efficiency, %"), self.tr("Flow, m³/h")
        self.efficiency.show_points(picture.flow, 100.0 * picture.efficiency, top, self.head_plot.full_x)

    def _rows(self, picture: PumpPicture) -> list[tuple[str, str]]:
        import numpy as np

        from workbench.logs.analysis.pump_curve import share_in

        por, aor = self._regions()
        roles = picture.roles
        rows = [
            (self.tr("Suction"), roles.suction or self.tr("none: 0 bar")), (self.tr("Discharge"), roles.discharge),
            (self.tr("Flow"), roles.flow), (self.tr("Speed"), roles.speed or self.tr("none")),
            (self.tr("Power"), roles.power or self.tr("none")), (self.tr("Points"), number(len(picture.flow))),
        ]  # fmt: skip
        if picture.curve is not None:
            curve = picture.curve
            rows.append((self.tr("Curve from"), self._source(curve.source)))
            rows.append((self.tr("Shut-off head"), number(curve.a, 1, "m")))
            rows.append((self.tr("Curve error"), number(curve.rms_error_m, 2, "m RMS")))
        best = picture.best
        if best is not None:
            rows.append((self.tr("Best point"), number(best.flow_m3_per_h, 1, "m³/h")))
            if best.efficiency is not None:
                rows.append((self.tr("Efficiency there"), percent(best.efficiency, 1)))
            rows.append((self.tr("BEP from"), picture.best_from))
            rows.append((self.tr("Time in POR"), percent(_known(share_in(picture.flow, best.flow_m3_per_h, por)))))
            rows.append((self.tr("Time in AOR"), percent(_known(share_in(picture.flow, best.flow_m3_per_h, aor)))))
        median = picture.over_time[1]
        if len(median):
            last = float(np.median(median[-max(1, len(median) // 10) :]))
            rows.append((self.tr("Deviation, last tenth"), number(last, 1, "%")))
        margin = picture.npsha - self.facts.npshr_m if self.facts.npshr_m else picture.npsha * np.nan
        if np.isfinite(margin).any():
            rows.append((self.tr("Least NPSH margin"), number(float(np.nanmin(margin)), 1, "m")))
        elif np.isfinite(picture.npsha).any():
            rows.append((self.tr("Least NPSHa"), number(float(np.nanmin(picture.npsha)), 1, "m")))
        return rows

    def _regions(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Preferred and allowable region as shares of BEP flow."""
        (a, b), (c, d) = self.facts.por_percent, self.facts.aor_percent
        return (a / 100, b / 100), (c / 100, d / 100)

    def _source(self, source: str) -> str:
        words = {
            "points entered": self.tr("points entered"), "reference period": self.tr("reference period"),
            "first quarter of the points": self.tr("first quarter"),
        }  # fmt: skip
        return words.get(source, source)

    def _show_reference(self) -> None:
        if self.reference_ns is None:
            self.reference.setText(self.tr("Reference: the first quarter of the running points"))
        else:
            zone = zone_of(self.context.settings.zone)
            self.reference.setText(self.tr("Reference: {span}").format(span=span(*self.reference_ns, zone)))

    def _on_take(self) -> None:
        """The marked span of the time plots, else what is shown, becomes the reference; again without a mark: the default."""
        marked = self.view.plots.view.span_ns
        self.reference_ns = marked if marked is not None else None if self.reference_ns is not None else self.range_ns
        self.again()

    def _on_colour(self, name: str) -> None:
        self.head_plot.colour_by = name
        self.head_plot.update()
        if name == "regime" and self.logs is not None:
            request = RegimesRequest(project=self.context.project_text, asset=self.logs.asset)
            self.context.read(log_regimes, request, self._on_regimes, slot=f"pump.regimes:{id(self)}")

    def _on_regimes(self, result: object) -> None:
        assert isinstance(result, RegimesResult)
        asset = self.logs.asset if self.logs is not None else ""
        spans = [(parse_utc(one.start_utc), parse_utc(one.end_utc), one.name) for one in result.regimes if one.asset == asset]
        self.head_plot.regimes = tuple(sorted(spans))
        self.head_plot.update()

    def _arrange(self) -> None:
        self.bar.addWidget(labelled(self.tr("Points by"), self.colour))
        self.options.addWidget(self.take)
        self.options.addWidget(self.reference, 10)
        self.finish_bar()
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        for widget, stretch in ((self.head_plot, 5), (self.efficiency, 2), (self.deviation, 2)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.indexOf(widget), stretch)
        splitter.setSizes([320, 140, 140])
        row = horizontal(self.plots)
        row.addWidget(splitter, 1)
        row.addWidget(hairline(is_vertical=True))
        row.addWidget(self.facts_box)


class FactsBox(QWidget):
    """Names and values under one another."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_FACTS_PX)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows: list[tuple[Text, Text]] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(16, 12, 12, 12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)

    def show_rows(self, rows: list[tuple[str, str]]) -> None:
        """Replace all."""
        with refilled(self):
            self._fill(rows)

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        while len(self._rows) < len(rows):
            pair = (Text("", "small", "text2"), Text("", "small"))
            pair[1].setAlignment(Qt.AlignmentFlag.AlignRight)
            pair[1].setWordWrap(True)
            for place, text in enumerate(pair):
                self._grid.addWidget(text, len(self._rows), place, Qt.AlignmentFlag.AlignTop)
            self._rows.append(pair)
        for number_, pair in enumerate(self._rows):
            is_used = number_ < len(rows)
            for place, text in enumerate(pair):
                text.setVisible(is_used)
                text.setText(rows[number_][place] if is_used else "")


def _known(value: float) -> float | None:
    return value if value == value else None
