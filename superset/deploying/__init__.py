"""Bring one Superset to what this checkout says: its schema, people, connections and dashboards."""
