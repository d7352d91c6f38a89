"""SMP's error numbers in words. Sources: Zephyr Project, "MCUmgr SMP protocol specification" and image management group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.smp_codec import IMAGE_GROUP, SmpMessage
from workbench.core.wire import PUMP_GROUP, PumpStatus

_GENERAL = {
    1: ("unknown", "an error without a name"),
    2: ("no_memory", "it has not enough memory"),
    3: ("invalid", "the request is not valid"),
    4: ("timeout", "it ran out of time"),
    5: ("not_found", "there is no such thing"),
    6: ("bad_state", "not in its present state"),
    7: ("too_large", "the answer would be too large"),
    8: ("not_supported", "it doesn't know this command"),
    9: ("corrupt", "its data is damaged"),
    10: ("busy", "it is busy"),
    11: ("access_denied", "it is not allowed"),
}
_IMAGE = {
    3: ("no_image", "there is no such image"),
    9: ("no_free_slot", "no slot is free"),
    12: ("no_space", "its storage is full or can't be written"),
    14: ("invalid_slot", "this slot can't be used"),
    20: ("invalid_offset", "the piece doesn't continue what it has"),
    21: ("invalid_length", "the length is missing or wrong"),
    22: ("image_refused", "it refused the image"),
    24: ("invalid_hash", "the hash is missing or unknown"),
    30: ("too_large", "the image is larger than a slot"),
    31: ("too_long", "more was sent than announced"),
    32: ("confirm_denied", "it won't confirm this image"),
    33: ("test_denied", "it won't test the image that runs"),
}
_PUMP = {
    PumpStatus.UNKNOWN: "an error without a name",
    PumpStatus.REFUSED: "it refused",
    PumpStatus.BUSY: "it is busy",
    PumpStatus.NO_SPACE: "its storage is full",
    PumpStatus.NOT_FOUND: "there is no such thing on it",
    PumpStatus.BAD_REQUEST: "the request is not valid",
    PumpStatus.NOT_TRUSTED: "it doesn't trust the signature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNo:
    """An error answer: a word for programs, a text for people, what to do."""

    word: str
    text: str
    hint: str = "See the device protocol's page in the help."


def refusal_of(reply: SmpMessage) -> DeviceNo | None:
    """The error that a reply carries, None if it carries none."""
    error = reply.payload.get("err")
    if isinstance(error, Mapping):
        return _of_group(error.get("group"), error.get("rc"))
    code = reply.payload.get("rc", 0)
    return None if code == 0 else _named(_GENERAL, code)


def _of_group(group: object, code: object) -> DeviceNo | None:
    if code == 0:
        return None
    if group == IMAGE_GROUP:
        return _named(_IMAGE, code)
    if group == PUMP_GROUP and isinstance(code, int) and code in _PUMP:
        status = PumpStatus(code)
        return DeviceNo(word=status.name.lower(), text=_PUMP[status])
    return DeviceNo(word=f"group_{group}_error_{code}", text=f"error {code} of group {group}")


def _named(table: Mapping[int, tuple[str, str]], code: object) -> DeviceNo:
    known = table.get(code) if isinstance(code, int) else None
    if known is None:
        return DeviceNo(word=f"error_{code}", text=f"error {code}, which has no name here")
    return DeviceNo(word=known[0], text=known[1])
