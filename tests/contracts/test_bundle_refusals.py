"""Each reason of refusal has its bundle; no bit of a bundle is free to change."""

from __future__ import annotations

import io
import random
import zipfile

import msgspec
import numpy as np
import pytest

from tests.contracts import bundle_fixtures as made
from workbench.bundle.archive import read_head
from workbench.bundle.golden import check_golden, read_golden
from workbench.bundle.manifest import MODEL_NAME
from workbench.bundle.trust import TrustRoot
from workbench.bundle.verify import ConfirmedRelease, Expectation, Refusal, verify_bundle, verify_head
from workbench.core.errors import BundleRejected

NOBODY_ASKS = Expectation()


def refusal_of(data: bytes, trust: TrustRoot, expectation: Expectation = NOBODY_ASKS) -> str:
    with pytest.raises(BundleRejected) as caught:
        verify_bundle(data, trust, expectation)
    assert caught.value.hint
    return caught.value.reason


def test_the_good_bundle_is_verified_by_its_signer():
    verified = verify_bundle(made.make_bundle(), made.make_root(), Expectation(board=made.BOARD, model_line=made.LINE))
    assert [made.KEY.key_id] == [key.key_id for key in verified.signers]
    assert {"model.onnx", "golden.json", "golden.bin"} == set(verified.members)


@pytest.mark.parametrize("reason", list(Refusal))
def test_each_broken_bundle_is_refused_for_its_own_reason(reason):
    case = made.broken_bundle(reason)
    assert reason.value == refusal_of(case.data, case.trust, case.expectation)


def test_every_flipped_byte_of_a_bundle_is_refused():
    data, trust = made.make_tiny_bundle(), made.make_root()
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0xFF
        refusal_of(bytes(changed), trust)


def test_single_flipped_bits_all_over_a_bundle_are_refused():
    data, trust, chance = made.make_bundle(), made.make_root(), random.Random(1)
    for _ in range(4000):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        refusal_of(bytes(changed), trust)


def test_a_bundle_cut_off_anywhere_is_refused():
    data, trust = made.make_tiny_bundle(), made.make_root()
    for length in range(0, len(data), 3):
        assert refusal_of(data[:length], trust) == Refusal.MALFORMED


def test_bytes_after_the_end_are_refused():
    assert refusal_of(made.make_bundle() + b"\0", made.make_root()) == Refusal.MALFORMED


def test_a_bundle_in_an_ordinary_zip_is_refused():
    source, target = io.BytesIO(made.make_bundle()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert refusal_of(target.getvalue(), made.make_root()) == Refusal.MALFORMED


def test_any_zip_tool_reads_a_bundle():
    with zipfile.ZipFile(io.BytesIO(made.make_bundle())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "signatures.json", "golden.bin", "golden.json", "model.onnx"]


def test_a_bundle_built_twice_is_identical():
    assert made.make_bundle(made.KEY, made.OTHER_KEY) == made.make_bundle(made.OTHER_KEY, made.KEY)


def test_an_empty_trust_root_refuses_everything():
    assert refusal_of(made.make_bundle(), TrustRoot()) == Refusal.KEY_UNKNOWN


def test_an_unsigned_bundle_lacks_approvals():
    contents = made.make_contents()
    assert refusal_of(made.build_bundle(contents), made.make_root()) == Refusal.APPROVALS_MISSING


def test_two_signatures_of_one_person_are_not_two_people():
    data = made.make_bundle(made.KEY, made.STRANGER)
    trust = made.make_root(made.KEY, made.OTHER_KEY, bundle_threshold=2)
    assert refusal_of(data, trust) == Refusal.APPROVALS_MISSING
    assert verify_bundle(made.make_bundle(made.KEY, made.OTHER_KEY), trust, NOBODY_ASKS).manifest.release == made.RELEASE


def test_a_signature_over_another_kind_of_document_does_not_count():
    contents = made.make_contents()
    manifest = made.encode_manifest(made.build_manifest(contents))
    signatures = made.sign_detached(manifest, "application/vnd.pump-workbench.receipt+json", (made.KEY,))
    assert refusal_of(made.assemble(manifest, signatures, contents.members), made.make_root()) == Refusal.SIGNATURE_INVALID


def test_a_release_confirmed_with_other_contents_is_refused():
    before = ConfirmedRelease(release=made.RELEASE, identity="0" * 64)
    assert refusal_of(made.make_bundle(), made.make_root(), Expectation(confirmed=(before,))) == Refusal.HASH_MISMATCH


def test_a_model_above_the_budget_is_refused():
    assert refusal_of(made.make_bundle(), made.make_root(), Expectation(max_model_bytes=10)) == Refusal.MODEL_NOT_ALLOWED


def test_a_manifest_that_is_not_canonical_is_malformed_though_signed():
    contents = made.make_contents()
    manifest = made.encode_manifest(made.build_manifest(contents)).replace(b'"release":3', b'"release": 3')
    data = made.sign_manifest(manifest, dict(contents.members))
    assert refusal_of(data, made.make_root()) == Refusal.MALFORMED


@pytest.mark.parametrize("name", ["\x1b[2Jverified", "P\u202e1402", "a\u200bb", "line\nverified"])
def test_a_name_that_a_screen_would_obey_is_malformed_though_signed(name):
    contents = made.make_contents()
    text = made.encode_canonical({**msgspec.to_builtins(made.build_manifest(contents)), "name": name})
    assert refusal_of(made.sign_manifest(text, dict(contents.members)), made.make_root()) == Refusal.MALFORMED


def test_golden_vectors_of_another_shape_are_malformed_though_signed():
    members = {MODEL_NAME: made.make_model(), **made.make_golden()}
    members["golden.bin"] = members["golden.bin"][:-4]
    assert refusal_of(made.make_bundle(members=members), made.make_root()) == Refusal.MALFORMED


def test_the_head_alone_tells_a_wrong_board_before_the_rest_has_arrived():
    case = made.broken_bundle(Refusal.BOARD_MISMATCH)
    first = case.data[: read_head(case.data).n_bytes]
    with pytest.raises(BundleRejected) as caught:
        verify_head(first, case.trust, case.expectation)
    assert caught.value.reason == Refusal.BOARD_MISMATCH


def test_the_golden_vectors_pass_on_the_graph_they_were_made_with():
    onnxruntime = pytest.importorskip("onnxruntime")
    verified = verify_bundle(made.make_bundle(), made.make_root(), NOBODY_ASKS)
    session = onnxruntime.InferenceSession(verified.members[MODEL_NAME], providers=["CPUExecutionProvider"])
    golden = read_golden(verified.members, verified.manifest)
    report = check_golden(lambda windows: session.run(["score"], {"trend": windows})[0], golden, 1e-4)
    assert report.is_passed
    assert report.n_vectors == 32
    wrong = check_golden(lambda windows: np.full(len(windows), np.nan, np.float32), golden, 1e-4)
    assert wrong.n_passed == 0
