"""Where things are: per-user state (moved by WORKBENCH_HOME) and the program's own resources."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "WORKBENCH_HOME"
PROJECT_FILE = "project.toml"
_PACKAGE = Path(__file__).resolve().parents[1]


def user_home() -> Path:
    """The folder of all per-user state: settings, key vault, trust, deployments. Not created here."""
    moved = os.environ.get(HOME_VARIABLE)
    if moved:
        return Path(moved)
    import platformdirs

    return Path(platformdirs.user_data_dir("pump-workbench", appauthor=False))


def resources() -> Path:
    """The folder of icons, themes, boards, help: inside the wheel, else beside the package in a checkout."""
    inside = _PACKAGE / "resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def is_project(folder: Path) -> bool:
    """Whether there is a project in a folder."""
    return (folder / PROJECT_FILE).is_file()
