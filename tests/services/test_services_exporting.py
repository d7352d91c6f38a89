"""Export and quantize over real runs of a small project: the gate, the forms, the budget, and that the file stands alone."""

from dataclasses import dataclass, field

import msgspec
import numpy as np
import onnxruntime
import pytest

from workbench.bundle.inspect_onnx import check_model
from workbench.core.errors import InputError, ParityError
from workbench.core.jobs import Job
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.parity import HoldOut
from workbench.learning.dataset import EventSpan
from workbench.learning.recipe import Recipe
from workbench.learning.run import load_run
from workbench.learning.train import make_plan
from workbench.project.store import Project
from workbench.services import exporting
from workbench.services.experiment import Experiment, run_experiment
from workbench.services.exporting import ExportRequest, QuantizeRequest, export_run, quantize_run
from workbench.services.model_forms import Form, FormMaker

S = 1_000_000_000
N = 6000
FAMILIES = ("autoencoder", "isolation_forest", "boosted_trees", "pca")


@dataclass
class MemoryLog:
    """A pump's log of an hour and a half: pressure, flow and current, with one fault in it."""

    asset: str
    seed: int
    channels: tuple = (
        ChannelSpec(name="PI-1", unit="bar"),
        ChannelSpec(name="FI-2", unit="m³/h"),
        ChannelSpec(name="II-3", unit="A"),
    )
    times_ns: np.ndarray = field(default_factory=lambda: np.arange(N) * S)

    def values(self, name):
        rng = np.random.default_rng([self.seed, ord(name[0])])
        values = rng.normal(size=N) + {"P": 40.0, "F": 120.0, "I": 60.0}[name[0]]
        values[fault_of(self.seed)] += {"P": -4.0, "F": -8.0, "I": 5.0}[name[0]]
        return values


def fault_of(seed):
    return slice(3000 + 100 * seed, 3600 + 100 * seed)


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory):
    """A project with one run of each family."""
    root = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        logs = [MemoryLog(asset=f"P-{seed}", seed=seed) for seed in range(6)]
        events = []
        for log in logs:
            fault = fault_of(log.seed)
            events.append(
                EventSpan(
                    id=log.asset, asset=log.asset, name="blockage", is_real=True, start_ns=fault.start * S, end_ns=fault.stop * S
                )
            )
        all_features = {"autoencoder": {"levels_only": 0.0}}  # three inputs alone make a network too small to shrink
        recipe = Recipe(families=FAMILIES, window_s=30, stride_s=15, params=all_features)
        plan = make_plan(logs, [f"{log.seed:064x}" for log in logs], events, recipe)
        with Project.open(root / "project", who="test") as project:
            run_experiment(project, Experiment(plan=plan, command=""), Job())
    return root / "project"


@pytest.fixture(autouse=True)
def home(project_folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(project_folder.parent / "home"))


def run_of(project_folder, family):
    with Project.open(project_folder) as project:
        return next(item.id for item in project.items("run") if item.details["family"] == family)


def export(project_folder, out, family, variant="float32"):
    run = run_of(project_folder, family)
    request = ExportRequest(run=run, project=str(project_folder), out=str(out), variant=variant)
    return run, export_run(request, Job())


@pytest.mark.parametrize("family", [*FAMILIES, "never_alarm", "random_alarm", "fixed_limit"])
def test_a_run_is_exported_through_the_gate(family, project_folder, tmp_path):
    run, result = export(project_folder, tmp_path / "m.onnx", family)
    assert result.parity.is_passed
    assert result.parity.n_windows > 100
    assert result.parity.n_alarms_changed == 0
    data = (tmp_path / "m.onnx").read_bytes()
    assert result.size_bytes == len(data) == check_model(data).size_bytes
    with Project.open(project_folder) as project:
        assert load_run(project.objects.tree_path("run", run)).record.model_sha256 == result.sha256


def test_bare_onnxruntime_gives_the_stored_scores(project_folder, tmp_path):
    run, _ = export(project_folder, tmp_path / "m.onnx", "autoencoder")
    with Project.open(project_folder) as project:
        folder = load_run(project.objects.tree_path("run", run))
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    windows, holdout = folder.holdout_windows(), folder.holdout()
    score, raw = session.run(["score", "raw"], {"trend": windows})
    np.testing.assert_allclose(score, holdout.score[holdout.window_row], atol=1e-6)
    np.testing.assert_array_equal(score >= 0.5, raw >= np.float32(folder.record.threshold_raw))


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("autoencoder", ["float32", "float16", "int8"]),
        ("isolation_forest", ["float32", "compact"]),
        ("boosted_trees", ["float32", "compact"]),
        ("pca", ["float32"]),
        ("never_alarm", ["float32"]),
    ],
)
def test_quantize_makes_the_forms_that_suit_the_family(family, names, project_folder):
    result = quantize_run(QuantizeRequest(run=run_of(project_folder, family), project=str(project_folder)), Job())
    assert [variant.name for variant in result.variants] == names
    assert [variant.is_recommended for variant in result.variants].count(True) == 1
    best = next(variant for variant in result.variants if variant.is_recommended)
    assert best.parity.is_passed
    assert all(best.size_bytes <= other.size_bytes for other in result.variants if other.parity.is_passed)
    msgspec.json.encode(result)


