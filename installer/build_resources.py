"""The one step of the build that pyproject.toml can't say: `resources/` goes into the wheel as `workbench/resources/`.

An editable install needs no copy: the program finds the folder beside its package (`core.paths.resources`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py


class BuildWithResources(build_py):
    """The modules, and beside them what the program shows."""

    def run(self) -> None:
        """Copy icons, themes, boards, pumps and the manual after the modules."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "workbench" / "resources"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(Path(__file__).resolve().parents[1] / "resources", target)
