-- Each version of a clause in each month: what it costs or earns, in the contract's currency.
with judged as (
    select *
    from {{ ref('int_sla_clause_values') }}
),

fee_days as (
    select
        contract_id,
        contract_date,
        month_start_date,
        is_closed_month,
        fixed_fee + contact_fee + hour_fee as fee
    from {{ ref('contract_fee_day') }}
),

fee_months as (
    select
        contract_id,
        month_start_date,
        min(case when is_closed_month then 1 else 0 end) as is_closed,
        count(*) as days_n,
        cast(sum(fee) as double) as fee
    from fee_days
    group by contract_id, month_start_date
),

-- A version is answered for with the fees of the days on which it held.
own_fees as (
    select
        judged.contract_id,
        judged.clause_id,
        judged.clause_valid_from,
        judged.month_start_date,
        count(*) as days_n,
        cast(sum(fee_days.fee) as double) as fee
    from judged
    inner join fee_days
        on
            judged.contract_id = fee_days.contract_id
            and judged.covers_from <= fee_days.contract_date
            and judged.covers_to > fee_days.contract_date
    group by
        judged.contract_id, judged.clause_id, judged.clause_valid_from, judged.month_start_date
),

based as (
    select
        judged.*,
        case
            when contract.credit_base = 'same_month' then own_fee.fee
            when following.is_closed = 1 then following.fee * own_fee.days_n / own_month.days_n
        end as base_fee,
        case
            when judged.applies_per = 'missed_period' then judged.assessed_n - judged.met_n
            when judged.is_attained then 0
            when judged.is_attained is null then 0
            else 1
        end as misses_n,
        step.result_value as step_points
    from judged
    inner join {{ ref('dim_contract') }} as contract
        on
            judged.contract_id = contract.contract_id
            and judged.covers_from >= contract.valid_from
            and judged.covers_from < contract.valid_to
    left join own_fees as own_fee
        on
            judged.contract_id = own_fee.contract_id
            and judged.clause_id = own_fee.clause_id
            and judged.clause_valid_from = own_fee.clause_valid_from
            and judged.month_start_date = own_fee.month_start_date
    left join fee_months as own_month
        on
            judged.contract_id = own_month.contract_id
            and judged.month_start_date = own_month.month_start_date
    left join fee_months as following
        on
            judged.contract_id = following.contract_id
            and following.month_start_date = {{ add_months('judged.month_start_date', 1) }}
    left join {{ ref('dim_clause_step') }} as step
        on
            judged.contract_id = step.contract_id
            and judged.clause_id = step.clause_id
            and step.table_kind = 'points_by_shortfall'
            and judged.shortfall >= step.from_value
            and judged.shortfall < coalesce(step.to_value, 999999999)
            and judged.covers_from >= step.valid_from
            and judged.covers_from < step.valid_to
),

priced as (
    select
        *,
        {{ money('base_fee') }} as base_amount,
        case
            when consequence = 'percent'
                then {{ money('misses_n * cast(consequence_value as double) * base_fee') }}
            when consequence = 'amount'
                then {{ money('misses_n * cast(consequence_value as double)') }}
            else 0
        end as uncapped_amount,
        {{ money('cast(cap_rate as double) * base_fee') }} as cap_amount,
        coalesce(case
            when comparison = 'at_most' and period = 'month'
                then round(own_value, 9) <= bonus_threshold
            else round(own_value, 9) >= bonus_threshold
        end, false) as earns_bonus
    from based
)

select
    contract_id,
    client_id,
    clause_id,
    clause_valid_from,
    metric,
    month_start_date,
    covers_from,
    covers_to,
    cast(periods_n as bigint) as periods_n,
    cast(assessed_n as bigint) as assessed_n,
    cast(met_n as bigint) as met_n,
    cast(numerator as decimal(18, 6)) as numerator,
    cast(denominator as decimal(18, 6)) as denominator,
    cast(met_denominator as decimal(18, 6)) as met_denominator,
    cast(outage_n as decimal(18, 6)) as outage_n,
    cast(holiday_n as decimal(18, 6)) as holiday_n,
    cast(volume_above_band_n as decimal(18, 6)) as volume_above_band_n,
    cast(too_few_n as decimal(18, 6)) as too_few_n,
    cast(required_value as decimal(18, 6)) as required_value,
    stated_value,
    is_attained,
    base_amount,
    cast(
        case
            when consequence = 'points' then misses_n * coalesce(step_points, consequence_value)
        end as decimal(18, 6)
    ) as points,
    cast(
        case
            when consequence in ('none', 'points') then 0
            when cap_amount is null then uncapped_amount
            else least(uncapped_amount, cap_amount)
        end as decimal(18, 2)
    ) as credit_amount,
    case
        when not earns_bonus then 0
        else {{ money('cast(bonus_rate as double) * base_fee') }}
    end as bonus_amount
from priced
