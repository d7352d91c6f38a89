"""The pump curve: operating points at nominal speed, the curve they are held against, regions, efficiency and deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.analysis_reads import Opened, find_channel, write_columns
from workbench.services.common import ProjectFolder
from workbench.services.log_views import AssetLogs, open_logged
from workbench.services.machine import MachineFacts, load_machine
from workbench.services.pump_roles import Roles, check_roles, guess_roles, heard_roles, missing_notes
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, rows_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.pump_curve import BestPoint, HeadCurve, PumpSite

    Array = NDArray[np.float64]
    OverTime = tuple[NDArray[np.int64], Array, Array, Array]
    """Middles ns [b], and median, 10th and 90th percentile [b]; bins without values are left out."""

MOST_POINTS = 2_000_000
_LEAST_SPEED, _LEAST_FLOW = 0.3, 0.02
_REFERENCE_SHARE = 0.25
_N_BINS = 160


class PumpCurveRequest(Request, frozen=True, kw_only=True):
    """Show head against flow at nominal speed, with the curve, its regions and how far the pump is from it."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC; else the log's first.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC; else the log's last.")] = None
    reference_start: Annotated[str | None, parameter("First instant of the reference period for the curve.")] = None
    reference_end: Annotated[str | None, parameter("Its last instant; without it the first quarter of the running points.")] = (
        None
    )
    out: Annotated[str | None, parameter("CSV file to write the operating points to.", path=True, file=True)] = None
    regimes: RegimeNames = ()


class PumpCurveResult(Result, frozen=True, kw_only=True):
    """The pump curve in figures. Shares 0..1 of running time; deviations in % of the curve's head."""

    channels: dict[str, str]
    points: int
    nominal_rpm: float | None
    curve: dict[str, float]
    curve_from: str
    bep_m3_per_h: float | None
    bep_efficiency: float | None
    bep_from: str
    share_in_por: float | None
    share_in_aor: float | None
    median_efficiency: float | None
    deviation_first_percent: float | None
    deviation_last_percent: float | None
    least_npsh_margin_m: float | None
    notes: tuple[str, ...]
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpPicture:
    """What the window draws: arrays [n] of running points at nominal speed, in order of time; NaN where something is missing."""

    request: PumpCurveRequest
    roles: Roles
    times_ns: NDArray[np.int64]
    flow: Array
    head: Array
    efficiency: Array
    npsha: Array
    deviation: Array
    nominal_rpm: float | None
    curve: HeadCurve | None
    best: BestPoint | None
    best_from: str
    over_time: OverTime
    """The deviation in equal bins of time."""
    usual_most: tuple[float, float]
    """Flow and head that one point of a thousand exceeds."""
    notes: tuple[str, ...]


