"""Rotated and revoked keys: what counts on, what is refused and what to do then, on the laptop and on a device over the wire."""

from __future__ import annotations

import contextlib
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from tests.contracts import bundle_fixtures as fixtures
from tests.services.device_fixtures import Site
from workbench.bundle.chain import MAX_MESSAGE_BYTES, TrustChain, add_link, chain_path_of, load_chain, save_chain
from workbench.bundle.signing import SigningKey
from workbench.bundle.trust import MAX_KEPT, advance_root, load_trust, replace_key, revoke_key, save_trust, sign_root, trust_key
from workbench.core.errors import BundleError, DeviceError, DeviceRefused, KeyVaultError
from workbench.core.jobs import Job
from workbench.edge.provisioning import load_device_trust
from workbench.services.bundles import BundleSignRequest, BundleVerifyRequest, sign_bundle, verify_bundle
from workbench.services.devices import (
    IdentifyRequest,
    PreflightRequest,
    RollBackRequest,
    TrustRequest,
    UpdateRequest,
    UpdateResult,
    identify,
    preflight,
    roll_back,
    update_device,
    update_trust,
)
from workbench.services.keys import (
    KeyExportRequest,
    KeyListRequest,
    KeyNewRequest,
    KeyRevokeRequest,
    KeyRotateRequest,
    TrustAddRequest,
    TrustFollowRequest,
    add_trust,
    export_key,
    follow_trust,
    list_keys,
    new_key,
    open_vault,
    revoke_trust,
    rotate_key,
)

NAME = "ola"


class Person:
    """Somebody with a vault and a pinned root, and what they have signed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        new_key(KeyNewRequest(name=NAME), Job())
        export_key(KeyExportRequest(key=NAME, out=str(folder / "ola.pub")), Job())
        add_trust(TrustAddRequest(key_file=str(folder / "ola.pub")), Job())
        # Somebody who has copied the key: a rotation must not depend on the vault being the only one to hold it.
        self.stolen: SigningKey = open_vault().unlock(NAME, lambda _question: "a long passphrase")

    @property
    def trust(self) -> Path:
        return self.home / "trust.json"

    @property
    def key(self) -> str:
        """Id of the key in use."""
        return next(key.id for key in list_keys(KeyListRequest(), Job()).keys if key.state == "active")

    def sign(self, release: int) -> Path:
        """A bundle of this release, signed with the key in use, as `bundle sign` does."""
        path = self.folder / f"release-{release}.pwb"
        path.write_bytes(fixtures.build_bundle(fixtures.make_contents(release=release), ()))
        sign_bundle(BundleSignRequest(bundle=str(path), key=self.key), Job())
        return path

    def steal(self, release: int) -> Path:
        """A bundle of this release, signed with the copied key."""
        path = self.folder / f"stolen-{release}.pwb"
        path.write_bytes(fixtures.make_bundle(self.stolen, release=release))
        return path


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a long passphrase")
    # The vault's real cost is half a second a key; what it protects is tested where the vault is.
    monkeypatch.setattr("workbench.bundle.keys.KeyVault.__init__.__kwdefaults__", {"store": None, "cost_log2": 14})
    return Person(tmp_path)


@pytest.fixture
def site(person: Person) -> Site:
    """A device that was provisioned with the person's first root, and runs their release 3."""
    made = Site(person.folder)
    first = made.folder / "first-trust.json"
    shutil.copy(person.trust, first)
    before = person.sign(3)
    with made.device(trust_file=first) as port:
        assert update(port, before).verdict == "verified"
    return made


def update(port: str, bundle: Path, trust: Path | None = None) -> UpdateResult:
    return update_device(UpdateRequest(port=port, bundle=str(bundle), trust=str(trust) if trust else None, yes=True), Job())


def outcome(bundle: Path, **options: str) -> str:
    return verify_bundle(BundleVerifyRequest(bundle=str(bundle), **options), Job()).outcome


def test_after_a_rotation_what_was_signed_before_counts_and_what_is_signed_later_is_refused(person: Person) -> None:
    before = person.sign(4)
    old = person.key
    result = rotate_key(KeyRotateRequest(key=NAME), Job())
    assert "1 bundles" in result.message
    assert outcome(before) == "verified"
    assert outcome(person.sign(5)) == "verified"
    refused = verify_bundle(BundleVerifyRequest(bundle=str(person.steal(6))), Job())
    assert refused.outcome == "key_replaced"
    assert f"which {person.key} has replaced" in refused.message
    assert "workbench bundle sign" in refused.message
    assert [(mark.key_id, mark.is_valid) for mark in refused.signatures] == [(old, False)]
    with pytest.raises(KeyVaultError, match="replaced"):
        sign_bundle(BundleSignRequest(bundle=str(person.steal(7)), key=old), Job())


