"""Absolute pressures beside gauge ones, or without a suction: what is computed of them is wrong by one atmosphere.

What a pressure is measured against stands in its header (bara, psia, kPa(a), absolute), or nowhere: the values can't tell. Where
suction and discharge are both absolute, the rise from one to the other is right. Must not import anything but this domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.logs.checks.phrases import format_value
from workbench.logs.regimes.pump_roles import is_discharge
from workbench.logs.summary import Finding, Remedy
from workbench.logs.units import can_convert, conversion

_ATMOSPHERE_BAR = 1.01325
_ABSOLUTE = re.compile(
    r"(?<![^\W\d_])(?:(?:m?bar|psi|[kMh]?pa)[ .]?(?:\((?:a|abs|absolute)\)|(?:a|abs|absolute)(?![^\W\d_]))"
    r"|absolu(?:t|e?(?![^\W\d_])))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A channel with its unit, and what its header, unit and description print."""

    name: str
    unit: str | None
    words: str


def find_absolute_pressures(channels: Iterable[Printed], first_ns: int | None, last_ns: int | None) -> list[Finding]:
    """A finding about each absolute pressure that has gauge ones or no suction beside it, with the correction to gauge."""
    pressures = [one for one in channels if one.unit and can_convert(one.unit, "bar")]
    absolute = [one for one in pressures if _ABSOLUTE.search(one.words)]
    gauge = [one.name for one in pressures if one not in absolute]
    if gauge:
        others = ", ".join(gauge[:3]) + (" …" if len(gauge) > 3 else "")
        why = f"beside gauge ones ({others}): a rise from one to the other is wrong by an atmosphere"
    elif len(absolute) == 1 or all(is_discharge(one.name) for one in absolute):
        why = "with no suction beside it: taken for the pump's head it is an atmosphere too much"
    else:
        return []
    return [_finding(one, why, first_ns, last_ns) for one in absolute]


def _finding(one: Printed, why: str, first_ns: int | None, last_ns: int | None) -> Finding:
    factor, _ = conversion("bar", one.unit or "")
    atmosphere = float(f"{factor * _ATMOSPHERE_BAR:.6g}")
    text = f"Printed as an absolute pressure {why} until {format_value(atmosphere, one.unit)} are taken off"
    return Finding(
        code="ABSOLUTE_PRESSURE", text=text, channel=one.name, start_ns=first_ns, end_ns=last_ns, severity="function_check",
        remedy=Remedy(action="scale", offset=-atmosphere),
    )  # fmt: skip
