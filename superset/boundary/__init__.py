"""The second fence around the warehouse, inside Superset. The first and only boundary is PostgreSQL's grants."""
