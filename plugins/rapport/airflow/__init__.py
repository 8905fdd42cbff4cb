"""Airflow's side of the platform: DAG factory, assets, tasks. The only room that imports Airflow."""
