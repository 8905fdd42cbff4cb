"""What a step is: a name, a version, what it reads and writes, and a function that turns the one into the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg

if TYPE_CHECKING:
    import pandas as pd

Log = Callable[[str], None]
SEED = 20_260_101  # of every random draw in a step: the same rows give the same numbers
ESTIMATES = "metric_estimate"
DIMENSIONS = (
    *("country", "segment", "industry", "strategic", "channel", "queue"),
    *("survey", "touchpoint", "stage", "role", "reason", "item"),
)


class AnalysisError(RuntimeError):
    """A step is declared or behaves wrongly; the message says which and what to do."""


@dataclass(frozen=True)
class Work:
    """What a step is given.

    Attributes:
        conn: a connection as transformer; the step only reads through it.
        config: the organisation's settings, as dbt has them (`config`).
        log: takes a line of progress at a time.
        is_whole: whether everything is to be computed anew, also what the step's own tables hold.
    """

    conn: psycopg.Connection
    config: Mapping[str, Any]
    log: Log = lambda _line: None
    is_whole: bool = False

    def frame(self, query: LiteralString, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return a query's rows, numbers as float or integer columns and missing values as NaN, None or NaT."""
        import pandas as pd

        with self.conn.cursor() as cursor:
            cursor.execute(query, parameters)
            names = [column.name for column in cursor.description or []]
            return pd.DataFrame(cursor.fetchall(), columns=names).infer_objects()


@dataclass(frozen=True)
class Outcome:
    """What a step found.

    Attributes:
        tables: new rows by table of the schema `analysis`, columns by name; a declared table that is left out becomes empty.
        estimates: rows of `analysis.metric_estimate` without the column `step`; a dimension that is left out is `all`.
        refused: why the step found nothing, when it would have had to guess; None if it did not refuse.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    estimates: pd.DataFrame | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Step:
    """One computation of the build.

    Attributes:
        name: of the step, and of its yml in `dbt_project/models/analysis`.
        version: raised with every change of what the same rows give.
        reads: relations whose rows decide the result, such as `core.fct_survey_answer`; unchanged rows are not computed again.
        writes: tables of the schema `analysis`, without `metric_estimate`.
        run: the computation. It draws from `SEED` only and asks no clock.
        settings: parts of the organisation's settings that decide the result too.
        merges: tables whose rows are merged by key instead of replaced, each with the SQL condition (on the table's columns) under
            which a row it holds goes.
    """

    name: str
    version: int
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[Work], Outcome]
    settings: tuple[str, ...] = ()
    merges: Mapping[str, str] = field(default_factory=dict)
