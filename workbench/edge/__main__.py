"""`pump-edge`: the agent of a gateway, and its provisioning at the gateway itself.

pump-edge provision --state DIR --board NAME --trust FILE [--tag TAG] [--line LINE] [--serial S]
pump-edge run --state DIR --port P [--input LOG] [--speed X]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.bundle.trust import load_trust
from workbench.core.errors import EXIT_OK, WorkbenchError
from workbench.edge.provisioning import Provisioning, new_serial, provision
from workbench.edge.serve import AgentOptions, run_agent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        if parsed.command == "provision":
            _provision(parsed)
        else:
            options = AgentOptions(
                folder=parsed.state, port=parsed.port, input_file=parsed.input, speed=parsed.speed,
                baud_rate_bd=parsed.baud_rate_bd,
            )  # fmt: skip
            run_agent(options, _print_line)
    except WorkbenchError as error:
        print(str(error), file=sys.stderr)
        return error.exit_code
    return EXIT_OK


def _provision(parsed: argparse.Namespace) -> None:
    identity = Provisioning(board=parsed.board, serial=parsed.serial or new_serial(), tag=parsed.tag, model_line=parsed.line)
    provision(parsed.state, identity, load_trust(parsed.trust))
    _print_line({"provisioned": True, "board": identity.board, "serial": identity.serial, "tag": identity.tag})


def _print_line(value: dict[str, object]) -> None:
    print(json.dumps(value), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pump-edge", description="The agent on a gateway: scores the pump, takes updates.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="Serve at a port and score the input.")
    run.add_argument("--state", type=Path, required=True, help="Folder of slots and logs.")
    run.add_argument("--port", required=True, help="/dev/ttyS1, COM3 or socket://127.0.0.1:PORT.")
    run.add_argument("--input", type=Path, default=None, help="Log (CSV) that is replayed as the sensors.")
    run.add_argument("--speed", type=float, default=1.0, help="How many times faster than real time.")
    run.add_argument("--baud-rate-bd", type=int, default=115200, help="Line speed of a serial port, Bd.")
    setup = commands.add_parser("provision", help="Say once who this device is and whom it trusts.")
    setup.add_argument("--state", type=Path, required=True, help="Folder of slots and logs.")
    setup.add_argument("--board", default="linux-gateway", help="Board profile.")
    setup.add_argument("--trust", type=Path, required=True, help="Trust file.")
    setup.add_argument("--tag", default="", help="Equipment tag of the pump.")
    setup.add_argument("--line", default="", help="Model line; default: the first bundle's.")
    setup.add_argument("--serial", default="", help="Serial number; default: a new one.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
