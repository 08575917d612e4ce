select
    event.employment_event_id,
    event.agent_id,
    event.kind,
    event.effective_date as filled_date,
    cast(date_trunc('month', event.effective_date) as date) as month_start_date,
    coalesce(employed.site_id, 'unmapped') as site_id,
    coalesce(employed.client_id, 'shared') as client_id,
    coalesce(employed.line_of_business, 'shared') as line_of_business,
    coalesce(employed.leader_id, 'none') as leader_id,
    event.kind = 'promotion' as is_promotion
from {{ ref('fct_employment_event') }} as event
inner join {{ ref('int_as_of') }} as as_of on event.effective_date <= as_of.as_of_date
left join {{ ref('dim_employment') }} as employed
    on
        event.agent_id = employed.agent_id
        and {{ valid_on('employed', 'event.effective_date') }}
where event.kind in ('hire', 'rehire', 'promotion') and not event.is_rescinded
