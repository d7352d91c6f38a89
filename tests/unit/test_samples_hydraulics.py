"""Pumps against their system: the laws that any pump engineer would check first."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.samples import hydraulics
from workbench.samples.hydraulics import HeadCurve, PumpInputs, SystemInputs, solve_pair
from workbench.samples.makers import load_pump_types

PUMPS = load_pump_types()
CURVE = HeadCurve.of(PUMPS[0])


def _system(n: int, *, friction: float, suction_bar: float = 0.6) -> SystemInputs:
    return SystemInputs(
        static_head_m=np.full(n, 0.4 * CURVE.a),
        friction=np.full(n, friction),
        suction_bar=np.full(n, suction_bar),
        liquid_c=np.full(n, 76.0),
        density_kg_per_m3=np.full(n, 973.0),
    )


def _pump(r: list[float]) -> PumpInputs:
    zero = np.zeros(len(r))
    return PumpInputs(r=np.asarray(r), strainer_loss=zero, branch_loss=zero, min_flow_m3_per_h=10.0)


@pytest.mark.parametrize("pump", PUMPS, ids=lambda pump: pump.name)
def test_the_head_curve_passes_through_its_rated_point_and_falls_from_there(pump):
    curve = HeadCurve.of(pump)
    at_rated = hydraulics.head_m(curve, np.asarray([pump.rated_flow_m3_per_h]), np.ones(1))
    assert pump.rated_head_m == pytest.approx(at_rated[0])
    flows = np.linspace(0.0, 1.3, 30) * pump.rated_flow_m3_per_h
    assert np.all(np.diff(hydraulics.head_m(curve, flows, np.ones(30))) < 0)


def test_affinity_flow_goes_with_speed_head_with_its_square_and_power_with_its_cube():
    flow, r = np.asarray([90.0]), np.asarray([0.8])
    full, one = np.asarray([90.0 / 0.8]), np.ones(1)
    assert hydraulics.head_m(CURVE, flow, r)[0] == pytest.approx(0.8**2 * hydraulics.head_m(CURVE, full, one)[0])
    power = hydraulics.shaft_power_kw(CURVE, flow, r, 1000.0)[0]
    assert power == pytest.approx(0.8**3 * hydraulics.shaft_power_kw(CURVE, full, one, 1000.0)[0])


def test_power_is_the_hydraulic_power_over_efficiency():
    # 120 m³/h × 82 m × 1000 kg/m³ × 9.80665 / 3600 = 26.805 kW; at BEP η = 0.74 (fjellmek) -> 36.2 kW
    pump = next(p for p in PUMPS if p.name == "fjellmek-ns80")
    power = hydraulics.shaft_power_kw(HeadCurve.of(pump), np.asarray([120.0]), np.ones(1), 1000.0)[0]
    assert power == pytest.approx(26.805 / 0.74, rel=1e-3)


def test_head_drops_by_three_per_cent_where_npsh_available_is_npsh3():
    assert hydraulics.head_drop_ratio(np.asarray([1.0]))[0] == pytest.approx(0.03)
    assert hydraulics.head_drop_ratio(np.asarray([2.0]))[0] < 1e-4


def test_cavitation_is_loudest_a_little_above_three_per_cent_drop_and_silent_at_three_times():
    ratios = np.linspace(0.5, 3.5, 301)
    noise = hydraulics.cavitation_noise(ratios)
    assert 1.0 <= ratios[np.argmax(noise)] <= 1.3
    assert noise[-1] < 0.01


def test_water_boils_at_one_atmosphere_at_a_hundred_degrees():
    assert hydraulics.vapour_pressure_bar(np.asarray([100.0]))[0] == pytest.approx(1.013, rel=0.03)


def test_the_operating_point_lies_on_both_curves():
    friction = 0.5 * CURVE.a / CURVE.bep_m3_per_h**2
    states, header = solve_pair((CURVE, CURVE), (_pump([1.0]), _pump([0.0])), _system(1, friction=friction))
    assert states[0].head_m[0] == pytest.approx(header[0], rel=1e-4)
    assert header[0] == pytest.approx(0.4 * CURVE.a + friction * states[0].forward_flow[0] ** 2, rel=1e-4)
    assert states[1].flow[0] == 0.0


def test_two_pumps_in_parallel_give_more_than_one_and_less_than_twice():
    friction = 0.5 * CURVE.a / CURVE.bep_m3_per_h**2
    states, _ = solve_pair((CURVE, CURVE), (_pump([1.0, 1.0]), _pump([0.0, 1.0])), _system(2, friction=friction))
    alone, together = states[0].forward_flow[0], states[0].forward_flow[1] + states[1].forward_flow[1]
    assert alone < together < 2 * alone
    assert states[0].flow[1] < states[0].flow[0]


def test_against_a_closed_valve_the_minimum_flow_line_keeps_water_moving():
    states, _ = solve_pair((CURVE,), (_pump([1.0]),), _system(1, friction=1e6))
    assert states[0].forward_flow[0] < 0.5
    assert states[0].flow[0] > 5.0


def test_a_starved_suction_costs_head():
    friction = 0.5 * CURVE.a / CURVE.bep_m3_per_h**2
    well, _ = solve_pair((CURVE,), (_pump([1.0]),), _system(1, friction=friction))
    starved, _ = solve_pair((CURVE,), (_pump([1.0]),), _system(1, friction=friction, suction_bar=-0.31))
    assert starved[0].npsh_ratio[0] < 1.2 < well[0].npsh_ratio[0]
    assert starved[0].flow[0] < well[0].flow[0]
