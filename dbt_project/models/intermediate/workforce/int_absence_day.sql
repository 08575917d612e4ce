{#- As it was last night, so that only the dates that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'differs_from': 'int_absence_day_now'}}
) }}

select *
from {{ ref('int_absence_day_now') }}
where {{ only_touched('shift_date') }}
