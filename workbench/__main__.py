"""`workbench`: a command if the first word names one, else the window on a project."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Start the command line or the window; returns the exit code."""
    # Without it joblib asks the system for its physical cores, and warns where a bare system can't tell.
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()
    words = sys.argv[1:]
    if words and words[0] == "demo":
        from workbench.app.demo import run_demo

        return run_demo(words[1:])
    from workbench.cli.main import is_command, run

    if words and (is_command(words[0]) or words[0].startswith("-") or len(words) > 1):
        return run(words)
    from workbench.app.start import start_window

    return start_window(words)


if __name__ == "__main__":
    sys.exit(main())
