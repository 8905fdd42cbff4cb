"""The closed vocabulary of DAGs, tags and assets. Another word is a change of this page."""

from __future__ import annotations

from enum import StrEnum

from airflow.sdk import Asset

BUILD = "build_warehouse"
REFRESH = "refresh_dashboards"
ERASE = "erase_subject"
RETENTION = "apply_retention"
MAIL = "mail_scorecard"
ROTATION = "rotate_keys"
PLATFORM_OWNER = "data-platform"

RELEASE = Asset(name="release", group="rapport")


class Tag(StrEnum):
    """Every tag a DAG may carry: what it does, and the business domain of its source."""

    EXTRACT = "step:extract"
    BUILD = "step:build"
    REFRESH = "step:refresh"
    RIGHTS = "step:rights"
    MAIL = "step:mail"
    CRM = "domain:crm"
    SUPPORT = "domain:support"
    SURVEY = "domain:survey"
    WEBSITE = "domain:website"
    HR = "domain:hr"
    SOCIAL = "domain:social"
    TRAINING = "domain:training"
    FINANCE = "domain:finance"
    PARTNER = "domain:partner"
    GOVERNANCE = "domain:governance"


def extract_dag_id(source: str) -> str:
    """Return the id of the DAG that extracts `source`."""
    return f"extract_{source}"


def raw_asset(source: str) -> Asset:
    """Return the asset that stands for fresh raw rows of `source`."""
    return Asset(name=f"raw/{source}", group="rapport")
