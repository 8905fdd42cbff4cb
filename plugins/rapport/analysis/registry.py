"""The steps of the build, in an order in which each finds what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from importlib import import_module

from rapport.analysis.step import AnalysisError, Step

# Modules that hold one `STEP` each, a line a module. They are imported when steps run, because statistics libraries load slowly.
MODULES: tuple[str, ...] = (
    "rapport.analysis.churn",
    "rapport.analysis.drivers",
    "rapport.analysis.emp_atoms",
    "rapport.analysis.linkage",
    "rapport.analysis.response",
    "rapport.analysis.texts",
    "rapport.analysis.value",
    "rapport.analysis.wait_excess",
)


def steps() -> list[Step]:
    """Return every step, those before whose tables others read.

    Raises:
        AnalysisError: two steps have one name or write one table, or they wait for each other.
    """
    return in_order([import_module(module).STEP for module in MODULES])


def named_steps(names: Sequence[str]) -> list[Step]:
    """Return the steps of these names.

    Raises:
        AnalysisError: there is no step of a name.
    """
    found = steps()
    if unknown := sorted(set(names) - {step.name for step in found}):
        raise AnalysisError(f"no step {', '.join(unknown)}: there are {', '.join(step.name for step in found) or 'none'}")
    return [step for step in found if step.name in names]


def in_order(found: list[Step]) -> list[Step]:
    """Return steps so that each comes after those whose tables it reads, else by name.

    Raises:
        AnalysisError: two steps have one name or write one table, or they wait for each other.
    """
    by_name = {step.name: step for step in sorted(found, key=lambda step: step.name)}
    writers = {table: step.name for step in by_name.values() for table in step.writes}
    if len(by_name) != len(found) or sum(len(step.writes) for step in found) != len(writers):
        raise AnalysisError("two steps have the same name or write the same table: give each its own")
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for step in by_name.values():
        read = (relation.removeprefix("analysis.") for relation in step.reads if relation.startswith("analysis."))
        sorter.add(step.name, *(writers[table] for table in read if writers.get(table, step.name) != step.name))
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        raise AnalysisError(f"steps read each other's tables in a circle: {' -> '.join(error.args[1])}") from None
