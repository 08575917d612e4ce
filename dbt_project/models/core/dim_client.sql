with mapped as (
    select
        *,
        row_number() over (partition by client_id order by valid_from desc) as newest
    from {{ ref('stg_company__clients') }}
),

seen as (
    select client_id from {{ ref('fct_contact') }}
    union
    select client_id from {{ ref('fct_contact_leg') }}
    union
    select client_id from {{ ref('fct_survey') }}
    union
    select client_id from {{ ref('fct_case') }}
    union
    select client_id from {{ ref('fct_case_event') }}
    union
    select client_id from {{ ref('fct_outcome') }}
)

select
    client_id,
    client_name,
    country_code,
    true as is_mapped
from mapped
where newest = 1

union all

select
    seen.client_id,
    seen.client_id as client_name,
    cast(null as {{ dbt.type_string() }}) as country_code,
    false as is_mapped
from seen
left join mapped on seen.client_id = mapped.client_id
where mapped.client_id is null
