"""The envelope spectrum of a waveform with the defect lines of a bearing, each judged against the floor around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import format_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.analysis_reads import (
    AnalysisRequest,
    Opened,
    Speed,
    choose,
    find_speed,
    open_for,
    pick,
    write_columns,
)
from workbench.services.analysis_spectrum import LineFound, Overlap

if TYPE_CHECKING:
    from workbench.logs.analysis.bearings import Bearing, DefectOrders
    from workbench.logs.analysis.defect_lines import Evidence
    from workbench.logs.analysis.envelope import Band, Kurtogram
    from workbench.logs.analysis.lines import MarkLevel, Peak
    from workbench.logs.analysis.maps import Stretch
    from workbench.logs.analysis.spectrum import Spectrum
    from workbench.services.machine import MachineFacts

NO_BEARING = "none"
LEAST_KURTOSIS = 0.5
"""Less spectral kurtosis than this, and the proposed band is hardly better than any other."""
_LOWEST_SHAFT_ORDER = 10.0
_LEAST_ORDERS_WIDE = 12.0
_TURNS_A_PIECE = 5.0
"""A cage turns at 0.4 of the shaft's speed: twice at least in each piece."""


class BandRequest(AnalysisRequest, frozen=True, kw_only=True):
    """Which band of a waveform carries the defects, and how sure the lines' places are."""

    low_hz: Annotated[float | None, parameter("Lower limit of the band; else the band is proposed.", unit="Hz", ge=0)] = None
    high_hz: Annotated[float | None, parameter("Upper limit of the band.", unit="Hz", ge=1)] = None
    slip: Annotated[float, parameter("How far lines may lie from the geometry's, as a share.", ge=0, le=0.2)] = 0.02

    @property
    def has_band(self) -> bool:
        """Whether a person gave the band."""
        return self.low_hz is not None or self.high_hz is not None

    def band(self, rate_hz: float) -> Band | None:
        """The band that a person gave of a waveform of `rate_hz`; None where it is to be proposed."""
        from workbench.logs.analysis.envelope import Band

        if not self.has_band:
            return None
        return Band(low_hz=self.low_hz or 0.0, high_hz=rate_hz / 2 if self.high_hz is None else self.high_hz)


class EnvelopeRequest(BandRequest, frozen=True, kw_only=True):
    """Show the envelope spectrum of a band, with the defect lines of a bearing."""

    at: Annotated[str | None, parameter("Take the one burst nearest to this instant, ISO 8601 UTC; else all are averaged.")] = (
        None
    )
    bearing: Annotated[str | None, parameter("Designation of the bearing; else what the project knows; 'none' for none.")] = None
    harmonics: Annotated[int, parameter("Harmonics of each defect line.", ge=1, le=10)] = 3
    resolution_hz: Annotated[
        float | None, parameter("Spacing of the lines; else of pieces of up to 65 536 samples.", unit="Hz", ge=1e-3)
    ] = None
    overlap: Overlap = 0.5
    is_squared: Annotated[bool, parameter("Spectrum of the squared envelope.", flag="--squared", negative_flag="--plain")] = False
    kurtogram: Annotated[str | None, parameter("Also write the spectral kurtosis of each band as CSV here.", path=True)] = None


class EnvelopeResult(Result, frozen=True, kw_only=True):
    """An envelope spectrum in figures; its lines stand in the CSV (`out`)."""

    channel: str
    unit: str
    first_utc: str
    n_bursts: int
    band_low_hz: float
    band_high_hz: float
    band_from: str
    kurtosis: float | None
    speed_rpm: float | None
    speed_from: str
    bearing: str
    orders: dict[str, float]
    defect_lines: tuple[LineFound, ...]
    stands_out: tuple[str, ...]
    """Defects whose own line stands at least 12 dB above the floor, the strongest first."""
    meets_shaft: tuple[str, ...]
    """Lines that stand out but can't be told from a multiple of shaft speed: they don't count."""
    outshone: tuple[str, ...]
    """Lines that stand out but lie so far below another defect's that they may be its own sidebands: they don't count."""
    peaks: tuple[LineFound, ...]
    notes: tuple[str, ...]
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePicture:
    """What the window draws: spectrum, band and where it came from, speed, bearing, and the level at each defect line."""

    request: EnvelopeRequest
    spectrum: Spectrum
    band: Band
    kurtogram: Kurtogram
    rate_hz: float
    burst_ns: tuple[int, ...]
    chosen: int | None
    speed: Speed | None
    bearing: Bearing | None
    orders: DefectOrders | None
    levels: tuple[MarkLevel, ...]
    peaks: tuple[Peak, ...]
    notes: tuple[str, ...]
    said: tuple[str, ...] = ()
    """How far the nearest burst is from the instant that was asked for: the page shows that by itself."""


