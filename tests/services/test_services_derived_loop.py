"""A model with derived channels through the whole loop: smaller forms, bundle, device, pulled logs, and training again.

The formula divides by a difference that reaches zero and takes the root of what can be negative; where it has no value there is
no score, in every form and on the device alike.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from tests.services.device_fixtures import Site
from tests.services.learning_fixtures import make_fleet, write_csv
from workbench.bundle.golden import read_golden
from workbench.bundle.verify import open_bundle
from workbench.core.jobs import Job
from workbench.learning.derived import evaluate, is_complete
from workbench.learning.run import RunFolder, load_run
from workbench.project.store import Project
from workbench.services import bundles, devices, keys
from workbench.services.derived_channels import ChannelAddRequest, add_channel
from workbench.services.model_forms import FormMaker
from workbench.services.scoring import ScoreRequest, score
from workbench.services.training import RetrainRequest, TrainRequest, retrain, train

FORMULA = 'sqrt("PI-#" / ("FI-#" - 113.5))'
RECIPE = """
families = ["mlp", "boosted_trees"]
window_s = 1200
stride_s = 600
regimes = ["steady"]
params = { boosted_trees = { rounds = 10 } }
"""
PUMP = "P-1031A"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("loop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        for asset in make_fleet(root / "project"):
            text = FORMULA.replace("#", asset.removeprefix("P-"))
            add_channel(ChannelAddRequest(formula=text, name="resistance", project=str(root / "project"), asset=asset), Job())
        (root / "recipe.toml").write_text(RECIPE, encoding="utf-8")
        train(TrainRequest(recipe=str(root / "recipe.toml"), project=str(root / "project")), Job())
    return str(root / "project")


@pytest.fixture(autouse=True)
def home(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(Path(project).parent / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a long passphrase")
    monkeypatch.setattr("workbench.bundle.keys.KeyVault.__init__.__kwdefaults__", {"store": None, "cost_log2": 14})


def run_of(project: str, family: str) -> RunFolder:
    with Project.open(Path(project)) as opened:
        run = next(item.id for item in opened.items("run") if item.details["family"] == family)
        return load_run(opened.objects.tree_path("run", run))


def scores_of(model: bytes, windows: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["score"], {"trend": windows})[0])


def with_impossible(folder: RunFolder) -> NDArray[np.float32]:
    """Hold-out windows, of which every third divides by zero at one instant, and every third takes a root of a negative."""
    windows = folder.holdout_windows()[:60].copy()
    names = [channel.name for channel in folder.record.spec.channels]
    windows[::3, 5, names.index("FI")] = 113.5
    windows[1::3, 9, names.index("PI")] *= -1
    return windows


@pytest.mark.parametrize(("family", "forms"), [("mlp", 3), ("boosted_trees", 2)])
def test_no_form_scores_a_window_in_which_the_formula_has_no_value(project: str, family: str, forms: int) -> None:
    folder = run_of(project, family)
    windows, maker = with_impossible(folder), FormMaker(folder)
    has_value = is_complete(folder.record.derived, windows)
    assert 0 < has_value.sum() < len(windows)
    assert len(maker.variants) == forms
    for name in maker.variants:
        data = maker.make(name).data
        found = scores_of(data, windows)
        np.testing.assert_array_equal(np.isfinite(found), has_value)
        # A window without a value changes nothing for those scored with it, not even where int8 takes its scale from the input.
        np.testing.assert_allclose(found[has_value], scores_of(data, windows[has_value]), atol=1e-6)


def test_scores_and_windows_of_a_log_agree_where_the_formula_has_a_value(project: str, tmp_path: Path) -> None:
    folder = run_of(project, "mlp")
    log = impossible_log(tmp_path)
    request = ScoreRequest(
        model=folder.folder.name, paths=(str(log),), project=project, out=str(tmp_path / "o"), windows_out=str(tmp_path / "w")
    )
    (told,) = score(request, Job()).logs
    windows = np.load(tmp_path / "w" / f"{PUMP}.windows.npy")
    assert 0 < told.n_scored == len(windows) < told.n_windows
    lines = (tmp_path / "w" / f"{PUMP}.windows.csv").read_text(encoding="utf-8").splitlines()[1:]
    expected = [float(line.split(",")[1]) for line in lines]
    np.testing.assert_allclose(scores_of(folder.model_path.read_bytes(), windows), expected, atol=1e-6)


def test_the_device_scores_as_the_laptop_does_and_what_it_recorded_trains_the_next_model(project: str, tmp_path: Path) -> None:
    folder = run_of(project, "mlp")
    bundle, site, log = tmp_path / "b.pwb", Site(tmp_path), impossible_log(tmp_path)
    key = keys.new_key(keys.KeyNewRequest(name="loop"), Job()).keys[0].id
    keys.export_key(keys.KeyExportRequest(key=key, out=str(tmp_path / "k.pub")), Job())
    keys.add_trust(keys.TrustAddRequest(key_file=str(tmp_path / "k.pub"), file=str(site.trust)), Job())
    bundles.build_bundle(
        bundles.BundleBuildRequest(
            run=folder.folder.name, project=project, out=str(bundle), board="virtual-gateway", variant="float16", key=key
        ),
        Job(),
    )
    checked = bundles.verify_bundle(bundles.BundleVerifyRequest(bundle=str(bundle), trust=str(site.trust)), Job())
    assert checked.outcome == "verified"
    opened = open_bundle(bundle.read_bytes())
    card = opened.members["card.md"].decode("utf-8")
    (spec,) = folder.record.derived
    assert f"SHA-256 {spec.sha256[:16]}" in card
    assert "resistance" in card
    # What a device is tested with has a value throughout, on both sides of the threshold.
    golden = read_golden(opened.members, opened.manifest)
    assert np.isfinite(evaluate(spec, golden.windows)).all()
    assert 0 < (golden.scores >= 0.5).sum() < len(golden.scores)
    with site.device(tag=PUMP, input_file=log, speed=100_000.0) as port:
        update = devices.UpdateRequest(
            port=port, bundle=str(bundle), trust=str(site.trust), yes=True, project=project, confirm=False
        )
        devices.update_device(update, Job())
        confirmed = devices.confirm_device(devices.ConfirmRequest(port=port, project=project), Job())
        assert confirmed.verdict == "verified"
        while devices.identify(devices.IdentifyRequest(port=port), Job()).last_score_utc < "2026-03-03T23:4":
            continue
        pulled = devices.pull_logs(devices.PullLogsRequest(port=port, out=str(tmp_path / "out"), project=project), Job())
    told = next(Path(one.path) for one in pulled.logs if one.kind == "scores").read_text(encoding="utf-8").splitlines()[1:]
    by_device = {line.split(",")[0]: line.split(",")[1] for line in told}
    score(ScoreRequest(model=str(bundle), paths=(str(log),), out=str(tmp_path / "o"), windows_out=str(tmp_path / "w")), Job())
    lines = (tmp_path / "w" / f"{PUMP}.windows.csv").read_text(encoding="utf-8").splitlines()[1:]
    by_laptop = {line.split(",")[0]: float(line.split(",")[1]) for line in lines}
    # The device's time goes on behind the log's end, where it holds its last samples for a while.
    newest = max(by_laptop)
    scored = {at: float(text) for at, text in by_device.items() if text and at <= newest}
    assert 0 < len(scored) < len(by_device)
    assert scored == pytest.approx({at: by_laptop[at] for at in scored}, abs=1e-6)
    assert not {at for at, text in by_device.items() if not text} & set(by_laptop)
    again = retrain(RetrainRequest(project=project), Job())
    assert again.runs
    with Project.open(Path(project)) as stored:
        record = load_run(stored.objects.tree_path("run", again.runs[0].id)).record
    assert [one.sha256 for one in record.derived] == [spec.sha256]
    assert len(record.data) == 5


def impossible_log(folder: Path) -> Path:
    """Two days of a pump: in the second its flow is for hours what the formula divides by, later its pressure is negative."""
    log = write_csv(folder / f"{PUMP}.csv", PUMP, seed=4)
    head, *rows = log.read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    for row in cells[2300:2600]:
        row[2] = "113.5"
    for row in cells[2700:2760]:
        row[3] = "-0.3"
    log.write_text("\n".join([head, *(",".join(row) for row in cells)]) + "\n", encoding="utf-8")
    return log