def find_pump_picture(opened: Opened, request: PumpCurveRequest, job: Job) -> PumpPicture:
    """Compute points, curve and deviation. Raises InputError naming what is missing (flow, a pressure)."""
    import numpy as np

    from workbench.logs.analysis import pump_curve as pump

    logs, facts = opened.logs, opened.facts
    start_ns = parse_utc(request.start) if request.start else logs.first_ns
    end_ns = parse_utc(request.end) if request.end else logs.last_ns + 1
    roles = guess_roles(logs, facts, (start_ns, end_ns))
    check_roles(roles, logs.asset)
    job.progress(0.1, "reading")
    times_ns, columns, notes = _aligned(logs, roles, start_ns, end_ns)
    spans = opened.keep(("regimes", request.regimes), lambda: find_spans(request.project, request.asset, request.regimes))
    if spans is not None:
        times_ns, columns, said = _in_regimes(request, times_ns, columns, spans)
        notes = (*notes, *said)
    roles, unheard = heard_roles(roles, columns)
    notes = (*notes, *unheard)
    site = _site_of(facts)
    speed, nominal, said = _speed(columns["speed"], facts)
    running = _running(columns["flow"], speed, nominal)
    job.progress(0.5, "head")
    times_ns = times_ns[running]
    flow_now, speed = columns["flow"][running], speed[running]
    suction = np.nan_to_num(columns["suction"][running]) if not roles.suction else columns["suction"][running]
    head_now = pump.total_head_m(suction, columns["discharge"][running], flow_now, site)
    eta = pump.efficiency(flow_now, head_now, columns["power"][running], site) if roles.power else np.full(len(flow_now), np.nan)
    flow, head = flow_now, head_now
    if nominal:
        flow = pump.to_nominal_speed(flow_now, speed, nominal, 1)
        head = pump.to_nominal_speed(head_now, speed, nominal, 2)
    curve, reference, curve_notes = _curve(request, facts, times_ns, flow, head)
    best, best_from = _best(facts, flow[reference], eta[reference])
    deviation = pump.deviation_percent(flow, head, curve) if curve else np.full(len(flow), np.nan)
    npsha = pump.npsh_available_m(suction, flow_now, site) if roles.suction else np.full(len(flow), np.nan)
    return PumpPicture(
        request=request, roles=roles, times_ns=times_ns, flow=flow, head=head, efficiency=eta, npsha=npsha,
        deviation=deviation, nominal_rpm=nominal, curve=curve, best=best, best_from=best_from,
        over_time=_over_time(times_ns, deviation), usual_most=(_usual_most(flow), _usual_most(head)),
        notes=(*notes, *said, *curve_notes, *missing_notes(roles)),
    )  # fmt: skip


