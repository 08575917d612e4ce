-- One row each time a client stayed or left; due is what the row before had said.
with dated as (
    select
        client_id,
        status,
        renewal_outcome,
        renewal_date,
        valid_from,
        lag(renewal_date) over (partition by client_id order by valid_from) as due_date
    from {{ ref('stg_company__client_status') }}
)

select
    client_id,
    valid_from as decided_date,
    due_date,
    renewal_date as next_renewal_date,
    status,
    cast(case when renewal_outcome = 'renewed' then 1 else 0 end as integer) as renewed_n,
    cast(case when renewal_outcome = 'lost' then 1 else 0 end as integer) as lost_n
from dated
where renewal_outcome in ('renewed', 'lost')
