-- A clause belongs to the client and the clock of its contract, whichever version holds.
with contracts as (
    select
        contract_id,
        max_by(client_id, valid_from) as client_id,
        max_by(time_zone, valid_from) as time_zone
    from {{ ref('stg_company__contracts') }}
    group by contract_id
)

select
    clause.contract_id,
    clause.clause_id,
    clause.valid_from,
    coalesce(clause.valid_to, date '9999-12-31') as valid_to,
    coalesce(contract.client_id, 'unmapped') as client_id,
    coalesce(contract.time_zone, 'UTC') as time_zone,
    clause.clause_name,
    clause.metric,
    clause.line_of_business,
    clause.site_id,
    clause.comparison,
    clause.threshold,
    coalesce(clause.period, 'month') as period,
    clause.weighting,
    coalesce(clause.required_share, 1) as required_share,
    greatest(coalesce(clause.minimum_n, 1), 1) as minimum_n,
    clause.consequence,
    clause.applies_per,
    coalesce(clause.consequence_value, 0) as consequence_value,
    clause.cap_rate,
    clause.carry_over,
    clause.earn_back_months,
    coalesce(clause.earn_back_rate, 0) as earn_back_rate,
    clause.bonus_threshold,
    coalesce(clause.bonus_rate, 0) as bonus_rate
from {{ ref('stg_company__contract_clauses') }} as clause
left join contracts as contract on clause.contract_id = contract.contract_id
