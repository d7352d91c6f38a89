"""A bundle from a real run of a small project: deterministic, verified, and its model gives the run's own scores."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from workbench.bundle.golden import read_golden
from workbench.bundle.reference import decode_reference
from workbench.bundle.verify import open_bundle
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning.dataset import EventSpan
from workbench.learning.recipe import Recipe
from workbench.learning.run import load_run
from workbench.learning.train import make_plan
from workbench.project.store import Project
from workbench.services.bundles import (
    BundleBuildRequest,
    BundleListRequest,
    BundleReplayRequest,
    BundleVerifyRequest,
    build_bundle,
    list_bundles,
    replay_bundle,
    verify_bundle,
)
from workbench.services.experiment import Experiment, run_experiment
from workbench.services.keys import KeyExportRequest, KeyNewRequest, TrustAddRequest, add_trust, export_key, new_key

S = 1_000_000_000
N = 6000
FAMILIES = ("autoencoder", "isolation_forest", "pca")


@dataclass
class MemoryLog:
    """A pump's log of an hour and a half with one fault in it."""

    asset: str
    seed: int
    channels: tuple[ChannelSpec, ...] = (ChannelSpec(name="PI-1", unit="bar"), ChannelSpec(name="FI-2", unit="m³/h"))
    times_ns: np.ndarray = field(default_factory=lambda: np.arange(N) * S)

    def values(self, name: str) -> np.ndarray:
        generator = np.random.default_rng([self.seed, ord(name[0])])
        values = generator.normal(size=N) + {"P": 40.0, "F": 120.0}[name[0]]
        values[3000:3600] += {"P": -4.0, "F": -8.0}[name[0]]
        return values


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory):
    """A project with one run of each family, a key, and that key trusted."""
    root = tmp_path_factory.mktemp("packaging")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        logs = [MemoryLog(asset=f"P-{seed}", seed=seed) for seed in range(6)]
        events = [
            EventSpan(id=log.asset, asset=log.asset, name="blockage", is_real=True, start_ns=3000 * S, end_ns=3600 * S)
            for log in logs
        ]
        plan = make_plan(logs, [f"{log.seed:064x}" for log in logs], events, Recipe(families=FAMILIES, window_s=30, stride_s=15))
        with Project.open(root / "project", who="test") as project:
            run_experiment(project, Experiment(plan=plan, command=""), Job())
    return root / "project"


