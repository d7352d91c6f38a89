"""Pump types of invented makers (`resources/pumps/*.toml`): the constants that the physics needs, and nothing measured."""

from __future__ import annotations

import tomllib

import msgspec

from workbench.core.codec import Positive, Record
from workbench.core.errors import InputError
from workbench.core.paths import resources


class MotorType(Record, frozen=True, kw_only=True):
    """Name-plate data of a squirrel-cage motor; `inertia_kg_m2` is that of the whole train."""

    rated_power_kw: Positive
    voltage_v: Positive
    n_poles: int
    rated_slip: Positive
    efficiency: Positive
    power_factor: Positive
    locked_rotor_ratio: Positive
    breakdown_ratio: Positive
    breakdown_slip: Positive
    inertia_kg_m2: Positive
    has_drive: bool


class BearingType(Record, frozen=True, kw_only=True):
    """Geometry of a rolling bearing: balls, ball and pitch diameter, contact angle."""

    n_balls: int
    ball_mm: Positive
    pitch_mm: Positive
    contact_deg: float


class StructureType(Record, frozen=True, kw_only=True):
    """First bending resonance of rotor on its supports, and the housing's ringing; balance grade e·ω after ISO 21940-11."""

    resonance_hz: Positive
    damping_ratio: Positive
    ring_hz: Positive
    ring_damping_ratio: Positive
    balance_mm_per_s: Positive
    support_ratio: Positive
    """How much of the rotor's motion the casing shows at the drive end."""


class ThermalType(Record, frozen=True, kw_only=True):
    """Two thermal masses of the motor and one of a bearing housing."""

    winding_kj_per_k: Positive
    frame_kj_per_k: Positive
    winding_w_per_k: Positive
    frame_w_per_k: Positive
    bearing_kj_per_k: Positive
    bearing_w_per_k: Positive
    bearing_friction_w: Positive


class SealType(Record, frozen=True, kw_only=True):
    """The barrier-fluid pot of a dual seal (API 682 plan 53)."""

    pot_l: Positive


class PumpType(Record, frozen=True, kw_only=True):
    """One model of one maker at its rated speed."""

    name: str
    maker: str
    model: str
    rated_flow_m3_per_h: Positive
    rated_head_m: Positive
    shutoff_head_ratio: Positive
    head_slope_ratio: float
    efficiency: Positive
    npsh3_m: Positive
    n_vanes: int
    min_flow_ratio: Positive
    motor: MotorType
    bearing: BearingType
    structure: StructureType
    thermal: ThermalType
    seal: SealType


def load_pump_types() -> tuple[PumpType, ...]:
    """All pump types, sorted by file name. Raises InputError naming a file that can't be read."""
    files = sorted((resources() / "pumps").glob("*.toml"))
    return tuple(_parse(file.name, file.read_text(encoding="utf-8")) for file in files)


def _parse(file_name: str, text: str) -> PumpType:
    try:
        return msgspec.convert(tomllib.loads(text), PumpType)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"Pump type {file_name} can't be read: {error}.", "Reinstall the program.") from error
