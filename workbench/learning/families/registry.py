"""The families that the program knows. To add one: a file beside this one, and a line in `FAMILIES`."""

from __future__ import annotations

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import Task
from workbench.learning.families.autoencoder import Autoencoder
from workbench.learning.families.base import ModelFamily
from workbench.learning.families.boosted_life import BoostedLife
from workbench.learning.families.boosted_trees import BoostedTrees
from workbench.learning.families.constant_life import ConstantLife
from workbench.learning.families.fixed_limit import FixedLimit
from workbench.learning.families.good_windows import GoodWindows
from workbench.learning.families.isolation_forest import IsolationForest
from workbench.learning.families.logistic import Logistic
from workbench.learning.families.mahalanobis import Mahalanobis
from workbench.learning.families.mlp import Mlp
from workbench.learning.families.never_alarm import NeverAlarm
from workbench.learning.families.pca import Pca
from workbench.learning.families.random_alarm import RandomAlarm
from workbench.learning.families.random_forest import RandomForest

FAMILIES: tuple[ModelFamily, ...] = (
    NeverAlarm(),
    RandomAlarm(),
    GoodWindows(FixedLimit()),
    GoodWindows(Mahalanobis()),
    GoodWindows(Pca()),
    GoodWindows(IsolationForest()),
    GoodWindows(Autoencoder()),
    BoostedTrees(),
    RandomForest(),
    Mlp(),
    Logistic(),
    ConstantLife(),
    BoostedLife(),
)


def find_family(name: str) -> ModelFamily:
    """The family of this name; raises ModelError with the known names."""
    for family in FAMILIES:
        if family.name == name:
            return family
    raise ModelError(f"There is no model family '{name}'.", f"Known are: {', '.join(family.name for family in FAMILIES)}.")


def families_for(task: Task) -> tuple[ModelFamily, ...]:
    """The families that can be asked for this task, baselines first."""
    return tuple(family for family in FAMILIES if task in family.tasks)
