{{ config(materialized='table') }}

with met as (
    select
        held.agent_id,
        held.version_id,
        spell.hired_date,
        spell.hire_kind,
        spell.hire_source,
        spell.service_date,
        spell.hire_event_id,
        spell.left_date,
        spell.termination_event_id,
        greatest(held.segment_from, coalesce(spell.hired_date, held.segment_from)) as valid_from,
        least(held.segment_to, spell.left_date) as valid_to,
        greatest(held.recorded_from, spell.known_from) as known_from,
        least(held.recorded_to, spell.known_to) as known_to
    from {{ ref('int_employment_held') }} as held
    inner join {{ ref('int_employment_spells') }} as spell
        on
            held.agent_id = spell.agent_id
            and held.segment_from < spell.left_date
            and held.segment_to > coalesce(spell.hired_date, held.segment_from)
            and held.recorded_from < spell.known_to
            and held.recorded_to > spell.known_from
    -- Without a hire there is no day without a job record.
    where held.version_id is not null or spell.hired_date is not null
)

select
    met.agent_id,
    met.version_id,
    met.valid_from,
    met.valid_to,
    met.known_from,
    met.known_to,
    met.hire_event_id,
    met.termination_event_id,
    met.hire_source,
    met.left_date,
    version.leader_id,
    version.team_id,
    version.level,
    version.contract_type,
    version.fte,
    version.weekly_hours,
    met.hired_date,
    met.service_date,
    coalesce(met.hire_kind, 'before') as hire_kind,
    coalesce(version.site_id, 'unmapped') as site_id,
    coalesce(version.client_id, 'shared') as client_id,
    coalesce(version.line_of_business, 'shared') as line_of_business,
    coalesce(version.role, 'unmapped') as role
from met
left join {{ ref('int_employment_versions') }} as version on met.version_id = version.version_id
where met.valid_from < met.valid_to and met.known_from < met.known_to
