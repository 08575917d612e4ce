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
        {{ half_hour_start('started_at_utc', 'started_local') }} as first_half_hour_utc,
        cast(
            ceil(
                {{ seconds_between(
                    half_hour_start('started_at_utc', 'started_local'), 'ended_at_utc'
                ) }} / 1800e0
            ) as integer
        ) as halves_n
    from (
        select
            state.*,
            {{ local_on('state.started_at_utc', 'state.time_zone', 'zone_day') }} as started_local
        from {{ ref('fct_agent_activity') }} as state
        left join {{ ref('int_zone_day') }} as zone_day
            on state.time_zone = zone_day.time_zone and state.event_date = zone_day.event_date
        where
            state.activity <> 'logged_out'
            and {{ only_touched('state.event_date', before=span) }}
    ) as placed
),

-- Found by how many there are: compared by instants, each state would meet every number.
halves as (
    select
        total.n + 1 as halves_n,
        part.n
    from ({{ whole_numbers(0, 48 * (span + 1)) }}) as total
    inner join ({{ whole_numbers(0, 48 * (span + 1)) }}) as part
        on total.n >= part.n
),

cut as (
    select
        span.*,
        {{ add_seconds('span.first_half_hour_utc', '1800 * half.n') }} as half_hour_start_utc,
        {{ add_seconds('span.first_half_hour_utc', '1800 * (half.n + 1)') }} as half_hour_end_utc
    from spans as span
    inner join halves as half
        on least(span.halves_n, {{ 48 * (span + 1) + 1 }}) = half.halves_n
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
        {{ half_hour_start('answered_at_utc', 'answered_local') }} as answered_half_hour_utc
    from (
        select
            leg.*,
            {{ local_on('leg.answered_at_utc', 'leg.time_zone', 'zone_day') }} as answered_local
        from {{ ref('fct_contact_leg') }} as leg
        left join {{ ref('int_zone_day') }} as zone_day
            on
                leg.time_zone = zone_day.time_zone
                and cast(leg.answered_at_utc as date) = zone_day.event_date
        where
            leg.agent_id is not null
            and leg.is_answered
            and {{ only_touched('leg.event_date', before=span) }}
    ) as placed
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
),

on_the_wall as (
    select
        half.*,
        {{ local_on('half.half_hour_start_utc', 'half.time_zone', 'zone_day') }}
            as half_hour_local
    from together as half
    left join {{ ref('int_zone_day') }} as zone_day
        on
            half.time_zone = zone_day.time_zone
            and cast(half.half_hour_start_utc as date) = zone_day.event_date
    where {{ only_touched('cast(half.half_hour_start_utc as date)') }}
)

select
    agent_id,
    site_id,
    time_zone,
    half_hour_start_utc,
    {{ half_hour_of_day('half_hour_local') }} as half_hour_of_day,
    cast(half_hour_local as date) as site_date,
    cast(half_hour_start_utc as date) as event_date,
    {% for state in states -%}
    {{ state }}_state_s,
    {% endfor -%}
    logged_in_s,
    legs_handled_n,
    talk_s,
    hold_s,
    acw_s
from on_the_wall