def test_a_bundle_that_is_refused_for_its_replaced_key_is_mended_as_the_hint_says(person: Person) -> None:
    rotate_key(KeyRotateRequest(key=NAME), Job())
    late = person.steal(6)
    assert outcome(late) == "key_replaced"
    sign_bundle(BundleSignRequest(bundle=str(late), key=person.key), Job())
    assert outcome(late) == "verified"


def test_a_revoked_key_takes_what_it_had_signed_before_with_it(person: Person) -> None:
    before, old = person.sign(4), person.key
    rotate_key(KeyRotateRequest(key=NAME), Job())
    assert outcome(before) == "verified"
    revoke_trust(KeyRevokeRequest(key=old, sign_with=(person.key,)), Job())
    assert outcome(before) == "key_revoked"
    assert outcome(person.sign(5)) == "verified"


def test_bundles_of_before_the_vault_took_notes_are_kept_where_they_are_named(person: Person) -> None:
    named, other = person.steal(4), person.steal(5)  # signed, and not noted by this vault
    stranger = person.folder / "stranger.pwb"
    stranger.write_bytes(fixtures.make_bundle(fixtures.STRANGER))
    with pytest.raises(BundleError, match="no signature of key"):
        rotate_key(KeyRotateRequest(key=NAME, keep=(str(stranger),)), Job())
    assert [key.state for key in list_keys(KeyListRequest(), Job()).keys] == ["active"], "nothing was changed"
    rotate_key(KeyRotateRequest(key=NAME, keep=(str(named),)), Job())
    assert (outcome(named), outcome(other)) == ("verified", "key_replaced")


def test_a_key_that_nobody_trusts_is_not_rotated(person: Person) -> None:
    new_key(KeyNewRequest(name="another"), Job())
    with pytest.raises(BundleError, match="not in your trust root"):
        rotate_key(KeyRotateRequest(key="another"), Job())
    assert {key.state for key in list_keys(KeyListRequest(), Job()).keys} == {"active"}


def test_somebody_else_follows_the_chain_from_the_root_they_have(person: Person) -> None:
    other = person.folder / "other-trust.json"
    shutil.copy(person.trust, other)
    chain = person.folder / "chain.json"
    before, old = person.sign(4), person.key
    rotate_key(KeyRotateRequest(key=NAME), Job())
    after = person.sign(5)
    revoke_trust(KeyRevokeRequest(key=old, sign_with=(person.key,), out=str(chain)), Job())
    refused = verify_bundle(BundleVerifyRequest(bundle=str(after), trust=str(other)), Job())
    assert (refused.outcome, "workbench trust follow" in refused.message) == ("key_unknown", True)
    assert outcome(after, trust=str(other), chain=str(chain)) == "verified"
    assert outcome(before, trust=str(other), chain=str(chain)) == "key_revoked"
    result = follow_trust(TrustFollowRequest(chain=str(chain), file=str(other)), Job())
    assert (result.version, load_trust(other)) == (3, load_trust(person.trust))
    assert load_chain(person.folder / "other-trust-chain.json") == load_chain(chain)
    assert outcome(after, trust=str(other)) == "verified"


def test_a_chain_of_strangers_changes_nothing(person: Person) -> None:
    root = load_trust(person.trust)
    forged = sign_root(revoke_key(root, person.key), (fixtures.STRANGER,))
    path = person.folder / "forged.json"
    save_chain(path, add_link(TrustChain(), forged))
    with pytest.raises(BundleError, match="0 of the 1 signatures"):
        follow_trust(TrustFollowRequest(chain=str(path)), Job())
    with pytest.raises(BundleError, match="0 of the 1 signatures"):
        outcome(person.sign(4), chain=str(path))
    assert load_trust(person.trust) == root


