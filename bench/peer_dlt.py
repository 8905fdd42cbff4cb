"""The same pages by dlt, in the environment of the peers: `python peer_dlt.py HOST DSN`; its own client, records as dicts, defaults."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import dlt
from dlt.sources.helpers import requests


@dlt.resource(name="orders")
def orders(host: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the records page by page."""
    address: str | None = "/orders"
    while address is not None:
        body = requests.get(host + address).json()
        yield body["orders"]
        address = body["next"]


with tempfile.TemporaryDirectory() as folder:
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(sys.argv[2]), dataset_name="peer_dlt", pipelines_dir=folder)
    pipeline.run(orders(sys.argv[1])).raise_on_failed_jobs()
