"""Signal tags of one pump against another's."""

from __future__ import annotations

from workbench.core.tags import channel_keys, match_channels

PUMP_A = ("SI-2041A", "PI-2040A", "PI-2041A", "FI-2041A", "VI-2041A-DE", "VI-2041A-NDE")
PUMP_B = ("SI-3001B [rpm]", "PI-3000B [bar]", "PI-3001B [bar]", "FI-3001B [m3/h]", "VI-3001B-DE [mm/s]", "VI-3001B-NDE [mm/s]")


def test_two_pumps_have_the_same_keys() -> None:
    expected = ["SI", "PI-1", "PI", "FI", "VI-DE", "VI-NDE"]
    assert expected == list(channel_keys(PUMP_A).values())
    assert expected == list(channel_keys(PUMP_B).values())


def test_a_fleet_model_finds_its_channels_on_any_pump() -> None:
    assert match_channels(("PI", "PI-1"), PUMP_B) == {"PI": "PI-3001B [bar]", "PI-1": "PI-3000B [bar]"}


def test_a_model_of_one_pump_finds_its_channels_on_another() -> None:
    assert match_channels(("PI-2041A", "VI-2041A-DE", "SI-2041A"), PUMP_B) == {
        "PI-2041A": "PI-3001B [bar]",
        "VI-2041A-DE": "VI-3001B-DE [mm/s]",
        "SI-2041A": "SI-3001B [rpm]",
    }


def test_a_name_that_is_there_wins_and_units_and_case_do_not_matter() -> None:
    assert match_channels(("Pressure", "Current"), ("pressure (bar)", "Current", "Voltage")) == {
        "Pressure": "pressure (bar)",
        "Current": "Current",
    }


def test_channels_that_are_missing_or_twice_are_left_out() -> None:
    assert match_channels(("FI", "LI", "TI"), ("FI-2041A", "TI-2041A", "TI 2041A")) == {"FI": "FI-2041A"}
