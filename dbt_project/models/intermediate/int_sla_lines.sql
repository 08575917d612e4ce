-- Every line of every month as the terms and the rows of today give it. Credits are negative.
with fees as (
    select
        contract_id,
        client_id,
        month_start_date,
        max_by(currency, contract_date) as currency,
        -- What limits the whole month is what holds at its end.
        max_by(contract_valid_from, contract_date) as terms_from,
        min(case when is_closed_month then 1 else 0 end) = 1 as is_closed,
        sum(fixed_fee) as fixed_fee,
        sum(contact_fee) as contact_fee,
        sum(hour_fee) as hour_fee,
        sum(contacts_n) as contacts_n,
        sum(handle_s) as handle_s,
        cast(sum(fixed_fee + contact_fee + hour_fee) as double) as fee
    from {{ ref('contract_fee_day') }}
    group by contract_id, client_id, month_start_date
),

clauses as (
    select *
    from {{ ref('sla_clause_month') }}
),

-- The month's versions of a clause together: what earning back looks at.
clause_months as (
    select
        contract_id,
        clause_id,
        month_start_date,
        min(case when is_attained then 1 else 0 end) as attained,
        sum(credit_amount) as credit_amount
    from clauses
    group by contract_id, clause_id, month_start_date
),

earned_back as (
    select
        missed.contract_id,
        missed.clause_id,
        missed.month_start_date as missed_month,
        {{ add_months('missed.month_start_date', 'max(clause.earn_back_months)') }}
            as month_start_date,
        {{ money(
            'max(cast(missed.credit_amount as double) * clause.earn_back_rate)'
        ) }} as amount
    from clause_months as missed
    inner join {{ ref('dim_contract_clause') }} as clause
        on
            missed.contract_id = clause.contract_id
            and missed.clause_id = clause.clause_id
            and missed.month_start_date < clause.valid_to
            and {{ add_months('missed.month_start_date', 1) }} > clause.valid_from
            and clause.earn_back_months > 0
    inner join clause_months as later
        on
            missed.contract_id = later.contract_id
            and missed.clause_id = later.clause_id
            and missed.month_start_date < later.month_start_date
            and {{ add_months('missed.month_start_date', 'clause.earn_back_months') }}
            >= later.month_start_date
    where missed.credit_amount > 0
    group by missed.contract_id, missed.clause_id, missed.month_start_date
    having min(later.attained) = 1 and count(*) = max(clause.earn_back_months)
),

totals as (
    select
        clause.contract_id,
        clause.month_start_date,
        sum(clause.points) as points,
        sum(clause.credit_amount) as credit_amount,
        count(*) = count(clause.credit_amount) as is_known,
        max(case when clause.points is not null then 1 else 0 end) as has_points
    from clauses as clause
    group by clause.contract_id, clause.month_start_date
),

bases as (
    select
        fee.*,
        total.points,
        total.is_known,
        coalesce(total.credit_amount, 0) as credit_amount,
        coalesce(total.has_points, 0) = 1 as has_points,
        contract.credit_cap_rate,
        case
            when contract.credit_base = 'same_month' then fee.fee
            when following.is_closed then following.fee
        end as base_fee,
        coalesce(step.result_value, 0) as points_rate
    from fees as fee
    inner join {{ ref('dim_contract') }} as contract
        on
            fee.contract_id = contract.contract_id
            and fee.terms_from = contract.valid_from
    left join totals as total
        on
            fee.contract_id = total.contract_id
            and fee.month_start_date = total.month_start_date
    left join fees as following
        on
            fee.contract_id = following.contract_id
            and following.month_start_date = {{ add_months('fee.month_start_date', 1) }}
    left join {{ ref('dim_clause_step') }} as step
        on
            fee.contract_id = step.contract_id
            and step.clause_id = 'all'
            and step.table_kind = 'credit_by_points'
            and total.points >= step.from_value
            and total.points < coalesce(step.to_value, 999999999)
            and fee.month_start_date < step.valid_to
            and {{ add_days(add_months('fee.month_start_date', 1), -1) }} >= step.valid_from
),

credited as (
    select
        *,
        case
            when not has_points or points_rate = 0 then 0
            else {{ money('cast(points_rate as double) * base_fee') }}
        end as points_amount,
        {{ money('cast(credit_cap_rate as double) * base_fee') }} as cap_amount
    from bases
)

{{ statement_lines() }}