@pytest.fixture(autouse=True)
def home(project_folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(project_folder.parent / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a long passphrase")
    monkeypatch.setattr("workbench.bundle.keys.KeyVault.__init__.__kwdefaults__", {"store": None, "cost_log2": 14})


def run_of(project_folder: Path, family: str) -> str:
    with Project.open(project_folder) as project:
        return next(item.id for item in project.items("run") if item.details["family"] == family)


def build(project_folder: Path, out: Path, family: str = "pca", **options):
    asked = {"variant": "float32", "line": f"line of {family}", **options}
    request = BundleBuildRequest(run=run_of(project_folder, family), project=str(project_folder), out=str(out), **asked)
    return build_bundle(request, Job())


def test_the_same_run_gives_the_same_bytes(project_folder, tmp_path):
    for name in ("a", "b"):
        build(project_folder, tmp_path / f"{name}.pwb", release=7)
    assert (tmp_path / "a.pwb").read_bytes() == (tmp_path / "b.pwb").read_bytes()


def test_a_bundle_holds_all_its_documents(project_folder, tmp_path):
    result = build(project_folder, tmp_path / "b.pwb")
    assert [member.name for member in result.members] == [
        "bom.json", "card.md", "drift-reference.json", "golden.bin", "golden.json", "model.onnx", "provenance.json",
    ]  # fmt: skip
    assert result.outcome == "built"


def test_the_bundles_model_gives_the_runs_scores(project_folder, tmp_path):
    build(project_folder, tmp_path / "b.pwb")
    opened = open_bundle((tmp_path / "b.pwb").read_bytes())
    with Project.open(project_folder) as project:
        folder = load_run(project.objects.tree_path("run", opened.manifest.run))
    session = onnxruntime.InferenceSession(opened.members["model.onnx"], providers=["CPUExecutionProvider"])
    (score,) = session.run(["score"], {"trend": folder.holdout_windows()})
    holdout = folder.holdout()
    np.testing.assert_allclose(score, holdout.score[holdout.window_row], atol=1e-6)


@pytest.mark.parametrize(
    ("family", "variant"), [("autoencoder", "int8"), ("autoencoder", "float16"), ("isolation_forest", "compact")]
)
def test_a_smaller_variant_is_packaged_and_replays(family, variant, project_folder, tmp_path):
    key = trusted_key(tmp_path)
    result = build(project_folder, tmp_path / "b.pwb", family, variant=variant, key=key)
    assert result.manifest["variant"] == variant
    replayed = replay_bundle(BundleReplayRequest(bundle=str(tmp_path / "b.pwb")), Job())
    assert (replayed.n_vectors, replayed.is_passed) == (32, True)


def trusted_key(tmp_path: Path) -> str:
    name = f"demo {tmp_path.name}"
    key = new_key(KeyNewRequest(name=name), Job()).keys[0].id
    export_key(KeyExportRequest(key=key, out=str(tmp_path / "k.pub")), Job())
    add_trust(TrustAddRequest(key_file=str(tmp_path / "k.pub")), Job())
    return key


def test_golden_vectors_lie_on_both_sides_of_the_threshold(project_folder, tmp_path):
    build(project_folder, tmp_path / "b.pwb")
    opened = open_bundle((tmp_path / "b.pwb").read_bytes())
    scores = read_golden(opened.members, opened.manifest).scores
    assert (scores >= 0.5).sum() >= 4
    assert (scores < 0.5).sum() >= 4


def test_a_signed_bundle_is_verified_by_whoever_trusts_the_key(project_folder, tmp_path):
    result = build(project_folder, tmp_path / "b.pwb", key=trusted_key(tmp_path), floor=1)
    assert result.outcome == "signed"
    found = verify_bundle(BundleVerifyRequest(bundle=str(tmp_path / "b.pwb"), board="linux-gateway"), Job())
    assert found.outcome == "verified"
    refused = verify_bundle(BundleVerifyRequest(bundle=str(tmp_path / "b.pwb"), board="virtual-gateway"), Job())
    assert refused.outcome == "board_mismatch"


def test_releases_count_up_within_a_line(project_folder, tmp_path):
    first = build(project_folder, tmp_path / "a.pwb", line="counted")
    second = build(project_folder, tmp_path / "b.pwb", line="counted")
    other = build(project_folder, tmp_path / "c.pwb", line="another")
    assert (first.release, second.release, other.release) == (1, 2, 1)


def test_a_bundle_is_kept_in_the_project_and_journalled(project_folder, tmp_path):
    result = build(project_folder, tmp_path / "b.pwb", line="kept")
    found = next(
        item for item in list_bundles(BundleListRequest(project=str(project_folder)), Job()).bundles if item.model_line == "kept"
    )
    assert found.identity == result.identity
    assert Path(found.path).read_bytes() == (tmp_path / "b.pwb").read_bytes()
    with Project.open(project_folder) as project:
        assert project.lines()[0].line.act.act == "build"


def test_a_floor_above_the_release_is_refused(project_folder, tmp_path):
    with pytest.raises(InputError, match="floor 9 lies above"):
        build(project_folder, tmp_path / "b.pwb", release=3, floor=9)
    assert not (tmp_path / "b.pwb").exists()


def test_an_unknown_board_is_refused_before_anything_is_built(project_folder, tmp_path):
    with pytest.raises(InputError, match="no board"):
        build(project_folder, tmp_path / "b.pwb", board="toaster")


def test_the_drift_reference_has_the_models_channels(project_folder, tmp_path):
    build(project_folder, tmp_path / "b.pwb")
    opened = open_bundle((tmp_path / "b.pwb").read_bytes())
    reference = decode_reference(opened.members)
    assert [channel.channel for channel in reference.channels] == ["PI-1", "FI-2"]
    assert 30 < reference.channels[0].mean < 50
    assert sum(reference.score.counts) > 0


def test_the_documents_name_the_model_by_its_hash(project_folder, tmp_path):
    result = build(project_folder, tmp_path / "b.pwb")
    opened = open_bundle((tmp_path / "b.pwb").read_bytes())
    digest = next(member.sha256 for member in result.members if member.name == "model.onnx")
    assert json.loads(opened.members["provenance.json"])["subject"][0]["digest"]["sha256"] == digest
    assert json.loads(opened.members["bom.json"])["metadata"]["component"]["hashes"][0]["content"] == digest
    assert "## Limits" in opened.members["card.md"].decode()


def test_without_a_variant_the_recommended_one_is_taken(project_folder, tmp_path):
    result = build(project_folder, tmp_path / "b.pwb", "isolation_forest", variant=None)
    assert result.manifest["variant"] in ("float32", "compact")
