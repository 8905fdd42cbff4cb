-- What the platform writes about itself (ops) and what nobody reads in the clear (vault). Safe to run again.

create table if not exists ops.run (
    run_id text primary key,
    trigger text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    state text not null check (state in ('running', 'success', 'failed', 'blocked'))
);
comment on table ops.run is 'One row per extract-to-publish pass.';
comment on column ops.run.run_id is 'Name of the pass.';
comment on column ops.run.started_at is 'When it began.';
comment on column ops.run.finished_at is 'When it ended; null while it runs.';
comment on column ops.run.state is 'running, success, failed, or blocked by a gate.';
comment on column ops.run.trigger is 'Who asked: cli, schedule, asset or demo.';

create table if not exists ops.stream_load (
    load_id text primary key,
    run_id text not null,
    source text not null,
    domain text not null,
    stream text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    state text not null check (state in ('running', 'success', 'failed')),
    rows_fetched bigint not null default 0,
    rows_landed bigint not null default 0,
    rows_duplicate bigint not null default 0,
    rows_quarantined bigint not null default 0,
    error_code text
);
alter table ops.stream_load add column if not exists rows_deleted bigint not null default 0;
alter table ops.stream_load add column if not exists rows_source bigint;
create index if not exists stream_load_by_stream on ops.stream_load (source, stream, started_at desc);
create index if not exists stream_load_by_run on ops.stream_load (run_id);
comment on table ops.stream_load is 'One row per extraction of a stream; fetched = landed + duplicate + quarantined when it succeeded.';
comment on column ops.stream_load.load_id is 'Name of the extraction.';
comment on column ops.stream_load.run_id is 'Pass it was part of.';
comment on column ops.stream_load.source is 'Source system, as sources/ names it.';
comment on column ops.stream_load.domain is 'Kind of system, such as crm or support.';
comment on column ops.stream_load.stream is 'Stream of the source.';
comment on column ops.stream_load.started_at is 'When it began.';
comment on column ops.stream_load.finished_at is 'When it ended; null while it runs.';
comment on column ops.stream_load.state is 'running, success or failed.';
comment on column ops.stream_load.rows_fetched is 'Records that the source gave.';
comment on column ops.stream_load.rows_landed is 'Of them, new versions written to the raw table.';
comment on column ops.stream_load.rows_duplicate is 'Of them, versions that were there already.';
comment on column ops.stream_load.rows_quarantined is 'Of them, set aside (ops.quarantine).';
comment on column ops.stream_load.rows_deleted is 'Records that the source no longer holds, found by their keys, and versions overtaken before that are the newest again.';
comment on column ops.stream_load.rows_source is 'Records that the source said it holds when the load ended; null if it cannot say.';
comment on column ops.stream_load.error_code is 'SQLSTATE or error class of a failed load; never a message, which could hold a value.';

create table if not exists ops.stream_state (
    source text not null,
    stream text not null,
    cursor jsonb,
    load_id text not null,
    updated_at timestamptz not null default now(),
    primary key (source, stream)
);
alter table ops.stream_state add column if not exists swept_at timestamptz;
alter table ops.stream_state add column if not exists reread_at timestamptz;
comment on table ops.stream_state is 'Where the next extraction of a stream resumes; written in the transaction that lands the page.';
comment on column ops.stream_state.source is 'Source system.';
comment on column ops.stream_state.stream is 'Stream of the source.';
comment on column ops.stream_state.cursor is 'Position after the last page that landed; null for a stream that is read whole.';
comment on column ops.stream_state.load_id is 'Extraction that wrote the page.';
comment on column ops.stream_state.updated_at is 'When the page landed.';
comment on column ops.stream_state.swept_at is 'When the keys of the whole stream were last compared with what is landed; null if never.';
comment on column ops.stream_state.reread_at is 'When the stream was last read again without, or from before, its cursor; null if never.';

create table if not exists ops.raw_deletion (
    source text not null,
    stream text not null,
    deleted_at timestamptz not null,
    primary key (source, stream)
);
comment on table ops.raw_deletion is 'When rows were last taken out of a raw table, or cut (an erasure): what is made of it is then compared whole.';
comment on column ops.raw_deletion.source is 'Source system.';
comment on column ops.raw_deletion.stream is 'Stream of the source.';
comment on column ops.raw_deletion.deleted_at is 'When it was.';

create table if not exists ops.applied_mart (
    relation text primary key,
    built_at timestamp not null
);
comment on table ops.applied_mart is 'Up to which build a mart that is added to has been published: the next release applies what was written later.';
comment on column ops.applied_mart.relation is 'The mart.';
comment on column ops.applied_mart.built_at is 'Build whose rows were applied last.';

