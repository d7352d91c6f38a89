"""A command is data: its words, its request, the service that does it, and how the result becomes an exit code."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from workbench.core.errors import EXIT_OK
from workbench.core.requests import Request

ExitRule = Callable[[object], int]
Service = Callable[..., object]
"""`fn(request, job)`, or `fn(request, job, ask)` where a passphrase is needed."""


def always_ok(_result: object) -> int:
    """The exit code of a service that ended without an error."""
    return EXIT_OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`service` is 'module:function' below `workbench.services`, loaded when the command runs."""

    words: tuple[str, ...]
    service: str
    request: str
    exit_rule: ExitRule = always_ok
    asks: bool = False
    """Takes `ask=` for a passphrase: asked for on the terminal unless WORKBENCH_PASSPHRASE is set."""
    ends_at_interrupt: bool = False
    """Ctrl+C ends it in good order, with its result; a second one breaks it off."""
    goes_on: bool = False
    """Prints one ready line and stays until it is stopped."""
    only_json: tuple[str, ...] = ("layers",)
    """Fields of the result that a person doesn't see (`--json` has them): ids of layers, lists that nobody asked for."""
    about: str = ""
    """What it does, where several commands share a request; else the request's own first line."""

    def summary(self) -> str:
        """One line on what it does."""
        return self.about or (self.request_type().__doc__ or "").split("\n")[0]

    def request_type(self) -> type[Request]:
        """The request's class."""
        found: type[Request] = getattr(self._module(), self.request)
        return found

    def function(self) -> Service:
        """The service's function."""
        found: Service = getattr(self._module(), self.service.split(":")[1])
        return found

    def _module(self) -> object:
        return importlib.import_module(f"workbench.services.{self.service.split(':')[0]}")
