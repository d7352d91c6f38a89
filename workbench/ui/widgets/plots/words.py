"""Words of channels, units and findings as the plots' gutters and the side panel say them."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import QCoreApplication

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.services.logs import Finding
from workbench.ui.format import instant

_UNITS = {
    "degC": "°C",
    "degF": "°F",
    "m3/h": "m³/h",
    "m3/s": "m³/s",
    "m/s2": "m/s²",
    "1/min": "rpm",
    "kg/m3": "kg/m³",
    "um": "µm",
}
_PLACES = ("NDE", "DE", "AX", "HF")
_SHORT_WORDS = 3


def unit_words(unit: str) -> str:
    """'m3/h' as 'm³/h'."""
    if unit in _UNITS or " " not in unit:
        return _UNITS.get(unit, unit)
    # A product or quotient of units, as derived channels have it.
    return "/".join("·".join(_UNITS.get(part, part) for part in above.split(" · ")) for above in unit.split(" / "))


def channel_words(name: str, unit: str, quantity: str) -> str:
    """What a channel measures: 'Velocity, DE' for VI-2041A-DE in mm/s; '' where the name already says it."""
    word = _quantity_words(unit, quantity)
    if not word or word.casefold() in name.casefold():
        return ""
    place = next((part for part in reversed(name.replace("_", "-").split("-")) if part.upper() in _PLACES), "")
    return f"{word}, {place.upper()}" if place else word


def finding_words(finding: Finding, whole_ns: int, zone: tzinfo) -> str:
    """A finding in a few words for the plot ('flat 03:12 – 09:40'); without times where it is most of the log."""
    if not finding.start_utc or not finding.end_utc:
        return ""
    length_ns = parse_utc(finding.end_utc) - parse_utc(finding.start_utc)
    if length_ns > whole_ns // 2 or length_ns < NS_PER_S:
        return _short(finding)
    start, end = (instant(text, zone, with_seconds=False) for text in (finding.start_utc, finding.end_utc))
    is_one_day = start.rpartition(" ")[0] == end.rpartition(" ")[0]
    times = f"{start.rpartition(' ')[2]} – {end.rpartition(' ')[2]}" if is_one_day else f"{start} – {end}"
    return f"{_short(finding)} {times}"


def _short(finding: Finding) -> str:
    tr = QCoreApplication.translate
    words = {
        "FLAT_LINE": tr("Findings", "flat"), "SATURATED": tr("Findings", "at its limit"), "GAP": tr("Findings", "gap"),
        "SENTINEL": tr("Findings", "no-value codes"), "ZERO_SUSPECTED": tr("Findings", "zeros that may be missing"),
        "UNIT_CHANGE": tr("Findings", "unit changes"), "CLOCK_BACK": tr("Findings", "clock went back"),
        "SPIKE": tr("Findings", "spike"), "QUANTIZED": tr("Findings", "coarse steps"), "COARSER": tr("Findings", "coarser since"),
        "COMPRESSED": tr("Findings", "compressed"),
        "UNIT_JUMP": tr("Findings", "unit jump"), "SWAPPED": tr("Findings", "exchanged"),
        "REDUNDANT": tr("Findings", "logged twice"), "COMMS_LOST": tr("Findings", "connection lost"),
        "NE43_FAILURE": tr("Findings", "transmitter failed"), "LOOSE_SENSOR": tr("Findings", "loose sensor"),
        "PLUGGED_LINE": tr("Findings", "plugged line"), "IMPOSSIBLE": tr("Findings", "impossible"),
        "ZERO_OFFSET": tr("Findings", "zero is off"), "FLOW_AT_REST": tr("Findings", "not zero at rest"),
    }  # fmt: skip
    return words.get(finding.code) or " ".join(finding.text.split(" ")[:_SHORT_WORDS])


def _quantity_words(unit: str, quantity: str) -> str:
    tr = QCoreApplication.translate
    words = {
        "pressure": tr("Quantity", "Pressure"), "flow": tr("Quantity", "Flow"), "temperature": tr("Quantity", "Temperature"),
        "vibration": tr("Quantity", "Vibration"), "current": tr("Quantity", "Current"), "power": tr("Quantity", "Power"),
        "speed": tr("Quantity", "Speed"), "voltage": tr("Quantity", "Voltage"), "level": tr("Quantity", "Level"),
    }  # fmt: skip
    if quantity == "vibration" and unit in {"mm/s", "in/s"}:
        return tr("Quantity", "Velocity")
    if quantity == "vibration" and unit in {"g", "m/s2"}:
        return tr("Quantity", "Acceleration")
    return words.get(quantity, quantity.capitalize())
