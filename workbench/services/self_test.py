"""What works on this machine: libraries, key store, ports, fonts, disk."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.paths import resources, user_home
from workbench.core.requests import Request, Result

_NEEDED = (
    "PySide6-Essentials", "numpy", "scipy", "scikit-learn", "onnx", "onnxruntime", "pyarrow", "cryptography",
    "keyring", "pyserial", "cbor2", "msgspec",
)  # fmt: skip
_LOW_DISK_BYTES = 2_000_000_000


class SelfTestRequest(Request, frozen=True, kw_only=True):
    """Say what works on this machine."""


class Check(Record, frozen=True, kw_only=True):
    """One thing that was tried. `state`: good, out_of_specification (works with limits) or failure."""

    name: str
    state: str
    value: str
    fix: str = ""


class SelfTestResult(Result, frozen=True, kw_only=True):
    """All checks; `is_usable` when nothing that is needed failed."""

    checks: tuple[Check, ...]
    is_usable: bool


def self_test(request: SelfTestRequest, job: Job) -> SelfTestResult:
    """Try each thing; nothing is changed but a probe file in the person's own folder."""
    checks = []
    steps = (_python, _libraries, _formats, _scoring, _signing, _key_store, _ports, _fonts, _home, _disk)
    for index, step in enumerate(steps):
        job.progress(index / len(steps), step.__name__.strip("_"))
        checks.append(step())
    return SelfTestResult(checks=tuple(checks), is_usable=all(check.state != "failure" for check in checks))


def _python() -> Check:
    text = sys.version.split()[0]
    state = "good" if sys.version_info >= (3, 11) else "failure"
    return Check(name="Python", state=state, value=text, fix="" if state == "good" else "Install Python 3.11 or newer.")


def _libraries() -> Check:
    found, missing = [], []
    for name in _NEEDED:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check(name="Libraries", state="failure", value=f"missing: {', '.join(missing)}", fix="Run installer/run again.")
    return Check(name="Libraries", state="good", value=", ".join(found))


def _formats() -> Check:
    """Which log formats can be read, and what to install for those that can't."""
    from workbench.logs.readers.reader import is_installed
    from workbench.logs.readers.registry import READERS

    there = [reader.name for reader in READERS if is_installed(reader)]
    missing = [reader for reader in READERS if not is_installed(reader)]
    if not missing:
        return Check(name="Log formats", state="good", value=", ".join(there))
    names = ", ".join(reader.name for reader in missing)
    extras = ",".join(sorted({reader.extra for reader in missing}))
    return Check(
        name="Log formats", state="out_of_specification", value=f"{', '.join(there)}; not {names}",
        fix=f"pip install 'pump-workbench[{extras}]', or from a folder of wheels with --no-index --find-links",
    )  # fmt: skip


def _scoring() -> Check:
    try:
        import onnxruntime
    except ImportError as error:
        return Check(name="Scoring", state="failure", value=str(error), fix="Run installer/run again.")
    return Check(name="Scoring", state="good", value=f"onnxruntime on {', '.join(onnxruntime.get_available_providers())}")


def _signing() -> Check:
    from workbench.bundle.signing import SigningKey, is_signature_valid

    key = SigningKey.generate()
    works = is_signature_valid(key.public_key, key.sign(b"probe"), b"probe")
    return Check(name="Signing", state="good" if works else "failure", value="Ed25519 signs and verifies")


def _key_store() -> Check:
    from workbench.services.key_store import find_key_store

    store = find_key_store()
    if store is None:
        return Check(
            name="Key store", state="out_of_specification", value="none that is known to keep secrets",
            fix="Signing keys go into a vault file with your passphrase.",
        )  # fmt: skip
    return Check(name="Key store", state="good", value=store.title)


def _ports() -> Check:
    from serial.tools import list_ports

    names = [port.device for port in list_ports.comports()]
    return Check(name="Serial ports", state="good", value=", ".join(names) if names else "none plugged in")


def _fonts() -> Check:
    themes = sorted(path.stem for path in (resources() / "themes").glob("*.toml"))
    state = "good" if themes else "failure"
    return Check(name="Resources", state=state, value=f"themes {', '.join(themes)}", fix="" if themes else "Install again.")


def _home() -> Check:
    home = user_home()
    probe = home / ".probe"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        return Check(name="Own folder", state="failure", value=f"{home}: {error}", fix="Set WORKBENCH_HOME to a folder you own.")
    return Check(name="Own folder", state="good", value=str(home))


def _disk() -> Check:
    home = user_home()
    free = shutil.disk_usage(home if home.is_dir() else home.anchor or ".").free
    state = "good" if free > _LOW_DISK_BYTES else "out_of_specification"
    return Check(name="Disk", state=state, value=f"{free / 1e9:.0f} GB free", fix="" if state == "good" else "Free some space.")
