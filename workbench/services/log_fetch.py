"""Fetch logs from a source that a plugin brings, such as a historian's database, into a project.

What the source gives is written as a table beside the project, and read by the importer like any other: with its care for times,
units, qualities, rates and doubts. Nothing is opened before the person has agreed to the one machine that it connects to.
"""

from __future__ import annotations

import csv
import shlex
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import translate_os_error
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import Answers, NewProjectFolder, open_or_make_project
from workbench.services.logs import ImportRequest, Question, RecordingSummary, import_logs

if TYPE_CHECKING:
    from workbench.extension.contracts import LogSource, SourceAsk, SourceFacts, SourceRows

Ask = Callable[[str], str]
_FETCH_SHARE = 0.6


class FetchRequest(Request, frozen=True, kw_only=True):
    """Fetch logs from a source that a plugin brings (a historian's database) and import them."""

    source: Annotated[str, parameter("Kind of the source, as 'plugins list' shows it.", flag="--source")]
    config: Annotated[str, parameter("Description of the source, TOML.", path=True, file=True)]
    project: NewProjectFolder
    start: Annotated[str, parameter("First instant, ISO 8601; without a zone it is UTC.", flag="--from", label="From")]
    end: Annotated[str, parameter("End (the instant itself is left out), ISO 8601.", flag="--until", label="Until")]
    tag: Annotated[tuple[str, ...], parameter("Only these tags; else those of the description.", label="Tags")] = ()
    asset: Annotated[str | None, parameter("Equipment tag of the pump; else taken from the tags.", label="Pump")] = None
    site: Annotated[str | None, parameter("Site the pump belongs to.")] = None
    connect: Annotated[str, parameter("Agree to a connection to this machine, by the name that the description has.")] = ""
    answer: Answers = ()
    remember: Annotated[bool, parameter("Keep the password in this system's key store.", flag="--remember", label="Remember")] = (
        False
    )


class FetchResult(Result, frozen=True, kw_only=True):
    """What was fetched and what it became."""

    source: str
    rows: int
    recordings: tuple[RecordingSummary, ...]
    questions: tuple[Question, ...]


def fetch_logs(request: FetchRequest, job: Job, ask: Ask | None = None) -> FetchResult:
    """Raises InputError where the source is not allowed, not agreed to or not to be read; QuestionOpen as an import does."""
    from workbench.project.acts import Act
    from workbench.services.plugins import plugin_sources

    sources = plugin_sources()
    source = sources.get(request.source)
    if source is None:
        known = ", ".join(sources) or "none; 'workbench plugins allow FOLDER' allows one"
        raise InputError(f"There is no source {request.source!r}.", f"Known: {known}.")
    facts = described(source, Path(request.config))
    question = _question_of(request, facts, ask, check_agreed(facts, request.connect))
    with open_or_make_project(request.project) as project, project.objects.staging("fetch") as folder:
        path = folder / f"{_file_word(facts.name)}.csv"
        n_rows = _write(_guarded(source, question, facts), path, question, job.part(0.0, _FETCH_SHARE))
        if not n_rows:
            raise InputError(f"{facts.name} has nothing between {request.start} and {request.end}.", "Check times and tags.")
        imported = import_logs(
            ImportRequest(
                paths=(str(path),), project=request.project, zone=facts.zone, answer=request.answer, asset=request.asset,
                site=request.site,
            ),
            job.part(_FETCH_SHARE, 1.0),
        )  # fmt: skip
        what = f"{facts.name}: {n_rows:,} rows from {request.start} until {request.end}"
        refs = tuple(recording.id for recording in imported.recordings if recording.id)
        command = shlex.join(to_arguments(("logs", "fetch"), request))
        project.record(Act(act="fetch", on=request.asset or "", what=what, refs=refs, command=command))
    return FetchResult(source=facts.name, rows=n_rows, recordings=imported.recordings, questions=imported.questions)


def check_agreed(facts: SourceFacts, connect: str) -> str:
    """The machine's address; raises InputError unless the person named it, and it is on this site's own network."""
    if not facts.host:
        return ""
    if connect != facts.host:
        text = f"{facts.name} {facts.opens}. It connects to {facts.host} and to nothing else."
        raise InputError(text, f"Agree to it: --connect {facts.host}.")
    return check_near(facts.host)


