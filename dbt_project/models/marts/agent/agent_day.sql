{% set span = var('shift_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'shift_date',
        'as_of_employment': true,
        'feeds': {'agent_activity': [-1 * span, span], 'contact_legs': [-1 * span, span]}
    }}
) }}

{%- set states = [
    'available', 'on_contact', 'acw', 'break', 'lunch', 'training', 'meeting', 'coaching',
    'off_queue', 'unmapped'
] %}

with states as (
    select
        agent_id,
        shift_date,
        site_id,
        count(distinct session_id) as sessions_n,
        min(started_at_utc) as first_login_at_utc,
        max(ended_at_utc) as last_logout_at_utc,
        {% for state in states -%}
        {{ sum_s("case when activity = '" ~ state ~ "' then duration_s end") }}
            as {{ state }}_state_s,
        {% endfor -%}
        {{ sum_s('case when is_paid then duration_s end') }} as paid_s,
        {{ sum_s('duration_s') }} as logged_in_s
    from {{ ref('fct_agent_activity') }}
    where
        activity <> 'logged_out'
        and is_logged_in
        and {{ only_touched('shift_date') }}
    group by agent_id, shift_date, site_id
),

legs as (
    select
        agent_id,
        shift_date,
        site_id,
        cast(count(*) as bigint) as legs_handled_n,
        {{ sum_s('talk_s') }} as talk_s,
        {{ sum_s('hold_s') }} as hold_s,
        {{ sum_s('acw_s') }} as acw_s,
        {{ sum_s('handle_s') }} as handle_s
    from {{ ref('int_agent_legs') }}
    where
        {{ only_touched('event_date', before=span, after=span) }}
        and {{ only_touched('shift_date') }}
    group by agent_id, shift_date, site_id
)

select
    coalesce(state.agent_id, leg.agent_id) as agent_id,
    coalesce(state.shift_date, leg.shift_date) as shift_date,
    coalesce(state.site_id, leg.site_id) as site_id,
    agent.is_mapped,
    cast(coalesce(state.sessions_n, 0) as integer) as sessions_n,
    state.first_login_at_utc,
    state.last_logout_at_utc,
    state.logged_in_s,
    state.paid_s,
    {% for state in states -%}
    state.{{ state }}_state_s,
    {% endfor -%}
    coalesce(leg.legs_handled_n, 0) as legs_handled_n,
    coalesce(leg.talk_s, 0) as talk_s,
    coalesce(leg.hold_s, 0) as hold_s,
    coalesce(leg.acw_s, 0) as acw_s,
    coalesce(leg.handle_s, 0) as handle_s,
    {{ employed_as('employment', 'coalesce(state.shift_date, leg.shift_date)') }}
from states as state
full outer join legs as leg
    on
        state.agent_id = leg.agent_id
        and state.shift_date = leg.shift_date
        and state.site_id = leg.site_id
left join {{ ref('dim_agent') }} as agent
    on coalesce(state.agent_id, leg.agent_id) = agent.agent_id
left join {{ ref('dim_employment') }} as employment
    on
        coalesce(state.agent_id, leg.agent_id) = employment.agent_id
        and {{ valid_on('employment', 'coalesce(state.shift_date, leg.shift_date)') }}
