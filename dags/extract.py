"""One DAG `extract_<source>` for every declared source (`RAPPORT_SOURCES`); their pages are written from the declarations."""

from rapport.airflow.factory import declared_sources, extract_dag

for _source in declared_sources().values():
    _dag = extract_dag(_source)
    globals()[_dag.dag_id] = _dag
