"""What the analyses read: waveform stretches of a channel, the shaft's speed over them, and whether a spectrum means anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.codec import check_out_file, write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, parameter
from workbench.logs.text.spreadsheet import csv_cell
from workbench.services.common import ProjectFolder
from workbench.services.log_views import AssetLogs, ChannelView, open_logged
from workbench.services.machine import MachineFacts, load_machine
from workbench.services.regime_filter import RegimeNames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.maps import Stretch
    from workbench.logs.analysis.offers import Offer

MOST_SAMPLES = 8_000_000
"""More is not taken by what needs all samples at once (orders, spectrogram, defect trend): what was left out is said."""
_KEY_NAME = re.compile(r"key|tach|puls|n-?trig", re.IGNORECASE)
T = TypeVar("T")
_MOST_KEPT = 512
_SPEED_MARGIN_NS = 3600 * NS_PER_S


class AnalysisRequest(Request, frozen=True, kw_only=True):
    """Which waveform, over which stretch of time."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    channel: Annotated[str, parameter("Channel, as the log names it.")]
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC; else the log's first.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC; else the log's last.")] = None
    rpm: Annotated[float | None, parameter("Shaft speed, where no channel has it.", unit="rpm", ge=1, le=200_000)] = None
    out: Annotated[str | None, parameter("CSV file to write what is shown to.", path=True, file=True)] = None
    regimes: RegimeNames = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A pump's logs with what is known of the machine: what every analysis is given."""

    logs: AssetLogs
    facts: MachineFacts
    kept: dict[object, object] = field(default_factory=dict)
    """What was computed before of the same stretch: another choice in the window must not cost a tachometer's pulses again."""

    def keep(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gave for this key, the first time; the oldest are forgotten."""
        if key not in self.kept:
            while len(self.kept) >= _MOST_KEPT:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[key] = make()
        return cast("T", self.kept[key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Mean speed over a stretch, from where; `at_s` (from its start) and `rpm` [k] where several values lie in it."""

    mean_rpm: float
    source: str
    at_s: NDArray[np.float64] | None = None
    rpm: NDArray[np.float64] | None = None
    pulse_s: NDArray[np.float64] | None = None
    """Tachometer pulses, s from its start."""

    @property
    def shaft_hz(self) -> float:
        """Turns a second."""
        return self.mean_rpm / 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The stretches of a channel that an analysis is made of; `notes` say what was left out and why."""

    view: ChannelView
    offer: Offer
    stretches: tuple[Stretch, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_slow(self) -> bool:
        """Slow cycles of a trend: rates and frequencies are then counted per hour."""
        return self.offer.kind == "slow"


def open_for(request: AnalysisRequest, job: Job) -> Opened:
    """Open logs and facts of the request's pump, for a command that may write a file. Raises InputError."""
    if request.out:
        check_out_file(Path(request.out))
    logs = open_logged(request.project, request.asset, job)
    return Opened(logs=logs, facts=load_machine(request.project, request.asset))


def range_of(request: AnalysisRequest, logs: AssetLogs) -> tuple[int, int]:
    """The stretch that was asked for, ns; raises InputError where it ends before it begins."""
    start_ns = parse_utc(request.start) if request.start else logs.first_ns
    end_ns = parse_utc(request.end) if request.end else logs.last_ns + 1
    if end_ns <= start_ns:
        raise InputError(f"The stretch ends at {format_utc(end_ns)}, before it begins.", "Give a later end.")
    return start_ns, end_ns


def find_channel(logs: AssetLogs, name: str) -> ChannelView:
    """The channel of that name; raises InputError naming what there is."""
    for view in logs.channels:
        if view.name == name:
            return view
    known = ", ".join(view.name for view in logs.channels)
    raise InputError(f"{logs.asset} has no channel '{name}'.", f"There are: {known}.")


def offer_of(logs: AssetLogs, view: ChannelView) -> Offer:
    """Whether the channel may have a spectrum, in words."""
    from workbench.logs.analysis.offers import Sampling, spectrum_offer

    is_waveform = view.group == "waveform"
    period_s = 1.0 / view.rate_hz if view.rate_hz else logs.sample_period_s
    return spectrum_offer(
        Sampling(
            name=view.name, quantity=view.quantity, period_s=period_s, is_waveform=is_waveform, acquired=view.acquired,
            detected=view.detected,
        )
    )  # fmt: skip


def choose(opened: Opened, request: AnalysisRequest, *, is_whole: bool = False) -> Chosen:
    """The stretches of a channel that a request is about: `is_whole` all of them, for what reads them piece by piece.

    Raises InputError (with what would do) for a channel that has no spectrum, and where nothing is left.
    """
    logs, channel = opened.logs, request.channel
    start_ns, end_ns = range_of(request, logs)
    view = find_channel(logs, channel)
    offer = offer_of(logs, view)
    if offer.kind == "none":
        raise InputError(offer.why, offer.hint)
    stretches = _waveform(logs, channel, start_ns, end_ns) if offer.kind == "waveform" else _trend(logs, view, start_ns, end_ns)
    if not stretches:
        raise InputError(
            f"{channel} has no samples from {format_utc(start_ns)} to {format_utc(end_ns)}.", "Choose another stretch of time."
        )
    stretches, said = _in_regimes(opened, request, stretches)
    kept, notes = (tuple(stretches), ()) if is_whole else _within_limit(stretches)
    notes = (*said, *notes)
    if offer.why:
        notes = (offer.why, *notes)
    return Chosen(view=view, offer=offer, stretches=kept, notes=notes)


def _in_regimes(opened: Opened, request: AnalysisRequest, stretches: list[Stretch]) -> tuple[list[Stretch], tuple[str, ...]]:
    """Those in the operating states that were asked for, and how many they are."""
    if not request.regimes:
        return stretches, ()
    from workbench.services.regime_filter import bursts_within, find_spans

    names = request.regimes
    spans = opened.keep(("regimes", names), lambda: find_spans(request.project, request.asset, names))
    kept = bursts_within(stretches, spans or ())
    state = " or ".join(names)
    if not kept:
        raise InputError(
            f"{request.channel} has {len(stretches)} stretches here, and {request.asset} was not {state} in any of them.",
            "Choose another state or a longer stretch of time.",
        )
    return kept, (f"{len(kept)} of {len(stretches)} stretches: only while {state}.",)


def pick(stretches: Sequence[Stretch], at_utc: str | None) -> tuple[int | None, tuple[str, ...]]:
    """Number of the stretch nearest to an instant, and how far away it is where the instant lies in none; None without one."""
    if at_utc is None:
        return None, ()
    from workbench.logs.checks.phrases import format_instant

    at_ns = parse_utc(at_utc)
    ends = [(one.start_ns, one.start_ns + round(len(one.values) / one.rate_hz * NS_PER_S)) for one in stretches]
    away = [max(start - at_ns, at_ns - end, 0) for start, end in ends]
    number = min(range(len(away)), key=away.__getitem__)
    if not away[number]:
        return number, ()
    start_ns = stretches[number].start_ns
    side = "begins {} later" if start_ns > at_ns else "ended {} before"
    text = side.format(long_words(away[number] / NS_PER_S))
    said = f"Nothing was measured at {format_instant(at_ns)} UTC: the nearest burst, of {format_instant(start_ns)}, {text}."
    return number, (said,)


def long_words(seconds: float) -> str:
    """A length of time in the unit that suits it: '45 s', '12 min', '3.5 h', '12.2 days'."""
    for limit_s, unit_s, word in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit_s:
            return f"{seconds / unit_s:.3g} {word}"
    return f"{seconds / 86_400:.3g} days"


def _waveform(logs: AssetLogs, channel: str, start_ns: int, end_ns: int) -> list[Stretch]:
    from workbench.logs.analysis.maps import Stretch

    found = logs.bursts(channel, start_ns, end_ns)
    return [Stretch(start_ns=one.start_ns, rate_hz=one.rate_hz, values=one.values) for one in found]


def _trend(logs: AssetLogs, view: ChannelView, start_ns: int, end_ns: int) -> list[Stretch]:
    """Even stretches of a trend without missing values, at samples an hour; raises InputError where the steps are uneven."""
    import numpy as np

    from workbench.logs.analysis.maps import Stretch

    found = []
    for all_ns, all_values in logs.samples(view.name, start_ns, end_ns):
        good = np.isfinite(all_values)
        times_ns, values = all_ns[good], all_values[good]
        if len(times_ns) < 3:
            continue
        steps = np.diff(times_ns)
        step_ns = float(np.median(steps))
        if np.mean(np.abs(steps - step_ns) > 0.1 * step_ns) > 0.05:
            raise InputError(f"The steps of {view.name} are uneven: it has no slow cycles to show.", "Look at it over time.")
        edges = np.concatenate([[0], np.flatnonzero(steps > 1.5 * step_ns) + 1, [len(times_ns)]])
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            found.append(Stretch(start_ns=int(times_ns[first]), rate_hz=3600.0 * NS_PER_S / step_ns, values=values[first:last]))
    longest = max((len(one.values) for one in found), default=0)
    return [one for one in found if len(one.values) >= longest / 2]


def _within_limit(stretches: list[Stretch]) -> tuple[tuple[Stretch, ...], tuple[str, ...]]:
    """As many as fit: of many bursts every k-th, of one long stream its first part."""
    from dataclasses import replace

    total = sum(len(one.values) for one in stretches)
    if total <= MOST_SAMPLES:
        return tuple(stretches), ()
    if len(stretches) > 1:
        step = -(-total // MOST_SAMPLES)
        kept = tuple(stretches[::step])
        return kept, (f"{len(kept)} of {len(stretches)} bursts are shown, one in {step}: choose a shorter stretch for all.",)
    first = replace(stretches[0], values=stretches[0].values[:MOST_SAMPLES])
    seconds = MOST_SAMPLES / first.rate_hz
    return (first,), (f"The first {seconds:.0f} s of the stretch are shown: choose a shorter one for the rest.",)


# The shaft's speed


def speed_channel_of(logs: AssetLogs, facts: MachineFacts) -> str:
    """The person's choice, else the first trend of a speed; '' where there is none."""
    names = {view.name for view in logs.channels}
    if facts.speed_channel in names:
        return facts.speed_channel
    return next((v.name for v in logs.channels if v.quantity == "speed" and v.group == "trend"), "")


def tacho_channel_of(logs: AssetLogs, facts: MachineFacts) -> str:
    """The person's choice, else a waveform named as a key phase or tachometer; '' where there is none."""
    names = {view.name for view in logs.channels}
    if facts.tacho_channel in names:
        return facts.tacho_channel
    return next((v.name for v in logs.channels if v.group == "waveform" and _KEY_NAME.search(v.name)), "")


class Ticker:
    """Progress of a computation in blocks, which is where it can be cancelled."""

    def __init__(self, job: Job, first: float, last: float, words: str) -> None:
        self._job, self._first, self._last, self._words = job, first, last, words

    def tick(self, fraction: float) -> None:
        """Say how far it is; raises JobCancelled."""
        self._job.progress(self._first + (self._last - self._first) * fraction, self._words)


def middle_of(one: Stretch) -> tuple[Stretch, tuple[str, ...]]:
    """At most `MOST_SAMPLES` from a stretch's middle, for the shaft's speed, and what to say where that is not all of it."""
    from dataclasses import replace

    first = (len(one.values) - MOST_SAMPLES) // 2
    if first <= 0:
        return one, ()
    start_ns = one.start_ns + round(first / one.rate_hz * NS_PER_S)
    length = long_words(MOST_SAMPLES / one.rate_hz)
    part = replace(one, start_ns=start_ns, values=one.values[first : first + MOST_SAMPLES])
    return part, (f"The shaft's speed is that of the {length} in the middle.",)


def find_speed(opened: Opened, one: Stretch, typed_rpm: float | None) -> Speed | None:
    """Speed over a stretch: typed, else by tachometer, else by speed channel, else the nominal one; None where none is known."""
    if typed_rpm:
        return Speed(mean_rpm=typed_rpm, source="typed")
    span = one.start_ns, one.start_ns + round(len(one.values) / one.rate_hz * NS_PER_S)
    found = opened.keep(("speed", *span), lambda: _by_tacho(opened, *span) or _by_channel(opened, *span))
    if found is None and opened.facts.speed_rpm:
        return Speed(mean_rpm=opened.facts.speed_rpm, source="nominal")
    return found


def find_pulse_times(opened: Opened, start_ns: int, end_ns: int) -> NDArray[np.float64]:
    """Instants of tachometer pulses in s from `start_ns`; empty where there is no tachometer."""
    import numpy as np

    from workbench.logs.analysis.orders import find_pulses

    channel = tacho_channel_of(opened.logs, opened.facts)
    bursts = opened.logs.bursts(channel, start_ns, end_ns) if channel else []
    parts = [find_pulses(one.values, one.rate_hz) + (one.start_ns - start_ns) / NS_PER_S for one in bursts]
    return np.concatenate([np.zeros(0), *parts])


def _by_tacho(opened: Opened, start_ns: int, end_ns: int) -> Speed | None:
    import numpy as np

    pulses = find_pulse_times(opened, start_ns, end_ns)
    if len(pulses) < 4:
        return None
    rpm = 60.0 / np.diff(pulses) / opened.facts.pulses_per_turn
    mean = 60.0 * (len(pulses) - 1) / (pulses[-1] - pulses[0]) / opened.facts.pulses_per_turn
    middles = (pulses[1:] + pulses[:-1]) / 2
    return Speed(mean_rpm=float(mean), source=tacho_channel_of(opened.logs, opened.facts), at_s=middles, rpm=rpm, pulse_s=pulses)


def _by_channel(opened: Opened, start_ns: int, end_ns: int) -> Speed | None:
    import numpy as np

    channel = speed_channel_of(opened.logs, opened.facts)
    if not channel:
        return None
    factor = 60.0 if find_channel(opened.logs, channel).unit == "Hz" else 1.0
    parts = opened.logs.samples(channel, start_ns, end_ns)
    times = np.concatenate([np.zeros(0), *((times_ns - start_ns) / NS_PER_S for times_ns, _ in parts)])
    rpm = factor * np.concatenate([np.zeros(0), *(values.astype(np.float64) for _, values in parts)])
    good = np.isfinite(rpm)
    if good.sum() >= 3:
        order = np.argsort(times[good], kind="stable")
        return Speed(mean_rpm=float(rpm[good].mean()), source=channel, at_s=times[good][order], rpm=rpm[good][order])
    known = opened.logs.last_known(channel, (start_ns + end_ns) // 2)
    if known is None or start_ns - known.at_ns > _SPEED_MARGIN_NS or factor * known.value < 1:
        return None
    return Speed(mean_rpm=factor * known.value, source=channel)


# Writing what is shown


def write_columns(path: str, header: tuple[str, ...], columns: list[NDArray[np.float64]], about: tuple[str, ...] = ()) -> str:
    """A CSV of columns of one length, seven significant digits, comments with '#' before; returns the path."""
    lines = [f"# {line}" for line in about] + [",".join(map(csv_cell, header))]
    lines += [",".join(f"{value:.7g}" for value in row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    write_atomic(Path(path), ("\n".join(lines) + "\n").encode("utf-8"))
    return path
