"""Builds the small wheel `pump-edge` for gateways from this very tree: core, bundle, scoring and edge, nothing else.

    python3 installer/build_edge.py [--out dist]

What it needs is found by reading the imports of the packed modules, with the version limits of pyproject.toml, so that the
wheel can't silently need more than it says. The same tree gives the same bytes. Only the standard library is used here.
Not to be installed beside the full program: both bring the package `workbench`.
"""

from __future__ import annotations

import argparse
import ast
import base64
import hashlib
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "pump-edge"
PACKAGES = ("core", "bundle", "scoring", "edge")
ENTRY_POINT = "pump-edge = workbench.edge.__main__:main"
# Imported module -> distribution that brings it, where the two differ.
DISTRIBUTIONS = {"serial": "pyserial", "tomli_w": "tomli-w"}
# What a gateway must never be made to install; a new import of one of these stops the build.
FORBIDDEN = frozenset(
    {"PySide6", "pyqtgraph", "pandas", "sklearn", "scipy", "skl2onnx", "onnx", "pyarrow", "keyring", "reportlab"}
)
TIMESTAMP = (1980, 1, 1, 0, 0, 0)


def main() -> int:
    """Build and say where it is."""
    parser = argparse.ArgumentParser(description="Builds the small wheel for gateways.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the wheel")
    out = parser.parse_args().out
    path = build_wheel(out)
    print(f"Built {path} ({path.stat().st_size / 1000:.0f} kB), needs {', '.join(requirements())}")
    return 0


def build_wheel(out: Path) -> Path:
    """Write the wheel into `out`; returns its path."""
    version = project()["version"]
    files = dict(sorted({**sources(), **boards()}.items()))
    information = f"pump_edge-{version}.dist-info"
    files[f"{information}/METADATA"] = metadata(version).encode()
    files[f"{information}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: build_edge\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{information}/entry_points.txt"] = f"[console_scripts]\n{ENTRY_POINT}\n".encode()
    files[f"{information}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    files[f"{information}/RECORD"] = record(files, f"{information}/RECORD").encode()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"pump_edge-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(entry(name), data)
    return path


def entry(name: str) -> zipfile.ZipInfo:
    """A member without a time or a machine in its header."""
    info = zipfile.ZipInfo(name, TIMESTAMP)
    # Stored: what deflate makes depends on the zlib at hand.
    info.compress_type = zipfile.ZIP_STORED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def sources() -> dict[str, bytes]:
    """Name in the wheel -> bytes of every module that is packed."""
    paths = [ROOT / "workbench" / "__init__.py"]
    for package in PACKAGES:
        paths += sorted((ROOT / "workbench" / package).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): normalized(path) for path in paths}


def boards() -> dict[str, bytes]:
    """The board profiles, where `core.paths.resources` looks for them inside a wheel."""
    return {
        f"workbench/resources/boards/{path.name}": normalized(path) for path in (ROOT / "resources" / "boards").glob("*.toml")
    }


def normalized(path: Path) -> bytes:
    """A text file with the line ends of the repository, whatever this checkout made of them."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def metadata(version: str) -> str:
    """Core metadata 2.4."""
    lines = [
        "Metadata-Version: 2.4", f"Name: {NAME}", f"Version: {version}",
        "Summary: The agent of Pump Workbench on a gateway: scores the pump, takes signed updates.",
        f"Requires-Python: {project()['requires-python']}", f"License-Expression: {project()['license']}",
        "License-File: LICENSE", *(f"Requires-Dist: {requirement}" for requirement in requirements()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def requirements() -> list[str]:
    """What the packed modules import, with the limits of pyproject.toml. Stops at a forbidden or an unknown one."""
    limits = {re.split(r"[<>=!~ \[;]", text, maxsplit=1)[0].lower(): text for text in project()["dependencies"]}
    found = []
    for module in sorted({name for data in sources().values() for name in imported(data)}):
        if module in FORBIDDEN:
            sys.exit(f"The edge agent would need {module}. Move that import out of {', '.join(PACKAGES)}.")
        name = DISTRIBUTIONS.get(module, module)
        if name.lower() not in limits:
            sys.exit(f"The edge agent imports {module}, which is not a dependency in pyproject.toml.")
        found.append(limits[name.lower()])
    return found


def imported(data: bytes) -> Iterator[str]:
    """Top-level names of imports from elsewhere, the lazy ones included; those for type checkers only are left out."""
    for node in walk_runtime(ast.parse(data)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top != "workbench":
                yield top


def walk_runtime(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements but those under `if TYPE_CHECKING`."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.dump(tree.test):
        return
    if isinstance(tree, (ast.Import, ast.ImportFrom)):
        yield tree
    for child in ast.iter_child_nodes(tree):
        yield from walk_runtime(child)


def record(files: dict[str, bytes], own_name: str) -> str:
    """The wheel's list of members with their hashes."""
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*lines, f"{own_name},,"]) + "\n"


def project() -> dict[str, object]:
    """The [project] table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


if __name__ == "__main__":
    sys.exit(main())
