{#- As it was last night, so that only the dates that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'hit_date', 'differs_from': 'int_excused_day_now'}}
) }}

select *
from {{ ref('int_excused_day_now') }}
where {{ only_touched('hit_date') }}
