{#- As it was last night, so that only the months that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'month_start_date', 'feeds': {}, 'differs_from': 'int_metric_part_whole_now'
    }}
) }}

select
    semantic_model,
    part,
    grain,
    entity_kind,
    entity_id,
    client_id,
    period_start_date,
    month_start_date,
    amount,
    agents_n
from {{ ref('int_metric_part_whole_now') }}
where {{ only_touched('month_start_date') }}