def check_near(host: str) -> str:
    """A machine's address; raises InputError where it is not on a private network: nothing here speaks to the internet."""
    import ipaddress
    import socket

    try:
        found = list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, None)))
    except OSError as error:
        raise InputError(f"There is no machine {host} on this network: {error.strerror or error}.", "Check its name.") from error
    far = sorted(text for text in found if not ipaddress.ip_address(text.partition("%")[0]).is_private)
    if far or not found:
        text = f"{host} is {', '.join(far) or 'nowhere'}, which is not on this site's own network; it is not connected to."
        raise InputError(text, "Use the historian's address inside the site.")
    return found[0]


def _question_of(request: FetchRequest, facts: SourceFacts, ask: Ask | None, address: str) -> SourceAsk:
    from workbench.extension.contracts import SourceAsk

    start_ns, end_ns = parse_utc(request.start), parse_utc(request.end)
    if end_ns <= start_ns:
        raise InputError(f"{request.end} is not after {request.start}.", "Give --from before --until.")

    def secret(question: str) -> str:
        return _secret_of(facts, question, ask, remember=request.remember)

    return SourceAsk(
        config=Path(request.config),
        start_ns=start_ns,
        end_ns=end_ns,
        tags=request.tag,
        secret=secret,
        host=facts.host,
        address=address,
    )


def _secret_of(facts: SourceFacts, question: str, ask: Ask | None, *, remember: bool) -> str:
    """From the key store, else from the person; never from a file, a flag or the environment."""
    from workbench.services.key_store import find_key_store

    store = find_key_store()
    kept = store.load(facts.secret_name) if store is not None else None
    if kept:
        return kept
    if ask is None:
        hint = "Run it once in a terminal with --remember."
        raise InputError(f"{facts.name} needs a password, and nobody can type here.", hint)
    typed = ask(question)
    if remember:
        if store is None:
            raise InputError("This system has no key store that keeps passwords.", "Leave out --remember and type it each time.")
        store.save(facts.secret_name, typed)
    return typed


def described(source: LogSource, config: Path) -> SourceFacts:
    """What the source says of its description; a plugin that stumbles over it is an error of that file."""
    try:
        return source.describe(config)
    except WorkbenchError:
        raise
    except Exception as error:
        text = f"{config.name} can't be read: {type(error).__name__}."
        raise InputError(text, "Check the description, or tell the plugin's makers.") from error


def _guarded(source: LogSource, question: SourceAsk, facts: SourceFacts) -> Iterator[SourceRows]:
    """The source's pieces; whatever it raises is an error of this source, never of the program."""
    try:
        yield from source.read(question)
    except (WorkbenchError, GeneratorExit):
        raise
    except Exception as error:
        text = f"{facts.name} can't be read: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        raise InputError(f"{text.rstrip(': .')}.", "Check the description, or tell the plugin's makers.") from error


def _write(pieces: Iterator[SourceRows], path: Path, question: SourceAsk, job: Job) -> int:
    """Write the pieces as one table; returns the rows."""
    n_rows = 0
    span_ns = question.end_ns - question.start_ns
    try:
        with path.open("w", encoding="utf-8", newline="") as stream, closing(pieces) as found:  # type: ignore[type-var]
            writer = csv.writer(stream)
            for piece in found:
                if not n_rows:
                    writer.writerow(piece.columns)
                writer.writerows(piece.rows)
                n_rows += len(piece.rows)
                at_ns = question.start_ns if piece.at_ns is None else piece.at_ns
                job.progress(min(max((at_ns - question.start_ns) / span_ns, 0.0), 1.0), f"{n_rows:,} rows, {format_utc(at_ns)}")
    except OSError as error:
        raise translate_os_error(error, path) from error
    return n_rows


def _file_word(name: str) -> str:
    """A source's name as a file name."""
    return "".join(char if char.isalnum() or char in " .-_" else "-" for char in name).strip(" .") or "source"
