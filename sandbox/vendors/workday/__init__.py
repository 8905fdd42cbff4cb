"""Workday's report-as-a-service: custom reports enabled as a web service, whole at every call, as JSON (https://doc.workday.com/)."""
