from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from workbench.bundle.keys import KeyVault, WrappedSeed, load_installation_key, passphrase_from_environment
from workbench.bundle.signing import encode_base64, is_signature_valid
from workbench.core.codec import decode_strict
from workbench.core.errors import InputError, KeyVaultError

WHEN = "2026-03-16T10:00:00Z"
FAST = 14


def ask(_question: str) -> str:
    return "a long passphrase"


class MemoryStore:
    """A key store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def load(self, name: str) -> str | None:
        return self.kept.get(name)

    def save(self, name: str, text: str) -> None:
        self.kept[name] = text


class BrokenStore(MemoryStore):
    def save(self, name: str, text: str) -> None:
        raise KeyVaultError("The key store is locked.", "Unlock it.")


def make_vault(folder: Path, store: MemoryStore | None = None) -> KeyVault:
    return KeyVault(folder, store=store, cost_log2=FAST)


def test_a_key_signs_after_the_vault_was_opened_again(tmp_path):
    record = make_vault(tmp_path).create("ola", ask, created_utc=WHEN)
    key = make_vault(tmp_path).unlock("ola", ask)
    assert key.key_id == record.key_id
    assert is_signature_valid(key.public_key, key.sign(b"x"), b"x")


def test_a_wrong_passphrase_opens_nothing(tmp_path):
    vault = make_vault(tmp_path)
    vault.create("ola", ask, created_utc=WHEN)
    with pytest.raises(KeyVaultError, match="does not open"):
        vault.unlock("ola", str.upper)


def test_an_empty_passphrase_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(KeyVaultError, match="empty"):
        make_vault(tmp_path).create("ola", lambda _question: "", created_utc=WHEN)
    assert make_vault(tmp_path).records() == ()


def test_the_seed_lies_nowhere_in_plain_bytes(tmp_path):
    store = MemoryStore()
    vault = make_vault(tmp_path, store)
    vault.create("ola", ask, created_utc=WHEN)
    seed = vault.unlock("ola", ask).seed()
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    everything = files + "".join(store.kept.values()).encode()
    assert not any(form in everything for form in (seed, seed.hex().encode(), encode_base64(seed).encode()))


@pytest.mark.skipif(os.name == "nt", reason="Windows protects the folder by the profile's access list")
def test_key_files_are_readable_by_their_owner_only(tmp_path):
    make_vault(tmp_path).create("ola", ask, created_utc=WHEN)
    load_installation_key(tmp_path)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.key*")}
    assert modes == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="Windows protects the folder by the profile's access list")
def test_an_installation_key_that_others_could_read_is_closed_again(tmp_path):
    load_installation_key(tmp_path)
    path = tmp_path / "vault" / "installation.key"
    path.chmod(0o644)
    load_installation_key(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_store_holds_the_wrapped_seed_and_the_folder_does_not(tmp_path):
    store = MemoryStore()
    record = make_vault(tmp_path, store).create("ola", ask, created_utc=WHEN)
    assert record.store == "key store"
    assert decode_strict(store.kept[record.key_id].encode(), WrappedSeed, what="test").cost_log2 == FAST
    assert "sealed" not in (tmp_path / f"{record.key_id}.key.json").read_text(encoding="utf-8")
    assert make_vault(tmp_path, store).unlock("ola", ask).key_id == record.key_id


def test_a_broken_key_store_leaves_the_wrapped_seed_in_the_vault(tmp_path):
    record = make_vault(tmp_path, BrokenStore()).create("ola", ask, created_utc=WHEN)
    assert record.store == "vault"
    assert make_vault(tmp_path).unlock("ola", ask).key_id == record.key_id


def test_a_secret_missing_from_the_key_store_is_said(tmp_path):
    make_vault(tmp_path, MemoryStore()).create("ola", ask, created_utc=WHEN)
    with pytest.raises(KeyVaultError, match="not in the key store"):
        make_vault(tmp_path, MemoryStore()).unlock("ola", ask)


def test_scrypt_costs_outside_the_bounds_are_refused_on_reading():
    for cost in (1, 31):
        text = f'{{"cost_log2":{cost},"salt":"","nonce":"","sealed":""}}'.encode()
        with pytest.raises(InputError):
            decode_strict(text, WrappedSeed, what="A key")


def test_swapped_key_files_are_noticed(tmp_path):
    vault = make_vault(tmp_path)
    first = vault.create("a", ask, created_utc=WHEN)
    second = vault.create("b", ask, created_utc=WHEN)
    path = tmp_path / f"{second.key_id}.key.json"
    path.write_bytes((tmp_path / f"{first.key_id}.key.json").read_bytes())
    with pytest.raises(KeyVaultError, match="holds key"):
        vault.unlock("b", ask)


def test_a_name_is_taken_once_and_unknown_names_list_the_known(tmp_path):
    vault = make_vault(tmp_path)
    vault.create("ola", ask, created_utc=WHEN)
    with pytest.raises(KeyVaultError, match="already"):
        vault.create("ola", ask, created_utc=WHEN)
    with pytest.raises(KeyVaultError) as caught:
        vault.find("kari")
    assert "ola" in caught.value.hint


def test_a_rotated_key_signs_no_more_and_its_name_means_the_new_one(tmp_path):
    vault = make_vault(tmp_path)
    old = vault.create("ola", ask, created_utc=WHEN)
    _former, new = vault.rotate("ola", ask, created_utc=WHEN)
    assert vault.find("ola").key_id == new.key_id
    with pytest.raises(KeyVaultError, match="replaced"):
        vault.unlock(old.key_id, ask)


def test_a_missing_passphrase_names_the_variable(monkeypatch):
    monkeypatch.delenv("WORKBENCH_PASSPHRASE", raising=False)
    with pytest.raises(KeyVaultError) as caught:
        passphrase_from_environment("Passphrase for key 'ola'")
    assert "WORKBENCH_PASSPHRASE" in caught.value.hint


def test_the_installation_key_stays_the_same(tmp_path):
    assert load_installation_key(tmp_path).key_id == load_installation_key(tmp_path).key_id


def test_programs_that_start_at_once_get_one_installation_key(tmp_path):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(load_installation_key(tmp_path).key_id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "vault").iterdir()] == ["installation.key"]


def test_a_damaged_installation_key_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "installation.key").write_text("{}", encoding="utf-8")
    with pytest.raises(KeyVaultError) as caught:
        load_installation_key(tmp_path)
    assert "Move the file away" in caught.value.hint
