"""The pump a log belongs to is read from what looks like a tag."""

from __future__ import annotations

import pytest

from workbench.logs.equipment import asset_of_named, default_asset, find_equipment_tag, find_pumps


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
        ("H", ["PI-2041A", "FI-2041"], "P-2041A"),
        ("station", ["PI-2041A", "PI-2041B", "FI-2041"], "station"),
        ("C:\\data\\pump station.csv", ["Pressure", "Flow"], "pump station"),
        ("rig/valve1/7.csv", ["Pressure", "Flow"], "valve1-7"),
        ("7.csv", ["Pressure", "Flow"], "7"),
        (".csv", [], ".csv"),
    ],
)
def test_the_file_name_counts_first_then_the_channels_then_the_stem(source: str, channels: list[str], asset: str) -> None:
    assert default_asset(source, channels) == asset


def test_files_of_a_recorder_that_differ_by_their_time_are_of_one_pump() -> None:
    names = ("seal pump_20260302T120000Z.wav", "seal pump_2026-03-02_18-00-00.wav", "seal pump 20260303 000000.5.wav")
    assert {default_asset(name, ()) for name in names} == {"seal pump"}
    assert default_asset("20260302_120000.wav", ()) == "20260302_120000"


@pytest.mark.parametrize(
    ("name", "asset"),
    [("Kessel_2026-03-04.csv", "Kessel"), ("station 12.03.2026 08-15.csv", "station"), ("2026-03-12.csv", "2026-03-12"),
     ("pump1.csv", "pump1"), ("trend_2026-03_north.csv", "trend north")],
)  # fmt: skip
def test_the_date_in_a_file_name_is_no_part_of_the_pump(name: str, asset: str) -> None:
    assert default_asset(name, []) == asset


def test_names_tell_the_pumps_of_one_table_apart_and_leave_what_they_share() -> None:
    shared = ["L_T1", "P_J280", "header pressure"]
    numbers = {name: pump for pump in ("PU1", "PU2", "PU10") for name in (f"F_{pump}", f"S_{pump}")}
    assert find_pumps([*shared, *numbers]) == numbers
    tags = {f"{pump} {what}": pump for pump in ("P-310A", "P-310B") for what in ("flow", "motor current")}
    assert find_pumps([*tags, "P-310 header"]) == tags
    assert find_pumps(["P1_Flow", "P1_Amps", "P2_Flow", "P2_Amps"])["P2_Amps"] == "P2"
    assert find_pumps(["Pump 1 flow", "Pump 1 power", "Pump 2 flow", "Pump 2 power"])["Pump 2 flow"] == "Pump 2"


@pytest.mark.parametrize(
    "names",
    [
        ("P-101", "P-102", "P-103"), ("P-101 min", "P-101 max", "P-102 min", "P-102 max"),
        ("P-2041A flow", "P-2041A current", "P-2041B running"), ("PI-2041A", "II-2041A", "PI-2041B", "II-2041B"),
        ("P1 in", "P1 out", "P2 speed", "P2 flow"), ("P1 temp", "P1 press", "P2 temp", "P2 press"),
    ],
)  # fmt: skip
def test_tags_of_pressures_and_of_one_pump_are_no_several_pumps(names: tuple[str, ...]) -> None:
    assert find_pumps(names) == {}


def test_a_number_that_each_station_has_stands_behind_the_name_of_the_file() -> None:
    assert [asset_of_named(pump, "north") for pump in ("PU1", "PU10", "Pump 2", "P-12", "P-310A")] == [
        "north PU1", "north PU10", "north Pump 2", "P-12", "P-310A",
    ]  # fmt: skip
