"""Writes a station's logs, true events and work orders as files that an importer has to make sense of; same seed, same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.codec import write_atomic
from workbench.samples import motor
from workbench.samples.bursts import START_UTC, write_bursts
from workbench.samples.fleet import PumpTruth, TrueEvent, plan_station, simulate_pair, surroundings
from workbench.samples.instruments import (
    SENTINEL,
    Calibration,
    Instrument,
    failed_spans,
    logger_outages,
    read_instrument,
    stamps_ns,
)
from workbench.samples.people import DAY_S, WorkOrder, late_order
from workbench.samples.train import Surroundings
from workbench.samples.wander import Streams, pinkish

Array = NDArray[np.float64]
Report = Callable[[float, str], None]
_DIGITAL = ("SI", "VI")
_SAYS = {
    "cavitation": "Pump noisy, rattling as if pumping gravel. Raised feed tank level.",
    "bearing growth": "Bearing replaced, drive end. Race pitted.",
    "unbalance": "High vibration. Impeller cleaned and balanced.",
    "misalignment": "Coupling realigned after vibration complaint.",
    "seal leak": "Seal pot low again, seal cartridge changed.",
    "blockage": "Low flow. Line flushed, strainer cleaned.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSpec:
    """How much to write."""

    n_pumps: int
    span_s: float
    step_s: float
    seed: int
    burst_every_s: float = 0.0
    """Time between vibration bursts that are written beside each log; 0: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSamples:
    """Paths of what was written; `assets` in the order of `logs`."""

    logs: tuple[Path, ...]
    assets: tuple[str, ...]
    events: Path
    work_orders: Path
    bursts: tuple[Path, ...] = ()


def write_station(spec: SampleSpec, out: Path, report: Report) -> WrittenSamples:
    """Simulate and write everything; `report(fraction, message)` is called between pumps (and may raise to cancel)."""
    streams = Streams(spec.seed)
    around = surroundings(spec.span_s, spec.step_s, streams)
    out.mkdir(parents=True, exist_ok=True)
    logs: list[Path] = []
    bursts: list[Path] = []
    events: list[TrueEvent] = []
    plans = plan_station(spec.n_pumps, spec.span_s, streams)
    for i, plan in enumerate(plans):
        report(i / len(plans), f"Simulating P-{plan.number}A and B")
        for truth in simulate_pair(plan, around, streams)[: spec.n_pumps - 2 * i]:
            report((i + 0.7) / len(plans), f"Writing {truth.name}")
            path = out / f"{truth.name}.csv"
            write_atomic(path, _log_bytes(truth, around, streams))
            logs.append(path)
            if spec.burst_every_s:
                bursts.append(out / f"{truth.name}-bursts.parquet")
                write_bursts(bursts[-1], truth, around, spec.burst_every_s, streams)
            events.extend(truth.events)
    written = WrittenSamples(
        logs=tuple(logs), assets=tuple(path.stem for path in logs), events=out / "events.csv",
        work_orders=out / "work_orders.csv", bursts=tuple(bursts),
    )  # fmt: skip
    write_atomic(written.events, _events_bytes(events))
    write_atomic(written.work_orders, _orders_bytes(_work_orders(events, written.assets, spec.span_s, streams)))
    report(1.0, f"{len(logs)} pumps written")
    return written


def channels_of(truth: PumpTruth, around: Surroundings, rng: np.random.Generator) -> list[tuple[Instrument, Array]]:
    """The train's instruments with what they measure, in the log's order: ISA-5.1 letters, number, position."""
    pump, state, train = truth.pump, truth.state, truth.train
    tag, suction_tag = f"{truth.number}{truth.letter}", f"{truth.number - 1}{truth.letter}"
    n, step_s = around.t_s.size, around.step_s
    running = np.where(state.r > 0.05, 1.0, 0.0)
    pulse = 0.004 * pinkish(n, step_s, rng) * running
    flow = state.forward_flow * (1.0 + 0.006 * pinkish(n, step_s, rng))
    head_bar = pump.rated_head_m * 0.0955
    amps = motor.rated_current_a(pump.motor)
    rows = [
        (f"SI-{tag}", "rpm", 0.0, 1.25 * motor.rated_rpm(pump.motor), 0.5, 1, state.r * motor.rated_rpm(pump.motor)),
        (f"PI-{suction_tag}", "bar", -1.0, 3.0, 1.0, 3, state.suction_bar * (1.0 + pulse)),
        (f"PI-{tag}", "bar", 0.0, _round_up(1.8 * head_bar), 1.0, 3, state.discharge_bar * (1.0 + pulse)),
        (f"FI-{tag}", "m3/h", 0.0, _round_up(1.6 * pump.rated_flow_m3_per_h), 2.0, 2, flow),
        (f"II-{tag}", "A", 0.0, _round_up(8.5 * amps), 0.2, 2, train.current_a),
        (f"JI-{tag}", "kW", 0.0, _round_up(1.5 * pump.motor.rated_power_kw), 1.0, 2, train.power_kw),
        (f"VI-{tag}-DE", "mm/s", 0.0, 20.0, 0.0, 3, train.velocity_mm_per_s[:, 0]),
        (f"VI-{tag}-NDE", "mm/s", 0.0, 20.0, 0.0, 3, train.velocity_mm_per_s[:, 1]),
        (f"VI-{tag}-AX", "mm/s", 0.0, 20.0, 0.0, 3, train.velocity_mm_per_s[:, 2]),
        (f"VI-{tag}-HF", "g", 0.0, 10.0, 0.0, 4, train.acceleration_g[:, 0]),
        (f"TI-{tag}-DE", "degC", 0.0, 150.0, 40.0, 2, train.bearing_de_c),
        (f"TI-{tag}-NDE", "degC", 0.0, 150.0, 40.0, 2, train.bearing_nde_c),
        (f"TI-{tag}-W", "degC", 0.0, 200.0, 30.0, 2, train.winding_c),
        (f"LI-{tag}", "%", 0.0, 100.0, 5.0, 2, train.seal_level),
    ]
    return [
        (Instrument(tag=name, unit=unit, low=low, high=high, damping_s=damping, decimals=decimals), values)
        for name, unit, low, high, damping, decimals, values in rows
    ]


