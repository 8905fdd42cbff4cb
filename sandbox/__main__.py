"""`python -m sandbox …`: serve, advance, canaries, fault."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence

from sandbox.company.params import Settings
from sandbox.faults import KINDS, Faults
from sandbox.make import advance, ensure
from sandbox.planted import places
from sandbox.store import Store
from sandbox.vendors import catalogue


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A simulated company behind vendor-shaped APIs.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="make the company if needed, then answer on loopback")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free port")
    serve.add_argument("--vendors", help=f"what to serve, parted by commas, or all; default {','.join(catalogue.default())}")
    move = commands.add_parser("advance", help="move the company on")
    move.add_argument("--days", type=int, required=True)
    planted = commands.add_parser("canaries", help="list the planted identifiers and where they stand")
    planted.add_argument("--json", action="store_true")
    fault = commands.add_parser("fault", help="switch faults on or off: " + "; ".join(f"{k}: {v}" for k, v in KINDS.items()))
    fault.add_argument("--set", nargs="+", default=[], metavar="KIND=SOURCE.STREAM")
    fault.add_argument("--clear", action="store_true")
    commands.add_parser("make", help="make the company and print what it holds")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        vendors = catalogue.chosen(getattr(options, "vendors", None) or os.environ.get("RAPPORT_SANDBOX_VENDORS"))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    settings = dataclasses.replace(Settings.from_environment(), vendors=vendors)
    if options.command == "serve":
        from sandbox.server import serve

        serve(settings, options.port)
    elif options.command == "advance":
        if options.days < 1:
            print("--days: a whole number of at least 1", file=sys.stderr)
            return 2
        print(json.dumps(advance(settings, options.days)))
    elif options.command == "canaries":
        found = places(ensure(settings))
        print(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(f"{c['id']}: {len(c['places'])} places" for c in found))
    elif options.command == "fault":
        faults = Faults(settings.home)
        if options.clear:
            faults.clear()
        faults.set(options.set) if options.set else None
        print(json.dumps(faults.active()))
    else:
        print(json.dumps(Store(ensure(settings).home).counts()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
