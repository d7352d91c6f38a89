"""Layouts kept by name, carried to another pump, exchanged as files; and the plots' data written as CSV."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.ui.log_projects import N_ROWS, PUMP, at_minute, make_project
from workbench.cli.command import Command
from workbench.cli.commands.table import COMMANDS
from workbench.cli.main import run
from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import build, to_arguments
from workbench.logs.plot_layout import CurveLook, PlotLayout, RowLayout
from workbench.project.store import Project
from workbench.services.corrections import CorrectRequest, correct_log
from workbench.services.layout_set import LayoutSetRequest, request_of, set_layout
from workbench.services.log_export import ExportLogsRequest, export_logs
from workbench.services.log_layouts import (
    LayoutExportRequest,
    LayoutImportRequest,
    LayoutRemoveRequest,
    LayoutsRequest,
    export_layout,
    import_layout,
    list_layouts,
    matched,
    remove_layout,
)
from workbench.services.log_views import ChannelView, OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, import_logs

LAYOUT = PlotLayout(rows=(RowLayout(channels=("VI-2041A-DE",), low=0.0, high=5.0), RowLayout(channels=("PI-2041A", "FI-2041A"))))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return str(make_project(tmp_path))


def save(project: str, name: str, layout: PlotLayout = LAYOUT) -> None:
    set_layout(request_of(project, PUMP, name, layout), Job())


def test_a_layout_is_kept_with_author_and_time_and_replaced_by_its_name(project: str) -> None:
    save(project, "night")
    save(project, "")
    save(project, "night", PlotLayout(rows=LAYOUT.rows[:1]))
    default, night = list_layouts(LayoutsRequest(project=project), Job()).layouts
    assert (default.name, night.name, len(night.layout.rows)) == ("", "night", 1)
    assert night.author
    assert night.created_utc.endswith("Z")
    with Project.open(Path(project)) as found:
        assert found.lines(1)[0].line.act.what == f"Kept the layout 'night' of {PUMP}"


def test_a_layout_goes_out_as_a_file_and_comes_back(project: str, tmp_path: Path) -> None:
    save(project, "night")
    out = tmp_path / "night.json"
    export_layout(LayoutExportRequest(project=project, asset=PUMP, name="night", out=str(out)), Job())
    assert json.loads(out.read_text("utf-8"))["layout"]["rows"][1]["channels"] == ["PI-2041A", "FI-2041A"]
    import_layout(LayoutImportRequest(path=str(out), project=project, asset="P-7", name="copied"), Job())
    assert [(one.name, one.asset) for one in list_layouts(LayoutsRequest(project=project), Job()).layouts] == [
        ("night", PUMP), ("copied", "P-7"),
    ]  # fmt: skip


def test_a_layout_is_forgotten_and_an_unknown_one_named(project: str) -> None:
    save(project, "night")
    remove_layout(LayoutRemoveRequest(project=project, asset=PUMP, name="night"), Job())
    with pytest.raises(InputError, match="day"):
        remove_layout(LayoutRemoveRequest(project=project, asset=PUMP, name="day"), Job())


def test_a_layout_without_rows_or_with_upside_down_limits_is_refused(project: str) -> None:
    with pytest.raises(InputError):
        save(project, "x", PlotLayout())
    with pytest.raises(InputError):
        save(project, "x", PlotLayout(rows=(RowLayout(channels=("A",), low=3.0, high=2.0),)))


CURVES = PlotLayout(
    rows=(
        RowLayout(channels=("VI-2041A-DE",), low=0.1, high=1e3, is_log=True),
        RowLayout(channels=("PI-2041A", 'a;"b" = c', "FI-2041A"), low=-3.25, high=12.0),
    ),
    mode="spectrum",
    looks=(
        CurveLook(channel="FI-2041A", style="steps", colour=3), CurveLook(channel='a;"b" = c', is_hidden=True),
        CurveLook(channel="PI-2041A", style="both"),
    ),
)  # fmt: skip


def test_what_the_window_keeps_is_one_command_line_that_makes_the_same_layout(project: str) -> None:
    request = request_of(project, PUMP, "curves", CURVES)
    command = Command(words=("logs", "layout-set"), service="layout_set:set_layout", request="LayoutSetRequest")
    assert command in COMMANDS
    words = to_arguments(command.words, request)
    assert run(words[1:]) == 0
    (kept,) = list_layouts(LayoutsRequest(project=project), Job()).layouts
    assert (kept.name, kept.asset) == ("curves", PUMP)
    assert kept.layout.rows == CURVES.rows
    assert {one.channel: one for one in kept.layout.looks} == {one.channel: one for one in CURVES.looks}
    assert kept.layout.mode == "spectrum"
    with Project.open(Path(project)) as found:
        assert shlex.split(found.lines(1)[0].line.act.command)[1:] == words[1:]


def test_a_kept_layout_is_changed_by_what_is_given_alone(project: str) -> None:
    save(project, "", CURVES)
    change = {"limits": ("VI-2041A-DE=fit", "PI-2041A=0,20"), "linear": ("VI-2041A-DE",), "show": ('a;"b" = c',)}
    set_layout(LayoutSetRequest(project=project, asset=PUMP, **change), Job())
    set_layout(LayoutSetRequest(project=project, asset=PUMP, style=("FI-2041A=line",), colour=("PI-2041A=8",)), Job())
    (kept,) = list_layouts(LayoutsRequest(project=project), Job()).layouts
    vibration, hydraulics = kept.layout.rows
    assert (vibration.low, vibration.high, vibration.is_log) == (None, None, False)
    assert (hydraulics.low, hydraulics.high, hydraulics.channels) == (0.0, 20.0, CURVES.rows[1].channels)
    assert kept.layout.looks == (
        CurveLook(channel="FI-2041A", colour=3), CurveLook(channel="PI-2041A", style="both", colour=8),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"limits": ("PI-9=0,1",)}, "no row with 'PI-9'"), ({"limits": ("PI-2041A",)}, "names a channel and a value"),
        ({"limits": ("PI-2041A=1",)}, "no limits"), ({"limits": ("PI-2041A=5,1",)}, "from 5 to 1"),
        ({"limits": ("PI-2041A=nan,1",)}, "from nan"), ({"log": ("PI-2041A",)}, "can't start at -3.25"),
        ({"style": ("PI-2041A=dots",)}, "no way to draw"), ({"colour": ("PI-2041A=9",)}, "no colour"),
        ({"hide": ("X",)}, "no row with 'X'"), ({"row": ("A;A",)}, "twice"), ({"row": (" ; ",)}, "names no channel"),
        ({"name": "day"}, "no layout 'day'"),
    ],
)  # fmt: skip
def test_what_makes_no_layout_is_refused_with_its_value_and_nothing_is_changed(
    project: str, change: dict[str, object], told: str
) -> None:
    save(project, "", CURVES)
    before = list_layouts(LayoutsRequest(project=project), Job()).layouts
    with pytest.raises(InputError, match=told):
        set_layout(build(LayoutSetRequest, {"project": project, "asset": PUMP, **change}), Job())
    assert list_layouts(LayoutsRequest(project=project), Job()).layouts == before


def view(name: str, unit: str) -> ChannelView:
    return ChannelView(name=name, unit=unit, quantity="", low=None, high=None)


def test_another_pump_gets_the_layout_by_its_number_in_the_tags() -> None:
    channels = [view("PI-2051B", "bar"), view("FI-2051B", "m3/h"), view("VI-2051B-DE", "mm/s")]
    found = matched(LAYOUT, "P-2041A", "P-2051B", channels, {})
    assert [row.channels for row in found.rows] == [("VI-2051B-DE",), ("PI-2051B", "FI-2051B")]
    assert (found.rows[0].low, found.rows[0].high) == (0.0, 5.0)


def test_where_numbers_do_not_help_the_letters_and_the_unit_do_and_the_rest_is_left_out() -> None:
    channels = [view("PI-9", "degC"), view("PI-10", "bar"), view("XI-1", "mm/s")]
    found = matched(LAYOUT, "P-2041A", "P-9", channels, {"PI-2041A": "bar", "VI-2041A-DE": "mm/s", "FI-2041A": "m3/h"})
    assert [row.channels for row in found.rows] == [("PI-10",)]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_raw_samples_are_written_with_units_and_come_back_the_same(project: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = export_logs(ExportLogsRequest(project=project, asset=PUMP, out=str(out)), Job())
    head, *rows = read(out)
    assert head == ["time_utc", "PI-2041A [bar]", "FI-2041A [m3/h]", "VI-2041A-DE [mm/s]"]
    assert len(rows) == result.rows == N_ROWS - 100
    logs = open_asset_logs(OpenLogsRequest(project=project, asset=PUMP), Job())
    ((times, values),) = logs.samples("PI-2041A", logs.first_ns, logs.last_ns + 1)
    assert [row[0] for row in rows[:50]] == [format_utc(int(at)) for at in times[:50]]
    np.testing.assert_array_equal(np.array([float(row[1]) for row in rows], np.float32), values.astype(np.float32))


def test_samples_that_no_correction_touched_are_written_as_before_it(project: str, tmp_path: Path) -> None:
    asked = ExportLogsRequest(project=project, asset=PUMP, out=str(tmp_path / "before.csv"), channel=("PI-2041A",))
    export_logs(asked, Job())
    corrected = CorrectRequest(
        project=project, asset=PUMP, channel="PI-2041A", from_unit="psi", to_unit="bar", start=format_utc(at_minute(500))
    )  # fmt: skip
    correct_log(corrected, Job())
    export_logs(msgspec.structs.replace(asked, out=str(tmp_path / "after.csv")), Job())
    before, after = read(tmp_path / "before.csv"), read(tmp_path / "after.csv")
    assert before[:501] == after[:501]
    assert {len(row[1].partition(".")[2]) <= 6 for row in after[1:501]} == {True}
    assert float(after[-1][1]) == pytest.approx(0.0689476 * float(before[-1][1]), rel=1e-5)


def test_samples_of_a_fast_waveform_are_dated_to_the_nanosecond(tmp_path: Path) -> None:
    log, out = tmp_path / "P-1.csv", tmp_path / "out.csv"
    log.write_text("\n".join(["VT-1 [g]", *(str(k % 7 / 10) for k in range(2000))]) + "\n", encoding="utf-8")
    answer = "TIME_RELATIVE=2026-03-16T10:00:00Z/97656.25 Hz"
    project = str(tmp_path / "p")
    import_logs(ImportRequest(paths=(str(log),), project=project, answer=(answer,), asset="P-1"), Job())
    export_logs(ExportLogsRequest(project=project, asset="P-1", out=str(out)), Job())
    rows = read(out)[1:]
    # 1 / 97656.25 s = 10.24 µs
    assert [row[0] for row in rows[:4]] == [
        "2026-03-16T10:00:00Z", "2026-03-16T10:00:00.00001024Z", "2026-03-16T10:00:00.00002048Z", "2026-03-16T10:00:00.00003072Z"
    ]  # fmt: skip
    assert rows[1999][0] == "2026-03-16T10:00:00.02046976Z"


def test_a_stretch_of_some_channels_holds_both_ends(project: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    request = ExportLogsRequest(
        project=project, asset=PUMP, out=str(out), channel=("FI-2041A",), start=format_utc(at_minute(10)),
        end=format_utc(at_minute(12)),
    )  # fmt: skip
    export_logs(request, Job())
    assert [row[0] for row in read(out)[1:]] == [format_utc(at_minute(minute)) for minute in (10, 11, 12)]


def test_what_is_drawn_keeps_the_spike(project: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    export_logs(ExportLogsRequest(project=project, asset=PUMP, out=str(out), channel=("VI-2041A-DE",), columns=50), Job())
    head, *rows = read(out)
    assert head == ["time_utc", "VI-2041A-DE [mm/s] min", "VI-2041A-DE [mm/s] max"]
    assert len(rows) <= 50
    assert max(float(row[2]) for row in rows) == 9.0
    logs = open_asset_logs(OpenLogsRequest(project=project, asset=PUMP), Job())
    ((_, values),) = logs.samples("VI-2041A-DE", logs.first_ns, logs.last_ns + 1)
    texts = {str(value) for value in values}
    assert {text for row in rows for text in row[1:]} <= texts


def test_an_unknown_channel_is_refused_and_nothing_is_written(project: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PI-2041A"):
        export_logs(ExportLogsRequest(project=project, asset=PUMP, out=str(tmp_path / "o.csv"), channel=("X",)), Job())
    assert not list(tmp_path.glob("o.csv*"))
