"""The operating system's key store behind `keyring`: only back ends that are known to keep a secret.

keyring picks a back end by priority or by a config file, and some of those keep plain text or forget silently. So ours is
chosen by class from a list, and what is stored there is wrapped by the person's passphrase all the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workbench.core.errors import KeyVaultError
from workbench.core.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE_NAME = "pump-workbench"
ALLOWED_BACKENDS = (
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)


class OsKeyStore:
    """One allowed back end; its errors become KeyVaultError."""

    def __init__(self, backend: KeyringBackend) -> None:
        check_backend(backend)
        self._backend = backend
        self.title = type(backend).__module__.rsplit(".", 1)[-1]

    def load(self, name: str) -> str | None:
        """The text kept under this name, or None."""
        from keyring.errors import KeyringError

        try:
            return self._backend.get_password(SERVICE_NAME, name)
        except (KeyringError, OSError) as error:
            raise self._failed("read", error) from error

    def save(self, name: str, text: str) -> None:
        """Keep the text and read it back: a back end that forgets is noticed now, not in a month."""
        from keyring.errors import KeyringError

        try:
            self._backend.set_password(SERVICE_NAME, name, text)
            is_kept = self._backend.get_password(SERVICE_NAME, name) == text
        except (KeyringError, OSError) as error:
            raise self._failed("write", error) from error
        if not is_kept:
            raise KeyVaultError(f"The key store {self.title} did not keep the key.", "The vault folder is used instead.")

    def _failed(self, verb: str, error: Exception) -> KeyVaultError:
        return KeyVaultError(f"The key store {self.title} can't {verb}: {error}.", "Unlock it and try again.")


def check_backend(backend: object) -> None:
    """Refuse by class whatever is not on the list (null, fail, plain text, chains, strangers). Raises KeyVaultError."""
    kind = type(backend)
    if (kind.__module__, kind.__qualname__) not in ALLOWED_BACKENDS:
        text = f"The key store {kind.__module__}.{kind.__qualname__} is not one that is known to keep secrets."
        raise KeyVaultError(text, "The vault folder is used instead.")


def find_key_store() -> OsKeyStore | None:
    """The first allowed back end that works here; None on a machine without one, and where WORKBENCH_HOME is set.

    WORKBENCH_HOME moves *all* per-user state, so keys then stay in that folder's vault.
    """
    if os.environ.get(HOME_VARIABLE):
        return None
    from keyring.backend import get_all_keyring

    for backend in get_all_keyring():
        kind = type(backend)
        if (kind.__module__, kind.__qualname__) in ALLOWED_BACKENDS:
            return OsKeyStore(backend)
    return None
