"""The recipe: everything that turns recordings into models, as one commented TOML file that a person may edit."""

from __future__ import annotations

import difflib
import tomllib
from typing import Annotated, Literal

import msgspec

from workbench.core.boards import find_board
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.scoring_spec import Task
from workbench.learning.families.registry import families_for, find_family

ReferenceChoice = Literal["latest", "all"]
Preset = Literal["pump", "minimal"]
Fraction = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]

PRESETS: dict[str, tuple[str, ...]] = {
    "pump": ("mean", "std", "min", "max", "slope", "mean_abs_diff"),
    "minimal": ("mean", "std"),
}
"""Features of each preset at any rate of sampling."""
SHAPE_FEATURES = ("skewness", "kurtosis", "crest_factor", *(f"band_{number}" for number in range(1, 9)))
"""Added by the preset `pump` where a window has enough samples for them to mean something."""
SHAPE_MIN_SAMPLES = 64


class Recipe(Record, frozen=True, kw_only=True):
    """See `COMMENTS` for what each field means; 0 stands for automatic where it says so."""

    task: Task = "anomaly"
    preset: Preset = "pump"
    channels: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    params: dict[str, dict[str, float]] = msgspec.field(default_factory=dict)
    window_s: Seconds = 0.0
    stride_s: Seconds = 0.0
    hold_limit_s: Seconds = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 1
    seeds: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    board: str = "linux-gateway"
    split_by: Literal["auto", "asset", "time"] = "auto"
    gap_windows: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 2
    validate_fraction: Fraction = 0.2
    holdout_fraction: Fraction = 0.3
    reference_fraction: Fraction = 0.35
    reference_periods: ReferenceChoice = "latest"
    steady_only: bool = True
    regimes: tuple[str, ...] = ()
    false_alarms_per_week: Annotated[float, msgspec.Meta(gt=0, le=10000)] = 0.5
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    deadband: Annotated[float, msgspec.Meta(ge=0, lt=0.5)] = 0.0
    rul_alert_h: Annotated[float, msgspec.Meta(gt=0)] = 48.0
    rul_cap_h: Annotated[float, msgspec.Meta(gt=0)] = 240.0


COMMENTS: dict[str, str] = {
    "task": "What the model is to tell: anomaly, classify (which fault) or rul (hours left).",
    "preset": "Set of features where `features` is empty: pump or minimal.",
    "channels": "Input channels; empty: all that suit. Columns that look like labels are never inputs.",
    "features": "Features by name; empty: those of the preset.",
    "families": "Model families; empty: all that suit the task. The baselines always run.",
    "params": "Settings of a family over its defaults, such as { isolation_forest = { n_trees = 200 } }.",
    "window_s": "Length of a window in seconds; 0: 20 samples, at least 30 s.",
    "stride_s": "Seconds from one window's end to the next one's; 0: half a window.",
    "hold_limit_s": "A missing sample is held this long, then there is no score; 0: three samples.",
    "seed": "First seed of all random numbers.",
    "seeds": "How many seeds each family is trained with.",
    "board": "Board whose budget the models should fit.",
    "split_by": "auto: by pump where there are three or more, else by time within each pump; or asset, or time.",
    "gap_windows": "Windows left out between parts of one pump, so that neighbours don't leak.",
    "validate_fraction": "Share of the pumps (or of the time, with one or two pumps) that sets the threshold.",
    "holdout_fraction": "Share of the pumps (or of the time) that only measures; never used for fitting.",
    "reference_fraction": "Share of a pump's time, from its start, that is known to be good where it has no labelled events.",
    "reference_periods": "Which stretches between works on a pump (such as a new impeller) show it healthy: latest or all.",
    "steady_only": "Whether anomaly families leave starts, stops and ramps unscored (supervised families learn them).",
    "regimes": "Operating states to learn from and to be measured in, such as steady; empty: all. See workbench logs regimes.",
    "false_alarms_per_week": "False alarms a pump-week of running time that the threshold aims at.",
    "on_delay_s": "The score must stay over the threshold this long before an alert.",
    "off_delay_s": "The score must stay under it this long before the alert ends.",
    "deadband": "How far under the threshold the score must fall to end an alert (score scale, 0 to 0.5).",
    "rul_alert_h": "For rul: hours left at which the score reaches the threshold.",
    "rul_cap_h": "For rul: more hours than this are not told apart.",
}


def format_recipe(recipe: Recipe) -> str:
    """The recipe as TOML with a comment over each field."""
    import tomli_w

    lines = ["# A recipe of Pump Workbench. Edit it, then: workbench train RECIPE --project DIR", ""]
    for name, value in msgspec.to_builtins(recipe).items():
        lines += [f"# {COMMENTS[name]}", tomli_w.dumps({name: value}).strip() if value != {} else f"{name} = {{}}", ""]
    # A table must be the last thing in a TOML file, so `params` goes to the end.
    tables = [line for line in lines if line.startswith("[")]
    if tables:
        at = lines.index(tables[0])
        lines = [*lines[: at - 1], *lines[at + 2 :], lines[at - 1], lines[at]]
    return "\n".join(lines).rstrip() + "\n"


def parse_recipe(text: str, *, what: str = "The recipe") -> Recipe:
    """The recipe of a TOML text; raises InputError naming the field that is wrong."""
    try:
        values = tomllib.loads(text)
        unknown = sorted(set(values) - set(COMMENTS))
        if unknown:
            close = difflib.get_close_matches(unknown[0], COMMENTS, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else "Compare it with a new one: workbench recipe new."
            raise InputError(f"{what} has a field '{unknown[0]}' that a recipe doesn't have.", hint)
        recipe = msgspec.convert(values, Recipe, strict=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InputError(f"{what} can't be read: {error}.", "Compare it with a new one: workbench recipe new.") from error
    check_recipe(recipe)
    return recipe


def check_recipe(recipe: Recipe) -> None:
    """Raises InputError or ModelError for families or fractions that can't be."""
    if recipe.validate_fraction + recipe.holdout_fraction >= 0.95:
        raise InputError(
            f"Validation ({recipe.validate_fraction:g}) and hold-out ({recipe.holdout_fraction:g}) leave nothing to train on.",
            "Lower validate_fraction or holdout_fraction.",
        )
    for name in recipe.families:
        if recipe.task not in find_family(name).tasks:
            known = ", ".join(family.name for family in families_for(recipe.task))
            raise InputError(f"Family '{name}' can't do task '{recipe.task}'.", f"For this task there are: {known}.")
    for name in recipe.params:
        find_family(name)
    find_board(recipe.board)


def family_names(recipe: Recipe) -> tuple[str, ...]:
    """The families to train in order: baselines of the task first, then the recipe's own or all."""
    suited = families_for(recipe.task)
    baselines = [family.name for family in suited if family.is_baseline]
    others = [
        family.name for family in suited if not family.is_baseline and (not recipe.families or family.name in recipe.families)
    ]
    return (*baselines, *others)


def wanted_features(recipe: Recipe, window_samples: int) -> tuple[str, ...]:
    """The features by name: the recipe's own, else the preset's for windows of this many samples."""
    if recipe.features:
        return recipe.features
    is_long = recipe.preset == "pump" and window_samples >= SHAPE_MIN_SAMPLES
    return PRESETS[recipe.preset] + (SHAPE_FEATURES if is_long else ())
