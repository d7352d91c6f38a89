"""How well operating states are told on pumps that no rule was tuned on: `python -m tests.held_out.regime_figures 101 102`.

Time shares: of the time that a pump truly was in a state, how much was said right, said otherwise, or left open. With all
channels, with motor current and discharge pressure, with motor current alone.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from tests.held_out.plants import CODES, PlantLog
from tests.held_out.scenarios import ALL
from workbench.logs.regimes.find import find_regimes
from workbench.logs.regimes.regime import REGIME_NAMES

OPEN = "not distinguishable"
NAMED = (OPEN, OPEN)
"""No pump is in this state: here the hours are counted in which the true one is among those that are named."""
Shares = Counter[tuple[str, str]]


def logs(seeds: Iterable[int], names: Iterable[str] = ()) -> Iterator[PlantLog]:
    """Every scenario with every seed."""
    for seed in seeds:
        for number, (name, make) in enumerate(ALL.items()):
            if not names or name in names:
                yield make(np.random.default_rng([seed, number]))


def views(log: PlantLog) -> dict[str, list[str]]:
    """Which channels there are."""
    return {"all": list(log.columns), "current and pressure": [log.current, log.discharge], "current": [log.current]}


def told(log: PlantLog, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Code of the state that is said of each row, −2 for none; and whether what is left open names the true one."""
    out, named = np.full(len(log.times_ns), -2), np.zeros(len(log.times_ns), bool)
    found = find_regimes(log.times_ns, {n: log.columns[n] for n in names}, {n: log.units[n] for n in names}, log.beside)
    for one in found:
        rows = slice(int(np.searchsorted(log.times_ns, one.start_ns)), int(np.searchsorted(log.times_ns, one.end_ns, "right")))
        out[rows] = CODES[one.name]
        if one.name == OPEN:
            named[rows] = np.isin(log.truth[rows], [CODES[name] for name in one.could_be])
    return out, named


def measure(seeds: Iterable[int], names: Iterable[str] = ()) -> dict[str, Shares]:
    """Hours by (true, said) for each view."""
    shares: dict[str, Shares] = defaultdict(Counter)
    for log in logs(seeds, names):
        hours = float(np.diff(log.times_ns[:2])[0]) / 3.6e12
        for view, channels in views(log).items():
            said, named = told(log, channels)
            shares[view][NAMED] += float(np.count_nonzero(named)) * hours
            pairs, counts = np.unique(np.stack([log.truth, said]), axis=1, return_counts=True)
            for (true, code), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
                if true >= 0:
                    shares[view][REGIME_NAMES[true], REGIME_NAMES[code] if code >= 0 else "-"] += count * hours
    return shares


def rows_of(shares: Shares) -> list[tuple[str, float, float, float, float, str]]:
    """(state, hours, right, open, precision, what is said instead) by state, shares 0 to 1."""
    made = []
    for name in REGIME_NAMES:
        hours = sum(value for (true, _), value in shares.items() if true == name)
        said = sum(value for (_, code), value in shares.items() if code == name)
        if not hours:
            continue
        right = shares[name, name]
        others = Counter({code: value for (true, code), value in shares.items() if true == name and code != name})
        worst = ", ".join(f"{code} {value / hours:.0%}" for code, value in others.most_common(3) if value > 0.01 * hours)
        made.append((name, hours, right / hours, shares[name, OPEN] / hours, right / said if said else float("nan"), worst))
    return made


def main() -> None:
    seeds = [int(text) for text in sys.argv[1:] if text.isdigit()] or [101, 102]
    names = [text for text in sys.argv[1:] if not text.isdigit()]
    for view, shares in measure(seeds, names).items():
        named = shares.pop(NAMED)
        total = sum(shares.values())
        right = sum(value for (true, code), value in shares.items() if true == code)
        left = sum(value for (true, code), value in shares.items() if code == OPEN)
        wrong = 1 - (right + left) / total
        of_these = f" (the true state is among those named in {named / left:.0%} of it)" if left else ""
        print(f"\n{view}: {right / total:.1%} right, {left / total:.1%} left open{of_these}, {wrong:.1%} wrong")
        print("| state | hours | right | left open | of what is said, right | else |\n|---|---|---|---|---|---|")
        for name, hours, share, unsaid, precision, worst in rows_of(shares):
            print(f"| {name} | {hours:.0f} | {share:.1%} | {unsaid:.1%} | {precision:.1%} | {worst} |")


if __name__ == "__main__":
    main()
