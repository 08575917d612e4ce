with now_held as (
    select *
    from {{ ref('int_employment_versions') }}
    where
        superseded_at is null
        and not coalesce(is_withdrawn, false)
        and coalesce(valid_to, date '9999-12-31') > valid_from
),

-- Two records of one agent on one day are usual where a later record ends an open one.
clashes as (
    select
        earlier.agent_id,
        later.source_system,
        greatest(earlier.valid_from, later.valid_from) as first_date,
        coalesce(earlier.leader_id, 'none') <> coalesce(later.leader_id, 'none') as has_two_leaders,
        earlier.version_id as other_version_id,
        later.version_id,
        later.file_id,
        later.row_number
    from now_held as earlier
    inner join now_held as later
        on
            earlier.agent_id = later.agent_id
            and earlier.version_id <> later.version_id
            and earlier.valid_from < coalesce(later.valid_to, date '9999-12-31')
            and later.valid_from < coalesce(earlier.valid_to, date '9999-12-31')
    where
        (
            earlier.recorded_at < later.recorded_at
            or (earlier.recorded_at = later.recorded_at and earlier.version_id < later.version_id)
        )
        and (earlier.recorded_at = later.recorded_at or earlier.valid_to is not null)
),

events as (
    select
        *,
        min(case when kind in ('hire', 'rehire') then effective_date end) over (
            partition by agent_id
        ) as first_hired_date,
        min(case when kind = 'hire' then effective_date end) over (
            partition by agent_id
        ) as first_new_hired_date,
        lag(kind) over (
            partition by agent_id
            order by
                effective_date,
                case kind when 'hire' then 0 when 'termination' then 1 else 2 end,
                recorded_at,
                employment_event_id
        ) as previous_kind
    from {{ ref('int_employment_events') }}
    where rescinded_at is null and kind in ('hire', 'rehire', 'termination')
)

select
    agent_id,
    source_system,
    'overlapping_job_records' as rule,
    first_date,
    version_id as record_id,
    other_version_id as other_record_id,
    file_id,
    row_number
from clashes

union all

select
    agent_id,
    source_system,
    'two_leaders_on_one_day' as rule,
    first_date,
    version_id as record_id,
    other_version_id as other_record_id,
    file_id,
    row_number
from clashes
where has_two_leaders

union all

select
    agent_id,
    source_system,
    'leader_of_himself' as rule,
    valid_from as first_date,
    version_id as record_id,
    cast(null as {{ dbt.type_string() }}) as other_record_id,
    file_id,
    row_number
from now_held
where leader_id = agent_id

union all

select
    agent_id,
    source_system,
    'person_without_site' as rule,
    valid_from as first_date,
    version_id as record_id,
    cast(null as {{ dbt.type_string() }}) as other_record_id,
    file_id,
    row_number
from now_held
where site_id is null

union all

select
    agent_id,
    source_system,
    case
        when effective_date <= first_new_hired_date then 'termination_before_hire'
        when kind = 'termination' then 'termination_of_nobody_employed'
        else 'hire_of_somebody_employed'
    end as rule,
    effective_date as first_date,
    employment_event_id as record_id,
    cast(null as {{ dbt.type_string() }}) as other_record_id,
    file_id,
    row_number
from events
where
    (kind = 'termination' and effective_date <= first_new_hired_date)
    or (kind = 'termination' and previous_kind = 'termination')
    or (kind <> 'termination' and previous_kind in ('hire', 'rehire'))

union all

select
    employment.agent_id,
    'none' as source_system,
    'employed_without_job_record' as rule,
    greatest(employment.valid_from, seen.history_from) as first_date,
    employment.hire_event_id as record_id,
    cast(null as {{ dbt.type_string() }}) as other_record_id,
    cast(null as bigint) as file_id,
    cast(null as bigint) as row_number
from {{ ref('dim_employment') }} as employment
inner join {{ ref('int_staff_seen') }} as seen on employment.agent_id = seen.agent_id
where
    not employment.has_job_record
    -- Jobs that ended before the system kept a history are not missing.
    and coalesce(employment.valid_to, date '9999-12-31') > seen.history_from

union all

-- Only the var employment_history_from leaves leavers out.
select
    event.agent_id,
    event.source_system,
    'left_before_history' as rule,
    event.effective_date as first_date,
    event.employment_event_id as record_id,
    cast(null as {{ dbt.type_string() }}) as other_record_id,
    event.file_id,
    event.row_number
from {{ ref('int_employment_events') }} as event
inner join {{ ref('int_staff_seen') }} as seen on event.agent_id = seen.agent_id
where
    event.kind = 'termination'
    and event.rescinded_at is null
    and event.effective_date < seen.history_from
