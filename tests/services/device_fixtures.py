"""Virtual devices in a thread of the test, and updates against them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.contracts import bundle_fixtures as fixtures
from workbench.bundle.trust import save_trust
from workbench.core.jobs import Job
from workbench.edge.line import Line
from workbench.edge.slots import BootRecord, SlotStore
from workbench.edge.virtual import VirtualOptions, build_virtual
from workbench.services.devices import UpdateRequest, UpdateResult, update_device

TAG = "P-2041A"
PADDING_BYTES = 40_000


def make_update(release: int, **changes: object) -> bytes:
    """A bundle of some 45 kB."""
    import random

    members = {**fixtures.make_contents().members, "card.md": random.Random(release).randbytes(PADDING_BYTES)}
    return fixtures.make_bundle(release=release, members=members, **changes)


@dataclass
class Site:
    """A folder with a trust file, an old and a new bundle, and a device's state."""

    folder: Path
    line: Line = field(init=False, repr=False, compare=False)

    @classmethod
    def make(cls, folder: Path) -> Site:
        site = cls(folder)
        save_trust(site.trust, fixtures.make_root())
        site.old.write_bytes(make_update(3))
        site.new.write_bytes(make_update(4))
        return site

    @property
    def trust(self) -> Path:
        return self.folder / "trust.json"

    @property
    def old(self) -> Path:
        return self.folder / "old.pwb"

    @property
    def new(self) -> Path:
        return self.folder / "new.pwb"

    @property
    def state(self) -> Path:
        return self.folder / "device"

    def record(self) -> BootRecord:
        """What the device's own disk says: the truth that a verdict is compared with."""
        return SlotStore(self.state).record

    def running(self) -> int | None:
        """Release that runs, None if none does."""
        record = self.record()
        return None if record.active is None else record.slots[record.active].release

    @contextmanager
    def device(self, *faults: str, **options: object) -> Iterator[str]:
        """The virtual gateway; yields its port."""
        given = {"listen": "socket://127.0.0.1:0", "folder": self.state, "trust_file": self.trust, "tag": TAG, **options}
        service, endpoint = build_virtual(VirtualOptions(faults=faults, **given))  # type: ignore[arg-type]
        self.line = endpoint
        stop = threading.Event()
        thread = threading.Thread(target=service.run, args=(stop.is_set,), daemon=True)
        thread.start()
        try:
            yield endpoint.name
        finally:
            stop.set()
            thread.join(10)
            endpoint.close()

    def install_old(self) -> int:
        """Put release 3 on the device; returns how many bytes that moved over the line, both ways."""
        with self.device() as port:
            assert self.update(port, self.old).verdict == "verified"
            return self.line.n_passed

    def update(self, port: str, bundle: Path | None = None, **changes: object) -> UpdateResult:
        request = UpdateRequest(port=port, bundle=str(bundle or self.new), trust=str(self.trust), yes=True, **changes)  # type: ignore[arg-type]
        return update_device(request, Job())
