with job_systems as (
    select distinct source_system
    from {{ ref('int_employment_versions') }}
),

systems as (
    select
        source_system,
        min(since_date) as history_from
    from (
        select
            source_system,
            cast(recorded_at as date) as since_date
        from {{ ref('int_employment_versions') }}
        union all
        -- Who had left before the first list of a system is in it with the date.
        select
            source_system,
            cast(date_trunc('month', effective_date) as date) as since_date
        from {{ ref('int_employment_events') }}
        where
            kind = 'termination'
            and rescinded_at is null
            and effective_date >= cast('{{ var("calendar_first_date") }}' as date)
        union all
        -- A system without job records: its events are the history.
        select
            event.source_system,
            cast(event.recorded_at as date) as since_date
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
