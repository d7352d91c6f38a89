"""Everything immutable, stored under its SHA-256: single files, and trees (a folder with a list of its members' hashes).

An object appears under its final name only when all its bytes are on the disk, so a kill at any instant leaves either the
whole object or none; what is left in `staging/` belongs to nobody and is swept when it is a day old.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.core.codec import (
    Record,
    decode_strict,
    disk_of,
    encode_canonical,
    sha256_file,
    sha256_hex,
    sync_files,
    sync_folder,
    translate_os_error,
    write_atomic,
)
from workbench.core.errors import ObjectCorrupt, ProjectError
from workbench.project.owned_folders import owned_name, sweep

MEMBERS_FILE = "members.json"
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_HASH = re.compile(r"[0-9a-f]{64}")


class TreeMember(Record, frozen=True, kw_only=True):
    """One file of a tree."""

    name: str
    size_bytes: int
    sha256: str


class ObjectStore:
    """The `objects/` folder of a project."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root.parent / "staging"

    def put_bytes(self, kind: str, data: bytes) -> str:
        """Store bytes; returns their SHA-256. The same bytes are stored once."""
        name = sha256_hex(data)
        path = self._place(kind, name)
        if not path.is_file() or path.stat().st_size != len(data):
            write_atomic(path, data)
        return name

    def get_bytes(self, kind: str, name: str) -> bytes:
        """Read and check against the hash; raises ObjectCorrupt or ProjectError."""
        path = self.path_of(kind, name)
        data = path.read_bytes()
        if sha256_hex(data) != name:
            raise ObjectCorrupt(
                f"{kind} {name[:12]} was damaged: its bytes no longer match its hash.",
                "Take it from another copy of the project.",
            )
        return data

    def path_of(self, kind: str, name: str) -> Path:
        """Where a single-file object is; raises ProjectError if it isn't there."""
        return self._existing(kind, name)

    def tree_path(self, kind: str, name: str) -> Path:
        """The folder of a tree object; raises ProjectError if it isn't there."""
        return self._existing(kind, name)

    def whole_tree(self, kind: str, name: str) -> Path:
        """The folder of a tree object whose every byte was compared with its hash; raises ObjectCorrupt or ProjectError."""
        folder = self._existing(kind, name)
        problem = self.check(kind, name)
        if problem is not None:
            raise ObjectCorrupt(problem, "Take it from another copy of the project.")
        return folder

    def has(self, kind: str, name: str) -> bool:
        """Whether the object is there."""
        return self._place(kind, name).exists()

    @contextmanager
    def staging(self, kind: str) -> Iterator[Path]:
        """A fresh folder on the disk of the project, which is named when it is full; what is left in it afterwards is removed."""
        folder = self._staging / owned_name(kind)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise translate_os_error(error, folder) from error
        try:
            with disk_of(self._staging.parent, self._staging):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put_tree(self, kind: str, folder: Path) -> str:
        """Move a finished folder into the store; returns its id, the SHA-256 of its list of members."""
        members = tuple(_members_of(folder))
        data = encode_canonical(members)
        name = sha256_hex(data)
        place = self._place(kind, name)
        if place.exists():
            shutil.rmtree(folder, ignore_errors=True)
            return name
        try:
            (folder / MEMBERS_FILE).write_bytes(data)
            sync_files([folder / member.name for member in members] + [folder / MEMBERS_FILE])
            sync_folder(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # what a disk promised to write it may still have no room for
            raise translate_os_error(error, folder) from error
        try:
            folder.rename(place)
        except OSError as error:
            if not (place / MEMBERS_FILE).is_file():
                raise translate_os_error(error, place) from error
            shutil.rmtree(folder, ignore_errors=True)  # another program stored the same at this moment
        sync_folder(place.parent)
        return name

    def remove(self, kind: str, name: str) -> bool:
        """Delete an object; False where the system keeps it because a page has it open (Windows). Gone already is fine."""
        place = self._place(kind, name)
        try:
            if place.is_dir():
                doomed = self._staging / owned_name("removed")
                doomed.parent.mkdir(parents=True, exist_ok=True)
                place.rename(doomed)
                shutil.rmtree(doomed, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        except PermissionError:
            return False
        return True

    def check(self, kind: str, name: str) -> str | None:
        """Compare an object with its hash; a sentence about what is wrong, or None."""
        place = self._place(kind, name)
        if place.is_dir():
            return _check_tree(kind, name, place)
        if not place.is_file():
            return f"{kind} {name[:12]} is missing."
        return None if sha256_file(place) == name else f"{kind} {name[:12]} was damaged: its bytes don't match its hash."

    def sweep(self) -> None:
        """Remove what a killed program left in `staging/`: at once where it ran on this machine, else after a day."""
        sweep(self._staging)

    def _place(self, kind: str, name: str) -> Path:
        if not _KIND.fullmatch(kind) or not _HASH.fullmatch(name):
            raise ProjectError(f"'{kind}/{name[:80]}' is not the name of an object.", "Names are SHA-256 hashes.")
        return self._root / kind / name[:2] / name

    def _existing(self, kind: str, name: str) -> Path:
        place = self._place(kind, name)
        if not place.exists() or place.is_symlink():
            raise ProjectError(
                f"{kind} {name[:12]} is not in this project.", "Run 'workbench project check' to see what is missing."
            )
        return place


def _members_of(folder: Path) -> Iterator[TreeMember]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MEMBERS_FILE:
            name = path.relative_to(folder).as_posix()
            yield TreeMember(name=name, size_bytes=path.stat().st_size, sha256=sha256_file(path))


def _check_tree(kind: str, name: str, place: Path) -> str | None:
    data = (place / MEMBERS_FILE).read_bytes() if (place / MEMBERS_FILE).is_file() else b""
    if sha256_hex(data) != name:
        return f"{kind} {name[:12]} was damaged: its list of members doesn't match its hash."
    for member in decode_strict(data, tuple[TreeMember, ...], what=f"members of {kind} {name[:12]}"):
        path = place / member.name
        if not path.is_file() or sha256_file(path) != member.sha256:
            return f"{kind} {name[:12]} was damaged: {member.name} is missing or doesn't match its hash."
    return None
