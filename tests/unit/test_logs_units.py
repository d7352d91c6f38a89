"""Units as people print them."""

from __future__ import annotations

import pytest

from workbench.logs.units import conversion, find_quantity, find_unit, split_unit, unit_in_name


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("m³/h", "m3/h"), ("m3/hr", "m3/h"), ("m^3/h", "m3/h"), ("l/s", "L/s"), ("LPM", "L/min"), ("GPM", "gpm"),
        ("bar(g)", "bar"), ("hPa", "mbar"), ("PSIG", "psi"), ("kgf/cm²", "kgf/cm2"), ("AMPS", "A"), ("Volts", "V"),
        ("Deg C", "degC"), ("°F", "degF"), ("U/min", "rpm"), ("min⁻¹", "rpm"), ("mm/s RMS", "mm/s"), ("ips", "in/s"),
        ("pct", "%"), ("mA", "mA"), ("mW", None), ("MW", "MW"), ("", None), ("-", None), ("bool", None), ("DE", None),
    ],
)  # fmt: skip
def test_a_printed_unit_has_one_spelling(printed: str, unit: str | None) -> None:
    assert find_unit(printed) == unit


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Flow [m3/h]", "Flow", "m3/h"),
        ("P-2041A Suction (bar)", "P-2041A Suction", "bar"),
        ("Temperature (DE)", "Temperature (DE)", None),
        ("Turbidity [NTU]", "Turbidity", "NTU"),
        ("Running [bool]", "Running", None),
        ("Pressure", "Pressure", None),
        ("Druck [bar(ü)]", "Druck", "bar"),
        ("Druck [x(ü)]", "Druck [x(ü)]", None),
    ],
)
def test_a_trailing_bracket_is_a_unit_only_when_it_can_be_one(header: str, name: str, unit: str | None) -> None:
    assert split_unit(header) == (name, unit)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Trykk, bar", "bar"), ("Mengde, m3/h", "m3/h"), ("Strøm, A", "A"), ("Nivå, %", "%"), ("FT-101 in m3/h", "m3/h"),
        ("suction_pressure_bar", "bar"), ("motor_temp_C", "degC"), ("valve_pct", "%"), ("speed_rpm", "rpm"),
        ("Pump, A", None), ("x_bar", None), ("Pressure, discharge", None), ("Temperature, DE", None), ("flow_bar", None),
    ],
)  # fmt: skip
def test_a_unit_at_the_end_of_a_name_is_suggested_where_it_can_be_nothing_else(name: str, unit: str | None) -> None:
    assert unit_in_name(name) == unit
    assert split_unit(name) == (name, None)


def test_a_pressure_in_kilopascal_becomes_bar() -> None:
    factor, offset = conversion("kPa", "bar")
    assert 550.0 * factor + offset == pytest.approx(5.5)


def test_a_temperature_in_fahrenheit_becomes_celsius() -> None:
    factor, offset = conversion("degF", "degC")
    assert 212.0 * factor + offset == pytest.approx(100.0)
    assert 32.0 * factor + offset == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("unit", "name", "quantity"),
    [
        ("bar", "X1", "pressure"), (None, "20-PT-2042.PV", "pressure"), (None, "FI101", "flow"),
        (None, "Motor_current", "current"), ("mm/s", "X", "vibration"), (None, "Accelerometer1RMS", "vibration"),
        (None, "Lagertemperatur", "temperature"), ("rpm", "n", "speed"), ("%", "Ventilstellung", "position"), (None, "c7", ""),
        (None, "Mengde", "flow"), (None, "Motorstrøm", "current"),
    ],
)  # fmt: skip
def test_the_quantity_comes_from_the_unit_then_words_then_isa_letters(unit: str | None, name: str, quantity: str) -> None:
    assert find_quantity(unit, name) == quantity


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("m³/hod.", "m3/h"), ("㎥/時", "m3/h"), ("立方公尺/小時", "m3/h"), ("м³/сағ", "m3/h"), ("μ³/ώρα", "m3/h"),
        ("ลบ.ม./ชม.", "m3/h"),
        ("م³/ساعة", "m3/h"), ("m³/min", "m3/min"), ("L/분", "L/min"), ("λ/λεπτό", "L/min"), ("ℓ/초", "L/s"), ("л/сек.", "L/s"),
        ("ob/min", "rpm"), ("kierr./min", "rpm"), ("回/分", "rpm"), ("דور/דקה", None), ("mm/초", "mm/s"), ("мм/с СКЗ", "mm/s"),
        ("mm/s_ef.", "mm/s"), ("kPa abs", "kPa"), ("bar-g", "bar"), ("PSI(G)", "psi"), ("攝氏度", "degC"), ("°Ц", "degC"),
        ("٪", "%"),
        ("m3/x", None), ("x/min", None), ("kg/min", None), ("p/min", None),
    ],
)  # fmt: skip
def test_a_unit_in_another_tongue_has_the_same_spelling(printed: str, unit: str | None) -> None:
    assert find_unit(printed) == unit
