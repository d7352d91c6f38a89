"""The plain files in a tar, found header by header: sizes that can't be end the search, and there may not be too many.

Python's own listing goes round for ever where a size is negative (before 3.11.14, CVE-2025-8194), and fails on one beyond the
memory in a way that names nothing.
"""

from __future__ import annotations

import tarfile

from workbench.core.errors import LogFormatError
from workbench.logs.readers.sources import MAX_MEMBERS

_MAX_HEADERS = 20 * MAX_MEMBERS
"""Folders and links count as well: a tar of nothing but headers takes memory too."""


def plain_files(archive: tarfile.TarFile, name: str) -> list[tarfile.TarInfo]:
    """Its regular files by name; what is sparse claims bytes that are not there. Raises LogFormatError, tarfile.ReadError."""
    found: list[tarfile.TarInfo] = []
    n_headers, end = 0, -1
    try:
        for member in archive:
            n_headers += 1
            if member.size < 0 or member.offset <= end:
                raise tarfile.ReadError("a size in it can't be")
            end = member.offset
            if member.isreg() and not member.issparse():
                found.append(member)
            if len(found) > MAX_MEMBERS or n_headers > _MAX_HEADERS:
                raise LogFormatError(
                    f"{name} holds more than {MAX_MEMBERS} files.", "Unpack it yourself, if you trust it.", path=name
                )
    except (OverflowError, ValueError, MemoryError) as error:
        raise tarfile.ReadError("a size in it can't be") from error
    return sorted(found, key=_name_of)


def _name_of(member: tarfile.TarInfo) -> str:
    return member.name
