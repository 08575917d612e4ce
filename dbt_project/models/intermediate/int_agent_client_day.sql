{% set span = var('shift_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'shift_date',
        'feeds': {
            'agent_activity': [-1 * span, span],
            'contact_legs': [-1 * span, span],
            'contacts': [-1 * span, span + var('contact_span_days')]
        }
    }}
) }}

select
    agent_id,
    shift_date,
    site_id,
    client_id,
    {{ sum_s('handle_s') }} as handle_s
from {{ ref('int_agent_legs') }}
where
    handle_s > 0
    and {{ only_touched('event_date', before=span, after=span) }}
    and {{ only_touched('shift_date') }}
group by agent_id, shift_date, site_id, client_id
