"""The connection to a device for as long as an update lasts: opened again when it breaks, and read back through.

Must not know what an update is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from workbench.core.errors import DeviceError, DeviceNotFound, Disconnected, ProtocolError, ReplyTimeout
from workbench.devices.protocols.smp import SmpClient
from workbench.devices.verdicts import Snapshot

LINK_ERRORS = (Disconnected, ReplyTimeout, ProtocolError, DeviceNotFound)
BOOT_POLL_S = 0.2
N_READ_BACKS = 2


class Link:
    """At most one open client. `is_lost` once a broken link did not come back within the wait."""

    def __init__(
        self,
        open_client: Callable[[], SmpClient],
        *,
        reconnect_wait_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._open_client = open_client
        self._reconnect_wait_s = reconnect_wait_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._client: SmpClient | None = None
        self._has_been_open = False
        self.is_lost = False
        self.rate_bytes_per_s: float | None = None

    @property
    def client(self) -> SmpClient:
        """The open client. Raises Disconnected."""
        if self._client is None:
            raise Disconnected("There is no connection.", "Plug the cable back in and go on.")
        return self._client

    def connect(self) -> None:
        """Open the port unless it is open; a link that was there before is waited for. Raises LINK_ERRORS, PortBusy."""
        if self._client is not None:
            return
        is_worth_waiting = self._has_been_open and not self.is_lost
        deadline_s = self._monotonic() + (self._reconnect_wait_s if is_worth_waiting else 0.0)
        while True:
            try:
                self._client = self._open_client()
                self._client.greet()
            except LINK_ERRORS:
                self.hang_up()
                if self._monotonic() >= deadline_s:
                    self.is_lost = True
                    raise
                self._sleep(BOOT_POLL_S)
                continue
            self.rate_bytes_per_s = self._client.transport.rate_bytes_per_s
            self._has_been_open, self.is_lost = True, False
            return

    def look(self) -> Snapshot:
        """What the device says about itself now."""
        return Snapshot(passport=self.client.passport(), slots=self.client.slots())

    def read_back(self) -> Snapshot | None:
        """The last word of the device; None when it can't be reached."""
        for _ in range(N_READ_BACKS):
            try:
                self.connect()
                return self.look()
            except LINK_ERRORS:
                self.hang_up()
            except DeviceError:
                return None
        return None

    def restart(self, timeout_s: float) -> None:
        """Reset the device, and wait until it has booted anew. Raises ReplyTimeout."""
        self.boot_after(self.client.reset, timeout_s)

    def boot_after(self, ask: Callable[[], None], timeout_s: float) -> None:
        """Ask for something that makes the device boot, and wait until it has. Raises ReplyTimeout, and what `ask` raises."""
        uptime_s = self.client.passport().uptime_s
        asked_s = self._monotonic()
        ask()
        while self._monotonic() < asked_s + timeout_s:
            self._sleep(BOOT_POLL_S)
            try:
                self.connect()
                found_s = self.client.passport().uptime_s
            except LINK_ERRORS:
                self.hang_up()
                continue
            if found_s < uptime_s + self._monotonic() - asked_s - BOOT_POLL_S / 2:
                return
        raise ReplyTimeout(f"The device did not come back within {timeout_s:g} s.", "Check its power, then go on.")

    def hang_up(self) -> None:
        """Give the port back."""
        if self._client is not None:
            self._client.close()
            self._client = None
