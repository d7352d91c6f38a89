"""Derived channels: stored as a layer with author and time, computed block by block, opened beside the raw ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.ui.log_projects import N_ROWS, PUMP, at_minute, make_project
from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.errors import FormulaError, InputError, ObjectCorrupt
from workbench.core.jobs import Job
from workbench.logs.formulas import derive
from workbench.logs.formulas.derived_channel import DerivedChannel
from workbench.project.acts import Act
from workbench.project.store import Project
from workbench.services.derived_channels import (
    ChannelAddRequest,
    ChannelRemoveRequest,
    ChannelsListRequest,
    add_channel,
    list_channels,
    look_at_formula,
    remove_channel,
)
from workbench.services.derived_layer import VALUE_KEY, encode_channels
from workbench.services.log_statistics import StatisticsRequest, log_statistics
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, import_logs

POWER = 'to("PI-2041A" * "FI-2041A", "kW")'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return str(make_project(tmp_path))


def add(project: str, name: str, formula: str, asset: str | None = PUMP) -> None:
    add_channel(ChannelAddRequest(project=project, name=name, formula=formula, asset=asset), Job())


def opened(project: str) -> AssetLogs:
    return open_asset_logs(OpenLogsRequest(project=project, asset=PUMP), Job())


def test_a_derived_channel_is_drawn_and_read_like_any_other(project: str) -> None:
    add(project, "Hydraulic power", POWER)
    logs = opened(project)
    channel = logs.channels[-1]
    assert (channel.name, channel.unit, channel.quantity, channel.formula) == ("Hydraulic power", "kW", "power", POWER)
    # 3 bar · 305 m3/h at the first instant: 3e5 Pa · 0.084722 m3/s = 25.417 kW
    known = logs.last_known("Hydraulic power", at_minute(0))
    assert known is not None
    assert known.value == pytest.approx(3e5 * 305 / 3600 / 1000)
    drawn = logs.envelopes("Hydraulic power", logs.first_ns, logs.last_ns, 300)[0]
    assert np.nanmax(drawn.maximum) == pytest.approx(channel.high, rel=1e-6)
    assert np.isnan(drawn.minimum).any()
    assert len(logs.recordings) == 1


def test_the_layer_says_who_made_it_when_and_how_and_the_journal_too(project: str) -> None:
    add(project, "dp", '"PI-2041A" - 1')
    (row,) = [one for one in list_channels(ChannelsListRequest(project=project), Job()).channels if one.formula]
    assert (row.asset, row.channel, row.unit, row.formula) == (PUMP, "dp", "bar", '"PI-2041A" - 1')
    assert row.author
    assert row.created_utc.endswith("Z")
    with Project.open(Path(project)) as found:
        line = found.lines(1)[0].line
    assert (line.act.act, line.act.what) == ("derive", 'Channel dp: "PI-2041A" - 1')
    assert "channels add" in line.act.command


def test_a_channel_can_be_derived_from_a_derived_one_and_goes_with_it(project: str) -> None:
    add(project, "dp", '"PI-2041A" - 1')
    add(project, "dp mean", 'rolling_mean(dp, "1 h")')
    assert [one.name for one in opened(project).channels][-2:] == ["dp", "dp mean"]
    removed = remove_channel(ChannelRemoveRequest(project=project, name="dp", asset=PUMP), Job()).removed
    assert removed == ("dp", "dp mean")
    assert len(opened(project).channels) == 3


def test_arithmetic_is_done_on_the_decimals_that_were_printed(project: str) -> None:
    add(project, "dp", '"PI-2041A" - 1')
    logs = opened(project)
    ((_, values),) = logs.samples("dp", logs.first_ns, logs.last_ns + 1)
    # sin(1/200) · 0.2 + 3 is printed as 3.001; less 1 that is 2.001, not 2.00100017.
    assert str(values[1]) == "2.001"
    assert values.dtype == np.float32


def test_statistics_know_derived_channels(project: str) -> None:
    add(project, "twice", '"PI-2041A" * 2')
    result = log_statistics(StatisticsRequest(project=project, asset=PUMP, channel=("PI-2041A", "twice")), Job())
    first, second = result.channels
    assert first.mean is not None
    assert second.mean == pytest.approx(2 * first.mean)
    assert (second.n, second.unit) == (N_ROWS - 100, "bar")


def test_values_do_not_depend_on_the_blocks(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    formula = 'rolling_max("VI-2041A-DE", "30 min") + derivative("VI-2041A-DE", "s") * 0'
    with pytest.raises(FormulaError):
        add(project, "v", formula)
    formula = 'rolling_max("VI-2041A-DE", "30 min")'
    add(project, "whole", formula)
    monkeypatch.setattr(derive, "_BLOCK_ROWS", 777)
    add(project, "blocks", formula)
    logs = opened(project)
    (whole,), (blocks,) = (logs.samples(name, logs.first_ns, logs.last_ns + 1) for name in ("whole", "blocks"))
    np.testing.assert_array_equal(whole[1], blocks[1])
    assert np.count_nonzero(whole[1] > 8) == 30


def test_a_copy_is_made_once_and_made_anew_when_it_is_gone(project: str, tmp_path: Path) -> None:
    add(project, "dp", '"PI-2041A" - 1')
    (meta,) = (tmp_path / "home" / "cache" / "derived").rglob("meta.json")
    before = meta.stat().st_mtime_ns
    opened(project)
    assert meta.stat().st_mtime_ns == before
    meta.unlink()
    for other in meta.parent.iterdir():
        other.unlink()
    meta.parent.rmdir()
    assert opened(project).channels[-1].name == "dp"
    assert meta.is_file()


@pytest.mark.parametrize(
    ("name", "formula", "words"),
    [
        ("x", '"PI-2041A" + "VI-2041A-DE"', "bar"),
        ("x", '"PI-2042A" * 2', "PI-2041A"),
        ("PI-2041A", '"PI-2041A" * 2', "already"),
        ("", '"PI-2041A" * 2', "name"),
        ('a"b', '"PI-2041A" * 2', "name"),
    ],
)
def test_what_can_not_be_derived_is_refused_before_anything_is_stored(project: str, name: str, formula: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        add(project, name, formula)
    assert words in str(caught.value)
    with Project.open(Path(project)) as found:
        assert found.value("derived_channels") is None


def test_removing_what_is_not_there_names_what_is(project: str) -> None:
    add(project, "dp", '"PI-2041A" - 1', None)
    with pytest.raises(InputError, match="dp"):
        remove_channel(ChannelRemoveRequest(project=project, name="dq"), Job())
    assert remove_channel(ChannelRemoveRequest(project=project, name="dp", asset=PUMP), Job()).removed == ("dp",)


def test_a_formula_is_looked_at_before_it_is_kept(project: str) -> None:
    logs = opened(project)
    good = look_at_formula(logs, '"PI-2041A" * 1000', at_minute(0))
    assert (good.unit, good.message) == ("bar", "")
    assert good.value == pytest.approx(3000)
    bad = look_at_formula(logs, '"PI-2041A" + nothing', at_minute(0))
    assert bad.column == 13
    assert "nothing" in bad.message


def test_channels_of_two_logs_with_other_rates_meet_by_last_known_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    start = parse_utc("2026-03-02T00:00:00Z")
    fast = [f"{format_utc(start + k * 10 * NS_PER_S)},{k % 7}.5" for k in range(600)]
    slow = [f"{format_utc(start + k * 60 * NS_PER_S)},{k}.25" for k in range(60)]
    (tmp_path / "fast.csv").write_text("\n".join(["time,PI-1 (bar)", *fast]) + "\n", encoding="utf-8")
    (tmp_path / "slow.csv").write_text("\n".join(["time,TI-1 (degC)", *slow]) + "\n", encoding="utf-8")
    project = str(tmp_path / "project")
    for name in ("fast", "slow"):
        import_logs(ImportRequest(paths=(str(tmp_path / f"{name}.csv"),), project=project, asset="P-1"), Job())
    add_channel(ChannelAddRequest(project=project, name="held", formula='where("PI-1" > 0, "TI-1", 0)', asset="P-1"), Job())
    logs = open_asset_logs(OpenLogsRequest(project=project, asset="P-1"), Job())
    ((times, values),) = logs.samples("held", logs.first_ns, logs.last_ns + 1)
    # The channel that is named first says when.
    assert len(times) == 600
    at = (times - start) // NS_PER_S
    np.testing.assert_allclose(values[at < 3600], np.floor(at[at < 3600] / 60) + 0.25)


def test_a_stranger_s_layer_takes_no_channel_s_place_and_no_odd_name(project: str) -> None:
    names = ("PI-2041A", "x\x1b[2K\u202e", "good")
    layer = encode_channels(tuple(DerivedChannel(name=name, formula='"PI-2041A" * 2') for name in names))
    with Project.open_existing(Path(project)) as opened_project:
        opened_project.set_value(VALUE_KEY, layer, Act(act="derive", what="from elsewhere"))
    shown = [channel.name for channel in opened(project).channels]
    assert shown.count("PI-2041A") == 1 and shown[-1] == "good" and not any("\x1b" in name for name in shown)
    refused = {row["channel"]: row["why"] for row in list_channels(ChannelsListRequest(project=project), Job()).refused}
    assert refused == {
        "PI-2041A": "There is a channel of this name already.", "x[2K": "It can't be the name of a channel.",
    }  # fmt: skip


def test_more_derived_channels_than_a_project_can_have_are_refused(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add(project, "a", '"PI-2041A" * 2')
    monkeypatch.setattr("workbench.services.derived_layer.MOST_CHANNELS", 0)
    with pytest.raises(ObjectCorrupt, match="1 derived channels, more than 0"):
        opened(project)
