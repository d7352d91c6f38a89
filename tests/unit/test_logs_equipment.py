"""The pump a log belongs to is read from what looks like a tag."""

from __future__ import annotations

import pytest

from workbench.logs.equipment import default_asset, find_equipment_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [("P-2041A_march.csv", "P-2041A"), ("export P2041A", "P-2041A"), ("PMP_101", "PMP-101"), ("GA-1201B trend", "GA-1201B"),
     ("valve1", None), ("IP-20411", None), ("TOP2041", None), ("P-2041Ax", None)],
)  # fmt: skip
def test_a_pump_tag_is_found_in_a_text(text: str, tag: str | None) -> None:
    assert find_equipment_tag(text) == tag


@pytest.mark.parametrize(
    ("source", "channels", "asset"),
    [
        ("dir/P-7001B.csv", ["PI-2041A"], "P-7001B"),
        ("export.csv", ["PI-2041A", "TI-2041A", "II-2041A", "time base"], "P-2041A"),
        ("trend.csv", ["P2041_SUCT_P", "P2041_DISC_P", "P2041_FLOW"], "P-2041"),
        ("mixed.csv", ["PI-2041A", "TI-2042A", "II-7"], "mixed"),
        ("C:\\data\\pump station.csv", ["Pressure", "Flow"], "pump station"),
        ("rig/valve1/7.csv", ["Pressure", "Flow"], "valve1-7"),
        ("7.csv", ["Pressure", "Flow"], "7"),
        (".csv", [], ".csv"),
    ],
)
def test_the_file_name_counts_first_then_the_channels_then_the_stem(source: str, channels: list[str], asset: str) -> None:
    assert default_asset(source, channels) == asset
