"""The analysis modes of the Logs page in the real window, on a pump whose vibration and curve are known."""

from __future__ import annotations

import shlex
import shutil
from datetime import UTC
from pathlib import Path

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.services.analysis_fixtures import PUMP, make_project
from tests.ui.hand import Hand
from workbench.app.window import Built
from workbench.cli.commands.table import COMMANDS
from workbench.cli.parser import find_command, parse_request
from workbench.core.clock import NS_PER_S
from workbench.core.jobs import Job
from workbench.core.paths import resources
from workbench.logs.analysis.maps import SpectralMap
from workbench.services.analysis_envelope import EnvelopePicture
from workbench.services.analysis_spectrum import SpectrumPicture
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.regimes import SetRegimeRequest, set_regime
from workbench.ui.format import number, span
from workbench.ui.pages.analysis.base import AnalysisMode
from workbench.ui.pages.analysis.envelope import EnvelopeMode
from workbench.ui.pages.analysis.lines_panel import PANEL_PX, LineRow, LinesPanel, frequency_text
from workbench.ui.pages.analysis.maps import MapMode
from workbench.ui.pages.analysis.pump import PumpMode
from workbench.ui.pages.analysis.spectrum import SpectrumMode
from workbench.ui.pages.logs.facts import log_facts
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.pump_plot import _counts
from workbench.ui.widgets.analysis.spectrum_plot import PlotMark, SpectrumPlot, _by_place, _free_place
from workbench.ui.widgets.analysis.waterfall_plot import WaterfallPlot

WAVE, TREND = "VT-7001A-DE", "VI-7001A-DE"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("analysis"))


@pytest.fixture
def hand(built: Built, template: Path, tmp_path: Path) -> Hand:
    project = tmp_path / "project"
    shutil.copytree(template, project)
    found = Hand(built)
    built.context.open_project(project)
    found.wait(lambda: built.context.project is not None)
    return found


def choose(hand: Hand, mode_id: str) -> AnalysisMode:
    """The page with the pump open, in a mode that has computed."""
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: page.view.logs is not None)
    button = page.modes.switch.button(mode_id)
    if button.isVisible():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    else:
        page.modes.choose(mode_id)
    mode = page.modes.mode(mode_id)
    assert isinstance(mode, AnalysisMode)
    hand.rest()
    return mode


