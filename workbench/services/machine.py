"""What a person knows of a pump and no log says: speed, vanes, bearings, severity category, liquid, pipes, the maker's curve.

Kept in the project, one set a pump; each change is a journal line. The raw log is never touched.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

import msgspec

from workbench.core.codec import Positive, Record, decode_strict, encode_canonical
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.analysis.bearings import Bearing, find_defect_orders
from workbench.services.common import ProjectFolder, open_project
from workbench.services.pumps import check_known

Category = Literal["pump category 1", "pump category 2", "machine rigid", "machine flexible"]
_KEY = "machine:{asset}"


class MachineFacts(Record, frozen=True, kw_only=True):
    """All that is remembered of one pump; '' and None where nothing was said."""

    speed_channel: str = ""
    tacho_channel: str = ""
    pulses_per_turn: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    speed_rpm: Positive | None = None
    n_vanes: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    mains_hz: Positive | None = None
    bearing: str = ""
    own_bearings: tuple[Bearing, ...] = ()
    """Those that the program's table doesn't have."""
    category: Category = "pump category 2"
    power_kw: Positive | None = None
    limits_mm_per_s: tuple[Positive, Positive, Positive] | None = None
    """Where zones B, C and D begin, when the person's own limits rule."""
    has_zones: bool = True
    suction_channel: str = ""
    discharge_channel: str = ""
    flow_channel: str = ""
    power_channel: str = ""
    density_kg_per_m3: Positive = 998.2
    suction_height_m: float = 0.0
    discharge_height_m: float = 0.0
    suction_pipe_mm: Positive | None = None
    discharge_pipe_mm: Positive | None = None
    motor_efficiency: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.95
    vapour_pressure_bar: Annotated[float, msgspec.Meta(ge=0)] = 0.0234
    npshr_m: Positive | None = None
    por_percent: tuple[Positive, Positive] = (70.0, 120.0)
    aor_percent: tuple[Positive, Positive] = (50.0, 125.0)
    """Preferred and allowable region, in % of BEP flow."""
    bep_m3_per_h: Positive | None = None
    curve_points: tuple[tuple[float, float], ...] = ()
    """(flow m³/h, head m) of the maker's curve at nominal speed."""


