{{ config(materialized='table') }}

with known as (
    select as_of_date from {{ ref('int_as_of') }}
),

sessions as (
    select
        session.agent_id,
        max(case when session.is_done then session.done_date end) as last_session_date,
        max(case when session.is_done and session.kind = 'one_to_one' then session.done_date end)
            as last_one_to_one_date,
        min(
            case
                when session.is_planned and session.site_date >= known.as_of_date
                    then session.site_date
            end
        ) as next_planned_date,
        {{ count_if(
            'session.is_done and session.done_date > ' ~ add_days('known.as_of_date', -90)
        ) }} as sessions_90d_n,
        {{ count_if('session.is_done and session.has_action and not session.is_action_done') }}
            as steps_open_n,
        {{ count_if(
            'session.is_done and session.has_action and not session.is_action_done '
            ~ 'and session.action_due_date < known.as_of_date'
        ) }} as steps_overdue_n
    from {{ ref('fct_coaching') }} as session
    cross join known
    group by session.agent_id
),

dated as (
    select
        person.agent_id,
        person.leader_id,
        person.site_id,
        known.as_of_date,
        cast({{ add_days(
            'coalesce(session.last_one_to_one_date, person.hired_date)',
            var('one_to_one_every_days')
        ) }} as date) as one_to_one_due_date,
        session.last_session_date,
        session.last_one_to_one_date,
        session.next_planned_date,
        session.sessions_90d_n,
        session.steps_open_n,
        session.steps_overdue_n
    from {{ ref('dim_employment') }} as person
    inner join known on {{ valid_on('person', 'known.as_of_date') }}
    left join sessions as session on person.agent_id = session.agent_id
    where person.leader_id <> person.agent_id
)

select
    agent_id,
    leader_id,
    site_id,
    last_session_date,
    cast({{ dbt.datediff('last_session_date', 'as_of_date', 'day') }} as integer)
        as days_since_session_n,
    cast(coalesce(sessions_90d_n, 0) as integer) as sessions_90d_n,
    last_one_to_one_date,
    one_to_one_due_date,
    one_to_one_due_date <= as_of_date as is_one_to_one_due,
    next_planned_date,
    cast(coalesce(steps_open_n, 0) as integer) as steps_open_n,
    cast(coalesce(steps_overdue_n, 0) as integer) as steps_overdue_n
from dated
