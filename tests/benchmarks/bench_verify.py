"""Verify a bundle of 50 MB whole, against `sha256sum` of the file and `openssl` on the manifest's signature."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row, interleaved, skipped
from tests.contracts import bundle_fixtures as made
from workbench.bundle.signing import PAYLOAD_BUNDLE, pre_authentication_encoding
from workbench.bundle.verify import Expectation, open_bundle, verify_bundle

NAME = "verify"
_FULL_BYTES = 50_000_000
_GOAL = 2.0
_PEM = "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n"
_ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, section 10.1


def run(size: float) -> list[Row]:
    """`size` is the share of 50 MB."""
    if not (shutil.which("sha256sum") and shutil.which("openssl")):
        return [skipped("verify", "sha256sum or openssl not installed")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        n_bytes = _write_bundle(folder, round(_FULL_BYTES * size))
        trust = made.make_root()
        cpu_s = _cpu_seconds(folder)

        def ours() -> None:
            verify_bundle((folder / "b.pwb").read_bytes(), trust, Expectation(board=made.BOARD))

        ours_s, peer_s = interleaved(ours, lambda: _peer(folder), repeats=7)
    ratio = ours_s / peer_s
    return [
        Row(
            name=f"verify: {n_bytes / 1e6:.1f} MB", ours=f"{ours_s * 1000:.0f} ms (CPU {cpu_s * 1000:.0f})",
            peer=f"sha256sum + openssl {peer_s * 1000:.0f} ms", ratio=ratio, goal=f"<= {_GOAL:g}", held=ratio <= _GOAL,
        )
    ]  # fmt: skip


def _write_bundle(folder: Path, n_bytes: int) -> int:
    filler = np.random.default_rng(3).bytes(max(1, n_bytes))
    data = made.make_bundle(members={"model.onnx": made.make_model(), **made.make_golden(), "recording.bin": filler})
    opened = open_bundle(data)
    (folder / "b.pwb").write_bytes(data)
    (folder / "signed").write_bytes(pre_authentication_encoding(PAYLOAD_BUNDLE, opened.manifest_bytes))
    (folder / "sig").write_bytes(base64.b64decode(opened.signatures.signatures[0].sig))
    key = base64.b64encode(_ED25519_PREFIX + made.KEY.public_key).decode()
    (folder / "key.pem").write_text(_PEM.format(key), encoding="ascii")
    return len(data)


def _peer(folder: Path) -> None:
    subprocess.run(["sha256sum", "b.pwb"], cwd=folder, check=True, capture_output=True)
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed", "-sigfile", "sig"]
    subprocess.run(verify, cwd=folder, check=True, capture_output=True)


def _cpu_seconds(folder: Path) -> float:
    started_s = time.process_time()
    verify_bundle((folder / "b.pwb").read_bytes(), made.make_root(), Expectation(board=made.BOARD))
    return time.process_time() - started_s
