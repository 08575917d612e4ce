-- The steps of a table as half-open spans [from_value, to_value), so that a value finds one step.
select
    contract_id,
    clause_id,
    table_kind,
    from_value,
    lead(from_value) over (
        partition by contract_id, clause_id, table_kind, valid_from
        order by from_value
    ) as to_value,
    result_value,
    valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from {{ ref('stg_company__clause_points') }}
