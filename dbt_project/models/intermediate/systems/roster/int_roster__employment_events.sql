with lists as (
    select
        *,
        agent_code || '/' || cast(hire_date as {{ dbt.type_string() }}) as spell_key,
        row_number() over (partition by agent_code, hire_date order by listed_at) as list_n,
        min(hire_date) over (partition by agent_code) < hire_date as is_rehire,
        lag(termination_date) over (partition by agent_code, hire_date order by listed_at)
            as earlier_date,
        lag(termination_code) over (partition by agent_code, hire_date order by listed_at)
            as earlier_code
    from {{ ref('stg_roster__people') }}
),

changed as (
    select
        *,
        spell_key || '/left/' || cast(listed_at as {{ dbt.type_string() }}) as leaving_id,
        coalesce(termination_date, date '0001-01-01') <> coalesce(earlier_date, date '0001-01-01')
        or (
            termination_date is not null
            and coalesce(termination_code, '') <> coalesce(earlier_code, '')
        ) as is_news
    from lists
),

news as (
    select
        *,
        lag(case when termination_date is not null then leaving_id end) over (
            partition by agent_code, hire_date order by listed_at
        ) as told_before_id
    from changed
    where is_news
)

select
    spell_key || '/hired' as employment_event_id,
    agent_code,
    case when is_rehire then 'rehire' else 'hire' end as kind,
    hire_date as effective_date,
    listed_at as recorded_at,
    null as rescinds_event_id,
    null as termination_code,
    null as termination_class,
    null as is_regretted,
    hire_source,
    service_date,
    event_date,
    file_id,
    row_number
from lists
where list_n = 1

union all

select
    leaving_id as employment_event_id,
    agent_code,
    'termination' as kind,
    cast({{ add_days('termination_date', 1) }} as date) as effective_date,
    listed_at as recorded_at,
    null as rescinds_event_id,
    termination_code,
    null as termination_class,
    null as is_regretted,
    null as hire_source,
    null as service_date,
    event_date,
    file_id,
    row_number
from news
where termination_date is not null

union all

-- Another date, another reason or none any more: what was told before is taken back.
select
    leaving_id || '/rescind' as employment_event_id,
    agent_code,
    'rescind' as kind,
    cast({{ add_days('earlier_date', 1) }} as date) as effective_date,
    listed_at as recorded_at,
    told_before_id as rescinds_event_id,
    null as termination_code,
    null as termination_class,
    null as is_regretted,
    null as hire_source,
    null as service_date,
    event_date,
    file_id,
    row_number
from news
where told_before_id is not null
