{{ config(materialized='view') }}

select
    source_system as system,
    feed,
    column_name,
    value,
    cast(sum(rows_n) as bigint) as rows_n,
    min(event_date) as first_date,
    max(event_date) as last_date
from {{ ref('int_unmapped_values') }}
group by source_system, feed, column_name, value
