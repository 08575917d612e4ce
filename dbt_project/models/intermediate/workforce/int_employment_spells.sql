{{ config(materialized='table') }}

{%- set no_instant = "timestamp '9999-12-31 00:00:00'" %}

with events as (
    select
        *,
        kind <> 'termination' as is_start,
        coalesce(rescinded_at, {{ no_instant }}) as rescinded_from
    from {{ ref('int_employment_events') }}
    where kind in ('hire', 'rehire', 'termination')
),

instants as (
    select
        agent_id,
        recorded_at as instant
    from events
    union
    select
        agent_id,
        rescinded_at as instant
    from events
    where rescinded_at is not null
    union
    select
        agent_id,
        timestamp '0001-01-01 00:00:00' as instant
    from {{ ref('int_staff_seen') }}
),

known as (
    select
        agent_id,
        instant as known_from,
        coalesce(lead(instant) over (partition by agent_id order by instant), {{ no_instant }})
            as known_to
    from instants
),

ordered as (
    select
        known.known_from,
        known.known_to,
        event.*,
        lag(event.is_start) over in_order as follows_start
    from known
    inner join events as event
        on
            known.agent_id = event.agent_id
            and known.known_from >= event.recorded_at
            and known.known_from < event.rescinded_from
    -- Hired and gone on one date: the hire comes first. Gone and rehired: the rehire comes last.
    window in_order as (
        partition by known.agent_id, known.known_from
        order by
            event.effective_date,
            case event.kind when 'hire' then 0 when 'termination' then 1 else 2 end,
            event.recorded_at,
            event.employment_event_id
    )
),

-- A second hire without a leaving between, or a second leaving, changes nothing; anomalies name it.
alternating as (
    select
        *,
        lead(effective_date) over in_order as next_date,
        lead(employment_event_id) over in_order as next_event_id,
        lag(employment_event_id) over in_order as previous_event_id
    from ordered
    where follows_start is null or follows_start <> is_start
    window in_order as (
        partition by agent_id, known_from
        order by
            effective_date,
            case kind when 'hire' then 0 when 'termination' then 1 else 2 end,
            recorded_at,
            employment_event_id
    )
)

select
    agent_id,
    known_from,
    known_to,
    effective_date as hired_date,
    kind as hire_kind,
    hire_source,
    coalesce(service_date, effective_date) as service_date,
    employment_event_id as hire_event_id,
    coalesce(next_date, date '9999-12-31') as left_date,
    next_event_id as termination_event_id
from alternating
where is_start

union all

-- Employed since before the events begin: the job records say since when.
select
    agent_id,
    known_from,
    known_to,
    cast(null as date) as hired_date,
    cast(null as {{ dbt.type_string() }}) as hire_kind,
    cast(null as {{ dbt.type_string() }}) as hire_source,
    cast(null as date) as service_date,
    cast(null as {{ dbt.type_string() }}) as hire_event_id,
    effective_date as left_date,
    employment_event_id as termination_event_id
from alternating
where not is_start and previous_event_id is null

union all

-- Before the first event was known, and for good when none ever came.
select
    agent_id,
    known_from,
    known_to,
    cast(null as date) as hired_date,
    cast(null as {{ dbt.type_string() }}) as hire_kind,
    cast(null as {{ dbt.type_string() }}) as hire_source,
    cast(null as date) as service_date,
    cast(null as {{ dbt.type_string() }}) as hire_event_id,
    date '9999-12-31' as left_date,
    cast(null as {{ dbt.type_string() }}) as termination_event_id
from known
where known_from = timestamp '0001-01-01 00:00:00'
