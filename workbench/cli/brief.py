"""What of a result a person sees in the terminal: chosen columns where rows are wide, counts where curves are long.

Programs read `--json`, which has everything; a person who wants it all asks for that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from workbench.services.common import answer_words

_MOST_POINTS = 12
_ID_LENGTH = 12
_CHANNEL = {"UNIT_UNKNOWN": "@CHANNEL"}
"""Questions that are answered for each channel."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Rows in a list called `key` that have the field `mark` are shown as `make` says."""

    key: str
    mark: str
    make: Callable[[Row], dict[str, object]]


def brief(value: object, key: str = "") -> object:
    """The same tree (of builtins) with wide rows and long curves cut; equal to `value` where nothing is left out."""
    if isinstance(value, dict):
        return {name: brief(item, str(name)) for name, item in _with_unit(value).items()}
    if not isinstance(value, (list, tuple)) or not value:
        return value
    if len(value) > _MOST_POINTS and all(_is_point(item) for item in value):
        return f"{len(value)} points"
    rows = [item for item in value if isinstance(item, dict)]
    shape = next((shape for shape in _SHAPES if shape.key == key and rows and shape.mark in rows[0]), None)
    if shape is not None and len(rows) == len(value):
        return _without_empty_columns([shape.make(row) for row in rows])
    return type(value)(brief(item) for item in value)


def question_text(row: Row) -> str:
    """What an importer asks, and below it the words that answer it on the command line."""
    code, channel = str(row["code"]), f"@{row['channel']}" if row.get("channel") else ""
    given = row.get("choices")
    choices = given if isinstance(given, (list, tuple)) else ()
    words = answer_words(code, channel or _CHANNEL.get(code, ""), choices)
    answer = "--zone Europe/Oslo" if code == "ZONE_UNKNOWN" else words
    until = "nothing is read before that" if row.get("blocks") else f"until then: {row.get('default') or 'none'}"
    return f"{row['text']}\n  → {answer}   ({until})"


def _is_point(item: object) -> bool:
    return isinstance(item, (list, tuple)) and len(item) > 1 and all(isinstance(part, (int, float)) for part in item)


def _without_empty_columns(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    kept = [name for name in rows[0] if any(row.get(name) not in (None, "", (), []) for row in rows)]
    return [{name: row.get(name) for name in kept} for row in rows]


def _columns(*names: str) -> Callable[[Row], dict[str, object]]:
    def make(row: Row) -> dict[str, object]:
        return {name: row.get(name) for name in names}

    return make


def _run(row: Row) -> dict[str, object]:
    metrics = row["metrics"] if isinstance(row["metrics"], dict) else {}
    return {
        "run": str(row["id"])[:_ID_LENGTH],
        "family": row["title"],
        "champion": "yes" if row.get("is_champion") else "",
        "events_caught": _of(metrics.get("n_caught"), metrics.get("n_events")),
        "delay_min": _scaled(metrics.get("median_delay_s"), 1 / 60),
        "false_alarms_a_week": _rounded(metrics.get("false_alarms_per_week")),
        "95_%": _range(metrics.get("false_alarms_low"), metrics.get("false_alarms_high")),
        "f1": _rounded(metrics.get("f1")),
        "accuracy": _rounded(metrics.get("accuracy")),
        "mae_h": _rounded(metrics.get("mae_h")),
        "roc_auc": _rounded(metrics.get("roc_auc")),
        "size_kb": _rounded(metrics.get("size_kb")),
    }


def _variant(row: Row) -> dict[str, object]:
    parity = row["parity"] if isinstance(row["parity"], dict) else {}
    return {
        "form": row["name"],
        "recommended": "yes" if row.get("is_recommended") else "",
        "size_bytes": row.get("size_bytes"),
        "ram_bytes": row.get("ram_bytes"),
        "latency_ms": _rounded(row.get("latency_ms")),
        "largest_error": _rounded(parity.get("largest_error")),
        "alarms_changed": _of(parity.get("n_alarms_changed"), parity.get("n_alarms")),
        "passed": parity.get("is_passed"),
        "fits": all(row.get(name) for name in ("fits_flash", "fits_ram", "fits_latency")),
        "note": row.get("note"),
    }


def _event(row: Row) -> dict[str, object]:
    names = ("asset", "name", "start_utc", "end_utc", "state", "author", "source", "kind", "mode", "action", "distance")
    return {"id": str(row.get("id") or "")[:_ID_LENGTH], **{name: row.get(name) for name in names}}


def _regime(row: Row) -> dict[str, object]:
    names = ("asset", "name", "start_utc", "end_utc", "speed_rpm")
    short = {name: str(row.get(name) or "")[:_ID_LENGTH] for name in ("edit", "recording")}
    return {**{name: row.get(name) for name in names}, **short}


def _regime_edit(row: Row) -> dict[str, object]:
    names = ("asset", "name", "start_utc", "end_utc", "why", "author")
    return {"id": str(row.get("id") or "")[:_ID_LENGTH], **{name: row.get(name) for name in names}}


def _correction(row: Row) -> dict[str, object]:
    """What it does in words: of its sixteen fields most say nothing about any one action."""
    from workbench.services.corrections import Correction, words_of

    what = words_of(msgspec.convert({**row, "start_utc": "", "end_utc": ""}, Correction))
    names = ("start_utc", "end_utc", "recording", "finding", "why", "author")
    shown = {name: str(row.get(name) or "")[:_ID_LENGTH] if name == "recording" else row.get(name) for name in names}
    return {"id": str(row.get("id") or "")[:_ID_LENGTH], "asset": row.get("asset"), "what": what, **shown}


def _with_unit(row: Row) -> Row:
    """A resolution with the unit that it is in."""
    unit = row.get("frequency_unit") or row.get("y_unit")
    resolution = row.get("resolution")
    return {**row, "resolution": f"{resolution:.6g} {unit}"} if unit and isinstance(resolution, float) else row


def _of(part: object, whole: object) -> str:
    return "" if part is None or whole is None else f"{part:g} of {whole:g}"


def _range(low: object, high: object) -> str:
    return f"{low:.3g} to {high:.3g}" if isinstance(low, (int, float)) and isinstance(high, (int, float)) else ""


def _scaled(value: object, factor: float) -> object:
    return _rounded(value * factor) if isinstance(value, (int, float)) else None


def _rounded(value: object) -> object:
    return f"{value:.3g}" if isinstance(value, float) else value


_SHAPES = (
    _Shape("runs", "metrics", _run),
    _Shape("variants", "parity", _variant),
    _Shape("entries", "previous", _columns("number", "at_utc", "act", "on", "what", "who", "state")),
    _Shape("events", "mechanism", _event),
    _Shape("changed", "mechanism", _event),
    _Shape("disagreements", "first_id", _columns("kind", "start_utc", "end_utc", "first", "second", "overlap")),
    _Shape("regimes", "speed_rpm", _regime),
    _Shape("edits", "why", _regime_edit),
    _Shape("corrections", "drift_ppm", _correction),
    _Shape("items", "details", _columns("kind", "id", "name", "asset", "created_utc")),
    _Shape("channels", "effect_limit", _columns("channel", "unit", "effect", "effect_limit", "is_over", "over_since_utc")),
)
