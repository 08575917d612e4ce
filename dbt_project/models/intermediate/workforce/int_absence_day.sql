{#- As it was last night, so that only the dates that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'differs_from': 'int_absence_day_now'}}
) }}

select
    absence_id,
    agent_id,
    site_id,
    site_date,
    absence_class,
    is_planned,
    is_paid,
    started_at_utc,
    until_utc,
    shift_date
from {{ ref('int_absence_day_now') }}
where {{ only_touched('shift_date') }}
