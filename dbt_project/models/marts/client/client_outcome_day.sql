{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_outcome': [-1, 1]}}}
) }}

select
    client_id,
    site_id,
    line_of_business,
    kind,
    currency,
    site_date,
    {{ count_if('not is_reversal') }} as outcomes_n,
    {{ count_if('is_reversal') }} as reversals_n,
    {{ count_if('is_reversed') }} as reversed_n,
    cast(coalesce(sum(case when not is_reversal then amount end), 0) as decimal(18, 2))
        as gross_amount,
    cast(coalesce(sum(case when is_reversal then amount end), 0) as decimal(18, 2))
        as reversal_amount,
    cast(coalesce(sum(amount), 0) as decimal(18, 2)) as net_amount,
    cast(coalesce(sum(settled_amount), 0) as decimal(18, 2)) as settled_amount
from {{ ref('fct_outcome') }}
where {{ only_touched('site_date') }}
group by client_id, site_id, line_of_business, kind, currency, site_date
