"""Nine kinds of duty, each seeded: cooling, booster, seawater lift, condensate, crude, sump, batch, axial, historian."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.held_out.instruments import Instrument, varied
from tests.held_out.plants import Plan, PlantLog, Pump, blank, simulate, wander

Tags = dict[str, tuple[str, Instrument]]
_NAMES = (
    {"current": "{p}_AMPS", "flow": "{p}_FLOW", "discharge": "{p}_PDISCH", "suction": "{p}_PSUCT", "speed": "{p}_RPM",
     "power": "{p}_KW", "temperature": "{p}_BRG_DE_TEMP", "vibration": "{p}_VIB_DE"},
    {"current": "Motorstrom {p}", "flow": "Durchfluss {p}", "discharge": "Druck druckseitig {p}",
     "suction": "Druck Saugseite {p}", "speed": "Drehzahl {p}", "power": "Leistung {p}",
     "temperature": "Lagertemperatur {p}", "vibration": "Schwingung {p}"},
    {"current": "31IT{p}.PV", "flow": "31FT{p}.PV", "discharge": "31PT{p}B.PV", "suction": "31PT{p}A.PV", "speed": "31ST{p}.PV",
     "power": "31JT{p}.PV", "temperature": "31TT{p}.PV", "vibration": "31VT{p}.PV"},
)  # fmt: skip


def _tags(rng: np.random.Generator, bars: float, m3h: float, kw: float, quantities: str, rpm: float) -> Tags:
    names = _NAMES[int(rng.integers(len(_NAMES)))]
    number = f"{rng.integers(100, 999)}"
    flow_unit, flow_factor = (("m3/h", 1.0), ("L/s", 1 / 3.6), ("gpm", 4.403))[int(rng.integers(3))]
    bar_unit, bar_factor = (("bar", 1.0), ("kPa", 100.0), ("psi", 14.504))[int(rng.integers(3))]
    amps = kw * 1.9
    chains = {
        "current": Instrument(unit="A", scale=amps, noise=0.004, digits=2, moves_noise=0.004),
        "power": Instrument(unit="kW", scale=kw, noise=0.003, digits=2, moves_noise=0.005),
        "flow": Instrument(unit=flow_unit, scale=m3h * flow_factor, noise=0.004, digits=2, moves_noise=0.01),
        "discharge": Instrument(unit=bar_unit, scale=bars * bar_factor, noise=0.003, digits=3, moves_noise=0.004),
        "suction": Instrument(unit=bar_unit, scale=bars * bar_factor, noise=0.001, digits=3),
        "speed": Instrument(unit="rpm", scale=1.0, noise=0.4, digits=1),
        "temperature": Instrument(unit="degC", scale=1.0, noise=0.05, digits=2),
        "vibration": Instrument(unit="mm/s", scale=2.5, noise=0.02, digits=3, moves_noise=0.08),
    }
    chosen = quantities.split()
    made = {}
    for quantity in chosen:
        one = varied(chains[quantity], rng) if quantity not in ("speed", "temperature") else chains[quantity]
        made[quantity] = (names[quantity].format(p=number), one)
    return made


def _spans(rng: np.random.Generator, n: int, count: int, rows: tuple[int, int]) -> list[slice]:
    """`count` stretches apart from each other and from the first tenth."""
    size = (n - n // 10) // max(count, 1)
    found = []
    for k in range(count):
        length = int(rng.integers(min(rows[0], size // 3), min(rows[1], size // 2) + 1))
        first = n // 10 + k * size + int(rng.integers(size - length))
        found.append(slice(first, first + length))
    return found


def _throttle(plan: Plan, span: slice, pump: Pump, share: float) -> None:
    """Close a valve until the flow is `share` of the usual."""
    head = pump.shutoff - (pump.shutoff - 1) * (pump.bend * share + (1 - pump.bend) * share**2)
    plan.k[span] = (head - plan.static[span]) / max(share, 1e-3) ** 2


def _radial(rng: np.random.Generator, **more: float | bool) -> Pump:
    values = {
        "shutoff": rng.uniform(1.12, 1.35), "bend": rng.uniform(0, 0.35), "power_at_none": rng.uniform(0.4, 0.62),
        "magnetising": rng.uniform(0.25, 0.5), "rpm": float(rng.choice([1480.0, 2970.0, 980.0])), **more,
    }  # fmt: skip
    return Pump(**values)  # type: ignore[arg-type]


def cooling(rng: np.random.Generator) -> PlantLog:
    """Cooling water, fixed speed, throttled by hand; a shut valve, air in the suction."""
    n, pump = 20_160, _radial(rng, coast_s=12.0)
    plan = blank(n, 30.0, rng.uniform(0.1, 0.4))
    plan.k *= np.exp(wander(rng, n, 240, 0.06))
    spans = _spans(rng, n, 9, (240, 900))
    for span, share in zip(spans[:5], (0.52, 0.45, 0.38, 0.2, 0.001), strict=True):
        _throttle(plan, span, pump, share)
    plan.prime[spans[5]] = 0.06
    for span in spans[6:]:
        plan.on[span] = 0
    tags = _tags(rng, 4.2, 850, 132, "current flow discharge suction temperature vibration", pump.rpm)
    return simulate("cooling", pump, plan, tags, rng)


def booster(rng: np.random.Generator) -> PlantLog:
    """Water supply on a drive: the speed follows the hours of the day."""
    n, pump = 30_240, _radial(rng, is_on_drive=True, ramp_s=40.0, coast_s=20.0)
    plan = blank(n, 20.0, rng.uniform(0.05, 0.3))
    hours = np.arange(n) * 20 / 3600
    plan.speed = np.clip(0.86 + 0.12 * np.sin(2 * np.pi * hours / 24) + wander(rng, n, 400, 0.02), 0.7, 1.0)
    plan.k *= np.exp(wander(rng, n, 300, 0.05))
    spans = _spans(rng, n, 8, (300, 1200))
    for span, share in zip(spans[:4], (0.5, 0.4, 0.18, 0.001), strict=True):
        plan.speed[span] = plan.speed[span.start]
        head = pump.shutoff - (pump.shutoff - 1) * (pump.bend * share + (1 - pump.bend) * share**2)
        plan.k[span] = (head - plan.static[span] / plan.speed[span] ** 2) / max(share, 1e-3) ** 2
    plan.prime[spans[4]] = 0.05
    for span in spans[5:]:
        plan.on[span] = 0
    tags = _tags(rng, 6.5, 120, 30, "current speed flow discharge suction temperature", pump.rpm)
    return simulate("booster", pump, plan, tags, rng)


def seawater(rng: np.random.Generator) -> PlantLog:
    """Seawater lift: mixed flow, high static head, tide, a twin that comes and goes, back-flow through a leaking check valve."""
    n = 20_160
    pump = Pump(
        shutoff=rng.uniform(1.5, 1.9), bend=rng.uniform(0.4, 0.8), power_at_none=rng.uniform(0.8, 1.05),
        magnetising=rng.uniform(0.3, 0.5), rpm=1480.0, coast_s=8.0,
    )  # fmt: skip
    plan = blank(n, 60.0, rng.uniform(0.4, 0.6))
    plan.static *= 1 + 0.06 * np.sin(2 * np.pi * np.arange(n) * 60 / 44_714)
    plan.k *= np.exp(wander(rng, n, 300, 0.04))
    spans = _spans(rng, n, 9, (240, 1200))
    for span in spans[:3]:
        plan.twin[span] = 1
    for span, share in zip(spans[3:5], (0.45, 0.2), strict=True):
        _throttle(plan, span, pump, share)
    for span in spans[5:]:
        plan.on[span] = 0
    middle = spans[6]
    plan.backward[middle.start + 20 : middle.start + 70] = 1
    tags = _tags(rng, 9.0, 1400, 450, "current flow discharge suction temperature", pump.rpm)
    return simulate("seawater", pump, plan, tags, rng)


def condensate(rng: np.random.Generator) -> PlantLog:
    """Condensate: hot, fixed speed, minimum-flow line, stands by under the header's pressure."""
    n, pump = 20_160, _radial(rng, shutoff=rng.uniform(1.15, 1.3))
    plan = blank(n, 30.0, rng.uniform(0.5, 0.7))
    plan.hot = True
    plan.k *= np.exp(wander(rng, n, 300, 0.05))
    spans = _spans(rng, n, 8, (300, 1500))
    for span in spans[:4]:
        plan.on[span] = 0
        plan.held[span] = rng.uniform(0.62, 0.9)
    for span, share in zip(spans[4:], (0.5, 0.2, 0.22, 0.4), strict=True):
        _throttle(plan, span, pump, share)
    tags = _tags(rng, 12.0, 300, 160, "current flow discharge suction temperature", pump.rpm)
    return simulate("condensate", pump, plan, tags, rng)


