"""Features of the pump rather than of one channel: head, hydraulic power and what the affinity laws make comparable.

All follow from window means of the channels that play a role (suction, discharge, flow, power, speed), which are found by
quantity, unit and words. Liquids differ: head and power are those of water, 1000 kg/m³; a model only compares a pump with
itself. Where the pump stands still the ratios are 0, never huge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.core.constants import STANDARD_GRAVITY_M_PER_S2
from workbench.core.scoring_spec import ChannelSpec
from workbench.features.builder import GraphBuilder

Role = Literal["suction", "discharge", "flow", "power", "current", "speed"]
Means = Mapping[Role, str]
PUMP = "pump"
WATER_KG_PER_M3 = 1000.0
_STANDING_STILL_RPM = 30.0
_NO_POWER_KW = 0.05
_NO_FLOW_M3_PER_H = 0.05
# Factor to bar, m³/h, kW, A and rpm.
_UNITS: Mapping[str, tuple[str, float]] = {
    "bar": ("pressure", 1.0), "barg": ("pressure", 1.0), "bara": ("pressure", 1.0), "mbar": ("pressure", 1e-3),
    "pa": ("pressure", 1e-5), "kpa": ("pressure", 1e-2), "mpa": ("pressure", 10.0), "psi": ("pressure", 0.0689476),
    "psig": ("pressure", 0.0689476), "m3/h": ("flow", 1.0), "m³/h": ("flow", 1.0), "l/s": ("flow", 3.6),
    "l/min": ("flow", 0.06), "m3/s": ("flow", 3600.0), "m³/s": ("flow", 3600.0), "gpm": ("flow", 0.2271247),
    "kw": ("power", 1.0), "w": ("power", 1e-3), "mw": ("power", 1e3), "hp": ("power", 0.7456999),
    "a": ("current", 1.0), "ma": ("current", 1e-3), "rpm": ("speed", 1.0), "1/min": ("speed", 1.0), "r/min": ("speed", 1.0),
}  # fmt: skip
_SUCTION_WORDS = {"suction", "inlet", "intake"}
_DISCHARGE_WORDS = {"discharge", "outlet", "delivery"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpFeature:
    """One feature of the whole train: `roles` it needs, and its sub-graph over their window means [n, 1, 1] float64."""

    name: str
    unit: str
    formula: str
    source: str
    roles: tuple[Role, ...]
    build: Callable[[GraphBuilder, Means], str]


def find_roles(channels: tuple[ChannelSpec, ...]) -> dict[Role, tuple[int, float]]:
    """Role → (index of the channel, factor to bar, m³/h, kW, A or rpm); a role that two channels could play is left out.

    Suction and discharge are told by words; of just two pressures without words the first is taken as suction, and their
    difference counts without its sign.
    """
    found: dict[Role, tuple[int, float]] = {}
    by_quantity: dict[str, list[tuple[int, float]]] = {}
    for index, channel in enumerate(channels):
        # Upper and lower case differ for MW and mW only; no pump has a milliwatt motor.
        quantity, factor = _UNITS.get(channel.unit.strip().lower(), ("", 0.0))
        if quantity:
            by_quantity.setdefault(quantity, []).append((index, factor))
    roles: dict[str, Role] = {"flow": "flow", "power": "power", "current": "current", "speed": "speed"}
    for quantity, role in roles.items():
        if len(by_quantity.get(quantity, ())) == 1:
            found[role] = by_quantity[quantity][0]
    return found | _pressure_roles(channels, by_quantity.get("pressure", []))


def missing_roles(feature: PumpFeature, channels: tuple[ChannelSpec, ...]) -> tuple[Role, ...]:
    """The roles that no channel plays, or more than one could."""
    found = find_roles(channels)
    return tuple(role for role in feature.roles if role not in found)


def find_pump_feature(name: str) -> PumpFeature | None:
    """The pump feature of this name, or None."""
    return next((feature for feature in PUMP_FEATURES if feature.name == name), None)


def build_pump_feature(builder: GraphBuilder, feature: PumpFeature, means: str, channels: tuple[ChannelSpec, ...]) -> str:
    """The feature float64 [n, 1] from the window means of all channels, float64 [n, channel, 1]."""
    roles = find_roles(channels)
    taken: dict[Role, str] = {}
    for role in feature.roles:
        index, factor = roles[role]
        mean = builder.op("Gather", means, builder.integers(index), axis=1)
        taken[role] = builder.op("Mul", mean, builder.number(factor))
    return builder.op("Squeeze", feature.build(builder, taken), builder.integers(2))


def _pressure_roles(channels: tuple[ChannelSpec, ...], pressures: list[tuple[int, float]]) -> dict[Role, tuple[int, float]]:
    def with_word(words: set[str]) -> list[tuple[int, float]]:
        return [item for item in pressures if words & set(re.findall(r"[a-z]+", channels[item[0]].name.lower()))]

    suction, discharge = with_word(_SUCTION_WORDS), with_word(_DISCHARGE_WORDS)
    if len(suction) == 1 and len(discharge) == 1:
        return {"suction": suction[0], "discharge": discharge[0]}
    return {"suction": pressures[0], "discharge": pressures[1]} if len(pressures) == 2 else {}


def _difference_bar(builder: GraphBuilder, means: Means) -> str:
    return builder.op("Abs", builder.op("Sub", means["discharge"], means["suction"]))


def _head_m(builder: GraphBuilder, means: Means) -> str:
    metres_per_bar = 1e5 / (WATER_KG_PER_M3 * STANDARD_GRAVITY_M_PER_S2)
    return builder.op("Mul", _difference_bar(builder, means), builder.number(metres_per_bar))


def _hydraulic_power_kw(builder: GraphBuilder, means: Means) -> str:
    # bar × m³/h = 1e5 Pa / 3600 s⁻¹ m³ = 27.78 W
    return builder.op("Mul", builder.op("Mul", _difference_bar(builder, means), means["flow"]), builder.number(1e2 / 3600))


def _ratio(builder: GraphBuilder, above: str, below: str, least: float) -> str:
    """above / below, 0 where `below` is smaller than `least`."""
    is_usable = builder.op("GreaterOrEqual", below, builder.number(least))
    safe = builder.op("Where", is_usable, below, builder.number(1.0))
    return builder.op("Where", is_usable, builder.op("Div", above, safe), builder.number(0.0))


def _per_speed(power_of_speed: int, above: Callable[[GraphBuilder, Means], str]) -> Callable[[GraphBuilder, Means], str]:
    def build(builder: GraphBuilder, means: Means) -> str:
        thousands = builder.op("Mul", means["speed"], builder.number(1e-3))
        scaled = thousands
        for _ in range(power_of_speed - 1):
            scaled = builder.op("Mul", scaled, thousands)
        return _ratio(builder, above(builder, means), scaled, (_STANDING_STILL_RPM / 1000) ** power_of_speed)

    return build


def _flow(_builder: GraphBuilder, means: Means) -> str:
    return means["flow"]


def _power(_builder: GraphBuilder, means: Means) -> str:
    return means["power"]


def _efficiency(builder: GraphBuilder, means: Means) -> str:
    return _ratio(builder, _hydraulic_power_kw(builder, means), means["power"], _NO_POWER_KW)


def _energy_per_volume(builder: GraphBuilder, means: Means) -> str:
    return _ratio(builder, means["power"], means["flow"], _NO_FLOW_M3_PER_H)


def _current_per_flow(builder: GraphBuilder, means: Means) -> str:
    return _ratio(builder, means["current"], means["flow"], _NO_FLOW_M3_PER_H)


_AFFINITY = "affinity laws, Gülich 2014, Centrifugal Pumps, 3rd ed., ch. 3"
_HEAD_SOURCE = "ISO 9906:2012 (pump total head, without its velocity and height terms)"
_BOTH: tuple[Role, Role] = ("suction", "discharge")

PUMP_FEATURES: tuple[PumpFeature, ...] = (
    PumpFeature(
        name="head", unit="m", formula="|p₂ − p₁| / (ρ g), ρ = 1000 kg/m³", source=_HEAD_SOURCE, roles=_BOTH, build=_head_m,
    ),
    PumpFeature(
        name="hydraulic_power", unit="kW", formula="|p₂ − p₁| Q", source="Gülich 2014, Centrifugal Pumps, 3rd ed., ch. 2",
        roles=(*_BOTH, "flow"), build=_hydraulic_power_kw,
    ),
    PumpFeature(
        name="efficiency", unit="1", formula="|p₂ − p₁| Q / P, from pressure to electrical power; 0 without power",
        source="ISO 9906:2012 (overall efficiency)", roles=(*_BOTH, "flow", "power"), build=_efficiency,
    ),
    PumpFeature(
        name="energy_per_volume", unit="kW h/m³", formula="P / Q; 0 without flow", source="definition", roles=("power", "flow"),
        build=_energy_per_volume,
    ),
    PumpFeature(
        name="current_per_flow", unit="A h/m³", formula="I / Q; 0 without flow", source="definition", roles=("current", "flow"),
        build=_current_per_flow,
    ),
    PumpFeature(
        name="head_at_1000_rpm", unit="m", formula="H (1000/n)²; 0 at standstill", source=_AFFINITY, roles=(*_BOTH, "speed"),
        build=_per_speed(2, _head_m),
    ),
    PumpFeature(
        name="flow_at_1000_rpm", unit="m³/h", formula="Q (1000/n); 0 at standstill", source=_AFFINITY, roles=("flow", "speed"),
        build=_per_speed(1, _flow),
    ),
    PumpFeature(
        name="power_at_1000_rpm", unit="kW", formula="P (1000/n)³; 0 at standstill", source=_AFFINITY, roles=("power", "speed"),
        build=_per_speed(3, _power),
    ),
)  # fmt: skip
PUMP_FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in PUMP_FEATURES)