def _aligned(
    logs: AssetLogs, roles: Roles, start_ns: int, end_ns: int
) -> tuple[NDArray[np.int64], dict[str, Array], tuple[str, ...]]:
    """All roles at the flow's instants, in m³/h, bar, rpm and kW; NaN where the nearest value is too far away."""
    import numpy as np

    parts = logs.samples(roles.flow, start_ns, end_ns)
    if not parts:
        text = f"{roles.flow} has no samples from {format_utc(start_ns)} to {format_utc(end_ns)}."
        raise InputError(text, "Choose another stretch of time.")
    times_ns = np.concatenate([times for times, _ in parts])
    stride = -(-len(times_ns) // MOST_POINTS)
    order = np.argsort(times_ns, kind="stable")[::stride]
    times_ns = times_ns[order]
    notes = (f"One point in {stride} is shown.",) if stride > 1 else ()
    wanted = {"flow": "m3/h", "suction": "bar", "discharge": "bar", "speed": "rpm", "power": "kW"}
    columns = {role: _at(logs, getattr(roles, role), unit, times_ns, start_ns, end_ns) for role, unit in wanted.items()}
    return times_ns, columns, notes


def _in_regimes(
    request: PumpCurveRequest, times_ns: NDArray[np.int64], columns: dict[str, Array], spans: Spans
) -> tuple[NDArray[np.int64], dict[str, Array], tuple[str, ...]]:
    """Only the instants in the operating states that were asked for. Raises InputError where none is left."""
    keep, state = rows_within(times_ns, spans), " or ".join(request.regimes)
    if not keep.any():
        raise InputError(f"{request.asset} was never {state} in this stretch.", "Choose another state or a longer stretch.")
    said = (f"Only while {state}: {int(keep.sum())} of {len(keep)} instants.",)
    return times_ns[keep], {name: values[keep] for name, values in columns.items()}, said


def _at(logs: AssetLogs, channel: str, unit: str, times_ns: NDArray[np.int64], start_ns: int, end_ns: int) -> Array:
    """A channel at some instants, in a unit: the same row where the instants are the same, else linear between its neighbours."""
    import numpy as np

    from workbench.services.recordings import in_unit

    if not channel:
        return np.full(len(times_ns), np.nan)
    parts = logs.samples(channel, start_ns, end_ns)
    all_ns = np.concatenate([np.zeros(0, np.int64), *(times for times, _ in parts)])
    values = np.concatenate([np.zeros(0), *(found.astype(np.float64) for _, found in parts)])
    own = find_channel(logs, channel).unit
    if own == "Hz" and unit == "rpm":
        values, own = values * 60.0, "rpm"
    values = in_unit(values, own, unit, what=channel)
    good = np.isfinite(values)
    all_ns, values = all_ns[good], values[good]
    if len(all_ns) < 2:
        return np.full(len(times_ns), np.nan)
    order = np.argsort(all_ns, kind="stable")
    all_ns, values = all_ns[order], values[order]
    reach_ns = 3.0 * float(np.median(np.diff(all_ns)))
    after = np.clip(np.searchsorted(all_ns, times_ns), 1, len(all_ns) - 1)
    distance = np.minimum(np.abs(all_ns[after] - times_ns), np.abs(times_ns - all_ns[after - 1]))
    base_ns = int(times_ns[0])
    found = np.interp((times_ns - base_ns).astype(np.float64), (all_ns - base_ns).astype(np.float64), values)
    return np.where(distance <= reach_ns, found, np.nan)


def _site_of(facts: MachineFacts) -> PumpSite:
    from workbench.logs.analysis.pump_curve import PumpSite

    return PumpSite(
        density_kg_per_m3=facts.density_kg_per_m3, suction_height_m=facts.suction_height_m,
        discharge_height_m=facts.discharge_height_m, suction_pipe_mm=facts.suction_pipe_mm,
        discharge_pipe_mm=facts.discharge_pipe_mm, nominal_rpm=facts.speed_rpm, motor_efficiency=facts.motor_efficiency,
        vapour_pressure_bar=facts.vapour_pressure_bar,
    )  # fmt: skip


def _speed(rpm: Array, facts: MachineFacts) -> tuple[Array, float | None, tuple[str, ...]]:
    """Speed, the nominal speed (typed, else the median while it turns), and what was assumed."""
    import numpy as np

    turning = rpm[np.isfinite(rpm) & (rpm > _LEAST_SPEED * np.nanmax(rpm, initial=1.0))] if np.isfinite(rpm).any() else rpm[:0]
    if not len(turning):
        return rpm, None, ("No speed channel: points are shown as they were measured.",)
    if facts.speed_rpm:
        return rpm, facts.speed_rpm, ()
    nominal = float(np.round(np.median(turning)))
    return rpm, nominal, (f"Nominal speed is not known: points are at {nominal:.0f} rpm, the median.",)


def _running(flow: Array, rpm: Array, nominal: float | None) -> NDArray[np.bool_]:
    """Where the pump turns and delivers: neither law nor curve means anything at standstill."""
    import numpy as np

    moves = flow > _LEAST_FLOW * np.nanmax(flow, initial=1.0)
    return np.asarray(moves & (rpm > _LEAST_SPEED * nominal) if nominal else moves)


def _curve(
    request: PumpCurveRequest, facts: MachineFacts, times_ns: NDArray[np.int64], flow: Array, head: Array
) -> tuple[HeadCurve | None, NDArray[np.bool_], tuple[str, ...]]:
    """The maker's points, else a fit to the reference period; None (and why) where neither makes a curve."""
    import numpy as np

    from workbench.logs.analysis.pump_curve import fit_head_curve

    first_ns = parse_utc(request.reference_start) if request.reference_start else None
    last_ns = parse_utc(request.reference_end) if request.reference_end else None
    reference = np.ones(len(times_ns), bool)
    if first_ns is not None:
        reference &= times_ns >= first_ns
    if last_ns is not None:
        reference &= times_ns <= last_ns
    source = "reference period"
    if last_ns is None and len(times_ns):
        begun = np.flatnonzero(reference)
        reference[begun[max(3, round(len(begun) * _REFERENCE_SHARE)) :]] = False
        source = "first quarter of the points"
    try:
        if facts.curve_points:
            points = np.array(facts.curve_points)
            return fit_head_curve(points[:, 0], points[:, 1], "points entered"), reference, ()
        return fit_head_curve(flow[reference], head[reference], source), reference, ()
    except InputError as error:
        return None, reference, (f"No curve: {error.message} {error.hint}",)


def _best(facts: MachineFacts, flow: Array, eta: Array) -> tuple[BestPoint | None, str]:
    from workbench.logs.analysis.pump_curve import BestPoint, find_best_point

    if facts.bep_m3_per_h:
        return BestPoint(flow_m3_per_h=facts.bep_m3_per_h, efficiency=None), "typed"
    found = find_best_point(flow, eta)
    if found is None:
        return None, ""
    return found, "efficiency, beyond the flows seen" if found.is_extrapolated else "efficiency"


def _usual_most(values: Array) -> float:
    import numpy as np

    good = values[np.isfinite(values)]
    return float(np.percentile(good, 99.9)) if len(good) else 0.0


def _over_time(times_ns: NDArray[np.int64], values: Array) -> OverTime:
    import numpy as np

    good = np.isfinite(values)
    times_ns, values = times_ns[good], values[good]
    if not len(times_ns):
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0)
    edges = np.linspace(int(times_ns[0]), int(times_ns[-1]) + 1, _N_BINS + 1)
    cuts = np.searchsorted(times_ns, edges)
    middles, rows = [], []
    for first, last, at in zip(cuts[:-1], cuts[1:], (edges[1:] + edges[:-1]) / 2, strict=True):
        if last - first >= 3:
            middles.append(int(at))
            rows.append(np.percentile(values[first:last], [50, 10, 90]))
    found = np.array(rows).reshape(-1, 3)
    return np.array(middles, np.int64), found[:, 0], found[:, 1], found[:, 2]