create table if not exists ops.quarantine (
    load_id text not null,
    source text not null,
    stream text not null,
    field text not null,
    reason text not null,
    rows bigint not null,
    seen_at timestamptz not null default now()
);
create index if not exists quarantine_by_stream on ops.quarantine (source, stream, seen_at desc);
comment on table ops.quarantine is 'Fields and rows set aside, by name and count; the rows themselves are sealed in vault.quarantined_row.';
comment on column ops.quarantine.load_id is 'Extraction that set them aside.';
comment on column ops.quarantine.source is 'Source system.';
comment on column ops.quarantine.stream is 'Stream of the source.';
comment on column ops.quarantine.field is 'Field that was not as declared.';
comment on column ops.quarantine.reason is 'What was wrong with it, in a closed vocabulary.';
comment on column ops.quarantine.rows is 'How many.';
comment on column ops.quarantine.seen_at is 'When.';

create table if not exists ops.gate (
    run_id text not null,
    gate text not null check (gate in ('raw', 'marts')),
    source text,
    relation text not null,
    expectation text not null,
    success boolean not null,
    detail text,
    checked_at timestamptz not null default now()
);
create index if not exists gate_by_run on ops.gate (run_id, gate);
comment on table ops.gate is 'One row per expectation checked; detail holds counts and bounds, never values of rows.';
comment on column ops.gate.run_id is 'Pass that was judged.';
comment on column ops.gate.gate is 'raw (before dbt) or marts (before publication).';
comment on column ops.gate.source is 'Source system of a raw table; null for a mart.';
comment on column ops.gate.relation is 'Table that was judged.';
comment on column ops.gate.expectation is 'What was expected of it.';
comment on column ops.gate.success is 'Whether it was so.';
comment on column ops.gate.detail is 'Counts and bounds of what was found, never a value.';
comment on column ops.gate.checked_at is 'When.';

create table if not exists ops.reconciliation (
    source text not null,
    stream text not null,
    run_id text not null,
    rows_source bigint,
    rows_fetched bigint,
    rows_landed bigint,
    rows_duplicate bigint,
    rows_quarantined bigint,
    rows_staged bigint,
    rows_core bigint,
    explanation text,
    primary key (run_id, source, stream)
);
comment on table ops.reconciliation is 'Where every record of a stream went, from the source to core; explanation says why two counts differ.';
comment on column ops.reconciliation.source is 'Source system.';
comment on column ops.reconciliation.stream is 'Stream of the source.';
comment on column ops.reconciliation.run_id is 'Pass it was counted in.';
comment on column ops.reconciliation.rows_source is 'Records that the source said it holds; null if it cannot say.';
comment on column ops.reconciliation.rows_fetched is 'Records that it gave.';
comment on column ops.reconciliation.rows_landed is 'Of them, new versions.';
comment on column ops.reconciliation.rows_duplicate is 'Of them, versions known already.';
comment on column ops.reconciliation.rows_quarantined is 'Of them, set aside.';
comment on column ops.reconciliation.rows_staged is 'Records in staging.';
comment on column ops.reconciliation.rows_core is 'Records in core.';
comment on column ops.reconciliation.explanation is 'Why two counts differ; null if they agree.';

create table if not exists ops.release (
    release_id text primary key,
    run_id text not null,
    state text not null check (state in ('published', 'blocked')),
    published_at timestamptz not null default now(),
    data_as_of timestamptz,
    reason text,
    rows_changed bigint
);
alter table ops.release add column if not exists build text;
create index if not exists release_by_time on ops.release (published_at desc);
comment on table ops.release is 'Releases of the marts; a blocked one left the previous release standing, for the reason given.';
comment on column ops.release.release_id is 'Name of the release.';
comment on column ops.release.run_id is 'Pass that made it.';
comment on column ops.release.state is 'published, or blocked by a gate or the audit.';
comment on column ops.release.published_at is 'When it was published or held back.';
comment on column ops.release.data_as_of is 'Newest time at a source among its data.';
comment on column ops.release.reason is 'Why it was held back; null if it was not.';
comment on column ops.release.rows_changed is 'Rows of marts that differ from the release before; null if it was held back.';
comment on column ops.release.build is 'Build of the warehouse that it shows; null before builds were named.';

