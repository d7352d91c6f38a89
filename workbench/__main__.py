"""`workbench`: a command if the first word names one, else the window on a project."""

from __future__ import annotations

import os
import sys
import warnings

_NO_CORES = "ignore:Could not find the number of physical cores:UserWarning"
"""For the worker process, which starts without passing here."""


def main() -> int:
    """Start the command line or the window; returns the exit code."""
    # joblib asks the system for its physical cores, and warns where a bare system (a container) can't tell.
    os.environ.setdefault("PYTHONWARNINGS", _NO_CORES)
    warnings.filterwarnings("ignore", message="Could not find the number of physical cores", category=UserWarning)
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()
    words = sys.argv[1:]
    if words and words[0] == "demo":
        from workbench.app.demo import run_demo

        return run_demo(words[1:])
    from workbench.cli.main import is_command, is_project, run

    if words and (is_command(words[0]) or words[0].startswith("-") or len(words) > 1 or not is_project(words[0])):
        return run(words)
    from workbench.app.start import start_window

    return start_window(words)


if __name__ == "__main__":
    sys.exit(main())
