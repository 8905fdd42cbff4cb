"""A vendor's own OpenAPI description, served by Prism: a mock without a memory that refuses what the description does not allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator
from rapport.home import checkout

from tests.servers.processes import free_port, running

_ENVIRONMENT = checkout() / ".venv-servers"
_PRISM = _ENVIRONMENT / "prism" / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"


@contextmanager
def serve(description: Path, folder: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """Serve a description on a free port until the block ends; yields the address.

    Args:
        description: the vendor's file.
        folder: takes the description as served, and the log.
        answers: path -> what its GET answers, where the vendor's file has no example.

    Raises:
        AssertionError: the vendor does not describe such an answer.
    """
    if not _PRISM.is_file():
        raise RuntimeError("Prism is not installed: make .venv-servers/.prism (make test does it)")
    said = yaml.load(description.read_text(), yaml.CSafeLoader)
    for path, answer in answers.items():
        content = said["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": said["components"]}
        faults = [error.message for error in Draft202012Validator(schema).iter_errors(answer)]
        assert not faults, f"{path} does not answer so: {faults[:3]}"
        content["example"] = answer
    served = folder / "description.json"
    served.write_text(json.dumps(said, default=str))
    port = free_port()
    node = str(_ENVIRONMENT / "bin" / "node")
    argv = [node, str(_PRISM), "mock", "--errors", "--multiprocess", "false", "--host", "127.0.0.1", "--port", str(port), str(served)]
    with running(argv, folder / "prism.log", lambda: _answers(port)):
        yield f"http://127.0.0.1:{port}"


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=10).status_code == httpx.codes.NOT_FOUND
    except httpx.TransportError:
        return False