-- Numbers stay as long as the installation: a rebuild of the warehouse must find again what people have read.
create table if not exists ops.metric_frozen (
    metric text, version bigint, grain text, period_start date,
    country text, segment text, industry text, strategic text, channel text, queue text,
    survey text, touchpoint text, stage text, role text, reason text, item text,
    value double precision, ci_low double precision, ci_high double precision, n bigint,
    change double precision, change_label text,
    release_id text not null,
    primary key (metric, version, grain, period_start, country, segment, industry, strategic, channel, queue, survey, touchpoint, stage, role, reason, item)
);
comment on table ops.metric_frozen is 'The numbers of a period in the release that froze it: the first with data of a day beyond the days that the metric gives it (14).';
comment on column ops.metric_frozen.metric is 'Short name of the metric.';
comment on column ops.metric_frozen.version is 'Version of its definition.';
comment on column ops.metric_frozen.grain is 'week, month or quarter.';
comment on column ops.metric_frozen.period_start is 'First day of the period.';
comment on column ops.metric_frozen.country is 'Country of the cell; all for every one.';
comment on column ops.metric_frozen.segment is 'Segment of the cell; all for every one.';
comment on column ops.metric_frozen.industry is 'Industry of the cell; all for every one.';
comment on column ops.metric_frozen.strategic is 'Strategic of the cell; all for every one.';
comment on column ops.metric_frozen.channel is 'Channel of the cell; all for every one.';
comment on column ops.metric_frozen.queue is 'Queue of the cell; all for every one.';
comment on column ops.metric_frozen.survey is 'Survey of the cell; all for every one.';
comment on column ops.metric_frozen.touchpoint is 'Touchpoint of the cell; all for every one.';
comment on column ops.metric_frozen.stage is 'Stage of the cell; all for every one.';
comment on column ops.metric_frozen.role is 'Role of the cell; all for every one.';
comment on column ops.metric_frozen.reason is 'Reason of the cell; all for every one.';
comment on column ops.metric_frozen.item is 'Item of the cell; all for every one.';
comment on column ops.metric_frozen.value is 'Value as published, in the metric''s unit; null if hidden.';
comment on column ops.metric_frozen.ci_low is 'Low end of its 95 % interval.';
comment on column ops.metric_frozen.ci_high is 'High end of it.';
comment on column ops.metric_frozen.n is 'Cases behind it; null if hidden.';
comment on column ops.metric_frozen.change is 'Change on the period before.';
comment on column ops.metric_frozen.change_label is 'up, down, no clear change or cannot tell.';
comment on column ops.metric_frozen.release_id is 'Release that froze it.';

create table if not exists ops.metric_restatement (
    metric text, version bigint, grain text, period_start date,
    country text, segment text, industry text, strategic text, channel text, queue text,
    survey text, touchpoint text, stage text, role text, reason text, item text,
    sequence_number bigint,
    value_before double precision, value_now double precision,
    ci_low_before double precision, ci_low_now double precision, ci_high_before double precision, ci_high_now double precision,
    n_before bigint, n_now bigint,
    restated_because text not null,
    restated_at timestamp not null,
    run_id text not null,
    release_id text not null,
    primary key (metric, version, grain, period_start, country, segment, industry, strategic, channel, queue, survey, touchpoint, stage, role, reason, item, sequence_number)
);
comment on table ops.metric_restatement is 'Corrections of numbers of frozen periods: what was read before, what is read now, why, by which run and since which release.';
comment on column ops.metric_restatement.metric is 'Short name of the metric.';
comment on column ops.metric_restatement.version is 'Version of its definition.';
comment on column ops.metric_restatement.grain is 'week, month or quarter.';
comment on column ops.metric_restatement.period_start is 'First day of the period.';
comment on column ops.metric_restatement.country is 'Country of the cell; all for every one.';
comment on column ops.metric_restatement.segment is 'Segment of the cell; all for every one.';
comment on column ops.metric_restatement.industry is 'Industry of the cell; all for every one.';
comment on column ops.metric_restatement.strategic is 'Strategic of the cell; all for every one.';
comment on column ops.metric_restatement.channel is 'Channel of the cell; all for every one.';
comment on column ops.metric_restatement.queue is 'Queue of the cell; all for every one.';
comment on column ops.metric_restatement.survey is 'Survey of the cell; all for every one.';
comment on column ops.metric_restatement.touchpoint is 'Touchpoint of the cell; all for every one.';
comment on column ops.metric_restatement.stage is 'Stage of the cell; all for every one.';
comment on column ops.metric_restatement.role is 'Role of the cell; all for every one.';
comment on column ops.metric_restatement.reason is 'Reason of the cell; all for every one.';
comment on column ops.metric_restatement.item is 'Item of the cell; all for every one.';
comment on column ops.metric_restatement.sequence_number is 'Which correction of this number, from 1 on.';
comment on column ops.metric_restatement.value_before is 'Value as it was read before.';
comment on column ops.metric_restatement.value_now is 'Value as it is read now.';
comment on column ops.metric_restatement.ci_low_before is 'Low end of the interval before.';
comment on column ops.metric_restatement.ci_low_now is 'Low end now.';
comment on column ops.metric_restatement.ci_high_before is 'High end before.';
comment on column ops.metric_restatement.ci_high_now is 'High end now.';
comment on column ops.metric_restatement.n_before is 'Cases before.';
comment on column ops.metric_restatement.n_now is 'Cases now.';
comment on column ops.metric_restatement.restated_because is 'Why it was corrected.';
comment on column ops.metric_restatement.restated_at is 'When, UTC.';
comment on column ops.metric_restatement.run_id is 'Pass that found it.';
comment on column ops.metric_restatement.release_id is 'Release since which it is read.';

