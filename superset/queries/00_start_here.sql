-- Start here: which tables there are
-- Every table and column that you may read, with what it means. Change the word in the line before the last to look for another.
select
  c.table_name,
  c.column_name,
  c.data_type,
  col_description(cast(c.table_schema || '.' || c.table_name as regclass), c.ordinal_position) as meaning,
  obj_description(cast(c.table_schema || '.' || c.table_name as regclass), 'pg_class') as table_meaning
from information_schema.columns as c
where c.table_schema in ('marts_cx', 'ops')
  and concat_ws(' ', c.table_name, c.column_name, col_description(cast(c.table_schema || '.' || c.table_name as regclass), c.ordinal_position)) ilike '%loyalty%'
order by c.table_name, c.ordinal_position
