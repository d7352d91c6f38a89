"""One pump's signal tags against another's: PI-2041A and PI-3001B are the same measurement on two pumps.

A tag of the form letters + loop number + rest (ISA-5.1) has a *key*: the letters and the rest, with the distance of its
number from the pump's own number where it differs (PI-2040A on pump 2041A is `PI-1`). Names of other forms are their own
key. A model of one fleet names its channels by key; laptop and gateway find them in a log by this one rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TAG = re.compile(r"(?P<letters>[A-Z]{1,5})[-_ ]?(?P<number>\d{2,6})(?P<suffix>[A-Z]?)(?P<rest>(?:[-_. ].*)?)")
_UNIT = re.compile(r"\s*(\[[^\[\]]*\]|\([^()]*\))\s*$")


def bare_name(column: str) -> str:
    """A column's name without the unit in brackets behind it."""
    return _UNIT.sub("", column).strip() or column.strip()


def channel_keys(names: Sequence[str]) -> dict[str, str]:
    """Key of each name of one log. The pump's number is the one that most tags of the log carry."""
    parsed = {name: _TAG.fullmatch(bare_name(name)) for name in names}
    numbers = Counter(int(match["number"]) for match in parsed.values() if match)
    own = max(numbers, key=lambda number: (numbers[number], number)) if numbers else 0
    keys = {}
    for name, match in parsed.items():
        if match is None:
            keys[name] = bare_name(name)
            continue
        distance = int(match["number"]) - own
        keys[name] = f"{match['letters']}{f'{distance:+d}' if distance else ''}{match['rest']}"
    return keys


def match_channels(wanted: Sequence[str], present: Sequence[str]) -> dict[str, str]:
    """For each wanted channel the name under which the log has it; channels that it lacks, or has twice, are left out.

    A name that is there as it is (unit aside, whatever its case) wins; else the keys decide.
    """
    by_name = _unique({name: bare_name(name).casefold() for name in present})
    by_key = _unique({name: key.casefold() for name, key in channel_keys(present).items()})
    keys = channel_keys(wanted)
    found = {}
    for name in wanted:
        match = by_name.get(bare_name(name).casefold()) or by_key.get(name.casefold()) or by_key.get(keys[name].casefold())
        if match is not None:
            found[name] = match
    return found


def _unique(names: dict[str, str]) -> dict[str, str]:
    counts = Counter(names.values())
    return {value: name for name, value in names.items() if counts[value] == 1}
