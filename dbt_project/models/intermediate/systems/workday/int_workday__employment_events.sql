with happened as (
    select
        *,
        -- Workday's date of a termination is the last day employed.
        case
            when kind = 'termination' then cast({{ add_days('effective_date', 1) }} as date)
            else effective_date
        end as starts_on
    from {{ ref('stg_workday__worker_history') }}
    where
        kind in (
            'hire', 'move', 'promotion', 'demotion', 'leave_start', 'leave_end', 'rehire',
            'termination'
        )
)

select
    transaction_id as employment_event_id,
    agent_code,
    kind,
    starts_on as effective_date,
    recorded_at,
    null as rescinds_event_id,
    case when kind = 'termination' then termination_code end as termination_code,
    null as termination_class,
    case when kind = 'termination' then is_regretted end as is_regretted,
    case when kind in ('hire', 'rehire') then hire_source end as hire_source,
    case when kind in ('hire', 'rehire') then service_date end as service_date,
    event_date,
    file_id,
    row_number
from happened

union all

select
    transaction_id || '/rescind' as employment_event_id,
    agent_code,
    'rescind' as kind,
    starts_on as effective_date,
    rescinded_at as recorded_at,
    transaction_id as rescinds_event_id,
    null as termination_code,
    null as termination_class,
    null as is_regretted,
    null as hire_source,
    null as service_date,
    cast(rescinded_at as date) as event_date,
    file_id,
    row_number
from happened
where rescinded_at is not null
