-- A record entered late holds until the next one that was known by then; what is taken back bounds
-- nothing.
with records as (
    select *
    from {{ ref('stg_workday__worker_history') }}
    where kind <> 'termination'
),

bounds as (
    select
        record.transaction_id,
        min(later.effective_date) as valid_to
    from records as record
    inner join records as later
        on
            record.agent_code = later.agent_code
            and record.effective_date < later.effective_date
            and record.recorded_at >= later.recorded_at
    where later.rescinded_at is null
    group by record.transaction_id
),

bounded as (
    select
        record.*,
        bound.valid_to
    from records as record
    left join bounds as bound on record.transaction_id = bound.transaction_id
),

versions as (
    select
        *,
        recorded_at as version_at,
        false as is_withdrawn
    from bounded

    union all

    select
        *,
        rescinded_at as version_at,
        true as is_withdrawn
    from bounded
    where rescinded_at is not null
),

-- Two processes of one day entered at one instant are one record: the last of them.
numbered as (
    select
        *,
        row_number() over (
            partition by agent_code, effective_date, version_at
            order by is_withdrawn asc, transaction_id desc
        ) as place
    from versions
)

select
    agent_code,
    effective_date as valid_from,
    valid_to,
    version_at as recorded_at,
    is_withdrawn,
    leader_code,
    team_code,
    site_id,
    client_id,
    line_of_business,
    role,
    level,
    contract_type,
    fte,
    weekly_hours,
    cast(version_at as date) as event_date,
    file_id,
    row_number
from numbered
where place = 1
