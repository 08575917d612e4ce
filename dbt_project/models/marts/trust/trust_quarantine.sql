{{ config(materialized='view') }}

select
    waiting.system,
    waiting.feed,
    waiting.rule,
    min(waiting.reason) as reason,
    cast(sum(waiting.rows_n) as bigint) as rows_n,
    cast(count(distinct waiting.file_id) as bigint) as files_n,
    min(waiting.quarantined_at) as first_quarantined_at_utc,
    max(waiting.quarantined_at) as last_quarantined_at_utc
from ledger.quarantine as waiting
left join ledger.quarantine_closed as closed on waiting.quarantine_id = closed.quarantine_id
where closed.quarantine_id is null
group by waiting.system, waiting.feed, waiting.rule
