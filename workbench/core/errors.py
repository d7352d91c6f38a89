"""One error tree for the whole program; every error says what happened and what to do next.

Must not import anything but the standard library: the bundle verifier and the edge agent use it too.

    WorkbenchError(message, hint, code)
    ├ InputError     RequestError, LogFormatError(path, line, column), EncodingError, QuestionOpen(questions),
    │                FormulaError(column)
    ├ ProjectError   ProjectLocked, ProjectTooNew, ObjectCorrupt, DiskFull
    ├ ModelError     ConversionError, ParityError, LeakageError
    ├ BundleError    BundleRejected(reason), KeyVaultError
    └ DeviceError    PortBusy, DeviceNotFound, ReplyTimeout, Disconnected, ProtocolError, DeviceRefused, VerifyMismatch
    JobCancelled     (not an error)
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

EXIT_OK = 0
EXIT_BUG = 1
EXIT_INPUT = 2
EXIT_REFUSED = 3
EXIT_DEVICE = 4
EXIT_CANCELLED = 130


class WorkbenchError(Exception):
    """What happened (`message`, with the value), what to do (`hint`), and the help page's name (`code`)."""

    code: ClassVar[str] = "WORKBENCH"
    exit_code: ClassVar[int] = EXIT_INPUT

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross the worker's pipe: subclasses with other constructors are rebuilt from their state.
        return _rebuild, (type(self), dict(self.__dict__))


def _rebuild(kind: type[WorkbenchError], state: dict[str, object]) -> WorkbenchError:
    error = kind.__new__(kind)
    Exception.__init__(error, state.get("message", ""))
    error.__dict__.update(state)
    return error


class InputError(WorkbenchError):
    """Something the person gave can't be used as it is."""

    code = "INPUT"


class RequestError(InputError):
    """A parameter is missing, unknown or outside its limits."""

    code = "REQUEST"


class LogFormatError(InputError):
    """A log file can't be read; says where."""

    code = "LOG_FORMAT"

    def __init__(self, message: str, hint: str = "", *, path: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint)
        self.path = path
        self.line = line
        self.column = column


class EncodingError(InputError):
    """The bytes of a text file are in no encoding that we read."""

    code = "ENCODING"


class QuestionOpen(InputError):  # noqa: N818 - it is a question, and reads as one
    """The file can't tell, and a guess could be silently wrong: a person must answer first."""

    code = "QUESTION_OPEN"

    def __init__(self, message: str, hint: str = "", *, questions: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.questions = questions


class FormulaError(InputError):
    """The formula of a derived channel can't be used; says at which character."""

    code = "FORMULA"

    def __init__(self, message: str, hint: str = "", *, column: int = 0) -> None:
        super().__init__(message, hint)
        self.column = column
        """From 0."""


class ProjectError(WorkbenchError):
    """The project folder can't be used as it is."""

    code = "PROJECT"


class ProjectLocked(ProjectError):  # noqa: N818 - the state, as a person would say it
    """Another program writes to this project at this moment."""

    code = "PROJECT_LOCKED"


class ProjectTooNew(ProjectError):  # noqa: N818
    """The project was written by a newer version of the program."""

    code = "PROJECT_TOO_NEW"


class ObjectCorrupt(ProjectError):  # noqa: N818
    """An object's bytes don't match the hash it is stored under."""

    code = "OBJECT_CORRUPT"


class DiskFull(ProjectError):  # noqa: N818
    """The disk has no room for what was to be written; nothing that was acknowledged is lost.

    `path` is what was not written, None where it is not one file.
    """

    code = "DISK_FULL"

    def __init__(self, message: str, hint: str = "", *, path: Path | None = None) -> None:
        super().__init__(message, hint)
        self.path = path


class ModelError(WorkbenchError):
    """A model can't be trained, converted or trusted."""

    code = "MODEL"


class ConversionError(ModelError):
    """An estimator can't be expressed as ONNX."""

    code = "CONVERSION"


class ParityError(ModelError):
    """Two forms of one model disagree."""

    code = "PARITY"
    exit_code = EXIT_REFUSED


class LeakageError(ModelError):
    """Training data and test data overlap, or a label reached the inputs."""

    code = "LEAKAGE"
    exit_code = EXIT_REFUSED


class BundleError(WorkbenchError):
    """A bundle can't be built, signed or read."""

    code = "BUNDLE"


class BundleRejected(BundleError):  # noqa: N818
    """A bundle was refused; `reason` is one of `workbench.bundle.verify.Refusal`."""

    code = "BUNDLE_REJECTED"
    exit_code = EXIT_REFUSED

    def __init__(self, message: str, hint: str = "", *, reason: str) -> None:
        super().__init__(message, hint)
        self.reason = reason


class KeyVaultError(BundleError):
    """A key can't be read, unlocked or stored."""

    code = "KEY_VAULT"


class DeviceError(WorkbenchError):
    """Something between us and the device, or on it, went wrong."""

    code = "DEVICE"
    exit_code = EXIT_DEVICE


class PortBusy(DeviceError):  # noqa: N818
    """Another program holds the port."""

    code = "PORT_BUSY"


class DeviceNotFound(DeviceError):  # noqa: N818
    """Nothing answers at this port, or there is no such port."""

    code = "DEVICE_NOT_FOUND"


class ReplyTimeout(DeviceError):  # noqa: N818
    """The device did not answer in time."""

    code = "REPLY_TIMEOUT"


class Disconnected(DeviceError):  # noqa: N818
    """The cable came out or the port went away."""

    code = "DISCONNECTED"


class ProtocolError(DeviceError):
    """The device answered something that the protocol doesn't allow."""

    code = "PROTOCOL"


class DeviceRefused(DeviceError):  # noqa: N818
    """The device said no; `reason` is its own word for it."""

    code = "DEVICE_REFUSED"
    exit_code = EXIT_REFUSED

    def __init__(self, message: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason


class VerifyMismatch(DeviceError):  # noqa: N818
    """What was read back from the device is not what was sent."""

    code = "VERIFY_MISMATCH"


class JobCancelled(Exception):  # noqa: N818 - not an error: a person asked for it
    """Raised inside a job at its next cancel point after a person pressed Cancel."""


def all_error_types() -> tuple[type[WorkbenchError], ...]:
    """Every class of the tree, the root included, in definition order."""
    found: list[type[WorkbenchError]] = [WorkbenchError]
    for kind in found:
        found.extend(child for child in kind.__subclasses__() if child not in found)
    return tuple(found)
