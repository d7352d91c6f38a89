"""One small project for the pages' tests: three sample pumps of four days, events, two quick families, a signed bundle.

Built once a session by the services, copied for each test. Import the fixtures that a test module uses by name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ui.hand import Hand
from workbench.app.window import Built
from workbench.core.jobs import Job

PASSPHRASE = "a passphrase for tests only"
KEY_NAME = "Operator 1"
N_PUMPS = 3


@dataclass(frozen=True)
class Site:
    """A project folder and the home of the person who works in it."""

    project: Path
    home: Path


def build_site(folder: Path) -> Site:
    """From sample logs to a signed bundle; WORKBENCH_HOME must name `folder / 'home'`."""
    from workbench.services.labels import LabelsImportRequest, import_labels
    from workbench.services.logs import ImportRequest, import_logs
    from workbench.services.samples import SampleRequest, write_samples
    from workbench.services.training import RecipeNewRequest, TrainRequest, new_recipe, train

    job, project, recipe = Job(), str(folder / "Havsule A"), str(folder / "recipe.toml")
    samples = write_samples(SampleRequest(out=str(folder / "samples"), pumps=N_PUMPS, days=4, period_s=60), job)
    import_logs(ImportRequest(paths=samples.logs, project=project, zone="UTC"), job)
    import_labels(LabelsImportRequest(path=samples.events, project=project, state="real"), job)
    new_recipe(RecipeNewRequest(out=recipe, preset="minimal", families=("mahalanobis", "logistic")), job)
    trained = train(TrainRequest(recipe=recipe, project=project), job)
    _sign_one(folder, project, next(run.id for run in trained.runs if not run.is_baseline))
    return Site(project=Path(project), home=folder / "home")


def _sign_one(folder: Path, project: str, run: str) -> None:
    from workbench.services.bundles import BundleBuildRequest, build_bundle
    from workbench.services.keys import KeyExportRequest, KeyNewRequest, TrustAddRequest, add_trust, export_key, new_key
    from workbench.services.runs import ChampionRequest, set_champion

    job, public = Job(), str(folder / "key.pub")
    set_champion(ChampionRequest(run=run, project=project), job)
    key = new_key(KeyNewRequest(name=KEY_NAME), job, _passphrase).keys[0].id
    export_key(KeyExportRequest(key=key, out=public), job)
    add_trust(TrustAddRequest(key_file=public), job)
    request = BundleBuildRequest(
        run=run, project=project, out=str(folder / "first.pwb"), board="virtual-gateway", variant="float32", key=key
    )
    build_bundle(request, job, _passphrase)


def _passphrase(_question: str) -> str:
    return PASSPHRASE


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Built by the first test that needs it; fixtures that are imported by several modules are made once each, so it is kept."""
    folder = tmp_path_factory.getbasetemp() / "page-template"
    site = Site(project=folder / "Havsule A", home=folder / "home")
    if not folder.exists():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKBENCH_HOME", str(site.home))
            build_site(folder)
    return site


@pytest.fixture
def hand(template: Site, built: Built, home: Path, tmp_path: Path) -> Iterator[Hand]:
    """A hand on the window with a copy of the project open, and the keys and trust that belong to it."""
    project = tmp_path / "Havsule A"
    shutil.copytree(template.project, project)
    shutil.copytree(template.home, home, dirs_exist_ok=True)
    found = Hand(built)
    built.context.open_project(project)
    found.wait(lambda: built.context.project is not None)
    yield found
    found.rest()
