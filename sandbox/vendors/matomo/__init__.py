"""Matomo's reporting API, as https://developer.matomo.org/api-reference/reporting-api describes it."""
