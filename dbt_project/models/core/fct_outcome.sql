{% set span = var('reversal_span_days') %}
{% set link = var('contact_link_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'outcomes': [-1 * span, 0], 'contacts': [0, link], 'contact_legs': [-1, link]},
        'only_changed': true
    }}
) }}

with results as (
    select
        *,
        cast({{ to_local('occurred_at', 'time_zone') }} as date) as site_date,
        {{ scoped_id('source_system', 'outcome_id') }} as scoped_outcome_id,
        source_system || ':' || reverses_outcome_id as reversed_id,
        coalesce(contact_source_system, source_system) || ':' || contact_id as scoped_contact_id
    from {{ ref('feed_outcomes') }}
    where {{ only_touched('event_date', after=span) }}
),

reversals as (
    select
        original.scoped_outcome_id as reversed_id,
        sum(taken_back.amount) as amount
    from results as original
    inner join results as taken_back
        on
            original.scoped_outcome_id = taken_back.reversed_id
            and taken_back.event_date between original.event_date
            and {{ add_days('original.event_date', span) }}
    group by original.scoped_outcome_id
),

contacts as (
    select
        contact_id,
        event_date,
        client_id,
        site_id,
        line_of_business,
        site_date
    from {{ ref('fct_contact') }}
    where {{ only_touched('event_date', before=link) }}
)

select
    result.scoped_outcome_id as outcome_id,
    result.source_system,
    coalesce(nullif(result.client_id, 'unmapped'), contact.client_id, 'unmapped') as client_id,
    coalesce(result.site_id, contact.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(result.time_zone, 'UTC') as time_zone,
    coalesce(contact.line_of_business, 'unmapped') as line_of_business,
    result.scoped_contact_id as contact_id,
    contact.site_date as contact_site_date,
    result.source_system || ':' || result.case_id as case_id,
    result.customer_id,
    coalesce(agent.agent_id, result.source_system || ':' || result.agent_code) as agent_id,
    result.kind,
    result.reversed_id as reverses_outcome_id,
    result.occurred_at as occurred_at_utc,
    result.event_date,
    result.site_date,
    result.currency,
    result.reversed_id is not null as is_reversal,
    reversal.reversed_id is not null as is_reversed,
    result.amount,
    case
        when result.reversed_id is not null then 0
        else cast(result.amount + coalesce(reversal.amount, 0) as decimal(18, 2))
    end as settled_amount,
    result.file_id,
    result.row_number
from results as result
left join reversals as reversal on result.scoped_outcome_id = reversal.reversed_id
left join contacts as contact
    on
        result.scoped_contact_id = contact.contact_id
        and result.event_date between contact.event_date
        and {{ add_days('contact.event_date', link) }}
left join {{ ref('stg_company__agents') }} as agent
    on
        result.source_system = agent.source_system
        and result.agent_code = agent.agent_code
        and {{ valid_on('agent', 'result.site_date') }}
where {{ only_touched('result.event_date') }}
