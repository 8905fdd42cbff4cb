"""Write the bundle: `assets/`, in Superset's export format, the same bytes on every machine."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from bundle import charts, html, layout, measures, privacy
from bundle.ids import stable_uuid
from bundle.spec import ROOT, Dashboard, Dataset, Tile, load_dashboards, load_datasets

VERSION = "1.0.0"
EPOCH = "2020-01-01T00:00:00+00:00"  # Superset wants a time here; a real one would change every file on every run
ORIGIN = "rapport:superset/dashboards"
NO_CACHE = -1
SERIES_COLOURS = {"95 % low": "#9bb8c4", "95 % high": "#9bb8c4"}
VALUE_COLOUR = "#17617f"
AGE_COLOURS = {
    "0–1 days": "#b9d7e4", "2–3 days": "#7fb3ca", "4–7 days": "#3f89a8", "8–14 days": "#c98a00", "over 14 days": "#8c2d19",
}  # fmt: skip


def bundle() -> dict[str, str]:
    """Return the bundle as text by path, relative to `assets/`."""
    datasets = load_datasets()
    for dataset in datasets.values():
        privacy.check(dataset, privacy.classes())
    dashboards = load_dashboards()
    files: dict[str, Any] = {"metadata.yaml": {"version": VERSION, "type": "assets", "timestamp": EPOCH}}
    used = {(dashboard.connection, tile.dataset) for dashboard in dashboards for tile in dashboard.tiles()}
    used |= {(dashboard.connection, "release_header") for dashboard in dashboards}
    used |= {(connection, name) for name, dataset in datasets.items() for connection in dataset.explored_by}
    for connection in sorted({connection for connection, _ in used}):
        files[f"databases/{connection}.yaml"] = _database(connection)
    for connection, name in sorted(used):
        uuid = stable_uuid("dataset", connection, name)
        files[f"datasets/{connection}/{name}_{uuid}.yaml"] = _dataset(connection, datasets[name], uuid)
    for dashboard in dashboards:
        for title, tile in [(layout.header_title(dashboard), None), *((tile.title, tile) for tile in dashboard.tiles())]:
            uuid = layout.chart_uuid(dashboard, title)
            path = f"charts/{_slug(dashboard.slug)}_{_slug(title)}_{uuid}.yaml"
            if path in files:
                raise ValueError(f"{dashboard.slug}: two tiles are called {title!r}")
            files[path] = _chart(dashboard, title, tile, datasets, uuid)
        uuid = stable_uuid("dashboard", dashboard.slug)
        files[f"dashboards/{_slug(dashboard.slug)}_{uuid}.yaml"] = _dashboard(dashboard, uuid)
    return {path: yaml.safe_dump(files[path], sort_keys=True, allow_unicode=True, width=1000) for path in sorted(files)}


def write(folder: Path = ROOT / "assets") -> int:
    """Replace `folder` by the bundle; return the number of files."""
    files = bundle()
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return len(files)


def read(folder: Path = ROOT / "assets") -> dict[str, str]:
    """Return the bundle that is on disk."""
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.yaml"))}


def _database(connection: str) -> dict[str, Any]:
    """The connection by name and uuid; its address and password are the home's, put in when it is deployed."""
    return {
        "database_name": f"Warehouse as {connection}",
        "sqlalchemy_uri": f"postgresql+psycopg2://{connection}:XXXXXXXXXX@127.0.0.1:5432/rapport",
        "expose_in_sqllab": connection == "analyst",
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "allow_run_async": False,
        "cache_timeout": None,
        "extra": {},
        "uuid": stable_uuid("database", connection),
        "version": VERSION,
    }


def _dataset(connection: str, dataset: Dataset, uuid: str) -> dict[str, Any]:
    return {
        "table_name": dataset.name,
        "schema": dataset.schema,
        "catalog": None,
        "sql": dataset.sql,
        "description": dataset.description,
        "main_dttm_col": None,
        "cache_timeout": NO_CACHE if dataset.live else None,
        "filter_select_enabled": True,
        "columns": [
            {
                "column_name": name,
                "type": kind,
                "is_dttm": kind in ("DATE", "TIMESTAMP"),
                "is_active": True,
                "filterable": True,
                "groupby": True,
            }
            for name, kind in dataset.columns.items()
        ],
        "metrics": [
            {"metric_name": "rows", "expression": "count(*)", "verbose_name": "Rows", "metric_type": "count"},
            *(measures.part_measures() if dataset.explored_by else []),
        ],
        "database_uuid": stable_uuid("database", connection),
        "is_managed_externally": True,
        "external_url": f"rapport:superset/datasets/{dataset.name}.sql",
        "uuid": uuid,
        "version": VERSION,
    }


def _chart(dashboard: Dashboard, title: str, tile: Tile | None, datasets: dict[str, Dataset], uuid: str) -> dict[str, Any]:
    if tile is None:
        chart, dataset = html.header(dashboard), "release_header"
    else:
        charts.check(tile, datasets[tile.dataset].columns)
        chart, dataset = charts.build(tile), tile.dataset
    context = {
        "datasource": {"type": "table", "id": 0},
        "force": False,
        "queries": chart.queries,
        "form_data": chart.params,
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": title,
        "description": datasets[dataset].description,
        "viz_type": chart.viz_type,
        "params": chart.params,
        "query_context": json.dumps(context, sort_keys=True),
        "cache_timeout": None,
        "dataset_uuid": stable_uuid("dataset", dashboard.connection, dataset),
        "is_managed_externally": True,
        "external_url": f"{ORIGIN}/{dashboard.slug}.yml",
        "uuid": uuid,
        "version": VERSION,
    }


def _dashboard(dashboard: Dashboard, uuid: str) -> dict[str, Any]:
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.question,
        "slug": dashboard.slug,
        "css": (ROOT / "dashboards" / "style.css").read_text(),
        "published": True,
        "is_managed_externally": True,
        "external_url": f"{ORIGIN}/{dashboard.slug}.yml",
        "position": layout.position(dashboard),
        "metadata": {
            "color_scheme": "rapport",
            "cross_filters_enabled": False,
            "label_colors": {**_value_colours(dashboard), **SERIES_COLOURS, **AGE_COLOURS},
            "native_filter_configuration": [],
            "refresh_frequency": 0,
            "show_chart_timestamps": False,
        },
        "uuid": uuid,
        "version": VERSION,
    }


def _value_colours(dashboard: Dashboard) -> dict[str, str]:
    """Give every series a colour: for one without, each reader's browser would try to store one, and be refused."""
    drawn = {tile.options.get("label", "Value"): VALUE_COLOUR for tile in dashboard.tiles() if tile.kind in ("trend", "columns")}
    return drawn | {next(iter(tile.options["series"].values())): VALUE_COLOUR for tile in dashboard.tiles() if tile.kind == "curve"}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
