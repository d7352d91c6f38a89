"""The walk over a model file: our exports pass, everything else is refused with its reason, and nothing crashes it."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from workbench.bundle.inspect_onnx import ALLOWED_OPERATORS, check_model
from workbench.core.errors import BundleRejected
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.onnx_graph import join, to_bytes
from workbench.export.quantize import to_float16, to_int8
from workbench.features.catalogue import FEATURE_NAMES
from workbench.features.graph import build_feature_graph
from workbench.learning.families.registry import FAMILIES, find_family


def make_spec(window=32, task="anomaly"):
    channels = (ChannelSpec(name="PI-1"), ChannelSpec(name="FI-2"))
    return ScoringSpec(task=task, channels=channels, sample_period_s=1, window_samples=window, stride_samples=8, hold_limit_s=2)


def fitted_fragment(family, n_features):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, n_features)).astype(np.float32)
    targets = None
    if family.needs_targets:
        targets = rng.uniform(0, 100, 60) if "rul" in family.tasks else (np.arange(60) % 2).astype(float)
    return family.build({}, 0).fit(features, targets, tuple(f"mean(C{index})" for index in range(n_features))).onnx_fragment()


def export(family_name="mahalanobis", window=32, convert=None):
    fragment = fitted_fragment(find_family(family_name), 2 * len(FEATURE_NAMES))
    spec = make_spec(window)
    model = join(build_feature_graph(spec, FEATURE_NAMES), convert(fragment) if convert else fragment, spec, 0.0, 1.0)
    return to_bytes(model)


@pytest.fixture(scope="module")
def model():
    """A small export of ours to spoil."""
    return onnx.load_from_string(export("never_alarm"))


def refusal(model):
    data = model if isinstance(model, bytes) else model.SerializeToString()
    with pytest.raises(BundleRejected) as caught:
        check_model(data)
    assert caught.value.reason == "model_not_allowed"
    return caught.value.message


def spoiled(model, change):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    change(copy)
    return copy


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_familys_export_passes(family):
    facts = check_model(export(family.name))
    assert facts.inputs == ("trend",)
    assert facts.outputs[:2] == ("score", "raw")
    assert (facts.ir_version, facts.opsets[""]) == (10, 20)
    assert "scoring_spec" in facts.metadata


@pytest.mark.parametrize("convert", [to_int8, to_float16])
def test_every_variants_export_passes(convert):
    assert check_model(export("autoencoder", convert=convert)).n_nodes > 50


def test_long_windows_pass():
    assert check_model(export(window=1000)).operators["DFT"] == 1


def test_facts_count_what_the_file_holds(model):
    facts = check_model(to_bytes(model))
    assert facts.n_nodes == len(model.graph.node)
    assert facts.constant_bytes == sum(numpy_helper.to_array(item).nbytes for item in model.graph.initializer)
    assert sum(facts.operators.values()) == facts.n_nodes


@pytest.mark.parametrize("kind", ["Loop", "If", "Scan", "Constant", "ConstantOfShape", "NonMaxSuppression", "StringSplit"])
def test_an_operator_off_the_list_is_refused_by_name(kind, model):
    assert f"Operator {kind} is not allowed" in refusal(spoiled(model, lambda copy: copy.graph.node.add(op_type=kind)))


@pytest.mark.parametrize("domain", ["com.microsoft", "org.evil", "ai.onnx.training"])
def test_a_custom_domain_is_refused(domain, model):
    assert domain in refusal(spoiled(model, lambda copy: copy.graph.node.add(op_type="Add", domain=domain)))
    assert domain in refusal(spoiled(model, lambda copy: copy.opset_import.add(domain=domain, version=1)))


def test_a_graph_inside_an_operator_is_refused(model):
    def change(copy):
        copy.graph.node[0].attribute.append(helper.make_attribute("body", helper.make_graph([], "inner", [], [])))

    assert "loops and branches" in refusal(spoiled(model, change))


def test_functions_are_refused(model):
    assert "functions" in refusal(spoiled(model, lambda copy: copy.functions.add(name="f", domain="x")))


def test_training_information_is_refused(model):
    assert "training info" in refusal(spoiled(model, lambda copy: copy.training_info.add()))


def test_constants_in_another_file_are_refused(model):
    def change(copy):
        copy.graph.initializer[0].external_data.add(key="location", value="../../etc/passwd")

    assert "another file" in refusal(spoiled(model, change))
    assert "another file" in refusal(spoiled(model, lambda copy: setattr(copy.graph.initializer[0], "data_location", 1)))


def test_sparse_constants_are_refused(model):
    assert "sparse" in refusal(spoiled(model, lambda copy: copy.graph.sparse_initializer.add()))


def test_a_constant_that_claims_more_than_it_holds_is_refused(model):
    def change(copy):
        copy.graph.initializer.append(TensorProto(name="big", data_type=1, dims=[1 << 30, 1 << 30], raw_data=b"1234"))

    assert "constant big" in refusal(spoiled(model, change))


def test_a_single_field_that_comes_twice_is_refused(model):
    assert "two fields ir_version" in refusal(model.SerializeToString() + b"\x08\x0a")
    assert "two fields graph" in refusal(model.SerializeToString() + onnx.ModelProto(graph=model.graph).SerializeToString())


def test_text_constants_are_refused(model):
    def change(copy):
        copy.graph.initializer.append(numpy_helper.from_array(np.array(["a"], object), "words"))

    assert "unknown field 6" in refusal(spoiled(model, change))


def test_a_counter_of_any_length_is_refused(model):
    def change(copy):
        values = {"first": 0, "last": 10**12, "step": 1}
        copy.graph.initializer.extend(numpy_helper.from_array(np.array(value, np.int64), name) for name, value in values.items())
        copy.graph.node.add(op_type="Range", input=list(values), output=["long"])

    assert "Range" in refusal(spoiled(model, change))
    assert "Range" in refusal(
        spoiled(model, lambda copy: copy.graph.node.add(op_type="Range", input=["trend"] * 3, output=["r"]))
    )


def test_another_interface_is_refused(model):
    assert "instead of 'trend'" in refusal(spoiled(model, lambda copy: copy.graph.input.add(name="second")))
    assert "and 'score'" in refusal(spoiled(model, lambda copy: copy.graph.output.pop(0)))


def test_versions_that_are_too_new_are_refused(model):
    assert "IR version 11" in refusal(spoiled(model, lambda copy: setattr(copy, "ir_version", 11)))
    assert "version 26" in refusal(spoiled(model, lambda copy: setattr(copy.opset_import[0], "version", 26)))


def test_a_file_larger_than_the_budget_is_refused_before_it_is_read(model):
    with pytest.raises(BundleRejected, match="more than the 100 allowed"):
        check_model(b"\xff" * 101, max_bytes=100)


@pytest.mark.parametrize("data", [b"", b"\x00", b"hello world", b"\x08" + b"\xff" * 20, b"\x3a\xff\xff\xff\xff\x0f", b"\x3b\x00"])
def test_what_is_no_model_is_refused(data):
    refusal(data)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_still_a_model_but_never_crashes_the_walk(data):
    good = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(good) - 1))
        good[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(good)))
    for damaged in (bytes(good), bytes(good[:cut])):
        try:
            check_model(damaged)
        except BundleRejected as error:
            assert error.reason == "model_not_allowed"


SMALL = export("never_alarm")


def test_the_list_holds_no_operator_that_could_branch_loop_or_read():
    assert not {"If", "Loop", "Scan", "SequenceMap", "Optional", "ConstantOfShape", "Expand", "Tile"} & ALLOWED_OPERATORS[""]
