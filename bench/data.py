"""Made files of orders: 15 typed columns, or 13 and the buyer's e-mail and telephone number; the same rows as CSV and as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

CHUNK = 500_000
COLUMNS = {
    "id": "bigint",
    "updated_at": "timestamp",
    "created_at": "timestamp",
    "status": "text",
    "country": "text",
    "channel": "text",
    "amount": "double",
    "quantity": "bigint",
    "is_gift": "boolean",
    "ordered_on": "date",
    "discount": "double",
    "product": "text",
    "reference": "text",
}
TYPED = {**COLUMNS, "depot": "text", "account_id": "bigint"}
PERSONAL = {**COLUMNS, "email": "text", "phone": "text"}
_POSTGRES = {"double": "double precision", "timestamp": "timestamptz"}
_KINDS = {"email": "class: personal, kind: email", "phone": "class: personal, kind: phone"}
_START = 1_735_689_600  # 2025


def table_of(columns: dict[str, str]) -> str:
    """Return the columns as SQL writes them."""
    return ", ".join(f"{name} {_POSTGRES.get(kind, kind)}" for name, kind in columns.items())


def declaration(columns: dict[str, str], stream: str, connection: str = "", name: str = "bench") -> str:
    """Return the declaration of a source with one stream, `orders`; `stream` are the stream's own lines and `connection` its flow map."""
    fields = "".join(f"      {name}: {{type: {kind}, {_KINDS.get(name, 'class: internal')}}}\n" for name, kind in columns.items())
    return (
        f'source: {name}\ndomain: crm\nsystem: made rows\nowner: bench\nschedule: "0 0 * * *"\nregion: US\nconnection: {{{connection}}}\n'
        f"streams:\n  orders:\n{stream}    key: [id]\n    clock: updated_at\n    fields:\n{fields}"
    )


def write(folder: Path, name: str, columns: dict[str, str], rows: int) -> None:
    """Write `name`.csv and `name`.parquet."""
    chunks = made(columns, rows)
    first = next(chunks)
    with (
        pa_csv.CSVWriter(folder / f"{name}.csv", first.schema, write_options=pa_csv.WriteOptions(quoting_style="needed")) as text,
        pq.ParquetWriter(folder / f"{name}.parquet", first.schema) as parquet,
    ):
        for chunk in chain([first], chunks):
            text.write_table(chunk)
            parquet.write_table(chunk, row_group_size=100_000)


def made(columns: dict[str, str], rows: int, begin: int = 0, changed: int = 0) -> Iterator[pa.Table]:
    """Yield the rows numbered from `begin` in chunks; another number of `changed` gives their later versions.

    The buyers are 70 % as many as the rows, as customers who order more than once.
    """
    for start in range(begin, begin + rows, CHUNK):
        chance = np.random.default_rng([start, changed])
        numbers = np.arange(start, min(start + CHUNK, begin + rows))
        yield pa.table({name: array for name, array in _arrays(chance, numbers, changed, rows).items() if name in columns})


def _arrays(chance: np.random.Generator, numbers: Any, changed: int, rows: int) -> dict[str, pa.Array]:
    count = len(numbers)

    def word(*words: str) -> pa.Array:
        return pa.array(words).take(pa.array(chance.integers(0, len(words), count)))

    def moment(seconds: Any) -> pa.Array:
        micros = seconds * 1_000_000 + chance.integers(0, 1_000_000, count)
        return pa.array(micros.astype("int64")).cast(pa.timestamp("us", "UTC"))

    def text(*parts: Any) -> pa.Array:
        return pc.binary_join_element_wise(*(p if isinstance(p, str) else pa.array(p).cast(pa.string()) for p in parts), "")

    person = chance.integers(0, int(max(rows, 10) * 0.7), count)
    area = np.array([202, 212, 303, 415])[person % 4]
    return {
        "id": pa.array(numbers),
        "updated_at": moment(_START + numbers * 30 + changed * 86_400 * 400),
        "created_at": moment(_START - chance.integers(0, 86_400 * 300, count)),
        "status": word("new", "paid", "sent", "returned"),
        "country": word("US", "DE", "FR", "GB"),
        "channel": word("web", "email", "phone", "partner portal"),
        "amount": pa.array(np.round(chance.random(count) * 500, 2)),
        "quantity": pa.array(chance.integers(1, 9, count)),
        "is_gift": pa.array(chance.random(count) < 0.1),
        "ordered_on": pa.array((19_700 + chance.integers(0, 600, count)).astype("int32")).cast(pa.date32()),
        "discount": pa.array(np.round(chance.random(count) * 0.3, 3), mask=chance.random(count) < 0.5),
        "product": text("Article ", chance.integers(0, 5000, count)),
        "reference": text("ORD-2025-", chance.integers(10**9, 10**10, count)),
        "depot": word("north", "south", "east"),
        "account_id": pa.array(chance.integers(0, max(rows // 10, 1), count)),
        "email": text("person", person, "@mail", person % 97, ".example.com"),
        "phone": text("+1", area, 2_000_000 + person % 8_000_000),
    }