create table if not exists ops.metric_kept (
    metric text, version bigint, grain text, period_start date,
    country text, segment text, industry text, strategic text, channel text, queue text,
    survey text, touchpoint text, stage text, role text, reason text, item text,
    tz text, compare_to text, value double precision, ci_low double precision, ci_high double precision, ci_method text,
    n bigint, n_eligible bigint, coverage_rate double precision, target double precision,
    change double precision, change_ci_low double precision, change_ci_high double precision, change_label text,
    low_precision boolean, suppressed_reason text,
    given_value double precision, given_ci_low double precision, given_ci_high double precision, given_n bigint,
    is_gone boolean not null,
    kept_at timestamp not null,
    primary key (metric, version, grain, period_start, country, segment, industry, strategic, channel, queue, survey, touchpoint, stage, role, reason, item)
);
comment on table ops.metric_kept is 'Numbers of frozen periods as they were read before somebody was erased, beside what the data give since (given_*): shown until that changes.';

create table if not exists ops.setting (
    key text primary key,
    value text not null
);
comment on table ops.setting is 'Facts about this installation, such as is_sandbox (true or false).';
comment on column ops.setting.key is 'Name of the fact.';
comment on column ops.setting.value is 'What holds, as text.';

create table if not exists vault.secret (
    token text primary key,
    domain text not null check (domain in ('customer', 'employee')),
    kind text not null,
    key_version integer not null default 1,
    ciphertext bytea not null,
    created_at timestamptz not null default now()
);
comment on table vault.secret is 'The value behind a token, AES-SIV; the key is never in the database.';

create table if not exists vault.directory (
    domain text not null,
    term bytea not null,
    primary key (domain, term)
);
comment on table vault.directory is 'Keyed hashes of identifiers the company holds; redaction asks whether a word is one of them.';

create table if not exists vault.quarantined_row (
    load_id text not null,
    source text not null,
    stream text not null,
    field text not null,
    reason text not null,
    ciphertext bytea not null,
    seen_at timestamptz not null default now()
);
create index if not exists quarantined_row_by_load on vault.quarantined_row (load_id);
comment on table vault.quarantined_row is 'Whole records that did not fit their declaration, AES-SIV.';

create table if not exists vault.access_log (
    happened_at timestamptz not null default now(),
    role text not null,
    token text not null,
    purpose text not null
);
alter table vault.access_log add column if not exists about text;
alter table vault.access_log add column if not exists outcome text;
create index if not exists access_log_by_time on vault.access_log (happened_at desc);
comment on table vault.access_log is 'Who asked for the value behind a token, and why.';
comment on column vault.access_log.about is 'Domain and kind of the value (such as employee email); null where no one value was asked for.';
comment on column vault.access_log.outcome is 'shown, unknown, or why it was refused; null for exports and erasures.';

create table if not exists vault.tombstone (
    hash bytea primary key,
    request_id text not null,
    made_at timestamptz not null default now()
);
comment on table vault.tombstone is 'Keyed hashes of erased tokens and records, under a key of their own: what comes again is not landed.';

create table if not exists vault.erasure_subject (
    request_id text primary key,
    ciphertext bytea not null
);
comment on table vault.erasure_subject is 'Whom an open request is about, AES-SIV; removed when the request is done or withdrawn.';