def test_a_revocation_that_nobody_could_follow_is_not_written_as_a_chain(person: Person) -> None:
    old = person.key
    with pytest.raises(BundleError, match="signatures that root 2 asks for"):
        # The only key revokes itself: root 2 has no key that could have signed it.
        revoke_trust(KeyRevokeRequest(key=old, sign_with=(old,)), Job())
    assert load_trust(person.trust).version == 1
    said = revoke_trust(KeyRevokeRequest(key=old), Job())
    assert (said.version, said.chain, "--sign-with" in said.message) == (2, None, True)


def test_an_update_brings_the_device_up_to_the_new_root_first(site: Site, person: Person) -> None:
    old = person.key
    rotate_key(KeyRotateRequest(key=NAME), Job())
    bundle = person.sign(4)
    with site.device(trust_file=None) as port:
        lights = {light.name: light for light in preflight(PreflightRequest(port=port, bundle=str(bundle)), Job()).lights}
        assert "takes trust root 2 after its 1 first" in lights["signature"].value
        assert load_device_trust(site.state).version == 1, "a look writes nothing"
        result = update(port, bundle)
        passport = identify(IdentifyRequest(port=port), Job()).passport
    assert (result.verdict, [step.step for step in result.steps if step.state == "done"][:3]) == (
        "verified", ["identify", "check", "trust"],
    )  # fmt: skip
    assert load_device_trust(site.state) == load_trust(person.trust)
    assert (passport.trust_version, set(passport.trust_keys)) == (2, {old, person.key})


def test_the_device_itself_refuses_what_the_replaced_key_signed_later(site: Site, person: Person) -> None:
    rotate_key(KeyRotateRequest(key=NAME), Job())
    with site.device(trust_file=None) as port:
        update(port, person.sign(4))
        # A laptop that has not heard of the rotation believes the stolen key; the device does not.
        result = update(port, person.steal(5), trust=site.folder / "first-trust.json")
    assert (result.verdict, result.state, result.reason, result.bytes) == ("failed", "refused", "key_replaced", 0)
    assert "workbench bundle sign" in result.next_action
    assert site.running() == 4


def test_what_was_signed_before_the_rotation_still_goes_onto_a_device_that_knows_of_it(site: Site, person: Person) -> None:
    before = person.sign(4)
    rotate_key(KeyRotateRequest(key=NAME), Job())
    with site.device(trust_file=None) as port:
        result = update(port, before)
    assert (result.verdict, load_device_trust(site.state).version, site.running()) == ("verified", 2, 4)


def test_a_device_that_missed_two_roots_takes_both_and_refuses_the_revoked_key(site: Site, person: Person) -> None:
    old, before = person.key, person.sign(4)
    rotate_key(KeyRotateRequest(key=NAME), Job())
    revoke_trust(KeyRevokeRequest(key=old, sign_with=(person.key,)), Job())
    with site.device(trust_file=None) as port:
        handed = update_trust(TrustRequest(port=port), Job())
        again = update_trust(TrustRequest(port=port), Job())
        result = update(port, before, trust=site.folder / "first-trust.json")
    assert (handed.before, handed.after, handed.is_current, handed.trust_keys) == (1, 3, True, (person.key,))
    assert (again.before, again.after) == (3, 3)
    assert (result.state, result.reason, result.bytes) == ("refused", "key_unknown", 0)
    assert site.running() == 3, "the model that was confirmed keeps guarding the pump"


def test_a_device_of_another_root_does_not_follow_ours(site: Site, person: Person) -> None:
    rotate_key(KeyRotateRequest(key=NAME), Job())
    save_trust(site.state / "trust.json", fixtures.make_root(fixtures.STRANGER))
    with site.device(trust_file=None) as port:
        with pytest.raises(DeviceRefused, match="does not follow") as caught:
            update_trust(TrustRequest(port=port), Job())
        result = update(port, person.sign(4))
    assert "pump-edge provision" in caught.value.hint
    assert (result.state, result.reason, result.bytes) == ("refused", "key_unknown", 0)
    assert load_device_trust(site.state) == fixtures.make_root(fixtures.STRANGER)


def test_a_device_that_trusts_the_signer_by_a_root_of_its_own_is_updated_all_the_same(site: Site, person: Person) -> None:
    add_trust(TrustAddRequest(key_file=str(other_key(site.folder)), sign_with=(person.key,)), Job())
    own = fixtures.make_root(fixtures.OTHER_KEY)
    save_trust(site.state / "trust.json", own)
    bundle = site.folder / "others.pwb"
    bundle.write_bytes(fixtures.make_bundle(fixtures.OTHER_KEY, release=4))
    with site.device(trust_file=None) as port:
        result = update(port, bundle)
    assert result.verdict == "verified"
    assert any("keeps trust root 1" in step.text for step in result.steps)
    assert load_device_trust(site.state) == own


