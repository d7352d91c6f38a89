"""`python -m tests.benchmarks [NAME …] [--size 1.0] [--json]`: ratios against named peers, measured in one run."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from types import ModuleType

import tests.benchmarks
from tests.benchmarks.table import Row, plain, text_table


def main() -> None:
    """Run the named benchmarks, or all."""
    modules = all_benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(modules)}; none: all")
    parser.add_argument("--size", type=float, default=1.0, help="share of the full size (1.0); CI uses a small one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in modules]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(modules)}")
    rows: list[Row] = [row for name in given.names or modules for row in modules[name].run(given.size)]
    print(json.dumps(plain(rows)) if given.json else text_table(rows))


def all_benchmarks() -> dict[str, ModuleType]:
    """Name → module of each `bench_*.py` here."""
    names = [item.name for item in pkgutil.iter_modules(tests.benchmarks.__path__) if item.name.startswith("bench_")]
    modules = [importlib.import_module(f"tests.benchmarks.{name}") for name in names]
    return {module.NAME: module for module in modules}


if __name__ == "__main__":
    main()
