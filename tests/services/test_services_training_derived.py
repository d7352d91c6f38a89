"""Derived channels as a model's inputs: the exported graph takes raw windows and computes the formula itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tests.services.learning_fixtures import make_fleet, write_csv
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.learning.derived import evaluate
from workbench.learning.run import load_run
from workbench.project.store import Project
from workbench.services.derived_channels import ChannelAddRequest, add_channel
from workbench.services.exporting import ExportRequest, export_run
from workbench.services.runs import ReproduceRequest, reproduce_run
from workbench.services.scoring import ScoreRequest, score
from workbench.services.training import SplitPreviewRequest, TrainRequest, TrainResult, preview_split, train

NAME = "hydraulic power"
RECIPE = 'families = ["mahalanobis"]\nwindow_s = 1200\nstride_s = 600\n'


def derive(folder: Path, assets: tuple[str, ...], name: str, formula: str) -> None:
    for asset in assets:
        text = formula.replace("#", asset.removeprefix("P-"))
        add_channel(ChannelAddRequest(formula=text, name=name, project=str(folder), asset=asset), Job())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainResult]:
    root = tmp_path_factory.mktemp("derived")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        assets = make_fleet(root / "project")
        derive(root / "project", assets, NAME, '"FI-#" * "PI-#"')
        derive(root / "project", assets, "smooth", 'rolling_mean("FI-#", "10 min")')
        (root / "recipe.toml").write_text(RECIPE, encoding="utf-8")
        result = train(TrainRequest(recipe=str(root / "recipe.toml"), project=str(root / "project")), Job())
    return root, result


@pytest.fixture
def home(trained: tuple[Path, TrainResult], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    monkeypatch.setenv("WORKBENCH_HOME", str(trained[0] / "home"))
    return trained[0], trained[1].champion or ""


def test_what_travels_is_an_input_and_what_does_not_is_said_before_training(home: tuple[Path, str], tmp_path: Path) -> None:
    root, run = home
    request = SplitPreviewRequest(recipe=str(root / "recipe.toml"), project=str(root / "project"))
    preview = preview_split(request, Job())
    assert NAME in preview.channels
    why = {item.get("channel"): item["why"] for item in preview.left_out}
    assert "rolling_mean looks back over time" in why["smooth"]
    with Project.open(root / "project") as project:
        record = load_run(project.objects.tree_path("run", run)).record
    (spec,) = record.derived
    assert (spec.name, spec.formula, len(spec.sha256)) == (NAME, '"FI-1001A" * "PI-1001A"', 64)
    assert NAME not in {channel.name for channel in record.spec.channels}
    assert f"mean({NAME})" in record.columns
    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE + 'channels = ["smooth"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="'smooth' can't be a model's input"):
        train(TrainRequest(recipe=str(recipe), project=str(root / "project")), Job())


def test_a_recipe_that_names_only_a_derived_channel_gets_the_raw_ones_it_needs(home: tuple[Path, str], tmp_path: Path) -> None:
    root, _ = home
    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE + f'channels = ["{NAME}"]\n', encoding="utf-8")
    preview = preview_split(SplitPreviewRequest(recipe=str(recipe), project=str(root / "project")), Job())
    assert set(preview.channels) == {"FI", "PI", NAME}


def test_raw_windows_score_alike_with_the_run_the_exported_model_and_bare_onnxruntime(
    home: tuple[Path, str], tmp_path: Path
) -> None:
    root, run = home
    log = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4)
    given = {"paths": (str(log),), "out": str(tmp_path / "o"), "windows_out": str(tmp_path / "w")}
    score(ScoreRequest(model=run, project=str(root / "project"), **given), Job())
    windows = np.load(tmp_path / "w" / "P-7001B.windows.npy")
    assert windows.shape[2] == 4
    with Project.open(root / "project") as project:
        stored = load_run(project.objects.tree_path("run", run))
    out = tmp_path / "model.onnx"
    exported = export_run(ExportRequest(run=run, project=str(root / "project"), board="linux-gateway", out=str(out)), Job())
    assert exported.parity.is_passed
    bare = [
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(["score"], {"trend": windows})[0]
        for path in (stored.model_path, out)
    ]
    np.testing.assert_allclose(bare[0], bare[1], atol=1e-5)
    lines = (tmp_path / "w" / "P-7001B.windows.csv").read_text(encoding="utf-8").splitlines()[1:]
    np.testing.assert_allclose([float(line.split(",")[1]) for line in lines], bare[0], atol=1e-6)
    # the features that the run learnt are those of the formula on the raw windows
    (spec,) = stored.record.derived
    session = onnxruntime.InferenceSession(str(stored.features_path), providers=["CPUExecutionProvider"])
    features = session.run(["features"], {"trend": windows})[0]
    mean = features[:, stored.record.columns.index(f"mean({NAME})")]
    np.testing.assert_allclose(mean, evaluate(spec, windows).mean(axis=1), rtol=1e-6)


def test_the_run_is_made_again_with_its_own_formula(home: tuple[Path, str]) -> None:
    root, run = home
    result = reproduce_run(ReproduceRequest(run=run, project=str(root / "project")), Job())
    assert (result.is_same_hash, result.differences) == (True, ())