class MachineRequest(Request, frozen=True, kw_only=True):
    """Show what is known of a pump beside its log; options that are given are set and kept."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    speed_channel: Annotated[str | None, parameter("Channel with the shaft's speed.", label="Speed channel")] = None
    tacho_channel: Annotated[str | None, parameter("Waveform with tachometer pulses.", label="Tachometer")] = None
    pulses_per_turn: Annotated[int | None, parameter("Tachometer pulses a turn.", ge=1, le=10_000, label="Pulses a turn")] = None
    speed_rpm: Annotated[float | None, parameter("Nominal speed.", unit="rpm", ge=1, le=200_000, label="Nominal speed")] = None
    n_vanes: Annotated[int | None, parameter("Vanes of the impeller.", ge=1, le=100, label="Vanes")] = None
    mains_hz: Annotated[float | None, parameter("Mains frequency of the motor.", unit="Hz", ge=1, le=1000, label="Mains")] = None
    bearing: Annotated[str | None, parameter("Designation of the bearing, such as 6313.")] = None
    own_bearing: Annotated[
        str | None,
        parameter("A bearing of your own: DESIGNATION,ELEMENTS,ELEMENT_MM,PITCH_MM[,CONTACT_DEG].", label="Own bearing"),
    ] = None
    category: Annotated[Category | None, parameter("Severity: pumps (ISO 10816-7), other machines (ISO 20816-3).")] = None
    power_kw: Annotated[float | None, parameter("Rated power.", unit="kW", ge=0.01, label="Rated power")] = None
    limits: Annotated[
        str | None,
        parameter("Own severity limits B,C,D in mm/s RMS; 'standard' goes back to the standard's.", label="Own limits"),
    ] = None
    has_zones: Annotated[
        bool | None, parameter("Draw severity zones.", flag="--zones", negative_flag="--no-zones", label="Zones")
    ] = None
    suction_channel: Annotated[str | None, parameter("Suction pressure.", label="Suction")] = None
    discharge_channel: Annotated[str | None, parameter("Discharge pressure.", label="Discharge")] = None
    flow_channel: Annotated[str | None, parameter("Flow.", label="Flow")] = None
    power_channel: Annotated[str | None, parameter("Motor's input power.", label="Power")] = None
    density_kg_per_m3: Annotated[
        float | None, parameter("Density of the liquid.", unit="kg/m³", ge=50, le=20_000, label="Density")
    ] = None
    suction_height_m: Annotated[
        float | None, parameter("Height of the suction gauge over the datum.", unit="m", label="Suction height")
    ] = None
    discharge_height_m: Annotated[
        float | None, parameter("Height of the discharge gauge over it.", unit="m", label="Discharge height")
    ] = None
    suction_pipe_mm: Annotated[
        float | None, parameter("Inner diameter at the suction gauge.", unit="mm", ge=1, label="Suction pipe")
    ] = None
    discharge_pipe_mm: Annotated[
        float | None, parameter("Inner diameter at the discharge gauge.", unit="mm", ge=1, label="Discharge pipe")
    ] = None
    motor_efficiency: Annotated[float | None, parameter("Motor efficiency, 0 to 1.", ge=0.01, le=1, label="Motor efficiency")] = (
        None
    )
    vapour_pressure_bar: Annotated[
        float | None, parameter("Vapour pressure, absolute.", unit="bar", ge=0, label="Vapour pressure")
    ] = None
    npshr_m: Annotated[float | None, parameter("NPSH that the pump requires.", unit="m", ge=0.01, label="NPSH required")] = None
    bep_m3_per_h: Annotated[
        float | None, parameter("Flow of best efficiency at nominal speed.", unit="m³/h", ge=0.01, label="Best flow")
    ] = None
    curve: Annotated[
        str | None, parameter("The maker's curve, FLOW:HEAD,FLOW:HEAD … in m³/h and m; 'none' forgets it.", label="Maker's curve")
    ] = None
    por: Annotated[str | None, parameter("Preferred region in % of BEP flow, such as 70,120.", label="POR")] = None
    aor: Annotated[str | None, parameter("Allowable region in % of BEP flow, as the maker states it.", label="AOR")] = None
    forget: Annotated[tuple[str, ...], parameter("Fact to forget, such as bearing or speed_rpm.")] = ()


class MachineResult(Result, frozen=True, kw_only=True):
    """What is known now; `changed` names what this call changed."""

    asset: str
    facts: MachineFacts
    changed: tuple[str, ...]


def machine(request: MachineRequest, job: Job) -> MachineResult:
    """Read the facts, change those that were given, store them if any changed. Raises InputError for what can't be read."""

    key = _KEY.format(asset=request.asset)
    with open_project(request.project) as project:
        check_known(project, request.asset)
        facts = _load(project.value(key), request.asset)
        if _changed(facts, request) == facts:  # who only looks waits for no writer
            return MachineResult(asset=request.asset, facts=facts, changed=())
        with project.exclusive():
            former = _load(project.value(key), request.asset)
            facts = _changed(former, request)
            changed = tuple(name for name in MachineFacts.__struct_fields__ if getattr(facts, name) != getattr(former, name))
            if changed:
                _store(project, request.asset, facts, changed)
    return MachineResult(asset=request.asset, facts=facts, changed=changed)


def load_machine(project: str, asset: str) -> MachineFacts:
    """The facts of a pump; all defaults where nothing was said."""
    with open_project(project) as opened:
        return _load(opened.value(_KEY.format(asset=asset)), asset)


def check_facts(facts: MachineFacts) -> MachineFacts:
    """Raises InputError for what contradicts itself."""
    if facts.limits_mm_per_s is not None and not facts.limits_mm_per_s[0] < facts.limits_mm_per_s[1] < facts.limits_mm_per_s[2]:
        shown = ", ".join(f"{value:g}" for value in facts.limits_mm_per_s)
        raise InputError(f"The limits {shown} mm/s don't rise.", "Give B, C and D in rising order.")
    return facts