def test_smaller_forms_are_smaller(project_folder):
    for family, name in [("autoencoder", "int8"), ("autoencoder", "float16"), ("isolation_forest", "compact")]:
        result = quantize_run(QuantizeRequest(run=run_of(project_folder, family), project=str(project_folder)), Job())
        sizes = {variant.name: variant.size_bytes for variant in result.variants}
        assert sizes[name] < sizes["float32"]


@pytest.mark.parametrize(
    ("family", "variant"), [("autoencoder", "int8"), ("autoencoder", "float16"), ("boosted_trees", "compact")]
)
def test_a_smaller_form_is_exported_and_passes_the_walk(family, variant, project_folder, tmp_path):
    _, result = export(project_folder, tmp_path / "m.onnx", family, variant)
    assert check_model((tmp_path / "m.onnx").read_bytes()).metadata["variant"] == variant
    assert result.parity.is_passed


def test_exporting_twice_gives_the_same_bytes(project_folder, tmp_path):
    for variant in ("float32", "int8"):
        hashes = {export(project_folder, tmp_path / f"{number}.onnx", "autoencoder", variant)[1].sha256 for number in range(2)}
        assert len(hashes) == 1


def test_a_form_that_does_not_suit_is_refused_with_those_that_do(project_folder, tmp_path):
    with pytest.raises(InputError, match=r"no variant 'int8'.*float32, compact"):
        export(project_folder, tmp_path / "m.onnx", "isolation_forest", "int8")


def test_a_model_that_differs_from_the_trained_one_is_not_written(project_folder, tmp_path, monkeypatch):
    true = FormMaker.reference.func

    def shifted(self):
        reference = true(self)
        return HoldOut(score=reference.score + 1e-3, end_ns=reference.end_ns, asset=reference.asset)

    monkeypatch.setattr(FormMaker, "reference", property(shifted))
    with pytest.raises(ParityError, match="differs from the trained one"):
        export(project_folder, tmp_path / "m.onnx", "pca")
    assert not (tmp_path / "m.onnx").exists()


def test_a_budget_that_is_too_small_recommends_nothing(project_folder, monkeypatch):
    from workbench.core import boards

    board = msgspec.structs.replace(boards.find_board("linux-gateway"), flash_budget_bytes=10)
    monkeypatch.setattr(boards, "find_board", lambda _name: board)
    result = quantize_run(QuantizeRequest(run=run_of(project_folder, "pca"), project=str(project_folder)), Job())
    assert [(variant.fits_flash, variant.is_recommended) for variant in result.variants] == [(False, False)]


def test_an_export_is_journalled_with_its_hash(project_folder, tmp_path):
    _, result = export(project_folder, tmp_path / "m.onnx", "pca")
    with Project.open(project_folder) as project:
        line = max(project.lines(), key=lambda item: item.line.number).line
    assert line.act.act == "export"
    assert result.sha256[:12] in line.act.what


def test_an_unknown_board_is_refused_before_any_work(project_folder, tmp_path):
    with pytest.raises(InputError, match="no board 'toaster'"):
        export_run(ExportRequest(run="x", project=str(project_folder), out=str(tmp_path / "m"), board="toaster"), Job())


def test_a_form_says_what_it_is(project_folder):
    with Project.open(project_folder) as project:
        maker = FormMaker(load_run(project.objects.tree_path("run", run_of(project_folder, "isolation_forest"))))
    form = maker.make("compact")
    assert isinstance(form, Form)
    assert "of 100 trees" in form.note
    assert exporting.Variant.__doc__


def test_a_quiet_holdout_is_judged_on_windows_pushed_across_the_threshold(project_folder):
    with Project.open(project_folder) as project:
        maker = FormMaker(load_run(project.objects.tree_path("run", run_of(project_folder, "isolation_forest"))))
    rare = float(np.sort(maker.folder.holdout().raw)[-5])
    maker.folder.record = msgspec.structs.replace(maker.folder.record, threshold_raw=rare)
    assert maker.is_pushed
    alarms = maker.reference.score >= 0.5
    assert 0 < alarms.sum() < len(alarms)
    assert "pushed across the threshold" in maker.make("float32").note


def test_a_form_that_loses_rare_alarms_does_not_pass():
    from workbench.export.parity import compare_scores

    spec = load_spec()
    score = np.where(np.arange(2000) % 400 == 0, 0.6, 0.2)
    reference = HoldOut(score=score, end_ns=np.arange(2000) * S, asset=np.zeros(2000, int))
    agreement = compare_scores(reference, np.full(2000, 0.2), spec)
    assert (agreement.n_alarms, agreement.n_alarms_changed, agreement.alarms_changed_fraction) == (5, 5, 1.0)


def load_spec():
    channels = (ChannelSpec(name="PI-1"),)
    return ScoringSpec(task="anomaly", channels=channels, sample_period_s=1, window_samples=2, stride_samples=1, hold_limit_s=0)
