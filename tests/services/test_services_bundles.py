from __future__ import annotations

import msgspec
import pytest

from tests.contracts import bundle_fixtures as made
from workbench.bundle.trust import save_trust
from workbench.bundle.verify import Refusal
from workbench.core.errors import BundleError, BundleRejected, InputError, KeyVaultError
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services.bundle_files import Outcome, open_bundle_bytes, result_of, store_bundle
from workbench.services.bundles import (
    BundleApproveRequest,
    BundleDiffRequest,
    BundleListRequest,
    BundleReplayRequest,
    BundleShowRequest,
    BundleSignRequest,
    BundleVerifyRequest,
    approve_bundle,
    diff_bundles,
    list_bundles,
    replay_bundle,
    show_bundle,
    sign_bundle,
    verify_bundle,
)
from workbench.services.keys import KeyExportRequest, KeyNewRequest, TrustAddRequest, add_trust, export_key, new_key


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a long passphrase")
    monkeypatch.setattr("workbench.bundle.keys.KeyVault.__init__.__kwdefaults__", {"store": None, "cost_log2": 14})


@pytest.fixture
def bundle(tmp_path):
    path = tmp_path / "b.pwb"
    path.write_bytes(made.make_bundle())
    return path


@pytest.fixture
def trust(tmp_path):
    save_trust(tmp_path / "trust.json", made.make_root())
    return str(tmp_path / "trust.json")


def make_key(tmp_path, name):
    key = new_key(KeyNewRequest(name=name), Job()).keys[0]
    export_key(KeyExportRequest(key=name, out=str(tmp_path / f"{name}.pub")), Job())
    add_trust(TrustAddRequest(key_file=str(tmp_path / f"{name}.pub")), Job())
    return key.id


def test_a_good_bundle_is_verified_with_its_members(bundle, trust):
    result = verify_bundle(BundleVerifyRequest(bundle=str(bundle), trust=trust), Job())
    assert result.outcome == "verified"
    assert [member.name for member in result.members] == ["golden.bin", "golden.json", "model.onnx"]
    assert [signature.is_valid for signature in result.signatures] == [True]


@pytest.mark.parametrize("reason", list(Refusal))
def test_a_refusal_is_an_outcome_and_no_error(tmp_path, reason):
    case = made.broken_bundle(reason)
    (tmp_path / "broken.pwb").write_bytes(case.data)
    save_trust(tmp_path / "t.json", case.trust)
    asked = BundleVerifyRequest(
        bundle=str(tmp_path / "broken.pwb"), trust=str(tmp_path / "t.json"), board=case.expectation.board,
        line=case.expectation.model_line, min_release=case.expectation.security_floor,
    )  # fmt: skip
    result = verify_bundle(asked, Job())
    assert result.outcome == reason.value
    assert result.message


def test_without_a_trust_file_the_pinned_root_decides(tmp_path, bundle):
    assert verify_bundle(BundleVerifyRequest(bundle=str(bundle)), Job()).outcome == "key_unknown"
    make_key(tmp_path, "ola")
    sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola"), Job())
    assert verify_bundle(BundleVerifyRequest(bundle=str(bundle)), Job()).outcome == "verified"


def test_a_missing_bundle_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="There is no"):
        verify_bundle(BundleVerifyRequest(bundle=str(tmp_path / "none.pwb")), Job())


def test_showing_a_bundle_tells_whom_it_does_not_know(bundle):
    result = show_bundle(BundleShowRequest(bundle=str(bundle)), Job())
    assert (result.name, result.release, result.outcome) == ("Well pump guard", made.RELEASE, "not verified")
    assert [signature.is_valid for signature in result.signatures] == [None]


def test_signing_keeps_the_identity_and_is_journalled(tmp_path, bundle):
    make_key(tmp_path, "ola")
    before = show_bundle(BundleShowRequest(bundle=str(bundle)), Job())
    result = sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola", project=str(tmp_path / "p")), Job())
    assert result.identity == before.identity
    assert len(result.signatures) == 2
    with Project.open(tmp_path / "p") as project:
        assert [line.line.act.act for line in project.lines()] == ["sign"]


def test_one_key_signs_once(tmp_path, bundle):
    make_key(tmp_path, "ola")
    sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola"), Job())
    with pytest.raises(BundleError, match="already"):
        sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola"), Job())


def test_signing_with_a_wrong_passphrase_leaves_the_file_alone(tmp_path, bundle):
    make_key(tmp_path, "ola")
    before = bundle.read_bytes()
    with pytest.raises(KeyVaultError):
        sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola"), Job(), ask=str.title)
    assert bundle.read_bytes() == before


def test_a_damaged_bundle_is_not_signed(tmp_path, bundle):
    make_key(tmp_path, "ola")
    bundle.write_bytes(made.broken_bundle(Refusal.HASH_MISMATCH).data)
    with pytest.raises(BundleRejected):
        sign_bundle(BundleSignRequest(bundle=str(bundle), key="ola"), Job())


def test_an_approval_needs_a_first_signature_and_carries_its_reference(tmp_path, bundle):
    make_key(tmp_path, "kari")
    bundle.write_bytes(made.build_bundle(made.make_contents()))
    asked = BundleApproveRequest(bundle=str(bundle), key="kari", reference="MOC-17", project=str(tmp_path / "p"))
    with pytest.raises(BundleError, match="Nobody has signed"):
        approve_bundle(asked, Job())
    bundle.write_bytes(made.make_bundle())
    assert len(approve_bundle(asked, Job()).signatures) == 2
    with Project.open(tmp_path / "p") as project:
        assert "MOC-17" in project.lines()[0].line.act.what


def test_a_bundle_is_listed_once_in_its_newest_form(tmp_path):
    folder = tmp_path / "p"
    unsigned, signed = made.build_bundle(made.make_contents()), made.make_bundle()
    with Project.open(folder) as project:
        for data in (unsigned, signed):
            outcome = Outcome(word="built", trust=made.make_root())
            act = msgspec.structs.replace(make_act(), what="Built")
            store_bundle(project, data, result_of("", data, open_bundle_bytes(data), outcome), act)
    found = list_bundles(BundleListRequest(project=str(folder)), Job()).bundles
    assert [len(bundle.signatures) for bundle in found] == [1]
    assert verify_bytes(found[0].path) == signed


def make_act():
    from workbench.project.acts import Act

    return Act(act="build", what="")


def verify_bytes(path):
    from pathlib import Path

    return Path(path).read_bytes()


def test_a_changed_alarm_rule_is_told_in_words(tmp_path, bundle):
    other = tmp_path / "other.pwb"
    spec = msgspec.structs.replace(made.SPEC, on_delay_s=30.0)
    members = {"model.onnx": made.make_model(spec), **made.make_golden()}
    other.write_bytes(made.make_bundle(spec=spec, release=4, members=members))
    result = diff_bundles(BundleDiffRequest(bundle=str(bundle), other=str(other)), Job())
    assert not result.is_same
    assert result.differences == ("Release: 3 → 4.", "On-delay (s): 0.0 → 30.0.", "Member model.onnx has changed.")


def test_replaying_a_bundle_runs_its_golden_vectors(bundle, trust):
    result = replay_bundle(BundleReplayRequest(bundle=str(bundle), trust=trust), Job())
    assert (result.n_passed, result.is_passed) == (32, True)


def test_an_untrusted_bundle_is_not_replayed(bundle):
    with pytest.raises(BundleRejected):
        replay_bundle(BundleReplayRequest(bundle=str(bundle)), Job())
