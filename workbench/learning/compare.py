"""Two runs compared in words: what differs in recipe, data and parameters, and what came of it."""

from __future__ import annotations

import msgspec

from workbench.learning.run import RunRecord

_METRIC_WORDS = {
    "n_caught": "events caught",
    "median_delay_s": "median detection delay in seconds",
    "false_alarms_per_week": "false alarms a pump-week",
    "f1": "F1 over windows",
    "far": "false alarm rate over windows",
    "mar": "missed alarm rate over windows",
    "roc_auc": "area under the ROC curve",
    "macro_f1": "macro F1 over classes",
    "mae_h": "mean error in hours left",
    "size_kb": "size in kB",
    "latency_ms": "time for one window in ms",
}
_SIGNIFICANT = 3


def compare_records(first: RunRecord, second: RunRecord, names: tuple[str, str]) -> tuple[str, ...]:
    """Sentences, each about one difference; `names` are what the runs are called in them."""
    return (
        *_of_model(first, second, names),
        *_of_recipe(first, second, names),
        *_of_data(first, second, names),
        *_of_metrics(first, second, names),
    )


def _of_model(first: RunRecord, second: RunRecord, names: tuple[str, str]) -> list[str]:
    found = []
    if first.family != second.family:
        found.append(f"{names[0]} is {first.title}, {names[1]} is {second.title}.")
    if first.seed != second.seed:
        found.append(f"The seed is {first.seed} in {names[0]} and {second.seed} in {names[1]}.")
    if first.model_sha256 == second.model_sha256:
        found.append("Both models are the same, byte by byte.")
    return found


def _of_recipe(first: RunRecord, second: RunRecord, names: tuple[str, str]) -> list[str]:
    ours, theirs = msgspec.to_builtins(first.recipe), msgspec.to_builtins(second.recipe)
    own = {"families", "seed", "params"}
    found = [
        f"Recipe: {name} is {_value(ours[name])} in {names[0]} and {_value(theirs[name])} in {names[1]}."
        for name in ours
        if name not in own and ours[name] != theirs[name]
    ]
    if first.params != second.params:
        found.append(f"Settings: {_settings(first.params)} in {names[0]} and {_settings(second.params)} in {names[1]}.")
    return found


def _of_data(first: RunRecord, second: RunRecord, names: tuple[str, str]) -> list[str]:
    found = []
    ours, theirs = {ref.recording for ref in first.data}, {ref.recording for ref in second.data}
    if ours != theirs:
        alone = f"{len(ours - theirs)} only in {names[0]}, {len(theirs - ours)} only in {names[1]}"
        found.append(f"{len(ours & theirs)} recordings are in both; {alone}.")
    corrected = [{ref.asset: ref.corrections for ref in record.data if ref.corrections} for record in (first, second)]
    changed = sorted(asset for asset in corrected[0] | corrected[1] if corrected[0].get(asset) != corrected[1].get(asset))
    if changed:
        found.append(f"The logs of {', '.join(changed)} were seen through other corrections.")
    for label, mine, other in (
        ("Channels", [channel.name for channel in first.spec.channels], [channel.name for channel in second.spec.channels]),
        ("Features", list(first.features), list(second.features)),
        ("Events", [event.id for event in first.events], [event.id for event in second.events]),
    ):
        if set(mine) != set(other):
            extra, lacking = len(set(mine) - set(other)), len(set(other) - set(mine))
            found.append(f"{label}: {len(mine)} and {len(other)}; {extra} only in {names[0]}, {lacking} only in {names[1]}.")
    if first.split_id != second.split_id:
        found.append("They were measured on different hold-outs: their figures can't be compared directly.")
    if first.provenance != second.provenance:
        found.append(f"Made by {_version(first)} and {_version(second)}, or with other library versions.")
    return found


def _of_metrics(first: RunRecord, second: RunRecord, names: tuple[str, str]) -> list[str]:
    found = []
    for name, words in _METRIC_WORDS.items():
        ours, theirs = first.metrics.get(name), second.metrics.get(name)
        if ours != theirs and not (ours is None and theirs is None):
            found.append(f"{words[0].upper()}{words[1:]}: {_number(ours)} in {names[0]}, {_number(theirs)} in {names[1]}.")
    return found


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.{_SIGNIFICANT}g}" if abs(value) < 1000 else f"{value:.0f}"


def _value(value: object) -> str:
    return "automatic" if value in (0, 0.0, [], {}) else str(value)


def _settings(params: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in params.items()) or "defaults"


def _version(record: RunRecord) -> str:
    return f"version {record.provenance.workbench_version} on Python {record.provenance.python_version}"