def find_envelope_picture(opened: Opened, request: EnvelopeRequest, job: Job) -> EnvelopePicture:
    """Propose a band where none is given, and compute. Raises InputError in words for a channel without a spectrum."""
    import numpy as np

    from workbench.logs.analysis.lines import find_peaks, level_at
    from workbench.logs.analysis.maps import in_parts, one_rate

    chosen = choose(opened, request, is_whole=True)
    if chosen.is_slow:
        raise InputError(f"{request.channel} is a trend: it has no envelope.", "Choose a waveform at some kHz.")
    rate_hz, good = one_rate(chosen.stretches, by_piece=True)
    number, said = pick(good, request.at)
    whole = good if number is None else [good[number]]
    taken = in_parts(whole)
    speed = find_speed(opened, taken[len(taken) // 2], request.rpm)
    job.progress(0.1, "band")
    middle = taken[len(taken) // 2]
    kurtogram = find_kurtogram_of(opened, request.channel, middle, speed)
    band = request.band(middle.rate_hz) or kurtogram.best
    spectrum = _average(taken, rate_hz, chosen.view.unit, request, band, job)
    bearing, orders = find_bearing_of(request.bearing or opened.facts.bearing, opened.facts)
    heights = spectrum.amplitude("rms")
    levels = []
    if orders is not None and speed is not None:
        from workbench.logs.analysis.defect_lines import defect_marks

        marks = defect_marks(orders, speed.shaft_hz, slip=request.slip, n_harmonics=request.harmonics)
        levels = [level for mark in marks if (level := level_at(spectrum.frequency_hz, heights, mark)) is not None]
    lowest = np.flatnonzero(spectrum.frequency_hz >= 2.0 * spectrum.resolution_hz)
    peaks = find_peaks(spectrum.frequency_hz[lowest], heights[lowest])
    notes = chosen.notes
    if len(taken) > len(whole):
        notes = (*notes, "The band and the shaft's speed are those of a part in the middle; the lines are the mean of all parts.")
    if request.band(rate_hz) is None and (band.kurtosis or 0.0) < LEAST_KURTOSIS:
        notes = (*notes, "No band stands out: there are hardly any impacts in this stretch.")
    return EnvelopePicture(
        request=request, spectrum=spectrum, band=band, kurtogram=kurtogram, rate_hz=rate_hz,
        burst_ns=tuple(one.start_ns for one in good), chosen=number, speed=speed, bearing=bearing, orders=orders,
        levels=tuple(levels), peaks=peaks, notes=notes, said=said,
    )  # fmt: skip


def find_kurtogram_of(opened: Opened, channel: str, one: Stretch, speed: Speed | None) -> Kurtogram:
    """The kurtogram of a stretch, made once: bands above ten shaft orders, pieces of five turns."""
    key = ("kurtogram", channel, one.start_ns, len(one.values), speed and speed.mean_rpm)
    return opened.keep(key, lambda: _kurtogram_of(one, speed))


def _kurtogram_of(one: Stretch, speed: Speed | None) -> Kurtogram:
    from workbench.logs.analysis.envelope import find_kurtogram

    shaft_hz = speed.shaft_hz if speed else one.rate_hz / 1000.0
    width_hz = min(_LEAST_ORDERS_WIDE * shaft_hz, one.rate_hz / 8)
    low_hz = min(_LOWEST_SHAFT_ORDER * shaft_hz, one.rate_hz / 8)
    piece_s = _TURNS_A_PIECE / shaft_hz
    return find_kurtogram(one.values, one.rate_hz, low_hz=low_hz, least_width_hz=width_hz, piece_s=piece_s)


def _average(taken: list[Stretch], rate_hz: float, unit: str, request: EnvelopeRequest, band: Band, job: Job) -> Spectrum:
    """Envelope spectra of all bursts, their mean squares averaged."""
    from dataclasses import replace

    import numpy as np

    from workbench.logs.analysis.envelope import find_envelope_spectrum
    from workbench.logs.analysis.spectrum import SpectrumOptions

    options = SpectrumOptions(resolution_hz=request.resolution_hz, overlap=request.overlap)
    shortest = min(len(one.values) for one in taken)
    found, mean, n_averages = None, np.zeros(0), 0
    for index, one in enumerate(taken):
        job.progress(0.2 + 0.7 * index / len(taken), f"part {index + 1} of {len(taken)}")
        found = find_envelope_spectrum(one.values[:shortest], rate_hz, band, unit, options, is_squared=request.is_squared)
        mean = found.mean_square if index == 0 else mean + found.mean_square
        n_averages += found.n_averages
    assert found is not None
    return replace(found, mean_square=mean / len(taken), n_averages=n_averages)


def find_bearing_of(name: str, facts: MachineFacts) -> tuple[Bearing | None, DefectOrders | None]:
    """A bearing by its designation, a pump's own ones first, with its orders; nothing for '' and 'none'. Raises InputError."""
    from workbench.logs.analysis.bearings import find_bearing, find_defect_orders

    if not name or name == NO_BEARING:
        return None, None
    bearing = find_bearing(name, facts.own_bearings)
    return bearing, find_defect_orders(bearing)


def find_standing_out(picture: EnvelopePicture) -> Evidence:
    """Defects whose own line stands out of the picture; none without speed or bearing."""
    from workbench.logs.analysis.defect_lines import Evidence, find_evidence

    if picture.speed is None:
        return Evidence(kinds=())
    return find_evidence(picture.levels, picture.speed.shaft_hz, picture.spectrum.resolution_hz)


def log_envelope(request: EnvelopeRequest, job: Job) -> EnvelopeResult:
    """Compute, and write the lines as CSV where asked."""
    picture = find_envelope_picture(open_for(request, job), request, job)
    spectrum, speed = picture.spectrum, picture.speed
    if request.out:
        about = (
            f"{request.asset} {request.channel}, envelope of {picture.band.low_hz:.0f} to {picture.band.high_hz:.0f} Hz, RMS",
        )
        header = ("frequency [Hz]", f"{request.channel} [{spectrum.unit}]")
        write_columns(request.out, header, [spectrum.frequency_hz, spectrum.amplitude("rms")], (*about, *picture.notes))
    if request.kurtogram:
        _write_kurtogram(picture, request.kurtogram)
    hz = speed.shaft_hz if speed else None
    evidence = find_standing_out(picture)
    return EnvelopeResult(
        channel=request.channel, unit=spectrum.unit, first_utc=format_utc(picture.burst_ns[picture.chosen or 0]),
        n_bursts=1 if picture.chosen is not None else len(picture.burst_ns), band_low_hz=picture.band.low_hz,
        band_high_hz=picture.band.high_hz, band_from="typed" if request.has_band else "spectral kurtosis",
        kurtosis=picture.band.kurtosis, speed_rpm=speed.mean_rpm if speed else None, speed_from=speed.source if speed else "",
        bearing=picture.bearing.designation if picture.bearing else "",
        orders={name: getattr(picture.orders, name) for name in ("bpfo", "bpfi", "bsf", "ftf")} if picture.orders else {},
        defect_lines=tuple(
            LineFound(
                name=level.mark.name, frequency=level.frequency, order=level.frequency / hz if hz else None,
                amplitude=level.amplitude, above_floor_db=level.above_floor_db,
            )
            for level in picture.levels
        ),
        stands_out=evidence.kinds,
        meets_shaft=tuple(f"{kind} meets {multiple}X" for kind, multiple in evidence.meets),
        outshone=tuple(f"{kind} lies {below:.0f} dB below {other}" for kind, below, other in evidence.outshone),
        peaks=tuple(
            LineFound(
                name="", frequency=peak.frequency, order=peak.frequency / hz if hz else None, amplitude=peak.amplitude,
                above_floor_db=peak.above_floor_db,
            )
            for peak in picture.peaks
        ),
        notes=(*picture.notes, *picture.said), out=request.out,
    )  # fmt: skip


def _write_kurtogram(picture: EnvelopePicture, path: str) -> None:
    import numpy as np

    cells = picture.kurtogram.cells(picture.rate_hz / 2)
    header = ("band from [Hz]", "to [Hz]", "spectral kurtosis")
    columns = [np.array([getattr(cell, name) for cell in cells]) for name in ("low_hz", "high_hz", "kurtosis")]
    write_columns(path, header, columns, (f"{picture.request.asset} {picture.request.channel}, kurtogram",))


class BearingsRequest(Request, frozen=True, kw_only=True):
    """List the bearings that are known, with their defect orders."""

    own: Annotated[str | None, parameter("Project folder with bearings of your own.", path=True, flag="--project")] = None
    asset: Annotated[str | None, parameter("Equipment tag, for bearings of your own.")] = None


class BearingRow(Record, frozen=True, kw_only=True):
    """One bearing: geometry, source, and defect frequencies as multiples of shaft speed."""

    designation: str
    n_elements: int
    element_mm: float
    pitch_mm: float
    contact_deg: float
    bpfo: float
    bpfi: float
    bsf: float
    ftf: float
    source: str


class BearingsResult(Result, frozen=True, kw_only=True):
    """Own bearings first, then the examples."""

    bearings: tuple[BearingRow, ...]


def list_bearings(request: BearingsRequest, job: Job) -> BearingsResult:
    """The table, with the orders computed."""
    from workbench.logs.analysis.bearings import find_defect_orders, load_bearings
    from workbench.services.machine import load_machine

    own = load_machine(request.own, request.asset).own_bearings if request.own and request.asset else ()
    rows = []
    for one in (*own, *load_bearings()):
        orders = find_defect_orders(one)
        rows.append(
            BearingRow(
                designation=one.designation, n_elements=one.n_elements, element_mm=one.element_mm, pitch_mm=one.pitch_mm,
                contact_deg=one.contact_deg, bpfo=orders.bpfo, bpfi=orders.bpfi, bsf=orders.bsf, ftf=orders.ftf,
                source=one.source,
            )
        )  # fmt: skip
    return BearingsResult(bearings=tuple(rows))
