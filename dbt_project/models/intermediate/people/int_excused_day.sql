{#- As it was last night, so that only the dates that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'hit_date', 'differs_from': 'int_excused_day_now'}}
) }}

select
    disruption_id,
    client_id,
    site_id,
    queue_id,
    agent_id,
    started_at_utc,
    ended_at_utc,
    hit_date,
    is_within_reach
from {{ ref('int_excused_day_now') }}
where {{ only_touched('hit_date') }}
