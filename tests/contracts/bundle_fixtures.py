"""One good bundle, and one broken bundle for each reason of refusal, all made here from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper

from workbench.bundle.build import BundleContents, assemble, build_bundle, build_manifest
from workbench.bundle.golden import encode_golden
from workbench.bundle.manifest import MODEL_NAME, encode_manifest
from workbench.bundle.signing import PAYLOAD_BUNDLE, SigningKey, sign_detached
from workbench.bundle.trust import TrustRoot, add_key, replace_key, revoke_key, trust_key
from workbench.bundle.verify import Expectation, Refusal
from workbench.core.codec import encode_canonical
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec

BOARD = "virtual-gateway"
LINE = "station-7"
RELEASE = 3
KEY = SigningKey(bytes(range(32)))
OTHER_KEY = SigningKey(bytes(range(1, 33)))
STRANGER = SigningKey(bytes(range(2, 34)))
SPEC = ScoringSpec(
    task="anomaly",
    channels=(ChannelSpec(name="PT-1", unit="bar"), ChannelSpec(name="TT-1", unit="degC")),
    sample_period_s=1.0, window_samples=8, stride_samples=4, hold_limit_s=5.0,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, and in front of whom it stands."""

    data: bytes
    trust: TrustRoot
    expectation: Expectation


def make_root(*keys: SigningKey, bundle_threshold: int = 1) -> TrustRoot:
    """A root that trusts these keys."""
    root = TrustRoot(bundle_threshold=bundle_threshold)
    for index, key in enumerate(keys or (KEY,)):
        root = add_key(root, trust_key(key.public_key, f"person {index + 1}"))
    return root


def make_model(spec: ScoringSpec = SPEC, *, operator: str = "Sigmoid", domain: str = "") -> bytes:
    """A graph that any reader can follow: raw = mean of the window - 1, score = sigmoid(raw)."""
    nodes = [
        helper.make_node("ReduceMean", ["trend", "axes"], ["mean"], keepdims=0),
        helper.make_node("Sub", ["mean", "one"], ["raw"]),
        helper.make_node(operator, ["raw"], ["score"], domain=domain),
    ]
    shape = ["n", spec.window_samples, len(spec.channels)]
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info("trend", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("score", "raw")],
        [helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2]), helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    helper.set_model_props(model, {"scoring_spec": msgspec.json.encode(spec, order="sorted").decode()})
    return model.SerializeToString(deterministic=True)


def make_golden(spec: ScoringSpec = SPEC, n: int = 32, seed: int = 7) -> dict[str, bytes]:
    """Windows on both sides of the threshold, with the scores of `make_model`."""
    generator = np.random.default_rng(seed)
    windows = generator.normal(1.0, 1.5, (n, spec.window_samples, len(spec.channels))).astype(np.float32)
    raw = windows.mean(axis=(1, 2), dtype=np.float64) - 1.0
    return encode_golden(windows, (1.0 / (1.0 + np.exp(-raw))).astype(np.float32))


def make_contents(**changes: object) -> BundleContents:
    """What goes into the good bundle; keywords replace fields."""
    fields: dict[str, object] = {
        "name": "Well pump guard", "model_line": LINE, "release": RELEASE, "floor": 1, "boards": (BOARD,), "spec": SPEC,
        "variant": "float32", "golden_tolerance": 1e-4, "members": {MODEL_NAME: make_model(), **make_golden()},
    }  # fmt: skip
    return BundleContents(**{**fields, **changes})


def make_bundle(*keys: SigningKey, **changes: object) -> bytes:
    """The good bundle, signed with KEY where no key is named."""
    return build_bundle(make_contents(**changes), keys or (KEY,))


def make_tiny_bundle() -> bytes:
    """The smallest bundle of the right structure: for flipping every byte."""
    return make_bundle(members={MODEL_NAME: make_model(), **make_golden(n=1)})


def sign_manifest(manifest: bytes, members: dict[str, bytes], key: SigningKey = KEY) -> bytes:
    """A bundle around any bytes in place of the manifest, properly signed."""
    return assemble(manifest, sign_detached(manifest, PAYLOAD_BUNDLE, (key,)), members)


def broken_bundle(reason: Refusal) -> Case:
    """A bundle that is refused for exactly this reason."""
    trust, expectation = make_root(), Expectation(board=BOARD, model_line=LINE, security_floor=RELEASE)
    if reason is Refusal.KEY_REVOKED:
        trust = revoke_key(trust, KEY.key_id)
    if reason is Refusal.KEY_REPLACED:
        trust = replace_key(trust, KEY.key_id, trust_key(OTHER_KEY.public_key, "person 1"), ())
    if reason is Refusal.APPROVALS_MISSING:
        trust = make_root(KEY, OTHER_KEY, bundle_threshold=2)
    return Case(data=_MAKERS[reason](), trust=trust, expectation=expectation)


def all_cases() -> list[tuple[str, Case]]:
    """Every reason with its bundle."""
    return [(reason.value, broken_bundle(reason)) for reason in Refusal]


def _malformed() -> bytes:
    return make_bundle()[:-1]


def _hash_mismatch() -> bytes:
    data = bytearray(make_bundle())
    data[data.index(b"tiny")] ^= 0x20
    return bytes(data)


def _signature_invalid() -> bytes:
    contents = make_contents()
    signed, other = encode_manifest(build_manifest(contents)), encode_manifest(build_manifest(make_contents(release=9)))
    return assemble(other, sign_detached(signed, PAYLOAD_BUNDLE, (KEY,)), contents.members)


def _key_unknown() -> bytes:
    return make_bundle(STRANGER)


def _board_mismatch() -> bytes:
    return make_bundle(boards=("linux-gateway",))


def _line_mismatch() -> bytes:
    return make_bundle(model_line="station-8")


def _below_floor() -> bytes:
    return make_bundle(release=RELEASE - 1)


def _model_not_allowed() -> bytes:
    model = make_model(operator="CallHome", domain="com.example")
    return make_bundle(members={MODEL_NAME: model, **make_golden()})


def _schema_too_new() -> bytes:
    contents = make_contents()
    manifest = msgspec.to_builtins(build_manifest(contents))
    return sign_manifest(encode_canonical({**manifest, "schema": 2, "novelty": "unheard of"}), dict(contents.members))


_MAKERS = {
    Refusal.MALFORMED: _malformed, Refusal.HASH_MISMATCH: _hash_mismatch, Refusal.SIGNATURE_INVALID: _signature_invalid,
    Refusal.KEY_UNKNOWN: _key_unknown, Refusal.KEY_REVOKED: make_bundle, Refusal.APPROVALS_MISSING: make_bundle,
    Refusal.KEY_REPLACED: make_bundle,
    Refusal.BOARD_MISMATCH: _board_mismatch, Refusal.LINE_MISMATCH: _line_mismatch, Refusal.BELOW_FLOOR: _below_floor,
    Refusal.MODEL_NOT_ALLOWED: _model_not_allowed, Refusal.SCHEMA_TOO_NEW: _schema_too_new,
}  # fmt: skip


def check_model_is_valid() -> None:
    """The fixture's own graph is good ONNX."""
    onnx.checker.check_model(onnx.load_from_string(make_model()))
