/*
    The statement of each contract and month, line by line. A month that was issued shows its lines
    as they were issued, for good; what today's rows say otherwise is a correction line on the first
    month not issued yet, one for each line that came out otherwise.
*/
with computed as (
    select *
    from {{ ref('int_sla_lines') }}
),

issued as (
    select
        contract_id,
        client_id,
        statement_month,
        line_id,
        line_kind,
        clause_id,
        clause_valid_from,
        metric,
        outage_n,
        holiday_n,
        volume_above_band_n,
        too_few_n,
        required_value,
        cast(base_amount as decimal(18, 2)) as base_amount,
        definition_version,
        numerator,
        denominator,
        stated_value,
        is_attained,
        points,
        cast(amount as decimal(18, 2)) as amount,
        currency,
        cast(amount_group as decimal(18, 2)) as amount_group,
        issued_at as issued_at_utc
    from {{ ref('stg_company__issued_statements') }}
),

issued_months as (
    select
        contract_id,
        statement_month,
        max(issued_at_utc) as issued_at_utc
    from issued
    group by contract_id, statement_month
),

months as (
    select
        month.contract_id,
        max(month.client_id) as client_id,
        max_by(month.currency, month.contract_date) as currency,
        month.month_start_date as statement_month,
        min(case when month.is_closed_month then 1 else 0 end) = 1 as is_closed_month
    from {{ ref('contract_fee_day') }} as month
    group by month.contract_id, month.month_start_date
),

last_issued as (
    select
        contract_id,
        max(statement_month) as statement_month
    from issued_months
    group by contract_id
),

open_months as (
    select
        month.contract_id,
        min(month.statement_month) as statement_month
    from months as month
    left join last_issued as issue on month.contract_id = issue.contract_id
    where month.statement_month > coalesce(issue.statement_month, date '1900-01-01')
    group by month.contract_id
),

present as (
    select computed.*
    from computed
    inner join issued_months as month
        on
            computed.contract_id = month.contract_id
            and computed.statement_month = month.statement_month
),

stated as (
    select *
    from issued
    where line_kind <> 'correction'
),

-- Line by line: what it is now, less what was stated, less what was corrected since.
differences as (
    select
        coalesce(present.contract_id, stated.contract_id) as contract_id,
        coalesce(present.statement_month, stated.statement_month) as corrected_month,
        coalesce(present.line_id, stated.line_id) as line_id,
        coalesce(present.amount, 0) - coalesce(stated.amount, 0) as amount
    from present
    full outer join stated
        on
            present.contract_id = stated.contract_id
            and present.statement_month = stated.statement_month
            and present.line_id = stated.line_id
),

corrected_before as (
    select
        contract_id,
        line_id,
        sum(amount) as amount
    from issued
    where line_kind = 'correction'
    group by contract_id, line_id
),

corrections as (
    select
        difference.contract_id,
        month.statement_month,
        'correction.' || cast(difference.corrected_month as {{ dbt.type_string() }})
        || '.' || difference.line_id as line_id,
        difference.amount - coalesce(before.amount, 0) as amount
    from differences as difference
    inner join open_months as month on difference.contract_id = month.contract_id
    left join corrected_before as before
        on
            difference.contract_id = before.contract_id
            and 'correction.' || cast(difference.corrected_month as {{ dbt.type_string() }})
            || '.' || difference.line_id = before.line_id
    where difference.amount <> coalesce(before.amount, 0)
),

lines as (
    {{ lines_of_statement() }}
)

select
    line.contract_id,
    line.client_id,
    line.statement_month,
    line.line_id,
    line.line_kind,
    line.clause_id,
    line.clause_valid_from,
    line.metric,
    line.definition_version,
    line.numerator,
    line.denominator,
    line.outage_n,
    line.holiday_n,
    line.volume_above_band_n,
    line.too_few_n,
    line.required_value,
    line.stated_value,
    line.is_attained,
    line.points,
    line.base_amount,
    cast(line.amount as decimal(18, 2)) as amount,
    line.currency,
    cast(
        coalesce(
            line.amount_group, {{ money('cast(line.amount as double) * cast(fx.rate as double)') }}
        ) as decimal(18, 2)
    ) as amount_group,
    line.is_closed_month,
    line.issued_at_utc
from lines as line
left join {{ ref('dim_fx_rate') }} as fx
    on
        line.currency = fx.currency
        and {{ add_days(add_months('line.statement_month', 1), -1) }} >= fx.valid_from
        and {{ add_days(add_months('line.statement_month', 1), -1) }} < fx.valid_to
