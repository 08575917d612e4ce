-- Each version of a clause in each month: its value, and whether it was attained. A version that
-- held in a month without any contact has its row too, with nothing to assess.
with periods as (
    select
        contract_id,
        client_id,
        clause_id,
        clause_valid_from,
        metric,
        month_start_date,
        1 as periods_n,
        is_assessed,
        is_met,
        numerator,
        denominator,
        outage_n,
        holiday_n,
        volume_above_band_n,
        too_few_n
    from {{ ref('sla_period') }}

    union all

    select distinct
        clause.contract_id,
        clause.client_id,
        clause.clause_id,
        clause.valid_from as clause_valid_from,
        clause.metric,
        day.month_start_date,
        0 as periods_n,
        false as is_assessed,
        false as is_met,
        0 as numerator,
        0 as denominator,
        0 as outage_n,
        0 as holiday_n,
        0 as volume_above_band_n,
        0 as too_few_n
    from {{ ref('contract_fee_day') }} as day
    inner join {{ ref('dim_contract_clause') }} as clause
        on
            day.contract_id = clause.contract_id
            and day.contract_date >= clause.valid_from
            and day.contract_date < clause.valid_to
),

months as (
    select
        period.contract_id,
        period.client_id,
        period.clause_id,
        period.clause_valid_from,
        period.metric,
        period.month_start_date,
        sum(period.periods_n) as periods_n,
        sum(case when period.is_assessed then 1 else 0 end) as assessed_n,
        sum(case when period.is_met then 1 else 0 end) as met_n,
        sum(case when period.is_assessed then period.numerator else 0 end) as numerator,
        sum(case when period.is_assessed then period.denominator else 0 end) as denominator,
        sum(case when period.is_met then period.denominator else 0 end) as met_denominator,
        sum(period.outage_n) as outage_n,
        sum(period.holiday_n) as holiday_n,
        sum(period.volume_above_band_n) as volume_above_band_n,
        sum(period.too_few_n) as too_few_n
    from periods as period
    group by
        period.contract_id, period.client_id, period.clause_id, period.clause_valid_from,
        period.metric, period.month_start_date
),

valued as (
    select
        month.*,
        clause.comparison,
        clause.period,
        clause.carry_over,
        clause.consequence,
        clause.applies_per,
        clause.consequence_value,
        clause.cap_rate,
        clause.bonus_threshold,
        clause.bonus_rate,
        case when clause.period = 'month' then clause.threshold else clause.required_share end
            as required_value,
        case
            when clause.period = 'month' then cast(month.numerator as double)
            when clause.weighting = 'volume' then cast(month.met_denominator as double)
            else cast(month.met_n as double)
        end / nullif(case
            when clause.period = 'month' or clause.weighting = 'volume'
                then cast(month.denominator as double)
            else cast(month.assessed_n as double)
        end, 0) as own_value,
        cast(greatest(clause.valid_from, month.month_start_date) as date) as covers_from,
        cast(least(clause.valid_to, {{ add_months('month.month_start_date', 1) }}) as date)
            as covers_to
    from months as month
    inner join {{ ref('dim_contract_clause') }} as clause
        on
            month.contract_id = clause.contract_id
            and month.clause_id = clause.clause_id
            and month.clause_valid_from = clause.valid_from
),

own_months as (
    select
        contract_id,
        clause_id,
        month_start_date,
        max_by(own_value, clause_valid_from) as own_value
    from valued
    group by contract_id, clause_id, month_start_date
),

carried as (
    select
        one.*,
        round(
            case
                when one.carry_over = 'average_previous_month' and previous.own_value is not null
                    then (one.own_value + previous.own_value) / 2
                else one.own_value
            end, 9
        ) as stated_value
    from valued as one
    left join own_months as previous
        on
            one.contract_id = previous.contract_id
            and one.clause_id = previous.clause_id
            and one.month_start_date = {{ add_months('previous.month_start_date', 1) }}
),

judged as (
    select
        *,
        case
            when comparison = 'at_most' and period = 'month' then stated_value <= required_value
            else stated_value >= required_value
        end as is_attained,
        round(
            case
                when comparison = 'at_most' and period = 'month'
                    then stated_value - cast(required_value as double)
                else cast(required_value as double) - stated_value
            end, 9
        ) as shortfall
    from carried
)

select *
from judged
