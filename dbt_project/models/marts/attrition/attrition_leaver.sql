select
    month.agent_id,
    month.month_start_date,
    month.ended_date as left_date,
    employment.hired_date,
    employment.spell_number,
    month.site_id,
    month.client_id,
    month.line_of_business,
    month.leader_id,
    employment.first_leader_id,
    month.role,
    month.tenure_band,
    employment.hire_source,
    coalesce(event.termination_class, 'unmapped') as termination_class,
    coalesce(event.termination_reason, 'unmapped') as termination_reason,
    event.is_regretted,
    month.left_tenure_days as tenure_days,
    month.is_leaving_recorded
from {{ ref('int_employment_month') }} as month
left join {{ ref('int_employment_events') }} as event
    on
        case when month.is_leaving_recorded then month.termination_event_id end
        = event.employment_event_id
left join {{ ref('dim_employment') }} as employment
    on
        month.agent_id = employment.agent_id
        and month.ended_date = employment.valid_to
where month.known_as = 'as_is' and month.is_exit
