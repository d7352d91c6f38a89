"""Build, sign, verify and show bundles."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.codec import Record, write_atomic
from workbench.core.errors import BundleError, BundleRejected
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.bundle_files import (
    BundleMember,
    BundlePath,
    BundleResult,
    BundleSignature,
    Outcome,
    card_of,
    followed,
    load_trust_file,
    open_bundle_bytes,
    open_bundle_file,
    read_bundle,
    refused_result,
    result_of,
    store_bundle,
)
from workbench.services.common import BoardName, ProjectFolder, RunId, open_or_make_project, open_project
from workbench.services.keys import Ask, ask_environment, open_vault

if TYPE_CHECKING:
    from workbench.project.store import Project

__all__ = ["BundleMember", "BundleResult", "BundleSignature"]


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


def build_bundle(request: BundleBuildRequest, job: Job, ask: Ask | None = None) -> BundleResult:
    """Deterministic: the same run, board, variant and release give the same bytes. Journalled; stored in the project."""
    from workbench.bundle.build import build_bundle as assemble
    from workbench.core.boards import find_board
    from workbench.project.acts import Act
    from workbench.services.packaging import Choice, make_contents

    find_board(request.board)
    key = open_vault().unlock(request.key, ask or ask_environment) if request.key else None
    with open_project(request.project) as project:
        run = project.item("run", request.run)
        line = request.line or project.meta.name
        choice = Choice(
            project_folder=request.project, board=request.board, variant=request.variant, model_line=line,
            release=request.release or 1 + _latest_release(project, line), floor=request.floor,
        )  # fmt: skip
        data = assemble(make_contents(project, run.id, choice, job.part(0.0, 0.9)), (key,) if key else ())
        if key is not None:
            open_vault().note_signed(key.key_id, open_bundle_bytes(data).identity)
        outcome = Outcome(word="signed" if key else "built", trust=load_trust_file(None))
        result = result_of(request.out, data, open_bundle_bytes(data), outcome)
        write_atomic(Path(request.out), data)
        what = f"Built {result.name}, release {result.release} of {line}, for {request.board}"
        command = shlex.join(to_arguments(("bundle", "build"), request))
        store_bundle(project, data, result, Act(act="build", on=run.asset, what=what, refs=(run.id,), command=command))
    job.progress(1.0, "Bundle built")
    return result


class BundleSignRequest(Request, frozen=True, kw_only=True):
    """Add a signature to a bundle."""

    bundle: BundlePath
    key: Annotated[str, parameter("Key id or name.")]
    project: Annotated[str | None, parameter("Project whose journal records it.", path=True)] = None


def sign_bundle(request: BundleSignRequest, job: Job, ask: Ask | None = None) -> BundleResult:
    """The passphrase comes from the OS key store, WORKBENCH_PASSPHRASE, or is asked for by the caller."""
    job.checkpoint()
    return _sign(_SignAct(bundle=request.bundle, key=request.key, project=request.project, act="sign"), ask)


class BundleApproveRequest(Request, frozen=True, kw_only=True):
    """Approve a bundle that somebody else has signed."""

    bundle: BundlePath
    key: Annotated[str, parameter("Key id or name of the approver.")]
    reference: Annotated[str, parameter("Management-of-change reference.")] = ""
    project: Annotated[str | None, parameter("Project whose journal records it.", path=True)] = None


def approve_bundle(request: BundleApproveRequest, job: Job, ask: Ask | None = None) -> BundleResult:
    """A second signature by a second key; the approver's passphrase is needed each time."""
    job.checkpoint()
    if not open_bundle_file(request.bundle).signatures.signatures:
        raise BundleError("Nobody has signed this bundle yet.", "Sign it first: workbench bundle sign.")
    act = _SignAct(bundle=request.bundle, key=request.key, project=request.project, act="approve", reference=request.reference)
    return _sign(act, ask)


class BundleVerifyRequest(Request, frozen=True, kw_only=True):
    """Check a bundle whole against a trust root."""

    bundle: BundlePath
    trust: Annotated[str | None, parameter("Trust file; default: the user's pinned root.", path=True, file=True)] = None
    chain: Annotated[str | None, parameter("Chain file that leads on from this root.", path=True, file=True)] = None
    board: Annotated[str | None, parameter("Also check that it suits this board.")] = None
    line: Annotated[str | None, parameter("Also check the model line.")] = None
    min_release: Annotated[int, parameter("Also check against this security floor.", ge=0)] = 0


def verify_bundle(request: BundleVerifyRequest, job: Job) -> BundleResult:
    """Never raises for a refusal: `outcome` says it, and the command line exits 3."""
    from workbench.bundle.verify import Expectation
    from workbench.bundle.verify import verify_bundle as check

    data = read_bundle(request.bundle)
    job.progress(0.2, "Checking signatures, structure and hashes")
    trust = followed(load_trust_file(request.trust), request.chain)
    expectation = Expectation(board=request.board, model_line=request.line, security_floor=request.min_release)
    try:
        check(data, trust, expectation)
    except BundleRejected as refusal:
        return refused_result(request.bundle, data, refusal, trust)
    return result_of(request.bundle, data, open_bundle_bytes(data), Outcome(word="verified", trust=trust))


class BundleShowRequest(Request, frozen=True, kw_only=True):
    """Show what a bundle says it is, without trusting it."""

    bundle: BundlePath


