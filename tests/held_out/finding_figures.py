"""How many faults are found, and what is said of healthy logs: `python -m tests.held_out.finding_figures 101 102`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import numpy as np

from tests.held_out.faults import faults
from tests.held_out.plants import PlantLog
from tests.held_out.regime_figures import logs
from workbench.logs.checks.quality import find_quality
from workbench.logs.summary import Finding

TRUE_OF = {"historian": ("COMPRESSED",)}
"""What is true of a healthy log as well."""
Counts = Counter[tuple[str, str]]


def unasked(log: PlantLog, found: Iterable[Finding]) -> list[Finding]:
    """Findings in a healthy log that are not true of it."""
    true = TRUE_OF.get(log.name, ())
    return [one for one in found if one.code not in true and (one.code != "QUANTIZED" or one.channel not in log.coarse)]


def measure(
    seeds: Iterable[int], names: Iterable[str] = ()
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str], float]:
    """(found, tried) by kind and size, findings in healthy logs in words, and pump-weeks of these."""
    hits: Counts = Counter()
    tried: Counts = Counter()
    false: list[str] = []
    weeks = 0.0
    for number, log in enumerate(logs(seeds, names)):
        weeks += float(log.times_ns[-1] - log.times_ns[0]) / (7 * 86_400e9)
        healthy = find_quality(log.times_ns, log.columns, log.units)
        false += [f"{log.name} {one.code} {one.channel}: {one.text}" for one in unasked(log, healthy)]
        for fault in faults(log, np.random.default_rng([number, 7])):
            if set(fault.codes) & set(TRUE_OF.get(log.name, ())):
                continue
            after = find_quality(fault.times_ns, fault.columns, fault.units)
            before = {(one.code, one.channel) for one in healthy}
            is_hit = any(
                one.code in fault.codes and one.channel in fault.channels and (one.code, one.channel) not in before
                for one in after
            )
            tried[fault.kind, fault.size] += 1
            hits[fault.kind, fault.size] += is_hit
    return hits, tried, false, weeks


def main() -> None:
    seeds = [int(text) for text in sys.argv[1:] if text.isdigit()] or [101, 102]
    hits, tried, false, weeks = measure(seeds, [text for text in sys.argv[1:] if not text.isdigit()])
    print("| fault | size | found |\n|---|---|---|")
    for kind, size in tried:
        print(f"| {kind} | {size} | {hits[kind, size]} of {tried[kind, size]} |")
    print(f"\n{sum(hits.values())} of {sum(tried.values())} found")
    print(f"{len(false)} false findings in {weeks:.0f} pump-weeks of healthy logs")
    print("\n".join(false))


if __name__ == "__main__":
    main()