def test_a_spectrum_is_drawn_of_the_burst_at_the_cursor_with_its_lines_listed(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    assert mode.channel.value() == WAVE
    assert mode.plot.line_x is not None
    assert [round(row.x) for row in mode.side._rows["peaks"]] == [25, 125, 700]
    assert [row.name for row in mode.side._rows["marks"]] == ["1X", "2X", "3X"]
    assert "1 500 rpm from ST-7001A-KEY" in mode.notes.text().replace("\u2009", " ")


def test_an_analysis_follows_what_is_ticked_at_the_left(built: Built, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "rig.h5", "w") as file:
        file.attrs["start_utc"] = "2026-03-01T00:00:00Z"
        for number, name in enumerate(("DE", "NDE")):
            point = file.create_dataset(name, data=np.random.default_rng(number).normal(0, 1, 8192))
            point.attrs["unit"], point.attrs["sample_rate"] = "g", 4096.0
    import_logs(ImportRequest(paths=(str(tmp_path / "rig.h5"),), project=str(tmp_path / "rig"), asset="P-1"), Job())
    hand = Hand(built)
    built.context.open_project(tmp_path / "rig")
    hand.wait(lambda: built.context.project is not None)
    mode = choose(hand, "spectrum")
    page = hand.window.host.page("logs")
    assert isinstance(page, LogsPage)
    for shown, expected in ((("NDE",), "NDE"), (("DE", "NDE"), "NDE"), (("DE",), "DE")):
        page.view.show_channels(shown)
        hand.rest()
        assert mode.channel.value() == expected


def test_arrow_keys_go_from_line_to_line_and_with_shift_from_peak_to_peak(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    mode.plot.show_x(0.0, 200.0)
    mode.plot.setFocus()
    mode.plot.move_cursor(25.0)
    QTest.keyClick(mode.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert mode.plot.cursor_x == pytest.approx(125.0, abs=0.5)
    at = mode.plot.cursor_x
    QTest.keyClick(mode.plot, Qt.Key.Key_Right)
    assert mode.plot.cursor_x == pytest.approx(at + 1.0, abs=0.6)
    QTest.keyClick(mode.plot, Qt.Key.Key_Home)
    assert mode.plot.x_range == mode.plot.full_x


def test_a_click_beside_a_line_takes_the_line_and_says_its_order(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    mode.plot.show_x(0.0, 400.0)
    place = QPoint(round(mode.plot.x_px(125.0)) + 3, round(mode.plot.plot_box().center().y()))
    QTest.mouseClick(mode.plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert mode.plot.cursor_x == pytest.approx(125.0)
    assert mode.side._more.text() == "5.00 × shaft speed"


def test_an_rms_trend_is_refused_in_words_that_say_what_would_do(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    page = hand.window.host.page("logs")
    assert isinstance(page, LogsPage)
    page.view.show_channels((WAVE, TREND))
    hand.rest()
    mode.channel.set_value(TREND)
    hand.rest()
    assert mode.said.isVisible()
    assert mode.said.title.text() == f"{TREND} holds 60 s RMS values: a spectrum of them says nothing about vibration."
    assert "record bursts" in mode.said.sentence.text()
    mode.channel.set_value(WAVE)
    hand.rest()
    assert mode.plot.isVisible()


def test_what_is_typed_for_the_machine_is_kept_and_marks_its_lines(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    QTest.mouseClick(mode._machine_button, Qt.MouseButton.LeftButton)
    assert mode.panel.isVisible()
    assert mode.panel._form is not None
    field = mode.panel._form.field("n_vanes").input
    field.setFocus()
    QTest.keyClicks(field, "5")
    QTest.mouseClick(mode.panel.keep, Qt.MouseButton.LeftButton)
    hand.rest()
    assert [row.name for row in mode.side._rows["marks"]] == ["1X", "2X", "3X", "VP", "2 VP"]
    assert mode.facts.n_vanes == 5


def test_the_machine_s_form_leaves_the_bars_their_width_and_goes_with_escape(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    bars = [mode.how.button("average"), mode.motion, mode.scale.button("linear")]
    widths = [widget.width() for widget in bars]
    QTest.mouseClick(mode._machine_button, Qt.MouseButton.LeftButton)
    hand.pause(0.05)
    assert [widget.width() for widget in bars] == widths
    assert mode.panel._form is not None
    QTest.keyClick(mode.panel._form.field("n_vanes").input, Qt.Key.Key_Escape)
    assert not mode.panel.isVisible()


def test_coming_back_to_a_mode_computes_nothing_unless_something_changed(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    mode = choose(hand, "pump")
    page = hand.window.host.page("logs")
    assert isinstance(page, LogsPage)
    assert isinstance(mode, PumpMode)
    computed: list[str] = []
    compute = mode.compute

    def counted(*given: object) -> object:
        computed.append("")
        return compute(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(mode, "compute", counted)
    page.modes.choose("time")
    page.modes.choose("pump")
    hand.rest()
    assert (computed, mode.picture is not None) == ([], True)
    page.view.plots.view.zoom(2)
    hand.rest()
    assert len(computed) == 1


def test_points_are_counted_in_the_cells_that_they_lie_in() -> None:
    x, y = np.array([0.0, 0.9, 1.0, 4.0, 4.1, np.nan, 2.0]), np.array([0.0, 0.5, 9.9, 10.0, 5.0, 5.0, np.nan])
    found = _counts((x, (0.0, 4.0), 4), (y, (0.0, 10.0), 2))
    assert found.tolist() == [[2, 0], [0, 1], [0, 0], [0, 1]]


def test_copy_as_command_builds_the_request_that_the_window_asked(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    mode.motion.set_value("velocity")
    hand.rest()
    mode.copy_command()
    words = shlex.split(QGuiApplication.clipboard().text())[1:]
    command, rest = find_command(words, COMMANDS)
    assert command is not None
    assert parse_request(command, rest)[0] == mode.build_request()


def test_a_peak_hold_is_said_to_be_held_and_its_overall_to_be_the_average(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    said = {}
    for how in ("average", "hold"):
        QTest.mouseClick(mode.how.button(how), Qt.MouseButton.LeftButton)
        hand.rest()
        said[how] = mode.notes.text()
    assert "2 pieces averaged, overall 1.62 m/s² RMS" in said["average"]
    assert "the highest of 2 pieces; overall 1.62 m/s² RMS on average" in said["hold"]
    assert "averaged" not in said["hold"]


@pytest.mark.parametrize("mode_id", ["spectrum", "spectrogram", "orders", "envelope", "pump"])
def test_the_machine_form_is_no_wider_than_its_panel(hand: Hand, mode_id: str) -> None:
    """What is wider is cut at the window's edge, for the form scrolls up and down only."""
    hand.window.resize(1280, 800)
    mode = choose(hand, mode_id)
    hand.press("Machine")
    hand.rest()
    form = mode.panel._form
    assert form is not None
    assert mode.panel.isVisible()
    area = mode.panel._scroll.viewport()
    assert mode.panel._scroll.widget().width() <= area.width()
    for field in form._fields.values():
        right = field.mapTo(area, field.rect().topRight()).x()
        assert (field.parameter.name, right < area.width()) == (field.parameter.name, True)
    assert mode.panel.mapTo(hand.window, mode.panel.rect().topRight()).x() < hand.window.width()


def test_values_and_picture_are_written(hand: Hand, tmp_path: Path) -> None:
    mode = choose(hand, "spectrum")
    mode.write_values(tmp_path / "values.csv")
    hand.rest()
    rows = (tmp_path / "values.csv").read_text(encoding="utf-8").splitlines()
    table = [row for row in rows if not row.startswith("#")]
    assert table[0] == f"frequency [Hz],{WAVE} [m/s2]"
    mode.write_picture(tmp_path / "picture.png")
    image = QImage(str(tmp_path / "picture.png"))
    assert (image.width(), image.height()) == (2 * mode.plots.width(), 2 * mode.plots.height())


@pytest.mark.parametrize(("mode_id", "y_unit"), [("spectrogram", "Hz"), ("orders", "orders")])
def test_a_map_has_a_column_a_burst_and_arrow_keys_walk_over_them(hand: Hand, mode_id: str, y_unit: str) -> None:
    mode = choose(hand, mode_id)
    assert isinstance(mode, MapMode)
    assert mode.map_plot.map is not None
    assert (len(mode.map_plot.map.start_ns), mode.map_plot.map.y_unit) == (2, y_unit)
    mode.map_plot.choose_column(1)
    assert mode.readout.text().startswith("2 Mar 01:00:00 · 1\u2009500 rpm")
    mode.map_plot.setFocus()
    QTest.keyClick(mode.map_plot, Qt.Key.Key_Left)
    assert mode.readout.text().startswith("2 Mar 00:00:00")
    image, _ = mode.map_plot._picture(mode.map_plot.plot_box())
    assert image.width() == round(mode.map_plot.plot_box().width())


def test_an_envelope_says_that_no_defect_stands_out_of_plain_tones(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    assert mode.side.verdict.text() == "Choose a bearing to see its defect lines."
    mode.low.setFocus()
    QTest.keyClicks(mode.low, "1000")
    QTest.keyClicks(mode.high, "2000")
    mode.bearing.set_value("6313")
    hand.rest()
    assert mode.side.verdict.text() == "No defect line of 6313 stands 12 dB above the floor."
    assert "BPFO" in [mark.name for mark in mode.plot.marks]
    assert "Band 1\u2009000 to 2\u2009000 Hz, typed." in mode.notes.text()


def test_a_band_that_is_no_number_is_said_and_nothing_is_computed(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    before = mode.picture
    mode.low.setFocus()
    QTest.keyClicks(mode.low, "1k")
    hand.rest()
    assert mode.notes.text().startswith("Band from: '1k' is not a number.")
    assert mode.picture is before


def test_the_pump_curve_is_drawn_with_its_best_point_and_what_was_lost(hand: Hand) -> None:
    mode = choose(hand, "pump")
    assert isinstance(mode, PumpMode)
    rows = {name.text(): value.text() for name, value in mode.facts_box._rows}
    assert rows["Flow"] == "FI-7001A"
    assert rows["Best point"] == "110.0 m³/h"
    assert rows["Deviation, last tenth"] == "−5.0 %"
    assert mode.head_plot.picture is not None
    QTest.mouseClick(mode.colour.button("time"), Qt.MouseButton.LeftButton)
    assert mode.head_plot.colour_by == "time"
    QTest.mouseClick(mode.colour.button("regime"), Qt.MouseButton.LeftButton)
    hand.rest()
    assert {name for _, _, name in mode.head_plot.regimes} >= {"steady"}
    mode.head_plot.grab()


def test_the_switch_keeps_what_is_on_in_sight_however_narrow_it_is(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: page.view.logs is not None)
    page.modes.choose("pump")
    hand.rest()
    for width_px in (1400, 320):
        page.modes.switch._fit(width_px)
        assert page.modes.switch.button("pump").isVisibleTo(page.modes.switch)
        assert page.modes.switch._more.isVisibleTo(page.modes.switch) == (width_px == 320)


def test_a_name_without_room_at_the_right_stands_left_of_its_line(app: object, theme: ThemeSource) -> None:
    plot = SpectrumPlot(theme, "Spectrum")
    plot.resize(600, 300)
    x = np.arange(0.0, 1001.0)
    plot.set_lines(x, np.zeros(1001))
    plot.marks = (PlotMark(x=995.0, name="3 BPFI"),)
    line_px = round(plot.x_px(995.0))
    picture = plot.grab().toImage()
    top = round(plot.plot_box().top())
    ground = picture.pixel(line_px - 60, top - 20)
    inked = {at for at in range(line_px - 50, 600) for y in range(top - 14, top - 2) if picture.pixel(at, y) != ground}
    assert max(inked) <= line_px + 1
    assert min(inked) < line_px - 20


def test_a_ring_keeps_its_name_beside_a_strong_sideband(app: object, theme: ThemeSource) -> None:
    plot = SpectrumPlot(theme, "Spectrum")
    plot.resize(683, 540)
    x = np.arange(0.0, 551.0)
    plot.set_lines(x, np.zeros(551))
    rows: list[list[tuple[float, float]]] = [[], [], []]
    marks = [
        PlotMark(x=63.9, name="BSF", rank=1), PlotMark(x=81.1, name="BPFO", rank=1),
        PlotMark(x=93.9, name="BPFI −1X", rank=11, is_strong=True), PlotMark(x=118.9, name="BPFI", rank=1, is_strong=True),
    ]  # fmt: skip
    places = {}
    for mark in sorted(marks, key=_by_place):
        places[mark.name] = _free_place(rows, plot.x_px(mark.x), 48 if mark.is_strong else 28, 679)
    assert all(row is not None for _, row in places.values())
    assert places["BSF"][0] < plot.x_px(63.9)  # at the left of its line, where the ring's line stands in its way


def test_both_tables_have_their_columns_below_one_another(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    tables = (mode.side.marks, mode.side.peaks)
    ends = [[table.columnViewportPosition(n) + table.columnWidth(n) for n in range(4)] for table in tables]
    assert ends[0] == ends[1]
    assert mode.side.marks.viewport().width() == mode.side.peaks.viewport().width()
    assert not mode.side.marks.verticalScrollBar().isEnabled()  # all of its few lines are seen


def test_slow_cycles_are_listed_by_their_length_with_digits_that_tell_them_apart(app: object, theme: ThemeSource) -> None:
    panel = LinesPanel(theme, marks_title="Machine")
    panel.set_unit("m", "1/h")
    rows = [LineRow(name="", x=x, order=None, height=0.4, decibel=25.0) for x in (1 / 24, 1 / 12)]
    panel.show_rows(rows, [])
    array = panel.peaks.array
    assert [column.title for column in array.columns] == ["Peaks, h", "1/h", "m", "dB"]
    assert [array.text(column, 0) for column in array.columns] == ["24.00", "0.0417", "0.400", "25"]
    assert frequency_text(1 / 8761, "1/h") == "0.000114 1/h"


def test_fields_of_a_slow_trend_are_in_its_own_unit(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    fields = (mode.resolution, mode.most)
    assert [field.unit for field in fields] == ["Hz", "Hz"]
    mode.view.show_channels((WAVE, "FI-7001A"))
    hand.rest()
    mode.channel.set_value("FI-7001A")
    hand.rest()
    assert isinstance(mode.picture, SpectrumPicture)
    assert mode.picture.frequency_unit == "1/h"
    assert [field.unit for field in fields] == ["1/h", "1/h"]


def test_no_figure_of_the_lists_is_cut(app: object, theme: ThemeSource) -> None:
    panel = LinesPanel(theme, marks_title="Machine")
    panel.set_unit("mm/s")
    panel.resize(PANEL_PX, 600)
    panel.show_rows([LineRow(name="", x=10135.4, order=1234.56, height=0.00663, decibel=48.0)], [])
    panel.show()
    QApplication.processEvents()
    table, metrics = panel.peaks, QFontMetrics(theme.font("body"))
    for number_, column in enumerate(table.array.columns):
        text = table.array.text(column, 0)
        assert metrics.horizontalAdvance(text) + 16 <= table.columnWidth(number_), text
    panel.hide()


def test_a_place_on_the_map_is_a_frequency_and_the_cursor_of_the_spectrum_below(hand: Hand) -> None:
    mode = choose(hand, "spectrogram")
    assert isinstance(mode, MapMode)
    assert mode.plot.cursor_x is not None  # the highest line, before anything was clicked
    assert mode.map_plot.height_at == mode.plot.cursor_x
    box = mode.map_plot.plot_box()
    QTest.mouseClick(mode.map_plot, Qt.MouseButton.LeftButton, pos=QPoint(round(box.center().x()), round(box.center().y())))
    middle = sum(mode.map_plot.y_range) / 2
    reach = 8 * (mode.plot.x_range[1] - mode.plot.x_range[0]) / mode.plot.plot_box().width()
    assert abs(mode.plot.cursor_x - middle) < reach
    assert mode.map_plot.height_at == mode.plot.cursor_x
    assert frequency_text(mode.plot.cursor_x, "Hz") in mode.readout.text()


def test_the_layers_are_never_squeezed_by_the_switch_beside_them(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: page.view.logs is not None)
    hand.window.resize(1280, 800)
    page.view.layers.button("corrected").show()
    hand.built.context.theme.switch("sunlight")  # the widest letters
    hand.rest()
    for name in ("regimes", "events", "corrected", "quality"):
        button = page.view.layers.button(name)
        assert button.width() >= button.sizeHint().width()


def test_the_header_says_the_year_and_the_rate_of_what_is_shown(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: page.view.logs is not None)
    hand.rest()
    logs = page.view.logs
    assert logs is not None
    said = " · ".join(log_facts(logs, (WAVE,), page.view.range_ns, ""))
    rate_hz = next(one.rate_hz for one in logs.channels if one.name == WAVE)
    assert said.startswith(span(*page.view.range_ns, with_year=True))
    assert f" · {number(rate_hz, 0, 'Hz')} samples · raw log unchanged" in said
    assert log_facts(logs, (WAVE, TREND), page.view.range_ns, "")[1] == f"{number(rate_hz, 0, 'Hz')}, 1 min samples"
    page.view.show_channels((WAVE,))
    hand.rest()
    assert f"{number(rate_hz, 0, 'Hz')} samples" in page.facts


def test_a_waveform_has_no_value_after_its_burst(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: page.view.logs is not None)
    logs = page.view.logs
    assert logs is not None
    burst = logs.bursts(WAVE, logs.first_ns, logs.last_ns + 1)[0]
    n = len(burst.values)
    within_ns = burst.start_ns + round((n // 2) / burst.rate_hz * NS_PER_S)
    after_ns = burst.start_ns + round(2 * n / burst.rate_hz * NS_PER_S)
    rows = page.view.plots.rows
    assert rows.known(WAVE, within_ns) is not None
    assert rows.known(WAVE, after_ns) is None
    late = rows.known(TREND, logs.last_ns + 3600 * NS_PER_S)
    assert late is not None  # a trend keeps its last value, in grey
    assert late.is_late


def velocity_limits(page: LogsPage) -> list[str]:
    return [line.name for line in page.view.plots.rows.limits.get(TREND, ())]


def test_velocity_rows_have_the_zones_of_their_category_and_other_rows_none(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: bool(page.view.plots.rows.limits))
    # ISO 10816-7:2009, category II up to 200 kW
    assert velocity_limits(page) == ["Zone B 3.2", "Zone C 5.1", "Zone D 8.5"]
    assert set(page.view.plots.rows.limits) == {TREND}


def test_the_axis_reaches_to_the_next_limit_above_the_curve(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: bool(page.view.plots.rows.limits))
    page.view.show_channels((TREND, "FI-7001A"))
    hand.rest()
    rows = page.view.plots.rows
    rows.grab()
    axes = {row.channels[0].name: rows.drawn.axes[number] for number, row in enumerate(rows.rows)}
    # The velocity is 2.0 to 2.06 mm/s: from 0 to a little above zone B at 3.2, not to C.
    assert (axes[TREND].low, 3.2 < axes[TREND].high < 5.1) == (0.0, True)
    assert axes["FI-7001A"].high < 200


def test_limits_typed_in_the_form_are_drawn_and_zones_can_be_taken_away(hand: Hand) -> None:
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: bool(page.view.plots.rows.limits))
    page.context.run_action("logs.zones")
    hand.rest()
    panel = page.view.severity._panel
    assert panel is not None
    assert panel.isVisible()
    assert panel._form is not None
    field = panel._form.field("limits").input
    field.setFocus()
    QTest.keyClicks(field, "2.3,4.5,7.1")
    QTest.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    hand.rest()
    assert velocity_limits(page) == ["Zone B 2.3", "Zone C 4.5", "Zone D 7.1"]
    panel._form.field("has_zones").set_value("false")
    QTest.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    hand.rest()
    assert page.view.plots.rows.limits == {}


def test_sidebands_take_a_typed_distance_and_else_shaft_speed(hand: Hand) -> None:
    mode = choose(hand, "spectrum")
    assert isinstance(mode, SpectrumMode)
    QTest.mouseClick(mode.side.combs.button("sidebands"), Qt.MouseButton.LeftButton)
    assert mode.side.spacing.isVisible()
    assert mode.plot.spacing == pytest.approx(25.0, abs=0.01)
    mode.side.spacing.setFocus()
    QTest.keyClicks(mode.side.spacing, "10")
    assert mode.plot.spacing == 10.0
    mode.plot.grab()


def test_what_one_form_keeps_is_known_to_the_other_ways_to_look(hand: Hand) -> None:
    envelope = choose(hand, "envelope")
    spectrum = choose(hand, "spectrum")
    assert isinstance(spectrum, SpectrumMode)
    QTest.mouseClick(spectrum._machine_button, Qt.MouseButton.LeftButton)
    assert spectrum.panel._form is not None
    QTest.keyClicks(spectrum.panel._form.field("speed_rpm").input, "1480")
    QTest.mouseClick(spectrum.panel.keep, Qt.MouseButton.LeftButton)
    hand.rest()
    choose(hand, "envelope")
    assert envelope.facts.speed_rpm == 1480.0


def test_a_pump_without_flow_is_told_what_is_missing(hand: Hand, tmp_path: Path) -> None:
    from workbench.core.jobs import Job
    from workbench.services.logs import ImportRequest, import_logs

    rows = "\n".join(f"2026-03-02T00:{k // 60:02d}:{k % 60:02d}Z,{3 + k % 5 / 10:.1f}" for k in range(600))
    log = tmp_path / "P-8001A.csv"
    log.write_text("time,PI-8001A [bar]\n" + rows + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(log),), project=hand.built.context.project_text), Job())
    hand.built.context.select(asset="P-8001A")
    mode = choose(hand, "pump")
    assert isinstance(mode, PumpMode)
    assert mode.said.isVisible()
    assert mode.said.title.text() == "P-8001A has no channel for flow: there is no pump curve without."


def test_the_bearing_kept_for_a_pump_is_chosen_and_can_be_left_out(hand: Hand) -> None:
    from workbench.core.jobs import Job
    from workbench.services.machine import MachineRequest, machine

    machine(MachineRequest(project=hand.built.context.project_text, asset=PUMP, bearing="6309"), Job())
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    assert mode.bearing.value() == "6309"
    assert mode.build_request().bearing is None
    assert {mark.name for mark in mode.plot.marks} >= {"BPFO", "BPFI"}
    mode.bearing.set_value("")
    hand.rest()
    assert mode.build_request().bearing == "none"
    assert mode.plot.marks == ()
    assert mode.side.verdict.text() == "Choose a bearing to see its defect lines."


@pytest.mark.parametrize("mode_id", ["spectrum", "pump"])
def test_a_mode_keeps_to_the_states_that_are_ticked(hand: Hand, mode_id: str) -> None:
    project = hand.built.context.project_text
    span = {"start": "2026-03-02T01:00:00Z", "end": "2026-03-02T02:00:00Z"}
    set_regime(SetRegimeRequest(project=project, asset=PUMP, name="washing", **span), Job())
    mode = choose(hand, mode_id)
    page = hand.window.host.page("logs")
    assert isinstance(page, LogsPage)
    hand.wait(lambda: "washing" in {mark.kind for mark in page.view.plots.regimes.marks})
    page.view.states.fill_menu()
    next(action for action in page.view.states.menu_box.actions() if action.data() == "washing").trigger()
    hand.rest()
    assert "nly while washing" in mode.notes.text()
    mode.copy_command()
    assert "--regime washing" in QGuiApplication.clipboard().text()
    mode.write_values(Path(project) / "o.csv")
    hand.rest()
    n_rows = sum(line[:1].isdigit() for line in (Path(project) / "o.csv").read_text(encoding="utf-8").splitlines())
    assert n_rows == (60 if mode_id == "pump" else len(mode.picture.spectrum.frequency_hz))  # type: ignore[attr-defined]


def test_the_band_of_the_envelope_is_picked_in_the_kurtogram_by_mouse_and_keys(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    QTest.keyClick(hand.window, Qt.Key.Key_K)
    hand.rest()
    plot = mode.kurtogram
    assert plot.isVisible()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, plot.cell_box(2, 1).center().toPoint())
    hand.rest()
    band = plot.band_at(2, 1)
    assert (mode.low.number(), mode.high.number()) == (round(band.low_hz), round(band.high_hz))
    assert isinstance(mode.picture, EnvelopePicture)
    assert mode.picture.band.low_hz == round(band.low_hz)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    hand.rest()
    assert mode.picture.band.high_hz == pytest.approx(band.low_hz, abs=1.0)
    QTest.keyClick(plot, Qt.Key.Key_Backspace)
    hand.rest()
    assert not mode.picture.request.has_band
    assert mode.picture.band == mode.picture.kurtogram.best


def test_the_trend_of_defect_lines_goes_to_the_burst_that_is_clicked_or_stepped_to(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    mode.bearing.set_value("6313")
    hand.rest()
    QTest.keyClick(hand.window, Qt.Key.Key_B)
    hand.rest()
    found, chart = mode.trend.found, mode.trend.chart
    assert found is not None
    assert found.bearing == "6313"
    first = int(found.start_ns[0])
    place = QPoint(round(chart.x_px(first)) + 2, round(chart.plot_box().center().y()))
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    hand.rest()
    assert isinstance(mode.picture, EnvelopePicture)
    assert mode.picture.burst_ns[mode.picture.chosen or 0] == first
    QTest.keyClick(chart, Qt.Key.Key_Right)
    hand.rest()
    assert mode.picture.burst_ns[mode.picture.chosen or 0] == int(found.start_ns[min(1, len(found.start_ns) - 1)])


def test_the_trend_shows_the_keyboard_as_the_plot_below_it_does(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    mode.bearing.set_value("6313")
    mode.toggle("trend")
    hand.rest()
    hand.window.activateWindow()
    hand.wait(hand.window.isActiveWindow)
    focus = hand.built.context.theme.colour("focus")
    edges = {}
    for plot in (mode.trend.chart, mode.main):
        assert plot is not None
        plot.setFocus(Qt.FocusReason.TabFocusReason)
        image, middle = plot.grab().toImage(), plot.height() // 2
        edges[plot] = [image.pixelColor(x, middle) == focus for x in range(4)]
        assert not hand.window.ring.isVisible()
        assert plot.mapTo(mode, QPoint(0, 0)).x() == 0
    assert list(edges.values()) == [[True, True, True, False]] * 2
    mode.main.setFocus()
    assert mode.trend.chart.grab().toImage().pixelColor(1, mode.trend.chart.height() // 2) != focus


def test_a_trend_without_a_bearing_says_what_to_do(hand: Hand) -> None:
    mode = choose(hand, "envelope")
    assert isinstance(mode, EnvelopeMode)
    mode.toggle("trend")
    hand.rest()
    assert "Choose one, or keep one in Machine." in mode.trend.said.text()


def test_the_waterfall_and_the_map_show_the_same_spectrum(hand: Hand) -> None:
    mode = choose(hand, "spectrogram")
    assert isinstance(mode, MapMode)
    QTest.keyClick(hand.window, Qt.Key.Key_W)
    hand.rest()
    plot = mode.waterfall
    assert (plot.isVisible(), mode.map_plot.isVisible()) == (True, False)
    first = QPoint(round(plot.plot_box().center().x()), round(plot.base_px(0)))
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    assert mode.map_plot.column == 0
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert mode.map_plot.column == min(1, len(plot.groups()) - 1)
    assert mode.plot.cursor_x == plot.cursor_x
    QTest.keyClick(hand.window, Qt.Key.Key_W)
    assert mode.map_plot.isVisible()


def test_what_has_one_axis_begins_and_ends_at_the_same_pixels(hand: Hand) -> None:
    mode = choose(hand, "orders")
    assert isinstance(mode, MapMode)
    mode.toggle_waterfall()
    hand.rest()
    upper, lower = mode.waterfall.plot_box(), mode.plot.plot_box()
    assert (upper.left(), upper.right()) == (lower.left(), lower.right())
    mode.toggle_waterfall()
    assert mode.plot.plot_box().left() == mode.map_plot.plot_box().left()


def test_each_line_of_a_waterfall_reaches_the_highest_of_its_spectra(app: object) -> None:
    n, lines = 300, 64
    rms = np.full((n, lines), 0.1, np.float32)
    rms[137, 20] = 1.0
    starts = np.arange(n, dtype=np.int64) * 10**9
    found = SpectralMap(
        start_ns=starts,
        end_ns=starts + 10**9,
        y=np.arange(lines) * 1.0,
        rms=rms,
        unit="g",
        y_unit="Hz",
        n_a_column=1,
    )
    plot = WaterfallPlot(ThemeSource(resources()), "waterfall")
    plot.resize(600, 400)
    plot.show_map(found, UTC, float(lines - 1))
    assert len(plot.groups()) < n
    shares = plot._shares(480)
    (line,) = np.flatnonzero(shares.max(axis=1) == 1.0)
    first, end = plot.groups()[line]
    assert first <= 137 < end
    plot.deleteLater()
