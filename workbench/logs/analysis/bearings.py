"""Rolling bearings: defect frequencies from their geometry, and a table of examples."""

from __future__ import annotations

import math
import tomllib
from typing import Annotated

import msgspec

from workbench.core.codec import Positive, Record
from workbench.core.errors import InputError
from workbench.core.paths import resources


class Bearing(Record, frozen=True, kw_only=True):
    """Geometry: rolling elements, their diameter, pitch diameter, contact angle; `source` says where the figures are from."""

    designation: str
    n_elements: Annotated[int, msgspec.Meta(ge=3, le=200)]
    element_mm: Positive
    pitch_mm: Positive
    contact_deg: Annotated[float, msgspec.Meta(ge=0, lt=90)] = 0.0
    source: str = ""


class BearingFile(Record, frozen=True, kw_only=True):
    """`resources/bearings.toml`."""

    bearing: tuple[Bearing, ...]


class DefectOrders(Record, frozen=True, kw_only=True):
    """Multiples of shaft speed (inner ring turning): outer race, inner race, element spin, cage."""

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


def find_defect_orders(bearing: Bearing) -> DefectOrders:
    """BPFO = n/2 (1 − g), BPFI = n/2 (1 + g), BSF = D/2d (1 − g²), FTF = ½ (1 − g), with g = d/D cos β.

    Randall & Antoni 2011, MSSP 25(2), eqs. 1-4. Raises InputError where the elements don't fit on the pitch circle.
    """
    if bearing.element_mm >= bearing.pitch_mm or bearing.n_elements * bearing.element_mm > math.pi * bearing.pitch_mm:
        raise InputError(
            f"{bearing.n_elements} elements of {bearing.element_mm:g} mm don't fit on a pitch circle of {bearing.pitch_mm:g} mm.",
            "Check number and diameters.",
        )
    g = bearing.element_mm / bearing.pitch_mm * math.cos(math.radians(bearing.contact_deg))
    half = bearing.n_elements / 2.0
    bsf = bearing.pitch_mm / (2.0 * bearing.element_mm) * (1.0 - g**2)
    return DefectOrders(bpfo=half * (1.0 - g), bpfi=half * (1.0 + g), bsf=bsf, ftf=0.5 * (1.0 - g))


def load_bearings() -> tuple[Bearing, ...]:
    """The examples that come with the program, by designation. Raises InputError when the table can't be read."""
    path = resources() / "bearings.toml"
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), BearingFile).bearing
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"The bearing table can't be read: {error}.", "Install the program again.") from error
    return tuple(sorted(found, key=lambda one: one.designation))


def find_bearing(designation: str, own: tuple[Bearing, ...] = ()) -> Bearing:
    """By designation, a person's own before the examples. Raises InputError naming what there is."""
    known = (*own, *load_bearings())
    wanted = designation.strip().casefold()
    for bearing in known:
        if bearing.designation.casefold() == wanted:
            return bearing
    names = ", ".join(one.designation for one in known)
    raise InputError(f"There is no bearing '{designation}'.", f"There are: {names}. Or give its geometry.")