create table if not exists ops.erasure_request (
    request_id text primary key,
    subject_hash bytea not null,
    domain text not null check (domain in ('customer', 'employee')),
    requester text not null,
    requested_at timestamptz not null default now(),
    approver text,
    approved_at timestamptz,
    state text not null check (state in ('requested', 'approved', 'done', 'failed')),
    finished_at timestamptz,
    rows_erased bigint,
    constraint approved_by_another check (approver is null or lower(approver) <> lower(requester)),
    constraint approved_before_done check (state in ('requested') or approver is not null)
);
comment on table ops.erasure_request is 'Ledger of erasures: who asked, who approved, how it ended. The subject is a keyed hash; the purpose stands in vault.access_log.';
comment on column ops.erasure_request.request_id is 'Name of the request.';
comment on column ops.erasure_request.subject_hash is 'Keyed hash of whom it is about.';
comment on column ops.erasure_request.domain is 'customer or employee.';
comment on column ops.erasure_request.requester is 'Who asked for it.';
comment on column ops.erasure_request.requested_at is 'When.';
comment on column ops.erasure_request.approver is 'Who approved it, somebody else; null while nobody has.';
comment on column ops.erasure_request.approved_at is 'When it was approved.';
comment on column ops.erasure_request.state is 'requested, approved, done or failed.';
comment on column ops.erasure_request.finished_at is 'When it ended.';
comment on column ops.erasure_request.rows_erased is 'Versions of records taken out; null until it is done.';

create table if not exists ops.erased_rows (
    request_id text not null,
    source text not null,
    stream text not null,
    rows bigint not null,
    primary key (request_id, source, stream)
);
comment on table ops.erased_rows is 'Versions of records that an erasure took out of a raw table, for the reconciliation of counts.';
comment on column ops.erased_rows.request_id is 'Request it was done for.';
comment on column ops.erased_rows.source is 'Source system.';
comment on column ops.erased_rows.stream is 'Stream of the source.';
comment on column ops.erased_rows.rows is 'How many.';

create table if not exists ops.person (
    user_name text primary key check (user_name ~ '^[a-z][a-z0-9._-]{1,62}$'),
    role text not null,
    added_by text not null,
    added_at timestamptz not null default now(),
    disabled_by text,
    disabled_at timestamptz
);
comment on table ops.person is 'People who have an account, and in which role; passwords stand in no table of the warehouse.';
comment on column ops.person.user_name is 'Name to log in with.';
comment on column ops.person.role is 'Which role.';
comment on column ops.person.added_by is 'Account that added it.';
comment on column ops.person.added_at is 'When.';
comment on column ops.person.disabled_by is 'Account that shut it; null while it is open.';
comment on column ops.person.disabled_at is 'When; null while it is open.';

-- Employee representatives read who looked, at what kind of value, and why; never at whose.
create or replace view ops.vault_access with (security_barrier) as
select happened_at, role as who, about, purpose, coalesce(outcome, 'see purpose') as outcome
from vault.access_log;
comment on view ops.vault_access is 'The access log of the vault without tokens, for employee representatives.';

-- The only way to a sealed value: whoever asks is an active steward, says why, is not asking for the many, and stands in the log first.
-- What comes back is ciphertext, which `rapport vault reveal` opens with the key that no database holds.
create or replace function vault.reveal(asked_token text, asked_purpose text, asked_by text)
returns table (outcome text, domain text, kind text, ciphertext bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $reveal$
declare
    found vault.secret;
    said text;
begin
    if length(btrim(coalesce(asked_purpose, ''))) < 10 then
        raise exception 'say for what purpose, in ten letters or more: it is kept in the access log' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtext('rapport.vault.reveal'));
    select * into found from vault.secret as held where held.token = asked_token;
    said := case
        when not exists (
            select from ops.person as one
            where one.user_name = lower(asked_by) and one.role = 'steward' and one.disabled_at is null
        ) then 'refused: not a steward'
        when (
            select count(*) from vault.access_log as noted
            where noted.outcome is not null and noted.happened_at > now() - interval '1 hour'
        ) >= 20 then 'refused: 20 within an hour'
        when found.token is null then 'unknown'
        else 'shown'
    end;
    insert into vault.access_log (role, token, purpose, about, outcome)
    values (format('%s as %s', asked_by, session_user), asked_token, btrim(asked_purpose), found.domain || ' ' || found.kind, said);
    outcome := said;
    if said = 'shown' then
        domain := found.domain;
        kind := found.kind;
        ciphertext := found.ciphertext;
    end if;
    return next;
end
$reveal$;
revoke execute on function vault.reveal(text, text, text) from public;
comment on function vault.reveal(text, text, text) is 'The ciphertext behind a token, for an active steward who says why; logged.';
