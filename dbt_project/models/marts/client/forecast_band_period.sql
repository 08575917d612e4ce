{% set month_of = "cast(date_trunc('month', {}) as date)" %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': month_of.format('period_start'),
        'by': 'month',
        'follows': {'forecast_half_hour': [-1, 1]},
        'only_changed': true,
        'rebuild_on': ['dim_contract', 'stg_company__forecast_bands']
    }}
) }}

-- Each band over its basis: half hour, day or month of the contract's clock.
with contracts as (
    select
        contract_id,
        max_by(client_id, valid_from) as client_id,
        max_by(time_zone, valid_from) as time_zone
    from {{ ref('dim_contract') }}
    group by contract_id
),

bands as (
    select
        band.*,
        contract.client_id,
        contract.time_zone
    from {{ ref('stg_company__forecast_bands') }} as band
    inner join contracts as contract on band.contract_id = contract.contract_id
),

cells as (
    select
        band.contract_id,
        band.client_id,
        band.line_of_business,
        band.basis,
        band.upper_rate,
        band.lower_rate,
        band.valid_from as band_valid_from,
        band.valid_to as band_valid_to,
        cell.half_hour_start_utc,
        cast({{ to_local('cell.half_hour_start_utc', 'band.time_zone') }} as date) as contract_date,
        cell.offered_with_forecast_n,
        cell.forecast_n
    from {{ ref('forecast_half_hour') }} as cell
    inner join bands as band
        on
            cell.client_id = band.client_id
            and band.line_of_business in ('all', cell.line_of_business)
    where
        cell.is_forecast
        and (
            {{ only_touched(month_of.format(add_days('cell.event_date', -1))) }}
            or {{ only_touched(month_of.format(add_days('cell.event_date', 1))) }}
        )
),

totals as (
    select
        contract_id,
        client_id,
        line_of_business,
        basis,
        band_valid_from,
        upper_rate,
        lower_rate,
        case basis
            when 'interval' then half_hour_start_utc
            when 'day' then cast(contract_date as timestamp)
            else cast(date_trunc('month', contract_date) as timestamp)
        end as period_start,
        sum(offered_with_forecast_n) as offered_n,
        sum(forecast_n) as forecast_n
    from cells
    where
        contract_date >= band_valid_from
        and contract_date < coalesce(band_valid_to, date '9999-12-31')
    group by
        contract_id, client_id, line_of_business, basis, band_valid_from, upper_rate, lower_rate,
        case basis
            when 'interval' then half_hour_start_utc
            when 'day' then cast(contract_date as timestamp)
            else cast(date_trunc('month', contract_date) as timestamp)
        end
)

select
    contract_id,
    client_id,
    line_of_business,
    basis,
    band_valid_from,
    period_start,
    cast(offered_n as bigint) as offered_n,
    cast(forecast_n as decimal(18, 6)) as forecast_n,
    offered_n > forecast_n * (1 + upper_rate) as is_above_band,
    offered_n < forecast_n * (1 - lower_rate) as is_below_band,
    cast(greatest(offered_n - forecast_n * (1 + upper_rate), 0) as decimal(18, 6)) as above_band_n,
    cast(greatest(forecast_n * (1 - lower_rate) - offered_n, 0) as decimal(18, 6)) as below_band_n
from totals
where {{ only_touched(month_of.format('period_start')) }}
