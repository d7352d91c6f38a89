"""Which ports this machine has. Must not open them: asking who is there is the protocol's business."""

from __future__ import annotations

from dataclasses import dataclass

# Built-in ports of PC mainboards that exist in name only would each cost a time-out.
_NAMELESS = ("n/a", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPort:
    """A port's name and what the system says about it."""

    name: str
    description: str


def find_ports(extra: tuple[str, ...] = ()) -> tuple[FoundPort, ...]:
    """Serial ports with something behind them, then the ports that were named; sorted by name, each once."""
    from serial.tools import list_ports

    found = {
        port.device: FoundPort(name=port.device, description=port.description)
        for port in list_ports.comports()
        if port.description not in _NAMELESS
    }
    for name in extra:
        found.setdefault(name, FoundPort(name=name, description="socket on this machine" if "://" in name else "named port"))
    return tuple(found[name] for name in sorted(found))
