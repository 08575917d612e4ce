{{ config(materialized='view') }}

select
    system,
    feed,
    cast(count(*) as bigint) as files_n,
    {{ count_if("verdict = 'rejected'") }} as rejected_files_n,
    max(extract_date) as last_extract_date,
    max(arrived_at) as last_arrived_at_utc,
    cast(sum(landed_n) as bigint) as landed_n,
    cast(sum(loaded_n) as bigint) as loaded_n,
    cast(sum(quarantined_n) as bigint) as quarantined_n,
    cast(sum(superseded_n) as bigint) as superseded_n,
    cast(sum(expired_n) as bigint) as expired_n,
    cast(sum(unmapped_n) as bigint) as unmapped_n
from ledger.file
group by system, feed
