"""Bringing a device's trust root up to ours: which links it lacks, and handing them over one by one.

The links prove themselves; a device that holds another root before ours refuses them and keeps what it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.bundle.chain import TrustChain, encode_chain, links_after, root_in
from workbench.bundle.signing import Envelope
from workbench.bundle.trust import TrustRoot
from workbench.core.errors import DeviceRefused
from workbench.core.wire import Passport, PumpStatus
from workbench.devices.protocols.smp import SmpClient


def links_for(passport: Passport, trust: TrustRoot, chain: TrustChain) -> tuple[Envelope, ...]:
    """The links from a device's root to ours; () if it has it, takes no chain, or can't be brought there by this one."""
    if not passport.trust_version or passport.trust_version >= trust.version:
        return ()
    links = links_after(chain, passport.trust_version)
    return links if links and root_in(links[-1]) == trust else ()


def hand_links(client: SmpClient, links: Sequence[Envelope]) -> int | None:
    """The version of the device's root afterwards; None if it does not follow. Raises DeviceError for anything else.

    One message a link: a chain of many large roots would be more than a device takes at once.
    """
    version = 0
    for link in links:
        try:
            version = client.hand_trust(encode_chain(TrustChain(links=(link,))))
        except DeviceRefused as error:
            if error.reason != PumpStatus.NOT_TRUSTED.name.lower():
                raise
            return None
    return version
