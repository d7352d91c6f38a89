"""What a derived channel is, as the project keeps it. Must not import anything but core."""

from __future__ import annotations

from workbench.core.codec import Record


class DerivedChannel(Record, frozen=True, kw_only=True):
    """One line of the layer of derived channels: what, from what, by whom and when. `asset` '' means every pump that has them."""

    name: str
    formula: str
    asset: str = ""
    author: str = ""
    created_utc: str = ""
