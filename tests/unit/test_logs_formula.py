"""Formulas: units are propagated or refused by name, places are said, nothing else than arithmetic gets through."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import FormulaError
from workbench.logs.formulas.formula import FUNCTIONS, example_of, names_in, read_formula
from workbench.logs.formulas.run import FormulaRun, Rows

UNITS = {
    "PI-2040A": "bar", "PI-2041A": "bar", "PSI": "psi", "FI": "m3/h", "JI": "kW", "SI": "rpm", "TI": "degC", "TF": "degF",
    "suction": "bar", "discharge": "bar", "odd name °C (DE)": "degC", "bare": "", "NTU-1": "NTU", "P'1": "bar",
    "M": "Nm",
}  # fmt: skip
S = 1_000_000_000


def unit_of(text: str) -> str:
    return read_formula(text, UNITS).unit


def run(text: str, columns: dict[str, list[float]], *, times_s: list[float] | None = None, block: int = 10_000) -> list[float]:
    n = len(next(iter(columns.values())))
    times = np.array(times_s if times_s is not None else range(n), np.float64)
    times_ns = np.round(times * S).astype(np.int64)
    arrays = {name: np.array(values, np.float64) for name, values in columns.items()}
    formula = read_formula(text, {name: UNITS.get(name, "") for name in columns})
    step_ns = float(np.median(np.diff(times_ns))) if n > 1 else float(S)
    running = FormulaRun(formula)
    parts = []
    for first in range(0, n, block):
        rows = slice(first, first + block)
        parts.append(running.values(Rows(times_ns[rows], {name: one[rows] for name, one in arrays.items()}, step_ns)))
    return np.concatenate(parts).tolist()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("discharge - suction", "bar"),
        ('"PI-2041A" - PSI', "bar"),
        ("`PI-2041A` * 2", "bar"),
        ("discharge * FI", "bar · m3/h"),
        ('to(discharge * FI, "kW")', "kW"),
        ('to((discharge - suction) * FI / JI, "%")', "%"),
        ("discharge / suction", ""),
        ("sqrt(discharge - suction)", "bar^1/2"),
        ('derivative(TI, "h")', "K / h"),
        ('integral(FI, "h")', "m3"),
        ('integral(JI, "h")', "kWh"),
        ("SI > 100", ""),
        ('rolling_mean(FI, "10 min")', "m3/h"),
        ('"odd name °C (DE)" - TI', "K"),
        ("TI - 10", "degC"),
        ('to(TF, "degC")', "degC"),
        ("bare + discharge", "bar"),
        ('"NTU-1" * 2', "NTU"),
        ("omega(SI)", "1 / s"),
        ("\"P'1\" + suction", "bar"),
        ("where(SI > 100, FI, 0)", "m3/h"),
        ("TI + (TI - TF) / 2", "degC"),
    ],
)  # fmt: skip
def test_units_follow_the_formula(text: str, unit: str) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("discharge + SI", ("bar", "rpm")),
        ("max(FI, suction)", ("m3/h", "bar")),
        ("FI > suction", ("m3/h", "bar")),
        ('to(SI, "kW")', ("rpm", "kW")),
        ('"NTU-1" + discharge', ("NTU", "bar")),
        ("TI * FI", ("degC", "K")),
        ('to(TI - TF, "degC")', ("difference",)),
        ("clip(FI, 0, suction)", ("m3/h", "bar")),
        ("log(FI)", ("m3/h",)),
    ],
)  # fmt: skip
def test_units_that_clash_are_refused_by_name(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text, UNITS)
    assert all(word in caught.value.message for word in words)


@pytest.mark.parametrize("printed", ["m^3/h STP", "a^ · b", "a^x / b", "a^1e9 / b", "a^1/0 · b"])
def test_a_unit_that_only_the_file_knows_is_one_of_its_own(printed: str) -> None:
    assert read_formula("x * 2", {"x": printed}).unit == printed
    with pytest.raises(FormulaError):
        read_formula("x + y", {"x": printed, "y": "bar"})


def test_torque_times_speed_is_not_taken_for_a_power() -> None:
    with pytest.raises(FormulaError):
        read_formula('to(M * SI, "kW")', UNITS)
    assert read_formula('to(M * omega(SI), "kW")', UNITS).unit == "kW"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("discharge - sucton", 12),
        ("discharge -", 11),
        ("discharge + + * 2", 14),
        ('"Ü" + discharge', 0),
        ('discharge + "Ä"', 12),
        ("rolling_mean(discharge, bar)", 24),
        ("median(discharge)", 0),
        ("abs(discharge, 2)", 0),
        ("discharge ** FI", 13),
        ("[discharge]", 0),
        ("1 + 2", 0),
    ],
)
def test_errors_point_to_the_place(text: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        read_formula(text, UNITS)
    assert caught.value.column == column


def test_a_misspelt_channel_and_function_are_guessed_at() -> None:
    with pytest.raises(FormulaError, match="suction"):
        read_formula("discharge - sucton", UNITS)
    with pytest.raises(FormulaError, match="rolling_mean"):
        read_formula('roling_mean(discharge, "1 h")', UNITS)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "discharge.__class__", "(lambda: discharge)()", "[x for x in discharge]",
        "discharge if SI else FI", "{discharge}", "f'{discharge}'", "discharge[0]", "discharge := 3", "exec('1')",
        "abs(*discharge)",
        "abs(x=discharge)", "discharge @ FI", "discharge // FI", "discharge and await FI", "b'x' + discharge", "1j * discharge",
        "True + discharge", "discharge in FI", "discharge is FI", "~discharge", "None", "...", "1e400 * discharge",
        "(" * 250 + "discharge" + ")" * 250, "-" * 1900 + "discharge", "+".join(["discharge"] * 180), "discharge" * 300,
        "discharge ** 99", "9 ** 9 ** 9 * discharge", "", "   ", "\x00", "discharge\x00", "lambda", "yield discharge", "#",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        read_formula(text, UNITS)


@given(st.text(alphabet="abdFIPS\"'`()+-*/<>=,.0123 \n\\x", max_size=60) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_formula(text, UNITS)
    except FormulaError as error:
        assert 0 <= error.column <= len(text) + 1
    names_in(text)


def test_missing_values_go_through_every_step() -> None:
    nan = math.nan
    assert np.isnan(run("discharge - suction", {"discharge": [1.0, nan], "suction": [nan, 2.0]})).all()
    assert run("where(SI > 10, 1, 0)", {"SI": [nan, 20.0, 0.0]})[1:] == [1.0, 0.0]
    assert math.isnan(run("where(SI > 10, 1, 0)", {"SI": [nan, 20.0]})[0])
    assert math.isnan(run("SI > 1 or SI < 0", {"SI": [nan, 1.0]})[0])


def test_what_can_not_be_computed_is_missing() -> None:
    assert np.isnan(run("discharge / suction", {"discharge": [1.0], "suction": [0.0]})).all()
    assert np.isnan(run("sqrt(discharge)", {"discharge": [-1.0]})).all()


def test_units_are_converted_while_computing() -> None:
    # 1 bar − 14.503774 psi = 0 (NIST SP 811: 1 psi = 6894.757 Pa)
    assert run("discharge - PSI", {"discharge": [1.0], "PSI": [14.5037738]})[0] == pytest.approx(0.0, abs=1e-8)
    # 36 m3/h · 10 bar = 0.01 m3/s · 1e6 Pa = 10 kW; of 20 kW: 50 %
    hydraulic = 'to((discharge - suction) * FI / JI, "%")'
    assert run(hydraulic, {"discharge": [11.0], "suction": [1.0], "FI": [36.0], "JI": [20.0]}) == pytest.approx([50.0])
    # 100 Nm at 3000 1/min: 100 · 2π · 50 = 31.416 kW
    assert run('to(M * omega(SI), "kW")', {"M": [100.0], "SI": [3000.0]}) == pytest.approx([31.4159265])
    # 212 °F = 100 °C; 212 °F − 0 °C = 100 K
    assert run('to(TF, "degC")', {"TF": [212.0]}) == pytest.approx([100.0])
    assert run("TI - TF", {"TI": [0.0], "TF": [212.0]}) == pytest.approx([-100.0])


def test_a_derivative_is_per_the_time_asked_for_and_not_across_gaps() -> None:
    found = run('derivative(FI, "min")', {"FI": [0.0, 1.0, 3.0, 9.0]}, times_s=[0, 1, 2, 100])
    assert math.isnan(found[0])
    assert found[1:3] == pytest.approx([60.0, 120.0])
    assert math.isnan(found[3])


def test_an_integral_is_the_area_under_the_line() -> None:
    # 60 m3/h for 1 h in steps of a minute: 60 m3
    found = run('integral(FI, "h")', {"FI": [60.0] * 61}, times_s=[60.0 * k for k in range(61)], block=7)
    assert found[-1] == pytest.approx(60.0)


def test_a_delay_gives_what_was_there_before() -> None:
    found = run('delay(FI, "2 s")', {"FI": [1.0, 2.0, 3.0, 4.0, 5.0]}, block=2)
    assert np.isnan(found[:2]).all()
    assert found[2:] == [1.0, 2.0, 3.0]


def test_hold_fills_short_holes_only() -> None:
    nan = math.nan
    assert run('hold(FI, "2 s")', {"FI": [1.0, nan, nan, nan, 5.0]}, block=2)[:3] == [1.0, 1.0, 1.0]
    assert math.isnan(run('hold(FI, "2 s")', {"FI": [1.0, nan, nan, nan, 5.0]}, block=2)[3])


def test_resample_holds_the_value_of_the_whole_minute() -> None:
    found = run('resample(FI, "3 s")', {"FI": [float(k) for k in range(9)]}, block=4)
    assert found == [0, 0, 0, 3, 3, 3, 6, 6, 6]


@given(
    seed=st.integers(0, 2**32 - 1), n=st.integers(1, 200), block=st.integers(1, 50), window_s=st.integers(1, 40),
    op=st.sampled_from(["rolling_mean", "rolling_sd", "rolling_min", "rolling_max"]),
)  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_rolling_windows_are_what_brute_force_finds(seed: int, n: int, block: int, window_s: int, op: str) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.integers(1, 6, n)).astype(float)
    values = rng.normal(size=n)
    values[rng.random(n) < 0.2] = np.nan
    found = run(f'{op}(FI, "{window_s} s")', {"FI": values.tolist()}, times_s=times.tolist(), block=block)
    brute = {"rolling_mean": np.mean, "rolling_sd": sd, "rolling_min": np.min, "rolling_max": np.max}[op]
    for k in range(n):
        inside = values[(times > times[k] - window_s) & (times <= times[k])]
        good = inside[np.isfinite(inside)]
        least = 2 if op == "rolling_sd" else 1
        expected = brute(good) if len(good) >= least else np.nan
        assert found[k] == pytest.approx(expected, abs=1e-7, nan_ok=True)


def sd(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_s_example_can_be_read(name: str) -> None:
    unit = "rpm" if name == "omega" else "bar" if name != "log" and name not in {"exp", "log10"} else ""
    read_formula(example_of(name), {"x": unit})


def test_blocks_give_what_the_whole_gives() -> None:
    rng = np.random.default_rng(2)
    values = {"FI": rng.normal(size=500).tolist()}
    text = 'integral(rolling_mean(delay(FI, "5 s"), "20 s"), "h") * rolling_max(FI, "9 s")'
    np.testing.assert_allclose(run(text, values, block=13), run(text, values), rtol=1e-9, atol=1e-9)


def test_comparisons_within_comparisons_do_not_grow_without_measure() -> None:
    # The middle of a chain is computed twice: 18 of them within each other were 1.5 million steps, 40 would never end.
    chain = "FI"
    for _ in range(18):
        chain = f"0 < ({chain}) < 1"
    with pytest.raises(FormulaError, match="too long or nested too deeply"):
        read_formula(chain, UNITS)
    assert unit_of("0 < FI < 10") == ""
