{{ config(materialized='table') }}

{%- set no_date = "date '9999-12-31'" %}
{%- set no_instant = "timestamp '9999-12-31 00:00:00'" %}

with versions as (
    select
        agent_id,
        version_id,
        recorded_at,
        valid_from,
        coalesce(valid_to, {{ no_date }}) as valid_to,
        coalesce(superseded_at, {{ no_instant }}) as superseded_at
    from {{ ref('int_employment_versions') }}
    where not coalesce(is_withdrawn, false) and coalesce(valid_to, {{ no_date }}) > valid_from

    union all

    -- Beneath them all, so that an employed day without a job record is seen and not lost.
    select distinct
        agent_id,
        cast(null as {{ dbt.type_string() }}) as version_id,
        timestamp '0001-01-01 00:00:00' as recorded_at,
        date '0001-01-01' as valid_from,
        {{ no_date }} as valid_to,
        {{ no_instant }} as superseded_at
    from {{ ref('int_staff_seen') }}
),

bounds as (
    select
        agent_id,
        valid_from as bound_date
    from versions
    union
    select
        agent_id,
        valid_to as bound_date
    from versions
),

segments as (
    select
        agent_id,
        bound_date as segment_from,
        lead(bound_date) over (partition by agent_id order by bound_date) as segment_to
    from bounds
),

covering as (
    select
        segment.segment_from,
        segment.segment_to,
        version.*
    from segments as segment
    inner join versions as version
        on
            segment.agent_id = version.agent_id
            and segment.segment_from >= version.valid_from
            and segment.segment_to <= version.valid_to
),

instants as (
    select
        agent_id,
        segment_from,
        recorded_at as instant
    from covering
    union
    select
        agent_id,
        segment_from,
        superseded_at as instant
    from covering
),

spans as (
    select
        agent_id,
        segment_from,
        instant as recorded_from,
        lead(instant) over (partition by agent_id, segment_from order by instant) as recorded_to
    from instants
),

ranked as (
    select
        span.agent_id,
        span.segment_from,
        version.segment_to,
        span.recorded_from,
        span.recorded_to,
        version.version_id,
        row_number() over (
            partition by span.agent_id, span.segment_from, span.recorded_from
            order by
                version.recorded_at desc, version.valid_from desc,
                version.version_id desc nulls last
        ) as nearness
    from spans as span
    inner join covering as version
        on
            span.agent_id = version.agent_id
            and span.segment_from = version.segment_from
            and span.recorded_from >= version.recorded_at
            and span.recorded_to <= version.superseded_at
),

-- Side by side in recorded time, then in valid time: what one version holds becomes one row.
held as (
    {{ joined_spans(
        "(select * from ranked where nearness = 1)",
        ['agent_id', 'segment_from', 'segment_to', 'version_id'], 'recorded_from', 'recorded_to'
    ) }}
)

{{ joined_spans(
    'held', ['agent_id', 'version_id', 'recorded_from', 'recorded_to'], 'segment_from', 'segment_to'
) }}