def crude(rng: np.random.Generator) -> PlantLog:
    """Crude export on a drive held at one speed: grades of other densities come through the line."""
    n, pump = 14_400, _radial(rng, is_on_drive=True, ramp_s=90.0, coast_s=30.0, rpm=2970.0)
    plan = blank(n, 60.0, rng.uniform(0.02, 0.1))
    plan.k *= np.exp(wander(rng, n, 300, 0.02))
    plan.speed[:] = rng.uniform(0.85, 1.0)
    spans = _spans(rng, n, 7, (200, 900))
    for span, rho in zip(spans[:4], (0.88, 1.1, 0.85, 1.13), strict=True):
        plan.rho[span] = rho
    plan.on[spans[4]] = 0
    _throttle(plan, spans[5], pump, 0.45)
    plan.k[spans[5]] /= 1.0
    plan.on[spans[6]] = 0
    tags = _tags(rng, 38.0, 420, 700, "current power speed flow discharge suction temperature vibration", pump.rpm)
    return simulate("crude", pump, plan, tags, rng)


def sump(rng: np.random.Generator) -> PlantLog:
    """Sump pump by level: runs of minutes, stands for most of the time; now and then the check valve leaks or it snores dry."""
    n, pump = 40_320, _radial(rng, rpm=2900.0, coast_s=3.0)
    plan = blank(n, 15.0, rng.uniform(0.4, 0.6))
    plan.on[:] = 0
    row = 0
    runs = []
    while row < n:
        rest, run = int(rng.integers(40, 240)), int(rng.integers(8, 28))
        plan.on[row + rest : row + rest + run] = 1
        runs.append(slice(row + rest, min(row + rest + run, n)))
        row += rest + run
    for number in rng.choice(np.arange(5, len(runs) - 5), 6, replace=False).tolist()[:3]:
        stop = runs[number].stop
        plan.on[runs[number].start : min(stop + 40, n)] = 1
        plan.prime[stop : min(stop + 40, n)] = 0.08  # the float hangs: it goes on dry
    tags = _tags(rng, 2.1, 45, 5.5, "current discharge flow", pump.rpm)
    return simulate("sump", pump, plan, tags, rng)


