"""Makes the company's records and moves them on."""

from __future__ import annotations

import dataclasses
import json
import time
from datetime import date
from typing import Any

from sandbox.company.params import PLANTED, Params, Settings, iso
from sandbox.company.world import build
from sandbox.store import Store
from sandbox.truth import truth
from sandbox.vendors import catalogue

FORMAT = 5  # raise it when records change their form: a company of an older form is then made again, as it was


def write(settings: Settings, params: Params | None = None) -> dict[str, Any]:
    """Simulate up to the settings' present and bring the store and `truth.json` there; return counts and seconds."""
    began = time.perf_counter()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    world = build(settings, params)
    served = settings.vendors or catalogue.default()
    meta = {
        "seed": settings.seed,
        "scale": settings.scale,
        "effects": settings.effects,
        "clock": settings.clock.isoformat(),
        "advanced": settings.advanced,
        "now": settings.now,
        "format": FORMAT,
        "vendors": ",".join(served),
    }
    store = Store(settings.home)
    changed = store.write(catalogue.rows(world, served), meta)
    store.path.chmod(0o600)
    catalogue.write_files(store, settings.home, served)
    target = settings.home / "truth.json"
    target.write_text(json.dumps(truth(world), ensure_ascii=False, sort_keys=True))
    target.chmod(0o600)
    return {"now": iso(settings.now), "changed": changed, "seconds": round(time.perf_counter() - began, 2)}


def existing(settings: Settings) -> Settings | None:
    """Return the settings of the company that the home holds; None when it holds none. Another seed, scale or world is an error."""
    store = Store(settings.home)
    meta = store.meta()
    if not meta:
        return None
    held = int(meta["seed"]), float(meta["scale"]), str(meta.get("effects", PLANTED))
    if held != (settings.seed, settings.scale, settings.effects):
        seed, scale, effects = held
        raise SystemExit(
            f"{settings.home} holds a company of seed {seed}, scale {scale} and effects {effects}: name another RAPPORT_SANDBOX_HOME"
        )
    vendors = settings.vendors or store.vendors() or None
    return dataclasses.replace(settings, clock=date.fromisoformat(meta["clock"]), advanced=int(meta["advanced"]), vendors=vendors)


def ensure(settings: Settings) -> Settings:
    """Return the settings of the company in the home, making it first when it is not there or not seen through the chosen systems."""
    found, store = existing(settings), Store(settings.home)
    if found is None or store.meta().get("format") != FORMAT or store.vendors() != found.vendors:
        found = found or settings
        write(found)
    return found


def advance(settings: Settings, days: int) -> dict[str, Any]:
    """Move the company on by whole days; the same days in one step or in many give the same records."""
    current = ensure(settings)
    return write(dataclasses.replace(current, advanced=current.advanced + days))