def log_pump_curve(request: PumpCurveRequest, job: Job) -> PumpCurveResult:
    """Compute, and write the points as CSV where asked."""
    import numpy as np

    from workbench.logs.analysis.pump_curve import share_in

    logs = open_logged(request.project, request.asset, job)
    opened = Opened(logs=logs, facts=load_machine(request.project, request.asset))
    picture = find_pump_picture(opened, request, job)
    por, aor = (tuple(part / 100 for part in region) for region in (opened.facts.por_percent, opened.facts.aor_percent))
    if request.out:
        seconds = (picture.times_ns - int(picture.times_ns[0])) / NS_PER_S if len(picture.times_ns) else np.zeros(0)
        first = format_utc(int(picture.times_ns[0])) if len(picture.times_ns) else ""
        header = (f"seconds after {first}", "flow [m3/h]", "head [m]", "efficiency", "NPSHa [m]", "deviation [%]")
        columns = [seconds, picture.flow, picture.head, picture.efficiency, picture.npsha, picture.deviation]
        write_columns(request.out, header, columns, picture.notes)
    curve, best = picture.curve, picture.best
    median = picture.over_time[1]
    margin = picture.npsha - opened.facts.npshr_m if opened.facts.npshr_m else np.full(len(picture.flow), np.nan)
    return PumpCurveResult(
        channels={name: getattr(picture.roles, name) for name in ("suction", "discharge", "flow", "speed", "power")},
        points=len(picture.flow), nominal_rpm=picture.nominal_rpm,
        curve={"a": curve.a, "b": curve.b, "c": curve.c, "rms_error_m": curve.rms_error_m} if curve else {},
        curve_from=curve.source if curve else "", bep_m3_per_h=best.flow_m3_per_h if best else None,
        bep_efficiency=best.efficiency if best else None, bep_from=picture.best_from,
        share_in_por=share_in(picture.flow, best.flow_m3_per_h, (por[0], por[1])) if best and len(picture.flow) else None,
        share_in_aor=share_in(picture.flow, best.flow_m3_per_h, (aor[0], aor[1])) if best and len(picture.flow) else None,
        median_efficiency=_median(picture.efficiency),
        deviation_first_percent=_median(median[: max(1, len(median) // 10)]),
        deviation_last_percent=_median(median[-max(1, len(median) // 10) :]),
        least_npsh_margin_m=float(np.nanmin(margin)) if np.isfinite(margin).any() else None, notes=picture.notes,
        out=request.out,
    )  # fmt: skip


def _median(values: Array) -> float | None:
    import numpy as np

    good = values[np.isfinite(values)]
    return float(np.median(good)) if len(good) else None
