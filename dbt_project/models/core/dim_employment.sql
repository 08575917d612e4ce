{%- set same = [
    'agent_id', 'version_id', 'hired_date', 'left_date', 'service_date', 'hire_kind', 'hire_source',
    'hire_event_id', 'termination_event_id', 'leader_id', 'team_id', 'site_id', 'client_id',
    'line_of_business', 'role', 'level', 'contract_type', 'fte', 'weekly_hours'
] %}

with known_now as (
    select
        *,
        coalesce(hire_event_id, 'before') as spell_key
    from ({{ joined_spans(
        "(select * from " ~ ref('int_employment_history')
        ~ " where known_to = timestamp '9999-12-31 00:00:00')", same, 'valid_from', 'valid_to'
    ) }}) as spans_now
),

dated as (
    select
        *,
        coalesce(
            hired_date, min(valid_from) over (partition by agent_id, spell_key, left_date)
        ) as spell_from,
        first_value(leader_id) over (
            partition by agent_id, spell_key, left_date
            order by case when leader_id is null then 1 else 0 end, valid_from
            rows between unbounded preceding and unbounded following
        ) as first_leader_id
    from known_now
)

select
    agent_id,
    valid_from,
    {{ open_ended('valid_to') }} as valid_to,
    cast(dense_rank() over (partition by agent_id order by spell_from, left_date) as integer)
        as spell_number,
    spell_from as hired_date,
    {{ open_ended('left_date') }} as left_date,
    coalesce(service_date, spell_from) as service_date,
    hired_date is not null as is_hire_recorded,
    hire_kind,
    hire_source,
    leader_id,
    first_leader_id,
    team_id,
    site_id,
    client_id,
    line_of_business,
    role,
    level,
    contract_type,
    fte,
    weekly_hours,
    version_id is not null as has_job_record,
    hire_event_id,
    termination_event_id,
    version_id
from dated
