{% set month_of = "cast(date_trunc('month', {}) as date)" %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'month_start_date',
        'by': 'month',
        'follows': {'fct_contact': [-2, 1]},
        'onward': true,
        'only_changed': true,
        'rebuild_on': ['dim_contract']
    }}
) }}

-- What a contract earns each day of its own clock, unrounded; statements round once a line.
with half_hours as (
    select
        client_id,
        half_hour_start_utc,
        {{ count_if('is_offered and is_answered') }} as contacts_n,
        {{ sum_s('handle_s') }} as handle_s
    from {{ ref('fct_contact') }}
    where
        {{ only_touched(month_of.format(add_days('event_date', -2))) }}
        or {{ only_touched(month_of.format(add_days('event_date', 2))) }}
    group by client_id, half_hour_start_utc
),

volumes as (
    select
        contract.contract_id,
        contract.valid_from,
        cast({{ to_local('half.half_hour_start_utc', 'contract.time_zone') }} as date)
            as contract_date,
        cast(sum(half.contacts_n) as bigint) as contacts_n,
        cast(sum(half.handle_s) as bigint) as handle_s
    from half_hours as half
    inner join {{ ref('dim_contract') }} as contract on half.client_id = contract.client_id
    group by
        contract.contract_id,
        contract.valid_from,
        cast({{ to_local('half.half_hour_start_utc', 'contract.time_zone') }} as date)
),

span as (
    select
        cast(date_trunc('month', min(site_date)) as date) as first_date,
        max(site_date) as last_date
    from {{ ref('fct_contact') }}
)

select
    contract.contract_id,
    contract.client_id,
    day.date_day as contract_date,
    day.month_start_date,
    contract.valid_from as contract_valid_from,
    contract.currency,
    cast(
        cast(contract.monthly_fee as double)
        / extract(day from {{ add_days(add_months('day.month_start_date', 1), -1) }})
        as decimal(18, 10)
    ) as fixed_fee,
    cast(coalesce(volume.contacts_n, 0) as bigint) as contacts_n,
    cast(coalesce(volume.contacts_n, 0) * contract.fee_per_contact as decimal(18, 4))
        as contact_fee,
    cast(coalesce(volume.handle_s, 0) as bigint) as handle_s,
    cast(
        cast(coalesce(volume.handle_s, 0) * contract.fee_per_productive_hour as double) / 3600
        as decimal(18, 10)
    ) as hour_fee,
    {{ add_days(add_months('day.month_start_date', 1), -1) }} <= span.last_date as is_closed_month
from {{ ref('dim_date') }} as day
cross join span
inner join {{ ref('dim_contract') }} as contract
    on day.date_day >= contract.valid_from and day.date_day < contract.valid_to
left join volumes as volume
    on
        contract.contract_id = volume.contract_id
        and contract.valid_from = volume.valid_from
        and day.date_day = volume.contract_date
where
    {{ only_touched('day.month_start_date') }}
    and day.date_day >= span.first_date
    and day.date_day < {{ add_months("cast(date_trunc('month', span.last_date) as date)", 1) }}
