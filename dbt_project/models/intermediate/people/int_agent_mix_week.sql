{#- int_agent_mix_day by whole weeks, so that long looks back read a fraction of the rows. -#}
{% set stratum = agent_stratum() %}
{%- set parts = agent_parts() %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'week_start_date',
        'by': 'week',
        'follows': {'int_agent_mix_day': [0, 0]},
        'only_changed': true
    }}
) }}

select
    agent_id,
    {{ stratum | join(', ') }},
    week_start_date,
{% for part in parts -%}
{{ sum_of_part(part) }} as {{ part }}{{ ',' if not loop.last }}
{% endfor %}
from (
    select
        *,
        cast(date_trunc('week', site_date) as date) as week_start_date
    from {{ ref('int_agent_mix_day') }}
) as mix
where {{ only_touched('week_start_date') }}
group by agent_id, {{ stratum | join(', ') }}, week_start_date