def test_a_gap_in_the_chain_is_named_with_what_to_do(site: Site, person: Person) -> None:
    add_trust(TrustAddRequest(key_file=str(other_key(site.folder))), Job())  # not signed: nobody can follow to root 2
    rotate_key(KeyRotateRequest(key=NAME), Job())
    with site.device(trust_file=None) as port:
        with pytest.raises(DeviceRefused, match="no link after the device's trust root 1") as caught:
            update_trust(TrustRequest(port=port), Job())
        result = update(port, person.sign(4))
    assert "pump-edge provision" in caught.value.hint
    assert (result.state, result.reason) == ("refused", "key_unknown")
    with pytest.raises(BundleError, match="root 2, which comes after yours, is not in it"):
        outcome(person.sign(5), trust=str(site.folder / "first-trust.json"), chain=str(person.home / "trust-chain.json"))


def test_a_signed_addition_is_followed_too(site: Site, person: Person) -> None:
    add_trust(TrustAddRequest(key_file=str(other_key(site.folder)), sign_with=(person.key,)), Job())
    with site.device(trust_file=None) as port:
        handed = update_trust(TrustRequest(port=port), Job())
    assert (handed.after, set(handed.trust_keys)) == (2, {person.key, fixtures.OTHER_KEY.key_id})


@pytest.mark.parametrize("fault", ["cut", "power", "corrupt"])
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_a_link_that_breaks_while_the_chain_travels_leaves_one_root_or_the_other(
    site: Site, person: Person, fault: str, share: float
) -> None:
    first = load_trust(person.trust)
    rotate_key(KeyRotateRequest(key=NAME), Job())
    fresh = site.folder / "as-it-was"
    shutil.copytree(site.state, fresh)
    with site.device(trust_file=None) as port:
        update_trust(TrustRequest(port=port), Job())
        at = round(share * site.line.n_passed)
    shutil.rmtree(site.state)
    shutil.copytree(fresh, site.state)
    with site.device(f"{fault}@{at}", trust_file=None) as port, contextlib.suppress(DeviceError):
        update_trust(TrustRequest(port=port), Job())
    assert load_device_trust(site.state) in (first, load_trust(person.trust))
    with site.device(trust_file=None) as port:
        assert update_trust(TrustRequest(port=port), Job()).is_current
    assert load_device_trust(site.state) == load_trust(person.trust)


def test_a_roll_back_after_a_rotation_is_signed_with_the_new_key(site: Site, person: Person) -> None:
    with site.device(trust_file=None) as port:
        assert update(port, person.sign(4)).verdict == "verified"
        rotate_key(KeyRotateRequest(key=NAME), Job())
        result = roll_back(RollBackRequest(port=port), Job())
    assert (result.verdict, site.running()) == ("verified", 3)
    assert load_device_trust(site.state) == load_trust(person.trust)


def test_many_large_roots_go_over_one_by_one(site: Site, person: Person) -> None:
    """Together they are more than a device takes at once."""
    root, keys = load_trust(person.trust), [person.stolen, *(SigningKey(bytes([n]) * 32) for n in range(1, 7))]
    many = tuple(f"{n:064x}" for n in range(MAX_KEPT))
    chain = TrustChain()
    for former, successor in pairwise(keys):
        entry = trust_key(successor.public_key, NAME)
        following = replace_key(root, former.key_id, entry, many)
        link = sign_root(following, (former, successor))
        root, chain = advance_root(root, link), add_link(chain, link)
    assert sum(map(len, (link.payload for link in chain.links))) > MAX_MESSAGE_BYTES
    save_trust(person.trust, root)
    save_chain(chain_path_of(person.trust), chain)
    with site.device(trust_file=None) as port:
        handed = update_trust(TrustRequest(port=port), Job())
    assert (handed.before, handed.after, handed.is_current) == (1, 7, True)
    assert load_device_trust(site.state) == root


def other_key(folder: Path) -> Path:
    from workbench.bundle.trust import encode_public_key

    path = folder / "kari.pub"
    path.write_bytes(encode_public_key(fixtures.OTHER_KEY.public_key, "kari"))
    return path
