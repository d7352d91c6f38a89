"""The model card: one page of Markdown that tells a person what the model reads, how well it did, and what it can't do.

After Mitchell et al. 2019, "Model Cards for Model Reporting": intended use, data, metrics, slices, limits. Names and words
from files are untrusted: what Markdown would take for markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.bundle.words import HIDDEN
from workbench.core.scoring_spec import ScoringSpec

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!])")
_TASKS = {
    "anomaly": "tells whether a pump behaves unlike its good past",
    "classify": "tells which known fault a pump shows",
    "rul": "estimates the hours left until a pump needs work",
}
_ADVISORY = (
    "Advisory only: outside every trip, interlock and safety function.",
    "Knows only the pumps, regimes and sensors it was trained on; after a repair or a change of duty, look at drift first.",
    "A window with missing samples has no score; no score is not a good score.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the card tells. `slices` are rows of (name, events caught, events, false alarms per week)."""

    name: str
    model_line: str
    release: int
    family: str
    variant: str
    spec: ScoringSpec
    trained_utc: str
    data: Sequence[str]
    metrics: Mapping[str, float | None]
    slices: Sequence[tuple[str, str, str, str]] = ()
    n_golden: int = 0
    golden_tolerance: float = 0.0
    carries_plant_data: bool = True
    notes: Sequence[str] = ()


def build_card(facts: CardFacts) -> bytes:
    """The card as UTF-8 Markdown; the same facts give the same bytes."""
    sections = [_heading(facts), _inputs(facts.spec), _data(facts), _metrics(facts), _slices(facts), _limits(facts)]
    return ("\n\n".join(section for section in sections if section) + "\n").encode()


def plain(text: str) -> str:
    """Text from a file, safe inside Markdown: no control or direction marks, no markup."""
    return _MARKUP.sub(r"\\\1", HIDDEN.sub(" ", text)).strip()


def format_number(value: float | None) -> str:
    """Four significant digits, a dash for what was not measured."""
    return "–" if value is None else f"{value:.4g}"


def _heading(facts: CardFacts) -> str:
    does = _TASKS[facts.spec.task]
    return (
        f"# {plain(facts.name)}, release {facts.release}\n\n"
        f"Model line **{plain(facts.model_line)}**. The model ({plain(facts.family.replace('_', ' '))}, {facts.variant}) {does}; "
        f"trained {plain(facts.trained_utc) or 'at an unknown time'}."
    )


def _inputs(spec: ScoringSpec) -> str:
    rows = [[plain(channel.name), plain(channel.unit) or "–", plain(channel.quantity) or "–"] for channel in spec.channels]
    seconds = spec.window_samples * spec.sample_period_s
    return (
        "## Inputs\n\n" + _table(["Channel", "Unit", "Quantity"], rows) + "\n\n"
        f"One sample every {format_number(spec.sample_period_s)} s, windows of {spec.window_samples} samples "
        f"({format_number(seconds)} s), a score every {format_number(spec.stride_samples * spec.sample_period_s)} s. "
        f"A missing sample is held for up to {format_number(spec.hold_limit_s)} s. "
        f"Alert at score 0.5, on-delay {format_number(spec.on_delay_s)} s, off-delay {format_number(spec.off_delay_s)} s."
    )


def _data(facts: CardFacts) -> str:
    lines = [f"- {plain(line)}" for line in facts.data] or ["- not recorded"]
    carried = "real recordings of this plant" if facts.carries_plant_data else "generated signals"
    golden = (
        f"The bundle carries {facts.n_golden} golden vectors (allowed error {format_number(facts.golden_tolerance)}) "
        f"and a drift reference, taken from {carried}."
    )
    return "## Data\n\n" + "\n".join(lines) + f"\n\n{golden}"


def _metrics(facts: CardFacts) -> str:
    rows = [[plain(name), format_number(value)] for name, value in sorted(facts.metrics.items())]
    return "## Metrics on the hold-out\n\n" + _table(["Metric", "Value"], rows) if rows else ""


def _slices(facts: CardFacts) -> str:
    rows = [[plain(cell) for cell in row] for row in facts.slices]
    header = ["Slice", "Caught", "Events", "False alarms per week"]
    return "## Slices, worst first\n\n" + _table(header, rows) if rows else ""


def _limits(facts: CardFacts) -> str:
    return "## Limits\n\n" + "\n".join(f"- {line}" for line in (*_ADVISORY, *map(plain, facts.notes)))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
