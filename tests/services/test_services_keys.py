from __future__ import annotations

import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from workbench.bundle.chain import decode_chain, follow
from workbench.bundle.trust import add_key, decode_public_key, load_trust
from workbench.core.errors import InputError, KeyVaultError
from workbench.core.jobs import Job
from workbench.services.key_store import ALLOWED_BACKENDS, OsKeyStore, find_key_store
from workbench.services.keys import (
    KeyExportRequest,
    KeyListRequest,
    KeyNewRequest,
    KeyRevokeRequest,
    KeyRotateRequest,
    TrustAddRequest,
    TrustShowRequest,
    add_trust,
    export_key,
    list_keys,
    new_key,
    revoke_trust,
    rotate_key,
    show_trust,
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "a long passphrase")
    # The vault's real cost is half a second a key; what it protects is tested where the vault is.
    monkeypatch.setattr("workbench.bundle.keys.KeyVault.__init__.__kwdefaults__", {"store": None, "cost_log2": 14})
    return tmp_path / "home"


def trust_new_key(tmp_path, name="ola", **options):
    new_key(KeyNewRequest(name=name), Job())
    export_key(KeyExportRequest(key=name, out=str(tmp_path / f"{name}.pub")), Job())
    return add_trust(TrustAddRequest(key_file=str(tmp_path / f"{name}.pub"), **options), Job())


def test_a_new_key_is_listed_with_its_public_part():
    made = new_key(KeyNewRequest(name="ola"), Job()).keys[0]
    assert list_keys(KeyListRequest(), Job()).keys == (made,)
    assert made.store == "vault"


def test_an_exported_key_is_trusted_from_its_file(tmp_path):
    result = trust_new_key(tmp_path)
    assert [key.name for key in result.keys] == ["ola"]
    assert show_trust(TrustShowRequest(), Job()).keys == result.keys


def test_a_trust_file_of_ones_own_leaves_the_pinned_root_alone(tmp_path):
    trust_new_key(tmp_path, file=str(tmp_path / "trust.json"))
    assert show_trust(TrustShowRequest(), Job()).keys == ()
    assert len(show_trust(TrustShowRequest(file=str(tmp_path / "trust.json")), Job()).keys) == 1


def test_trusting_a_key_twice_changes_nothing(tmp_path, home):
    trust_new_key(tmp_path)
    before = (home / "trust.json").read_bytes()
    add_trust(TrustAddRequest(key_file=str(tmp_path / "ola.pub")), Job())
    assert (home / "trust.json").read_bytes() == before


def test_a_missing_trust_file_says_what_to_do(tmp_path):
    with pytest.raises(InputError) as caught:
        show_trust(TrustShowRequest(file=str(tmp_path / "none.json")), Job())
    assert "trust add" in caught.value.hint


def test_a_rotated_key_is_followed_by_whoever_trusted_the_old_one(tmp_path, home):
    trust_new_key(tmp_path)
    device = load_trust(home / "trust.json")
    result = rotate_key(KeyRotateRequest(key="ola", out=str(tmp_path / "link.json")), Job())
    chain = decode_chain((tmp_path / "link.json").read_bytes(), what="chain")
    assert follow(device, chain) == load_trust(home / "trust.json")
    assert result.chain == str(home / "trust-chain.json")
    assert sorted(key.state for key in result.keys) == ["active", "replaced"]


def test_a_revoked_key_stays_in_the_root_as_revoked(tmp_path):
    trust_new_key(tmp_path)
    result = revoke_trust(KeyRevokeRequest(key="ola"), Job())
    assert [key.state for key in result.keys] == ["revoked"]


def test_a_key_without_a_passphrase_is_not_made(monkeypatch):
    monkeypatch.delenv("WORKBENCH_PASSPHRASE")
    with pytest.raises(KeyVaultError, match="nobody was there"):
        new_key(KeyNewRequest(name="ola"), Job())
    assert list_keys(KeyListRequest(), Job()).keys == ()


def test_no_passphrase_and_no_seed_is_in_what_is_exported(tmp_path):
    new_key(KeyNewRequest(name="ola"), Job())
    export_key(KeyExportRequest(key="ola", out=str(tmp_path / "ola.pub")), Job())
    data = (tmp_path / "ola.pub").read_bytes()
    assert b"passphrase" not in data
    assert add_key_text(data) == "ola"


def add_key_text(data: bytes) -> str:
    from workbench.bundle.trust import TrustRoot

    return add_key(TrustRoot(), decode_public_key(data, what="test")).keys[0].name


@pytest.mark.parametrize("backend", [NullKeyring(), FailKeyring(), object()])
def test_key_stores_that_keep_no_secret_are_refused_by_class(backend):
    with pytest.raises(KeyVaultError, match="not one that is known"):
        OsKeyStore(backend)


def test_a_stranger_with_an_allowed_name_is_refused():
    stranger = type("Keyring", (), {"__module__": "keyrings.alt.file"})
    with pytest.raises(KeyVaultError):
        OsKeyStore(stranger())


def test_a_moved_home_keeps_its_keys_to_itself():
    assert find_key_store() is None


class ForgetfulBackend:
    def set_password(self, service, name, text):
        pass

    def get_password(self, service, name):
        return None


def test_a_key_store_that_forgets_is_noticed_at_once():
    ForgetfulBackend.__module__, ForgetfulBackend.__qualname__ = ALLOWED_BACKENDS[0]
    with pytest.raises(KeyVaultError, match="did not keep"):
        OsKeyStore(ForgetfulBackend()).save("id", "text")
