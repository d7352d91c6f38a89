"""The recipe as a file that people edit."""

from __future__ import annotations

import pytest

from workbench.core.errors import InputError, ModelError
from workbench.learning.recipe import COMMENTS, Recipe, family_names, format_recipe, parse_recipe, wanted_features


def test_a_recipe_survives_its_file() -> None:
    recipe = Recipe(
        task="classify", channels=("PI", "FI"), seed=7, params={"mlp": {"hidden": 16}, "random_forest": {"n_trees": 9}}
    )
    assert recipe == parse_recipe(format_recipe(recipe))
    assert Recipe() == parse_recipe(format_recipe(Recipe()))


def test_every_field_has_its_comment() -> None:
    text = format_recipe(Recipe())
    assert set(COMMENTS) == set(Recipe.__struct_fields__)
    assert all(f"# {comment}" in text for comment in COMMENTS.values())


def test_whole_numbers_do_for_seconds() -> None:
    assert parse_recipe("window_s = 600").window_s == 600.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("window = 3", "has a field 'window'"),
        ('task = "prophecy"', "task"),
        ("seed = -1", "seed"),
        ("validate_fraction = 0.6\nholdout_fraction = 0.5", "leave nothing to train on"),
        ('families = ["boosted_life"]', "can't do task 'anomaly'"),
        ("task = ", "can't be read"),
    ],
)
def test_a_wrong_field_is_named(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_recipe(text)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ModelError, match="deep_magic"):
        parse_recipe('families = ["deep_magic"]')


def test_baselines_always_run() -> None:
    assert family_names(Recipe(families=("pca",))) == ("never_alarm", "random_alarm", "fixed_limit", "pca")


def test_shape_features_come_with_windows_that_are_long_enough() -> None:
    assert "kurtosis" not in wanted_features(Recipe(), 20)
    assert "kurtosis" in wanted_features(Recipe(), 64)
    assert wanted_features(Recipe(preset="minimal"), 64) == ("mean", "std")
    assert wanted_features(Recipe(features=("slope",)), 64) == ("slope",)
