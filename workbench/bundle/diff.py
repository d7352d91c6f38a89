"""What changed between two manifests, in sentences for the person who approves the newer one."""

from __future__ import annotations

import msgspec

from workbench.bundle.manifest import Manifest

_WORDS = {
    "name": "Name", "model_line": "Model line", "release": "Release", "floor": "Security floor", "boards": "Boards",
    "variant": "Variant", "golden_tolerance": "Allowed error of a golden score", "run": "Run", "family": "Model family",
    "created_utc": "Trained", "carries_plant_data": "Carries plant data",
}  # fmt: skip
_SPEC_WORDS = {
    "task": "Task", "sample_period_s": "Sample period (s)", "window_samples": "Window (samples)",
    "stride_samples": "Stride (samples)", "hold_limit_s": "Hold limit (s)", "on_delay_s": "On-delay (s)",
    "off_delay_s": "Off-delay (s)", "deadband": "Deadband", "classes": "Classes", "rul_alert_h": "Alert at hours left",
}  # fmt: skip


def describe_difference(before: Manifest, after: Manifest) -> tuple[str, ...]:
    """One sentence a difference: fields, alarm rule, channels, members. Empty when nothing differs."""
    return (
        *_fields(before, after, _WORDS),
        *_fields(before.spec, after.spec, _SPEC_WORDS),
        *_named("Channel", {item.name: item for item in before.spec.channels}, {item.name: item for item in after.spec.channels}),
        *_named("Member", {item.name: item for item in before.members}, {item.name: item for item in after.members}),
    )


def _fields(before: msgspec.Struct, after: msgspec.Struct, words: dict[str, str]) -> list[str]:
    pairs = [(word, getattr(before, name), getattr(after, name)) for name, word in words.items()]
    return [f"{word}: {_text(old)} → {_text(new)}." for word, old, new in pairs if old != new]


def _named(kind: str, before: dict[str, msgspec.Struct], after: dict[str, msgspec.Struct]) -> list[str]:
    gone = [f"{kind} {name} is gone." for name in before if name not in after]
    new = [f"{kind} {name} is new." for name in after if name not in before]
    changed = [f"{kind} {name} has changed." for name in after if name in before and after[name] != before[name]]
    return [*gone, *new, *changed]


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
