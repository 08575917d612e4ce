-- Contacts about complaints or abuse in a row: none of another kind and no break between them.
with moments as (
    select
        agent_id,
        answered_at_utc as at_utc,
        leg_id as moment_id,
        case when reason in ({{ var('strain_hard_reasons') }}) then 1 else 0 end as is_hard
    from {{ ref('fct_contact_leg') }}
    where agent_id is not null and is_answered

    union all

    select
        agent_id,
        started_at_utc as at_utc,
        activity_id as moment_id,
        0 as is_hard
    from {{ ref('fct_agent_activity') }}
    where
        activity in ('break', 'lunch')
        and duration_s >= {{ var('strain_break_least_s') }}
),

followed as (
    select
        *,
        {{ seconds_between(
            'lag(at_utc) over (partition by agent_id order by at_utc, moment_id)', 'at_utc'
        ) }} as after_s
    from moments
),

numbered as (
    select
        *,
        sum(
            -- After hours without a contact somebody has been home.
            case
                when is_hard = 1 and after_s <= {{ var('shift_gap_hours') }} * 3600 then 0
                else 1
            end
        ) over (
            partition by agent_id
            order by at_utc, moment_id
            rows between unbounded preceding and current row
        ) as run
    from followed
),

runs as (
    select
        agent_id,
        min(at_utc) as started_at_utc,
        max(at_utc) as last_at_utc,
        count(*) as contacts_n
    from numbered
    where is_hard = 1
    group by agent_id, run
    having count(*) >= {{ var('strain_hard_run_contacts') }}
)

select
    run.agent_id,
    run.started_at_utc,
    run.last_at_utc,
    run.contacts_n,
    session.session_date as shift_date
from runs as run
inner join {{ ref('int_agent_sessions') }} as session
    on
        run.agent_id = session.agent_id
        and run.started_at_utc >= session.started_at_utc
        and run.started_at_utc < session.ended_at_utc