def batch(rng: np.random.Generator) -> PlantLog:
    """Batch transfer: one to three hours twice a day, the discharge valve opens slowly, the tank runs empty at times."""
    n, pump = 20_160, _radial(rng)
    plan = blank(n, 30.0, rng.uniform(0.2, 0.5))
    plan.on[:] = 0
    plan.valve_opens_s = 120.0
    for day in range(7):
        for hour in (6, 17):
            first = day * 2880 + hour * 120 + int(rng.integers(0, 120))
            length = int(rng.integers(120, 360))
            span = slice(first, min(first + length, n))
            plan.on[span] = 1
            plan.static[span] *= np.linspace(0.9, 1.15, span.stop - first)
            if rng.random() < 0.3:
                plan.prime[span.stop - int(rng.integers(8, 24)) : span.stop] = 0.05
            elif rng.random() < 0.3:
                _throttle(plan, slice(first + 60, first + 60 + length // 4), pump, 0.4)
    tags = _tags(rng, 3.3, 180, 30, "current flow discharge suction temperature", pump.rpm)
    return simulate("batch", pump, plan, tags, rng)


def axial(rng: np.random.Generator) -> PlantLog:
    """Circulation by a propeller pump: power falls as it flows more."""
    n = 14_400
    pump = Pump(
        shutoff=rng.uniform(2.2, 3.0), bend=rng.uniform(0.5, 0.9), power_at_none=rng.uniform(1.4, 2.0),
        magnetising=rng.uniform(0.35, 0.55), rpm=590.0, coast_s=10.0,
    )  # fmt: skip
    plan = blank(n, 60.0, rng.uniform(0.0, 0.3))
    plan.k *= np.exp(wander(rng, n, 240, 0.06))
    spans = _spans(rng, n, 5, (200, 900))
    for span, share in zip(spans[:2], (0.5, 0.42), strict=True):
        _throttle(plan, span, pump, share)
    for span in spans[2:]:
        plan.on[span] = 0
    tags = _tags(rng, 1.4, 6000, 300, "current flow discharge temperature", pump.rpm)
    return simulate("axial", pump, plan, tags, rng)


def historian(rng: np.random.Generator) -> PlantLog:
    """Cooling water again, as a historian with swinging doors kept it."""
    n, pump = 20_160, _radial(rng)
    plan = blank(n, 30.0, rng.uniform(0.1, 0.4))
    plan.k *= np.exp(wander(rng, n, 240, 0.06))
    spans = _spans(rng, n, 6, (300, 900))
    for span, share in zip(spans[:3], (0.5, 0.2, 0.001), strict=True):
        _throttle(plan, span, pump, share)
    for span in spans[3:]:
        plan.on[span] = 0
    tags = _tags(rng, 4.2, 850, 132, "current flow discharge suction temperature", pump.rpm)
    tags = {quantity: (tag, replace(one, door=0.012)) for quantity, (tag, one) in tags.items()}
    return simulate("historian", pump, plan, tags, rng)


ALL = {one.__name__: one for one in (cooling, booster, seawater, condensate, crude, sump, batch, axial, historian)}
