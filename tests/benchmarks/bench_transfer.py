"""An update's transfer through a paced line: the share of baud / 10 that reaches the device as image.

The peers are figures of others on such lines (lrzsz `sz -8`, and SMP's own ceiling with its base64 lines); ours is measured
here, on the whole 300 kB, with the device's verification of the last piece included. 16 ms is a USB serial cable's latency.
"""

from __future__ import annotations

import os
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tests.benchmarks.table import Row
from tests.contracts import bundle_fixtures as fixtures
from workbench.bundle.trust import save_trust
from workbench.core.jobs import Job
from workbench.devices.protocols.smp import SmpClient
from workbench.edge.virtual import VirtualOptions, build_virtual
from workbench.services.devices import UpdateRequest, update_device

NAME = "transfer"
FULL_BYTES = 300_000
GOAL = 0.96
LATENCY_S = 0.016
PEERS = {115_200: 0.97, 921_600: 0.965}
SMP_CEILING = 0.73


def run(size: float) -> list[Row]:
    """`size` scales the image; at 0.01 only its shape is checked."""
    rows = []
    for baud in PEERS:
        rows.append(_row(f"transfer {baud} Bd, 16 ms, raw framing", _share(baud, size), PEERS[baud], "sz -8 (published)", GOAL))
        rows.append(
            _row(f"transfer {baud} Bd, 16 ms, SMP lines", _share(baud, size, lines=True), SMP_CEILING, "SMP ceiling", None)
        )
    return rows


def _row(name: str, share: float, peer: float, peer_name: str, goal: float | None) -> Row:
    return Row(
        name=name, ours=f"{share:.3f} of the line", peer=f"{peer_name} {peer:g}", ratio=share / peer,
        goal=f">= {goal:g}" if goal else "", held=None if goal is None else share >= goal,
    )  # fmt: skip


def _share(baud: int, size: float, *, lines: bool = False) -> float:
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, {"WORKBENCH_HOME": f"{name}/home"}):
        folder = Path(name)
        save_trust(folder / "trust.json", fixtures.make_root())
        padding = random.Random(baud).randbytes(max(1000, round(FULL_BYTES * size)))
        members = {**fixtures.make_contents().members, "card.md": padding}
        (folder / "b.pwb").write_bytes(fixtures.make_bundle(release=4, members=members))
        with _device(folder, baud) as port, _only_lines(lines):
            request = UpdateRequest(port=port, bundle=str(folder / "b.pwb"), trust=str(folder / "trust.json"), yes=True)
            result = update_device(request, Job())
    assert result.verdict == "verified", result.message
    return result.rate_Bps / (baud / 10)


@contextmanager
def _device(folder: Path, baud: int) -> Iterator[str]:
    options = VirtualOptions(
        listen="socket://127.0.0.1:0", folder=folder / "device", trust_file=folder / "trust.json", baud_rate_bd=baud,
        latency_s=LATENCY_S,
    )  # fmt: skip
    service, endpoint = build_virtual(options)
    stop = threading.Event()
    thread = threading.Thread(target=service.run, args=(stop.is_set,), daemon=True)
    thread.start()
    try:
        yield endpoint.name
    finally:
        stop.set()
        thread.join(10)
        endpoint.close()


@contextmanager
def _only_lines(lines: bool) -> Iterator[None]:
    if not lines:
        yield
        return
    with mock.patch.object(SmpClient, "_carries_raw", return_value=False):
        yield