def parse_points(text: str) -> tuple[tuple[float, float], ...]:
    """'0:120, 200:110, 400:72' as pairs by flow. Raises InputError naming the part that is no pair."""
    points = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        flow, separator, head = part.partition(":")
        try:
            if not separator:
                raise ValueError(part)
            points.append((float(flow), float(head)))
        except ValueError as error:
            raise InputError(f"'{part.strip()}' is no point of a curve.", "Type FLOW:HEAD, such as 200:110.") from error
    if 0 < len(points) < 3:
        raise InputError(f"{len(points)} points make no curve.", "Give three or more.")
    return tuple(sorted(points))


def _load(text: str | None, asset: str) -> MachineFacts:
    if not text:
        return MachineFacts()
    return decode_strict(text.encode(), MachineFacts, what=f"What is known of {asset}")


def _store(project: object, asset: str, facts: MachineFacts, changed: tuple[str, ...]) -> None:
    from workbench.project.acts import Act
    from workbench.project.store import Project

    assert isinstance(project, Project)
    words = ", ".join(name.replace("_", " ") for name in changed[:4]) + (" …" if len(changed) > 4 else "")
    value = encode_canonical(facts).decode()
    project.set_value(_KEY.format(asset=asset), value, Act(act="machine", on=asset, what=f"Machine facts: {words}"))


def _changed(facts: MachineFacts, request: MachineRequest) -> MachineFacts:
    names = [name for name in MachineFacts.__struct_fields__ if name in type(request).__struct_fields__]
    given = {name: getattr(request, name) for name in names if getattr(request, name) is not None}
    if request.limits is not None:
        given["limits_mm_per_s"] = _limits(request.limits)
    if request.curve is not None:
        given["curve_points"] = () if request.curve.strip() == "none" else parse_points(request.curve)
    for name in ("por", "aor"):
        if getattr(request, name) is not None:
            given[f"{name}_percent"] = _region(getattr(request, name))
    if request.own_bearing is not None:
        own = _own_bearing(request.own_bearing)
        others = tuple(one for one in facts.own_bearings if one.designation != own.designation)
        given["own_bearings"] = (*others, own)
    unknown = next((name for name in request.forget if name not in MachineFacts.__struct_fields__), None)
    if unknown is not None:
        raise InputError(f"There is no fact '{unknown}'.", f"There are: {', '.join(MachineFacts.__struct_fields__)}.")
    blank = MachineFacts()
    forgotten = {name: getattr(blank, name) for name in request.forget}
    changed = msgspec.structs.replace(facts, **{**forgotten, **given})
    # The strict reading checks limits that `replace` does not.
    return check_facts(decode_strict(json.dumps(msgspec.to_builtins(changed)).encode(), MachineFacts, what="What was given"))


def _limits(text: str) -> tuple[float, float, float] | None:
    if text.strip() == "standard":
        return None
    try:
        b, c, d = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"'{text}' are no three limits.", "Type B,C,D in mm/s, such as 2.3,4.5,7.1.") from error
    return b, c, d


def _region(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.replace("%", "").split(","))
    except ValueError as error:
        raise InputError(f"'{text}' is no region.", "Type two shares of BEP flow in %, such as 70,120.") from error
    if not 0 < low < high:
        raise InputError(f"The region {low:g} to {high:g} % doesn't rise.", "Type the lower share first.")
    return low, high


def _own_bearing(text: str) -> Bearing:
    parts = [part.strip() for part in text.split(",")]
    try:
        n_elements, element_mm, pitch_mm, *angle = parts[1:]
        bearing = Bearing(
            designation=parts[0], n_elements=int(n_elements), element_mm=float(element_mm), pitch_mm=float(pitch_mm),
            contact_deg=float(angle[0]) if angle else 0.0, source="entered by a person",
        )  # fmt: skip
    except ValueError as error:
        hint = "Type DESIGNATION,ELEMENTS,ELEMENT_MM,PITCH_MM[,CONTACT_DEG]."
        raise InputError(f"'{text}' is no bearing.", hint) from error
    find_defect_orders(bearing)  # raises where it can't be
    return bearing
