{{ config(materialized='view') }}
-- A view, so that publication reads what tonight's audit has just written.
with newest as (
    select max(decided_at) as decided_at
    from ledger.verdict
)

select
    result.check_id,
    result.subject,
    result.tool,
    result.severity,
    result.radius,
    result.reason,
    result.status,
    cast(coalesce(result.failing_n, 0) as bigint) as failing_n,
    result.tables,
    result.checked_at as checked_at_utc
from ledger.check_result as result
inner join ledger.verdict as verdict on result.run_id = verdict.run_id
inner join newest on verdict.decided_at = newest.decided_at
