-- A few rows an agent and week, each looking at the shift before, however long ago: rebuilt whole
-- from sessions, of which there is one where there are dozens of states.
with sessions as (
    select
        session.session_id,
        session.agent_id,
        session.site_id,
        session.session_date as started_date,
        session.started_at_utc,
        session.ended_at_utc,
        coalesce(site.time_zone, 'UTC') as time_zone,
        coalesce(place.jurisdiction, 'unmapped') as jurisdiction,
        max(session.ended_at_utc) over (
            partition by session.agent_id
            order by session.started_at_utc
            rows between unbounded preceding and 1 preceding
        ) as previous_ended_at_utc
    from {{ ref('int_agent_sessions') }} as session
    left join {{ ref('stg_company__sites') }} as site
        on
            session.site_id = site.site_id
            and {{ valid_on('site', 'session.session_date') }}
    left join {{ ref('stg_company__jurisdictions') }} as place
        on
            session.site_id = place.site_id
            and {{ valid_on('place', 'session.session_date') }}
),

states as (
    select
        session_id,
        {{ sum_s('worked_s') }} as worked_s,
        {{ sum_s('break_s') }} as break_s
    from {{ ref('int_shift_state') }}
    group by session_id
),

windows as (
    select
        jurisdiction,
        valid_from,
        valid_to,
        cast(window_from as {{ dbt.type_string() }}) as window_from,
        cast(window_to as {{ dbt.type_string() }}) as window_to,
        case when window_to <= window_from then 1 else 0 end as ends_days_later
    from {{ ref('stg_company__labour_rules') }}
    where rule = 'night_window' and window_from is not null and window_to is not null
),

-- The windows of the evening before and of the shift's own dates, as instants of its zone.
nights as (
    select
        session.session_id,
        session.started_at_utc,
        session.ended_at_utc,
        {{ to_utc(
            "cast(" ~ add_days('session.started_date', 'near.days') ~ " as " ~ dbt.type_string() ~ ") || ' ' "
            "|| night.window_from", 'session.time_zone'
        ) }} as from_utc,
        {{ to_utc(
            "cast(" ~ add_days('session.started_date', 'near.days + night.ends_days_later')
            ~ " as " ~ dbt.type_string() ~ ") || ' ' || night.window_to", 'session.time_zone'
        ) }} as to_utc
    from sessions as session
    inner join windows as night
        on
            session.jurisdiction = night.jurisdiction
            and {{ valid_on('night', 'session.started_date') }}
    cross join (values (-1), (0), (1)) as near (days)
),

night_work as (
    select
        session_id,
        {{ sum_s(seconds_between(
            'greatest(started_at_utc, from_utc)', 'least(ended_at_utc, to_utc)'
        )) }} as night_s
    from nights
    where from_utc < ended_at_utc and to_utc > started_at_utc
    group by session_id
)

select
    session.session_id,
    session.agent_id,
    session.site_id,
    session.jurisdiction,
    session.time_zone,
    session.started_date as shift_date,
    {{ add_days('session.started_date', '1 - cast(' ~ iso_day_of_week('session.started_date')
        ~ ' as integer)') }} as week_start_date,
    session.started_at_utc,
    session.ended_at_utc,
    cast({{ seconds_between('session.started_at_utc', 'session.ended_at_utc') }} as bigint)
        as duration_s,
    coalesce(state.worked_s, 0) as worked_s,
    coalesce(state.break_s, 0) as break_s,
    coalesce(night.night_s, 0) as night_s,
    cast({{ seconds_between('session.previous_ended_at_utc', 'session.started_at_utc') }} as bigint)
        as rest_before_s
from sessions as session
left join states as state on session.session_id = state.session_id
left join night_work as night on session.session_id = night.session_id