def show_bundle(request: BundleShowRequest, job: Job) -> BundleResult:
    """Structure and hashes are checked, signatures are not."""
    job.checkpoint()
    data = read_bundle(request.bundle)
    opened = open_bundle_bytes(data)
    result = result_of(request.bundle, data, opened, Outcome(word="not verified", trust=load_trust_file(None)))
    return msgspec.structs.replace(result, card=card_of(opened))


class BundleListRequest(Request, frozen=True, kw_only=True):
    """List the bundles of a project."""

    project: ProjectFolder


class BundleListResult(Result, frozen=True, kw_only=True):
    """Newest first; `path` points into the project's objects."""

    bundles: tuple[BundleResult, ...]


def list_bundles(request: BundleListRequest, job: Job) -> BundleListResult:
    """From the index; a bundle whose file is missing is left out: `project check` names it."""

    job.checkpoint()
    with open_or_make_project(request.project) as project:
        found: dict[str, BundleResult] = {}
        for item in project.items("bundle"):
            if not project.objects.has("bundle", item.id):
                continue
            result = msgspec.convert(item.details, BundleResult)
            path = str(project.objects.path_of("bundle", item.id))
            found.setdefault(result.identity, msgspec.structs.replace(result, path=path))
    return BundleListResult(bundles=tuple(found.values()))


class BundleDiffRequest(Request, frozen=True, kw_only=True):
    """What changed between two bundles, in words."""

    bundle: BundlePath
    other: Annotated[str, parameter("The newer bundle (.pwb).", positional=True, path=True, file=True)]


class BundleDiffResult(Result, frozen=True, kw_only=True):
    """Sentences, each about one difference; a changed alarm rule needs the approver's attention."""

    is_same: bool
    differences: tuple[str, ...]


def diff_bundles(request: BundleDiffRequest, job: Job) -> BundleDiffResult:
    """Manifest fields and members; signatures are not part of a bundle's identity."""
    from workbench.bundle.diff import describe_difference

    job.checkpoint()
    before, after = open_bundle_file(request.bundle), open_bundle_file(request.other)
    return BundleDiffResult(
        is_same=before.identity == after.identity, differences=describe_difference(before.manifest, after.manifest)
    )  # fmt: skip


class BundleReplayRequest(Request, frozen=True, kw_only=True):
    """Run a bundle's golden vectors on this machine."""

    bundle: BundlePath
    trust: Annotated[str | None, parameter("Trust file; default: the user's pinned root.", path=True, file=True)] = None


class BundleReplayResult(Result, frozen=True, kw_only=True):
    """As a device's self-test would say it."""

    n_vectors: int
    n_passed: int
    largest_error: float
    allowed_error: float
    is_passed: bool


def replay_bundle(request: BundleReplayRequest, job: Job) -> BundleReplayResult:
    """Verified first: nothing from an untrusted bundle is run. Raises BundleRejected."""
    from workbench.bundle.golden import check_golden, read_golden
    from workbench.bundle.manifest import MODEL_NAME
    from workbench.bundle.verify import Expectation
    from workbench.bundle.verify import verify_bundle as check
    from workbench.scoring.session import ScoringSession

    verified = check(read_bundle(request.bundle), load_trust_file(request.trust), Expectation())
    job.progress(0.5, "Scoring the golden vectors")
    session = ScoringSession(verified.members[MODEL_NAME])
    golden = read_golden(verified.members, verified.manifest)
    report = check_golden(lambda windows: session.score(windows).score, golden, verified.manifest.golden_tolerance)
    return BundleReplayResult(
        n_vectors=report.n_vectors, n_passed=report.n_passed, largest_error=report.largest_error,
        allowed_error=report.allowed_error, is_passed=report.is_passed,
    )  # fmt: skip


class _SignAct(Record, frozen=True, kw_only=True):
    bundle: str
    key: str
    project: str | None
    act: str
    reference: str = ""


def _sign(request: _SignAct, ask: Ask | None) -> BundleResult:
    from workbench.bundle.build import add_bundle_signature

    data = read_bundle(request.bundle)
    vault = open_vault()
    key = vault.unlock(request.key, ask or ask_environment)
    signed = add_bundle_signature(data, key)
    result = result_of(request.bundle, signed, open_bundle_bytes(signed), Outcome(word="signed", trust=load_trust_file(None)))
    vault.note_signed(key.key_id, result.identity)
    if request.project is not None:
        _record_signature(request, signed, result, key.key_id)
    write_atomic(Path(request.bundle), signed)
    return result


def _latest_release(project: Project, line: str) -> int:
    """The highest release of the line in the project, 0 without one."""
    details = [item.details for item in project.items("bundle")]
    releases = [found.get("release") for found in details if found.get("model_line") == line]
    return max((release for release in releases if isinstance(release, int)), default=0)


def _record_signature(request: _SignAct, signed: bytes, result: BundleResult, key_id: str) -> None:
    from workbench.project.acts import Act

    verb = "Approved" if request.act == "approve" else "Signed"
    because = f", change {request.reference}" if request.reference else ""
    with open_or_make_project(request.project or ".") as project:
        what = f"{verb} {result.name}, release {result.release}, with key {key_id}{because}"
        store_bundle(project, signed, result, Act(act=request.act, what=what, state=request.act))
