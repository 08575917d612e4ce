{#- As it was last night, so that only the dates that changed go on from here. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'above_date', 'differs_from': 'int_above_band_now'}}
) }}

select
    contract_id,
    line_of_business,
    basis,
    period_start,
    above_date
from {{ ref('int_above_band_now') }}
where {{ only_touched('above_date') }}
