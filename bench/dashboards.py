"""Dashboards: all charts of one dashboard as a browser asks for them, from the cache and past it."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bench.measure import Runs

_AT_ONCE = 6  # connections that a browser opens to one host


@dataclass(frozen=True)
class Timings:
    """What a dashboard cost: seconds until its last chart, and of its slowest chart, from the cache and past it."""

    charts: int
    cached: Runs
    uncached: Runs


def run(rapport: str, env: Mapping[str, str], slugs: tuple[str, ...], rounds: int) -> dict[str, Timings]:
    """Open each dashboard `rounds` times, cached and uncached in turn, as the analyst."""
    login = json.loads(subprocess.run([rapport, "login", "--role", "analyst", "--json"], env=env, capture_output=True, check=True).stdout)
    found = {}
    with httpx.Client(base_url=login["address"], timeout=120) as client:
        _log_in(client, login)
        for slug in slugs:
            charts = [chart["id"] for chart in client.get(f"/api/v1/dashboard/{slug}/charts").raise_for_status().json()["result"]]
            timings = Timings(len(charts), Runs(), Runs())
            _open(client, charts, force=False)
            for _ in range(rounds):
                for runs, force in ((timings.cached, False), (timings.uncached, True)):
                    began = time.monotonic()
                    slowest = _open(client, charts, force=force)
                    runs.wall.append(time.monotonic() - began)
                    runs.cpu.append(slowest)
            cached, uncached = (statistics.median(runs.wall) for runs in (timings.cached, timings.uncached))
            print(f"  {slug:<24} {len(charts):>3} charts   cached {cached:6.2f} s   uncached {uncached:6.2f} s", flush=True)
            found[slug] = timings
    return found


def _log_in(client: httpx.Client, login: Mapping[str, str]) -> None:
    body = {"username": login["user"], "password": login["password"], "provider": "db"}
    token = client.post("/api/v1/security/login", json=body).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


def _open(client: httpx.Client, charts: list[int], *, force: bool) -> float:
    def one(chart: int) -> float:
        began = time.monotonic()
        client.get(f"/api/v1/chart/{chart}/data/", params={"force": str(force).lower()}).raise_for_status()
        return time.monotonic() - began

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return max(pool.map(one, charts))
