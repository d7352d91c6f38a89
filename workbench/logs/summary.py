"""What is known about a log once it was read: facts, quality findings and open questions.

Plain frozen records that are stored beside a recording. Instants are ns since 1970-01-01 UTC; services turn them into
text. Must not import anything but core.
"""

from __future__ import annotations

from typing import Literal

from workbench.core.codec import Record

Severity = Literal["failure", "function_check", "out_of_specification", "maintenance_required", "not_checked"]
Group = Literal["trend", "waveform"]
"""Trend: scalars up to about 10 Hz. Waveform: bursts or streams at an even, high rate."""
Acquired = Literal["sampled", "on_change", "historian_compressed", "averaged", "burst", "unknown"]
"""How samples came about: at a clock's tick, when the value changed, thinned by a historian, as means, in bursts."""
Detected = Literal["raw", "rms", "peak", "peak_to_peak", "unknown"]
"""What a sample is of its signal: the instantaneous value itself, or a figure taken over a stretch of it."""


CHECKS_VERSION = 6
"""Raised whenever the rules of `quality` find more or other things: findings of older ones are looked for again."""

RemedyAction = Literal["exclude", "scale", "swap", "missing", "clock"]


class Remedy(Record, frozen=True, kw_only=True):
    """What would mend a finding, where it is known; a person decides whether it is done.

    `exclude` leaves the span out, `scale` makes value × factor + offset of it, `swap` exchanges it with `other`, `missing` turns
    one value into no value, `clock` moves its instants by `shift_s` seconds.
    """

    action: RemedyAction
    factor: float = 1.0
    offset: float = 0.0
    other: str = ""
    value: float = 0.0
    shift_s: float = 0.0


class Finding(Record, frozen=True, kw_only=True):
    """Something about the quality of a channel (or of the whole log when `channel` is None)."""

    code: str
    """FLAT_LINE, SATURATED, ZERO_SUSPECTED, SENTINEL, GAP, CLOCK_BACK and the like."""
    text: str
    channel: str | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    severity: Severity = "out_of_specification"
    remedy: Remedy | None = None


class Question(Record, frozen=True, kw_only=True):
    """What the file can't tell. `channel` when it concerns one channel only; `blocks` when import waits for the answer."""

    code: str
    text: str
    choices: tuple[str, ...] = ()
    default: str | None = None
    channel: str | None = None
    blocks: bool = False


class ChannelFacts(Record, frozen=True, kw_only=True):
    """One channel in numbers. `bad` counts cells by reason, `n_absent` cells that were never written."""

    name: str
    unit: str | None
    n_good: int
    bad: dict[str, int]
    min: float | None
    max: float | None
    mean: float | None
    quantity: str = ""
    n_absent: int = 0
    acquired: Acquired = "unknown"
    detected: Detected = "unknown"
    band_hz: tuple[float, float] | None = None
    """Lowest and highest frequency that a sample stands for, where the file says so."""


class LeftOut(Record, frozen=True, kw_only=True):
    """A column that is no input, and why: label, index, quality, annotation, time, equipment."""

    channel: str
    why: str
    machine: str = ""
    """Of a column that names the machine: which, where it says the same in every row."""


class RecordingFacts(Record, frozen=True, kw_only=True):
    """One recording: where it came from, its time axis, channels, findings and the questions that stay open on it."""

    source: str
    """File name of the first source (in order of time)."""
    rows: int
    first_ns: int | None
    last_ns: int | None
    sample_period_s: float | None
    """Median step of the sorted instants; None with fewer than two rows."""
    channels: tuple[ChannelFacts, ...]
    n_gaps: int
    n_duplicates_dropped: int
    n_backward_steps: int
    findings: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    labels: tuple[str, ...] = ()
    """Names of label-like columns that are kept aside."""
    sources: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    group: Group = "trend"
    rate_hz: float | None = None
    """Exact sample rate of a waveform (its step need not be a whole number of ns); None for a trend."""
    n_bursts: int = 0
    """Stretches without a break of a waveform; 0 for a trend."""
    machine: str = ""
    """The machine that the rows name, where a file is about several; '' otherwise."""
    checks: int = 1
    """Version of the checks that made the findings."""

    @property
    def is_dated(self) -> bool:
        """Whether anybody knows when it began; else its instants are counted from an invented one."""
        return all(question.code != "TIME_RELATIVE" for question in self.questions)

    @property
    def filled(self) -> float:
        """The share of the rows that the middle one of the channels was due in, 0 to 1."""
        shares = sorted(1.0 - one.n_absent / max(self.rows, 1) for one in self.channels)
        return shares[len(shares) // 2] if shares else 1.0

    @property
    def named_machine(self) -> str:
        """The machine that a column names in every row; '' without such a column."""
        return next((one.machine for one in self.left_out if one.machine), "")
