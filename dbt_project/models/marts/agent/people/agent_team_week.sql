{{ config(materialized='table') }}

with weeks as (
    select distinct calendar.iso_week_start_date as week_start_date
    from {{ ref('dim_date') }} as calendar
    inner join {{ ref('int_as_of') }} as known
        on
            calendar.iso_week_start_date <= known.as_of_date
            and calendar.iso_week_start_date
            > {{ add_days('known.as_of_date', -7 * var('chart_weeks')) }}
),

members as (
    select
        week.week_start_date,
        employed.agent_id,
        employed.leader_id,
        employed.site_id,
        employed.role,
        before.leader_id as leader_before_id
    from weeks as week
    inner join {{ ref('dim_employment') }} as employed
        on {{ valid_on('employed', 'week.week_start_date') }}
    left join {{ ref('dim_employment') }} as before
        on
            employed.agent_id = before.agent_id
            and {{ valid_on('before', add_days('week.week_start_date', -7)) }}
    -- Nobody leads himself; such a record is in attrition.employment_anomaly.
    where employed.leader_id <> employed.agent_id
),

sessions as (
    select
        agent_id,
        cast(date_trunc('week', site_date) as date) as week_start_date,
        {{ count_if('is_planned or is_done') }} as sessions_planned_n,
        {{ count_if('is_done') }} as sessions_done_n,
        {{ count_if("is_done and kind = 'one_to_one'") }} as one_to_ones_done_n,
        {{ count_if('action_due_date is not null and action_done_date is null') }}
            as steps_not_done_n
    from {{ ref('fct_coaching') }}
    group by agent_id, cast(date_trunc('week', site_date) as date)
),

thanks as (
    select
        agent_id,
        cast(date_trunc('week', site_date) as date) as week_start_date,
        cast(count(*) as bigint) as recognitions_n
    from {{ ref('fct_recognition') }}
    group by agent_id, cast(date_trunc('week', site_date) as date)
),

seen_lately as (
    select distinct
        member.week_start_date,
        member.agent_id
    from members as member
    inner join {{ ref('fct_coaching') }} as session
        on
            member.agent_id = session.agent_id
            and session.is_done
            and session.done_date > {{ add_days('member.week_start_date', -24) }}
            and session.done_date <= {{ add_days('member.week_start_date', 6) }}
),

thanked_lately as (
    select distinct
        member.week_start_date,
        member.agent_id
    from members as member
    inner join {{ ref('fct_recognition') }} as given
        on
            member.agent_id = given.agent_id
            and given.site_date > {{ add_days('member.week_start_date', -24) }}
            and given.site_date <= {{ add_days('member.week_start_date', 6) }}
)

select
    member.leader_id,
    member.week_start_date,
    min(member.site_id) as site_id,
    cast(count(*) as integer) as agents_n,
    cast({{ count_if("member.role in ('agent', 'mentor')") }} as integer) as frontline_n,
    count(*) between {{ var('span_least_n') }} and {{ var('span_most_n') }} as is_span_in_range,
    cast({{ count_if('member.leader_before_id <> member.leader_id') }} as integer)
        as joined_from_other_leader_n,
    cast(coalesce(sum(session.sessions_planned_n), 0) as integer) as sessions_planned_n,
    cast(coalesce(sum(session.sessions_done_n), 0) as integer) as sessions_done_n,
    cast(coalesce(sum(session.one_to_ones_done_n), 0) as integer) as one_to_ones_done_n,
    cast(coalesce(sum(session.steps_not_done_n), 0) as integer) as steps_not_done_n,
    cast(count(lately.agent_id) as integer) as coached_within_30_days_n,
    cast(coalesce(sum(thanked.recognitions_n), 0) as integer) as recognitions_n,
    cast(count(praised.agent_id) as integer) as recognised_within_30_days_n
from members as member
left join sessions as session
    on member.agent_id = session.agent_id and member.week_start_date = session.week_start_date
left join thanks as thanked
    on member.agent_id = thanked.agent_id and member.week_start_date = thanked.week_start_date
left join seen_lately as lately
    on member.agent_id = lately.agent_id and member.week_start_date = lately.week_start_date
left join thanked_lately as praised
    on member.agent_id = praised.agent_id and member.week_start_date = praised.week_start_date
group by member.leader_id, member.week_start_date
