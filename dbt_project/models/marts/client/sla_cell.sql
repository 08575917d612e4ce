{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {'fct_contact_leg': [-1, 1], 'fct_contact': [-1, 1]},
        'rebuild_on': ['dim_contract_clause']
    }}
) }}

-- depends_on: {{ ref('fct_contact') }}
with clauses as (
    select
        contract_id as clause_contract_id,
        clause_id,
        valid_from as clause_valid_from,
        valid_to as clause_valid_to,
        client_id as clause_client_id,
        line_of_business as clause_line_of_business,
        site_id as clause_site_id,
        time_zone as contract_time_zone,
        metric
    from {{ ref('dim_contract_clause') }}
),

legs as (
    select
        leg.*,
        clause.*
    from {{ ref('fct_contact_leg') }} as leg
    inner join clauses as clause
        on
            leg.client_id = clause.clause_client_id
            and clause.clause_line_of_business in ('all', leg.line_of_business)
            and clause.clause_site_id in ('all', leg.site_id)
            and clause.clause_valid_from <= {{ add_days('leg.site_date', 1) }}
            and clause.clause_valid_to >= {{ add_days('leg.site_date', -1) }}
    where
        {{ only_touched('leg.site_date') }}
        and {{ is_metric_over('fct_contact_leg', 'clause.metric') }}
),

contacts as (
    select
        contact.*,
        clause.*
    from {{ ref('fct_contact') }} as contact
    inner join clauses as clause
        on
            contact.client_id = clause.clause_client_id
            and clause.clause_line_of_business in ('all', contact.line_of_business)
            and clause.clause_site_id in ('all', contact.site_id)
            and clause.clause_valid_from <= {{ add_days('contact.site_date', 1) }}
            and clause.clause_valid_to >= {{ add_days('contact.site_date', -1) }}
    where
        {{ only_touched('contact.site_date') }}
        and {{ is_metric_over('fct_contact', 'clause.metric') }}
),

-- The contract's own date is asked of the sums: far fewer than the rows they are made of.
cells as (
    {% for source, fact, queue in [
        ('legs', 'fct_contact_leg', 'queue_id'), ('contacts', 'fct_contact', "'none'")
    ] -%}
    select
        clause_contract_id as contract_id,
        clause_id,
        clause_valid_from,
        clause_valid_to,
        client_id,
        metric,
        line_of_business,
        site_id,
        {{ queue }} as queue_id,
        half_hour_start_utc,
        site_date,
        contract_time_zone,
        {{ sum_of_metric(fact, 'metric', 'numerator') }} as numerator,
        {{ sum_of_metric(fact, 'metric', 'denominator') }} as denominator,
        {{ sum_of_metric(fact, 'metric', 'unknown') }} as unknown_n
    from {{ source }}
    group by
        clause_contract_id, clause_id, clause_valid_from, clause_valid_to, client_id, metric,
        line_of_business, site_id, {{ queue ~ ', ' if queue == 'queue_id' }}half_hour_start_utc,
        site_date, contract_time_zone
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

dated as (
    select
        *,
        cast({{ to_local('half_hour_start_utc', 'contract_time_zone') }} as date)
            as contract_date
    from cells
)

select
    contract_id,
    clause_id,
    clause_valid_from,
    client_id,
    metric,
    line_of_business,
    site_id,
    queue_id,
    half_hour_start_utc,
    site_date,
    contract_date,
    numerator,
    denominator,
    unknown_n
from dated
where contract_date >= clause_valid_from and contract_date < clause_valid_to
