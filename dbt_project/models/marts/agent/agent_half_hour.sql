{% set span = var('shift_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'event_date',
        'feeds': {'agent_activity': [0, span], 'contact_legs': [0, span]}
    }}
) }}

{%- set states = [
    'available', 'on_contact', 'acw', 'break', 'lunch', 'training', 'meeting', 'coaching',
    'off_queue', 'unmapped'
] %}

with spans as (
    select
        *,
        {{ half_hour_start('started_at_utc', to_local('started_at_utc', 'time_zone')) }}
            as first_half_hour_utc
    from {{ ref('fct_agent_activity') }}
    where
        activity <> 'logged_out'
        and {{ only_touched('event_date', before=span) }}
),

cut as (
    select
        span.*,
        {{ add_seconds('span.first_half_hour_utc', '1800 * half.n') }} as half_hour_start_utc,
        {{ add_seconds('span.first_half_hour_utc', '1800 * (half.n + 1)') }} as half_hour_end_utc
    from spans as span
    inner join ({{ whole_numbers(0, 48 * (span + 1)) }}) as half
        on
            {{ add_seconds('span.first_half_hour_utc', '1800 * half.n') }} < span.ended_at_utc
),

measured as (
    select
        agent_id,
        site_id,
        time_zone,
        half_hour_start_utc,
        activity,
        is_logged_in,
        {{ seconds_between(
            'greatest(started_at_utc, half_hour_start_utc)',
            'least(ended_at_utc, half_hour_end_utc)'
        ) }} as duration_s
    from cut
),

states as (
    select
        agent_id,
        site_id,
        time_zone,
        half_hour_start_utc,
        {% for state in states -%}
        {{ sum_s("case when activity = '" ~ state ~ "' then duration_s end") }}
            as {{ state }}_state_s,
        {% endfor -%}
        {{ sum_s('case when is_logged_in then duration_s end') }} as logged_in_s
    from measured
    group by agent_id, site_id, time_zone, half_hour_start_utc
),

answered as (
    select
        *,
        {{ half_hour_start('answered_at_utc', to_local('answered_at_utc', 'time_zone')) }}
            as answered_half_hour_utc
    from {{ ref('fct_contact_leg') }}
    where
        agent_id is not null
        and is_answered
        and {{ only_touched('event_date', before=span) }}
),

legs as (
    select
        agent_id,
        site_id,
        time_zone,
        answered_half_hour_utc as half_hour_start_utc,
        cast(count(*) as bigint) as legs_handled_n,
        {{ sum_s('talk_s') }} as talk_s,
        {{ sum_s('hold_s') }} as hold_s,
        {{ sum_s('acw_s') }} as acw_s
    from answered
    group by agent_id, site_id, time_zone, answered_half_hour_utc
),

together as (
    select
        coalesce(state.agent_id, leg.agent_id) as agent_id,
        coalesce(state.site_id, leg.site_id) as site_id,
        coalesce(state.time_zone, leg.time_zone) as time_zone,
        coalesce(state.half_hour_start_utc, leg.half_hour_start_utc) as half_hour_start_utc,
        {% for state in states -%}
        coalesce(state.{{ state }}_state_s, 0) as {{ state }}_state_s,
        {% endfor -%}
        coalesce(state.logged_in_s, 0) as logged_in_s,
        coalesce(leg.legs_handled_n, 0) as legs_handled_n,
        coalesce(leg.talk_s, 0) as talk_s,
        coalesce(leg.hold_s, 0) as hold_s,
        coalesce(leg.acw_s, 0) as acw_s
    from states as state
    full outer join legs as leg
        on
            state.agent_id = leg.agent_id
            and state.site_id = leg.site_id
            and state.time_zone = leg.time_zone
            and state.half_hour_start_utc = leg.half_hour_start_utc
)

select
    agent_id,
    site_id,
    time_zone,
    half_hour_start_utc,
    {{ half_hour_of_day(to_local('half_hour_start_utc', 'time_zone')) }} as half_hour_of_day,
    cast({{ to_local('half_hour_start_utc', 'time_zone') }} as date) as site_date,
    cast(half_hour_start_utc as date) as event_date,
    {% for state in states -%}
    {{ state }}_state_s,
    {% endfor -%}
    logged_in_s,
    legs_handled_n,
    talk_s,
    hold_s,
    acw_s
from together
where {{ only_touched('cast(half_hour_start_utc as date)') }}
