"""Build, sign, verify and show bundles."""

from __future__ import annotations

from typing import Annotated

import msgspec

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import BoardName, ProjectFolder, RunId

BundlePath = Annotated[str, parameter("Bundle file (.pwb).", positional=True, path=True, file=True)]


class BundleBuildRequest(Request, frozen=True, kw_only=True):
    """Package a run for a board; signed at once if a key is given."""

    run: RunId
    project: ProjectFolder
    out: Annotated[str, parameter("Bundle file to write (.pwb).", path=True, file=True)]
    board: BoardName = "linux-gateway"
    variant: Annotated[str | None, parameter("float32, float16, int8 or compact; default: the recommended one.")] = None
    release: Annotated[int | None, parameter("Release number; default: one above the line's latest.", ge=1)] = None
    floor: Annotated[int, parameter("Security floor that the device takes over at confirm.", ge=0)] = 0
    line: Annotated[str | None, parameter("Model line; default: the project's name.")] = None
    key: Annotated[str | None, parameter("Key id or name to sign with.")] = None


class BundleMember(Record, frozen=True, kw_only=True):
    """One part of a bundle."""

    name: str
    size_bytes: int
    sha256: str


class BundleSignature(Record, frozen=True, kw_only=True):
    """One signature; `is_valid` None where the key is not known here."""

    key_id: str
    name: str
    is_valid: bool | None


class BundleResult(Result, frozen=True, kw_only=True):
    """What a bundle is and holds."""

    path: str
    outcome: str
    """verified, unsigned, or the reason of refusal (`bundle verify`); built / signed for the acts."""
    name: str
    model_line: str
    release: int
    floor: int
    boards: tuple[str, ...]
    identity: str
    size_bytes: int
    members: tuple[BundleMember, ...]
    signatures: tuple[BundleSignature, ...]
    message: str = ""
    manifest: dict[str, object] = msgspec.field(default_factory=dict)


def build_bundle(request: BundleBuildRequest, job: Job) -> BundleResult:
    """Deterministic: the same run, board, variant and release give the same bytes. Journalled; stored in the project."""
    raise NotImplementedError


class BundleSignRequest(Request, frozen=True, kw_only=True):
    """Add a signature to a bundle."""

    bundle: BundlePath
    key: Annotated[str, parameter("Key id or name.")]
    project: Annotated[str | None, parameter("Project whose journal records it.", path=True)] = None


def sign_bundle(request: BundleSignRequest, job: Job) -> BundleResult:
    """The passphrase comes from the OS key store, WORKBENCH_PASSPHRASE, or is asked for by the caller."""
    raise NotImplementedError


class BundleVerifyRequest(Request, frozen=True, kw_only=True):
    """Check a bundle whole against a trust root."""

    bundle: BundlePath
    trust: Annotated[str | None, parameter("Trust file; default: the user's pinned root.", path=True, file=True)] = None
    board: Annotated[str | None, parameter("Also check that it suits this board.")] = None
    line: Annotated[str | None, parameter("Also check the model line.")] = None
    min_release: Annotated[int, parameter("Also check against this security floor.", ge=0)] = 0


def verify_bundle(request: BundleVerifyRequest, job: Job) -> BundleResult:
    """Never raises for a refusal: `outcome` says it, and the command line exits 3."""
    raise NotImplementedError


class BundleShowRequest(Request, frozen=True, kw_only=True):
    """Show what a bundle says it is, without trusting it."""

    bundle: BundlePath


def show_bundle(request: BundleShowRequest, job: Job) -> BundleResult:
    """Structure and hashes are checked, signatures are not."""
    raise NotImplementedError


class BundleListRequest(Request, frozen=True, kw_only=True):
    """List the bundles of a project."""

    project: ProjectFolder


class BundleListResult(Result, frozen=True, kw_only=True):
    """Newest first; `path` points into the project's objects."""

    bundles: tuple[BundleResult, ...]


def list_bundles(request: BundleListRequest, job: Job) -> BundleListResult:
    """From the index."""
    raise NotImplementedError
