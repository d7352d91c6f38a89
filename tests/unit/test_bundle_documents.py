from __future__ import annotations

import json
import re

import numpy as np
import pytest

from workbench.bundle.bom import Materials, build_bom, build_provenance
from workbench.bundle.card import CardFacts, build_card
from workbench.bundle.golden import check_golden_members, choose_golden, encode_golden
from workbench.bundle.manifest import is_member_name
from workbench.bundle.reference import DriftReference, decode_reference, encode_reference
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.core.sketch_record import ChannelSketch

SPEC = ScoringSpec(
    task="anomaly", channels=(ChannelSpec(name="PT-1", unit="bar"),), sample_period_s=1.0, window_samples=4,
    stride_samples=2, hold_limit_s=3.0,
)  # fmt: skip
MATERIALS = Materials(
    name="Guard", release=2, task="anomaly", family="pca", variant="float32", model_sha256="ab" * 32, run="cd" * 32,
    data={"P-2041A": "ef" * 32}, software={"onnx": "1.23.2"}, metrics={"event_recall": 0.75}, parameters={"seed": "1"},
)  # fmt: skip


def test_the_bill_of_materials_has_the_fields_that_cyclonedx_demands():
    bom = json.loads(build_bom(MATERIALS))
    assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bom["serialNumber"])
    assert all({"type", "name"} <= component.keys() for component in bom["components"])
    assert {component["type"] for component in bom["components"]} == {"data", "library"}


def test_the_bill_of_materials_describes_the_model_and_its_data():
    bom = json.loads(build_bom(MATERIALS))
    model = bom["metadata"]["component"]
    assert model["type"] == "machine-learning-model"
    assert model["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert model["modelCard"]["modelParameters"]["datasets"] == [{"ref": "data:P-2041A"}]
    assert model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"] == [{"type": "event_recall", "value": "0.75"}]


def test_every_reference_in_the_bill_of_materials_is_unique_and_resolves():
    bom = json.loads(build_bom(MATERIALS))
    references = [bom["metadata"]["component"]["bom-ref"], *(component["bom-ref"] for component in bom["components"])]
    named = {target for entry in bom["dependencies"] for target in (entry["ref"], *entry["dependsOn"])}
    assert len(set(references)) == len(references)
    assert named == set(references)


def test_the_provenance_is_an_in_toto_statement_about_the_model():
    statement = json.loads(build_provenance(MATERIALS))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "model.onnx", "digest": {"sha256": "ab" * 32}}]
    assert statement["predicate"]["buildDefinition"]["resolvedDependencies"] == [
        {"name": "P-2041A", "digest": {"sha256": "ef" * 32}}
    ]


def test_documents_built_twice_are_identical():
    assert build_bom(MATERIALS) == build_bom(MATERIALS)
    assert build_provenance(MATERIALS) == build_provenance(MATERIALS)


def test_the_card_tells_inputs_metrics_and_limits():
    card = build_card(make_facts("Guard")).decode()
    assert "| PT-1 | bar | – |" in card
    assert "| event\\_recall | 0.75 |" in card
    assert "Advisory only" in card


def test_names_from_files_are_no_markup_on_the_card():
    card = build_card(make_facts("Guard <script>\u202e[x](y)")).decode()
    assert "<script>" not in card.replace("\\<script\\>", "")
    assert "\u202e" not in card
    assert "[x](y)" not in card


def make_facts(name: str) -> CardFacts:
    return CardFacts(
        name=name, model_line="station", release=2, family="pca", variant="float32", spec=SPEC,
        trained_utc="2026-03-16T10:00:00Z", data=("P-2041A: 30 days",), metrics={"event_recall": 0.75}, n_golden=32,
        golden_tolerance=1e-4,
    )  # fmt: skip


def test_golden_vectors_come_from_both_sides_of_the_threshold_and_keep_away_from_it():
    scores = np.concatenate([np.linspace(0.0, 0.49999, 500), np.linspace(0.5, 0.9, 7)]).astype(np.float32)
    chosen = scores[choose_golden(scores, 1e-3)]
    assert len(chosen) == 32
    assert (chosen >= 0.5).sum() == 6
    assert np.abs(chosen - 0.5).min() > 2e-3


def test_fewer_windows_give_fewer_golden_vectors():
    assert list(choose_golden(np.array([0.1, np.nan, 0.9], np.float32), 1e-3)) == [0, 2]


def test_a_missing_value_is_no_golden_vector():
    with pytest.raises(InputError, match="missing"):
        encode_golden(np.full((1, 4, 1), np.nan, np.float32), np.zeros(1, np.float32))


def test_golden_vectors_of_another_window_do_not_fit():
    members = encode_golden(np.zeros((2, 5, 1), np.float32), np.zeros(2, np.float32))
    with pytest.raises(InputError, match="5 × 1"):
        check_golden_members(members, SPEC)


def test_a_drift_reference_with_a_bin_too_few_is_refused():
    channel = ChannelSketch(channel="PT-1", edges=(1.0, 2.0), counts=(1, 2))
    with pytest.raises(InputError, match="2 bins for 2 edges"):
        decode_reference({"drift-reference.json": encode_reference(DriftReference(channels=(), score=channel))})


@pytest.mark.parametrize("name", ["../x", "a/b", "A.md", ".hidden", "x.", "a..b", "", "manifest.json", "c:x", "ö"])
def test_names_that_could_leave_the_bundle_are_no_members(name):
    assert not is_member_name(name)
