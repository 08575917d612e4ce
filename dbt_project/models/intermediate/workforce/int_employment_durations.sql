with spells as (
    select
        agent_id,
        spell_number,
        min(hired_date) as hired_date,
        min(left_date) as left_date,
        min(hire_source) as hire_source,
        min(first_leader_id) as first_leader_id,
        min_by(site_id, valid_from) as site_id,
        min_by(client_id, valid_from) as client_id,
        min(termination_event_id) as termination_event_id
    from {{ ref('dim_employment') }}
    -- Who came when nobody knows would be taken for new.
    where is_hire_recorded
    group by agent_id, spell_number
)

select
    spell.agent_id,
    spell.spell_number,
    spell.hired_date,
    spell.site_id,
    spell.client_id,
    coalesce(spell.hire_source, 'unknown') as hire_source,
    coalesce(spell.first_leader_id, 'none') as first_leader_id,
    substr(cast(spell.hired_date as {{ dbt.type_string() }}), 1, 7) as cohort_month,
    spell.hired_date >= seen.history_from as is_seen_from_start,
    as_of.as_of_date,
    cast(greatest(0, {{ dbt.datediff('spell.hired_date', 'seen.history_from', 'day') }}) as integer)
        as entry_day,
    cast({{ dbt.datediff(
        'spell.hired_date', "least(coalesce(spell.left_date, date '9999-12-31'), as_of.as_of_date)",
        'day'
    ) }} as integer) as exit_day,
    -- Who moves inside the company has not left it: watched until then, as who is still there.
    coalesce(
        spell.left_date <= as_of.as_of_date and coalesce(event.termination_class, '') <> 'internal',
        false
    ) as is_event
from spells as spell
inner join {{ ref('int_staff_seen') }} as seen on spell.agent_id = seen.agent_id
cross join {{ ref('int_as_of') }} as as_of
left join {{ ref('int_employment_events') }} as event
    on spell.termination_event_id = event.employment_event_id
where spell.hired_date <= as_of.as_of_date
