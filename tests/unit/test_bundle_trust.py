from __future__ import annotations

import msgspec
import pytest

from workbench.bundle.signing import SigningKey
from workbench.bundle.trust import (
    TrustRoot,
    add_key,
    advance_root,
    decode_public_key,
    decode_trust,
    encode_public_key,
    encode_trust,
    follow_chain,
    load_pinned_trust,
    load_trust,
    revoke_key,
    save_trust,
    sign_root,
    trust_key,
)
from workbench.core.errors import BundleError, InputError

OLA, KARI, EVE = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))


def root_of(*keys: SigningKey, root_threshold: int = 1, version: int = 1) -> TrustRoot:
    root = TrustRoot(root_threshold=root_threshold)
    for key in keys:
        root = add_key(root, trust_key(key.public_key, key.key_id))
    return msgspec.structs.replace(root, version=version)


def test_a_trust_file_is_read_back_as_it_was_written(tmp_path):
    save_trust(tmp_path / "trust.json", root_of(OLA, KARI))
    assert load_trust(tmp_path / "trust.json") == root_of(OLA, KARI)


def test_without_a_file_nobody_is_trusted(tmp_path):
    assert load_pinned_trust(tmp_path).keys == ()


def test_a_key_is_not_trusted_twice():
    assert add_key(root_of(OLA), trust_key(OLA.public_key, "again")) == root_of(OLA)


def test_a_revoked_key_does_not_come_back():
    root = revoke_key(root_of(OLA), OLA.key_id)
    with pytest.raises(BundleError, match="revoked"):
        add_key(root, trust_key(OLA.public_key, "Ola"))


def test_a_key_id_that_is_not_the_keys_own_is_refused():
    text = encode_trust(root_of(OLA)).replace(OLA.key_id.encode(), KARI.key_id.encode())
    with pytest.raises(InputError, match="does not belong"):
        decode_trust(text)


def test_a_public_key_file_carries_name_and_key():
    key = decode_public_key(encode_public_key(OLA.public_key, "Ola"), what="test")
    assert (key.name, key.key_id) == ("Ola", OLA.key_id)


def test_the_next_root_needs_both_thresholds():
    old, new = root_of(OLA), root_of(KARI, version=2)
    assert advance_root(old, sign_root(new, (OLA, KARI))) == new
    for signers in ((OLA,), (KARI,), (EVE,), ()):
        with pytest.raises(BundleError, match="signatures"):
            advance_root(old, sign_root(new, signers))


def test_one_key_that_signs_twice_is_one_key():
    old = root_of(OLA, KARI, root_threshold=2)
    with pytest.raises(BundleError, match="1 of the 2"):
        advance_root(old, sign_root(root_of(OLA, version=2), (OLA, OLA)))


def test_roots_follow_one_after_the_other():
    first, second, third = root_of(OLA), root_of(KARI, version=2), root_of(EVE, version=3)
    links = [sign_root(second, (OLA, KARI)), sign_root(third, (KARI, EVE))]
    assert follow_chain(first, links) == third
    with pytest.raises(BundleError):
        follow_chain(first, links[1:])


def test_a_root_can_not_go_back():
    with pytest.raises(BundleError, match="can't follow"):
        advance_root(root_of(OLA, version=5), sign_root(root_of(OLA, version=4), (OLA,)))


def test_a_revoked_key_signs_no_next_root():
    old = revoke_key(root_of(OLA, KARI), OLA.key_id)
    with pytest.raises(BundleError, match="0 of the 1"):
        advance_root(old, sign_root(root_of(OLA, version=old.version + 1), (OLA,)))