def _round_up(value: float) -> float:
    """The next span that an instrument is sold with: 1, 1.6, 2.5, 4, 6 times a power of ten."""
    decade = 10.0 ** np.floor(np.log10(value))
    return float(next(step * decade for step in (1.0, 1.6, 2.5, 4.0, 6.0, 10.0) if step * decade >= value))


def _log_bytes(truth: PumpTruth, around: Surroundings, streams: Streams) -> bytes:
    rng = streams.of(truth.name, "instruments")
    n, step_s = around.t_s.size, around.step_s
    columns: list[Array] = []
    names = ["time_utc"]
    formats = []
    for instrument, values in channels_of(truth, around, streams.of(truth.name, "pulsation")):
        calibration = Calibration.draw(rng, is_digital=instrument.tag[:2] in _DIGITAL)
        shift = _repair_shift(instrument, values, truth, rng)
        read = read_instrument(instrument, calibration, values, step_s, shift)
        columns.append(_with_failures(read, step_s, rng))
        names.append(f"{instrument.tag} [{instrument.unit}]")
        formats.append(f"%.{instrument.decimals}f")
    written = logger_outages(n, step_s, rng)
    stamps = stamps_ns(parse_utc(START_UTC), around.t_s, streams.of("logger", str(truth.number)))[written]
    header = ",".join(names) + "\n"
    return header.encode("utf-8") + _rows_bytes(stamps, np.column_stack(columns)[written], formats)


def _repair_shift(instrument: Instrument, values: Array, truth: PumpTruth, rng: np.random.Generator) -> Array:
    """After a repair sensors sit a little differently: temperatures by part of a degree, vibration by some per cent."""
    n_repairs = int(truth.is_repaired[-1])
    size = {"TI": 0.7, "VI": 0.03}.get(instrument.tag[:2], 0.0)
    moves = np.concatenate([[0.0], rng.normal(0.0, size, n_repairs)])[truth.is_repaired.astype(int)]
    return np.asarray(moves * values if instrument.tag.startswith("VI") else moves)


def _with_failures(values: Array, step_s: float, rng: np.random.Generator) -> Array:
    """A lost transmitter leaves a sentinel value or nothing at all."""
    values = values.copy()
    for start, stop in failed_spans(values.size, step_s, rng):
        values[start:stop] = SENTINEL if rng.random() < 0.5 else np.nan
    return values


def _rows_bytes(stamps_ns_: NDArray[np.int64], values: Array, formats: list[str]) -> bytes:
    texts = np.datetime_as_string(stamps_ns_.astype("datetime64[ns]"), unit="ms").tolist()
    template = "%sZ," + ",".join(formats)
    lines = [template % (text, *row) for text, row in zip(texts, values.tolist(), strict=True)]
    body = "\n".join(lines) + "\n"
    if np.isnan(values).any():
        body = body.replace("nan", "")
    return body.encode("utf-8")


def _events_bytes(events: list[TrueEvent]) -> bytes:
    rows = [f"{e.asset},{e.kind},{_utc(e.start_s)},{_utc(e.end_s)},real" for e in events]
    return "\n".join(["asset,name,start_utc,end_utc,state", *rows, ""]).encode("utf-8")


def _work_orders(events: list[TrueEvent], assets: tuple[str, ...], span_s: float, streams: Streams) -> list[WorkOrder]:
    """Most events get an order, some never, and now and then somebody writes one for nothing."""
    rng = streams.of("work orders")
    orders = []
    for event in events:
        if rng.random() < 0.8:
            seen_s = event.end_s if event.kind != "cavitation" else 0.5 * (event.start_s + event.end_s)
            orders.append(late_order(event.asset, 0, _SAYS[event.kind], seen_s, rng))
    for asset in assets:
        if rng.random() < 0.35 * span_s / DAY_S / 14.0:
            heard_s = float(rng.uniform(0.1, 0.9) * span_s)
            orders.append(late_order(asset, 0, "Operator reports unusual sound. Nothing found.", heard_s, rng))
    return sorted(orders, key=_reported)


def _reported(order: WorkOrder) -> tuple[float, str]:
    return order.reported_s, order.asset


def _orders_bytes(orders: list[WorkOrder]) -> bytes:
    """The same columns as events (so that both import alike), and what a maintenance system adds."""
    rows = [
        f'{o.asset},"{o.text}",{_utc(o.earliest_s)},{_utc(o.latest_s)},unsure,WO-{4100 + 7 * i},{_utc(o.reported_s)}'
        for i, o in enumerate(orders)
    ]
    return "\n".join(["asset,name,start_utc,end_utc,state,work_order,reported_utc", *rows, ""]).encode("utf-8")


def _utc(since_start_s: float) -> str:
    return format_utc(parse_utc(START_UTC) + round(since_start_s) * NS_PER_S)
