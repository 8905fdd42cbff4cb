-- Per stream of every source: how fresh, how much came, and where it went.
with loads as (
    select
        source,
        max(domain) as domain,
        stream,
        {{ to_utc('max(case when state = \'success\' then finished_at end)') }} as last_loaded_at,
        cast(sum(rows_landed) as bigint) as rows_landed,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined
    from {{ source('ops', 'stream_load') }}
    group by source, stream
),

reconciled as (
    select source, stream, rows_source, rows_fetched, rows_duplicate, rows_staged, rows_core, explanation
    from (
        select
            counts.*,
            row_number() over (partition by counts.source, counts.stream order by runs.started_at desc nulls last, counts.run_id desc) as run_number
        from {{ source('ops', 'reconciliation') }} as counts
        left join {{ source('ops', 'run') }} as runs on counts.run_id = runs.run_id
    ) as newest
    where run_number = 1
),

newest_runs as (
    select source, run_id
    from (
        select source, run_id, row_number() over (partition by source order by checked_at desc, run_id desc) as check_number
        from {{ source('ops', 'gate') }}
        where gate = 'raw' and source is not null
    ) as checks
    where check_number = 1
),

gates as (
    select checks.source, case when min(case when checks.success then 1 else 0 end) = 1 then 'passed' else 'failed' end as gate
    from {{ source('ops', 'gate') }} as checks
    inner join newest_runs on checks.source = newest_runs.source and checks.run_id = newest_runs.run_id
    where checks.gate = 'raw'
    group by checks.source
)

select
    loads.source,
    loads.domain,
    loads.stream,
    loads.last_loaded_at,
    reconciled.rows_source,
    reconciled.rows_fetched,
    loads.rows_landed,
    reconciled.rows_duplicate,
    loads.rows_quarantined,
    reconciled.rows_staged,
    reconciled.rows_core,
    coalesce(gates.gate, 'not checked') as gate,
    reconciled.explanation
from loads
left join reconciled on loads.source = reconciled.source and loads.stream = reconciled.stream
left join gates on loads.source = gates.source
