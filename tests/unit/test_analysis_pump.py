"""Severity limits and the pump curve against their standards and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.logs.analysis.pump_curve import (
    POR,
    PumpSite,
    deviation_percent,
    efficiency,
    find_best_point,
    fit_head_curve,
    npsh_available_m,
    share_in,
    to_nominal_speed,
    total_head_m,
)
from workbench.logs.analysis.severity import has_zones, limits_for, limits_in

FLOW = np.linspace(0.0, 400.0, 300)


def test_pump_limits_follow_category_and_power() -> None:
    # ISO 10816-7:2009, table A.1
    assert [limits_for("pump category 1", kw).c for kw in (150.0, 200.0, 201.0)] == [4.0, 4.0, 5.0]
    assert limits_for("pump category 2", 500.0).d == 9.5
    # ISO 20816-3, group 2 on a flexible support: 2.3, 4.5, 7.1
    flexible = limits_for("machine flexible", 110.0)
    assert (flexible.b, flexible.c, flexible.d) == (2.3, 4.5, 7.1)


def test_a_value_at_a_limit_belongs_to_the_zone_below() -> None:
    limits = limits_for("machine flexible", 110.0)
    assert [limits.zone(value) for value in (1.0, 2.3, 4.5, 4.51, 7.2)] == ["A", "A", "B", "C", "D"]


def test_limits_are_shown_in_the_channels_own_unit_and_not_at_all_for_an_acceleration() -> None:
    limits = limits_for("machine flexible", 110.0)
    # 4.5 mm/s / 25.4 = 0.1772 in/s
    assert dict(limits_in(limits, "in/s"))["C"] == pytest.approx(4.5 / 25.4)
    assert limits_in(limits, "g") == ()
    assert (has_zones("mm/s", "rms"), has_zones("mm/s", "peak"), has_zones("g", "rms")) == (True, False, False)


def test_head_is_pressure_height_and_velocity_together() -> None:
    site = PumpSite(
        density_kg_per_m3=1000.0, suction_height_m=0.5, discharge_height_m=1.5, suction_pipe_mm=200.0, discharge_pipe_mm=150.0
    )
    head = total_head_m(np.array([1.0]), np.array([11.0]), np.array([360.0]), site)
    # 10 bar / (1000 · 9.80665) = 101.972 m; 1 m between the gauges; 0.1 m³/s through 200 and 150 mm: 3.1831 and 5.6588 m/s,
    # (5.6588² − 3.1831²) / (2 · 9.80665) = 1.1161 m
    assert head[0] == pytest.approx(101.9716 + 1.0 + 1.1161, abs=2e-3)


def test_affinity_laws_take_flow_head_and_power_to_nominal_speed() -> None:
    rpm = np.array([1490.0])
    # From 1490 to 2980 rpm: twice the flow, four times the head, eight times the power.
    assert [to_nominal_speed(np.array([1.0]), rpm, 2980.0, power)[0] for power in (1, 2, 3)] == [2.0, 4.0, 8.0]


def test_efficiency_is_useful_power_over_shaft_power() -> None:
    site = PumpSite(density_kg_per_m3=1000.0, motor_efficiency=0.95)
    eta = efficiency(np.array([360.0]), np.array([100.0]), np.array([129.034]), site)
    # 1000 · 9.80665 · 0.1 · 100 = 98.0665 kW useful; 129.034 · 0.95 = 122.58 kW at the shaft: 0.80
    assert eta[0] == pytest.approx(0.80, abs=1e-3)


def test_npsh_of_an_open_cold_tank_is_about_ten_metres() -> None:
    site = PumpSite(density_kg_per_m3=998.2)
    # (1.01325 − 0.0234) bar / (998.2 · 9.80665) = 10.112 m
    assert npsh_available_m(np.array([0.0]), np.array([0.0]), site)[0] == pytest.approx(10.112, abs=2e-3)


def test_a_curve_is_found_again_through_noise_and_bad_readings() -> None:
    rng = np.random.default_rng(4)
    head = 120.0 + 0.02 * FLOW - 3.5e-4 * FLOW**2 + rng.normal(0, 0.5, len(FLOW))
    head[::25] = 0.0
    curve = fit_head_curve(FLOW, head, "reference")
    assert curve.head(np.array([0.0, 200.0, 400.0])) == pytest.approx([120.0, 110.0, 72.0], abs=0.6)
    assert (curve.least_flow, curve.most_flow) == (0.0, 400.0)


def test_one_operating_point_makes_no_curve() -> None:
    with pytest.raises(InputError, match=r"only covers 300 to 305 m³/h"):
        fit_head_curve(np.linspace(300.0, 305.0, 100), np.full(100, 90.0), "reference")


def test_a_worn_pump_lies_below_its_curve_by_the_head_it_lost() -> None:
    curve = fit_head_curve(FLOW, 120.0 - 3.5e-4 * FLOW**2, "maker")
    worn = 0.93 * (120.0 - 3.5e-4 * FLOW**2)
    assert deviation_percent(FLOW, worn, curve) == pytest.approx(np.full(len(FLOW), -7.0), abs=1e-3)
    assert np.isnan(deviation_percent(np.array([900.0]), np.array([1.0]), curve)[0])


def test_best_efficiency_is_the_top_of_the_parabola() -> None:
    # η = 0.8 · (2 q − q²) with q = Q/250: top at 250 m³/h
    q = FLOW / 250.0
    best = find_best_point(FLOW, 0.8 * (2 * q - q**2))
    assert best is not None
    assert (best.flow_m3_per_h, best.efficiency) == (pytest.approx(250.0), pytest.approx(0.8))
    assert not best.is_extrapolated
    below = find_best_point(FLOW[FLOW < 200], (0.8 * (2 * q - q**2))[FLOW < 200])
    assert below is not None
    assert below.is_extrapolated


def test_efficiency_that_only_rises_has_no_best_point() -> None:
    assert find_best_point(FLOW, 0.001 * FLOW + 1e-6 * FLOW**2) is None


def test_the_share_of_time_in_the_preferred_region_counts_its_limits() -> None:
    # 70, 120 lie in 70..120 % of 100; 69, 121 don't
    assert share_in(np.array([69.0, 70.0, 120.0, 121.0, np.nan]), 100.0, POR) == 0.5


def test_an_instant_between_two_states_has_none() -> None:
    from workbench.ui.widgets.analysis.pump_plot import state_numbers

    regimes = [(0, 10, "stopped"), (20, 30, "steady"), (30, 40, "throttled")]
    found = state_numbers(np.array([5, 15, 25, 35, 50]), regimes, ("stopped", "steady", "throttled"))
    assert found.tolist() == [0, -1, 1, 2, -1]
