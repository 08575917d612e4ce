with job_systems as (
    select distinct source_system
    from {{ ref('int_employment_versions') }}
),

systems as (
    select
        source_system,
        min(cast(recorded_at as date)) as history_from
    from (
        select
            source_system,
            recorded_at
        from {{ ref('int_employment_versions') }}
        union all
        -- A system without job records: its events are the history.
        select
            event.source_system,
            event.recorded_at
        from {{ ref('int_employment_events') }} as event
        left join job_systems on event.source_system = job_systems.source_system
        where job_systems.source_system is null
    ) as recorded
    group by source_system
),

people as (
    select
        agent_id,
        source_system
    from {{ ref('int_employment_versions') }}
    union
    select
        agent_id,
        source_system
    from {{ ref('int_employment_events') }}
)

select
    person.agent_id,
    min(coalesce(
        cast(nullif('{{ var("employment_history_from") }}', '') as date), system.history_from
    )) as history_from
from people as person
inner join systems as system on person.source_system = system.source_system
group by person.agent_id
