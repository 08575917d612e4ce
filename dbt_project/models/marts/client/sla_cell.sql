{% set span = var('contact_span_days') %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'feeds': {'contact_legs': [-1 - span, span + 1], 'contacts': [-1 - span, span + 1]},
        'rebuild_on': ['contracts', 'contract_clauses']
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
        clause.*,
        cast({{ to_local('leg.half_hour_start_utc', 'clause.contract_time_zone') }} as date)
            as contract_date
    from {{ ref('fct_contact_leg') }} as leg
    inner join clauses as clause
        on
            leg.client_id = clause.clause_client_id
            and clause.clause_line_of_business in ('all', leg.line_of_business)
            and clause.clause_site_id in ('all', leg.site_id)
    where
        {{ only_touched('leg.site_date') }}
        and {{ is_metric_over('fct_contact_leg', 'clause.metric') }}
),

contacts as (
    select
        contact.*,
        clause.*,
        cast({{ to_local('contact.half_hour_start_utc', 'clause.contract_time_zone') }} as date)
            as contract_date
    from {{ ref('fct_contact') }} as contact
    inner join clauses as clause
        on
            contact.client_id = clause.clause_client_id
            and clause.clause_line_of_business in ('all', contact.line_of_business)
            and clause.clause_site_id in ('all', contact.site_id)
    where
        {{ only_touched('contact.site_date') }}
        and {{ is_metric_over('fct_contact', 'clause.metric') }}
)

{% for source, fact, queue in [
    ('legs', 'fct_contact_leg', 'queue_id'), ('contacts', 'fct_contact', "'none'")
] -%}
select
    clause_contract_id as contract_id,
    clause_id,
    clause_valid_from,
    client_id,
    metric,
    line_of_business,
    site_id,
    {{ queue }} as queue_id,
    half_hour_start_utc,
    site_date,
    contract_date,
    {{ sum_of_metric(fact, 'metric', 'numerator') }} as numerator,
    {{ sum_of_metric(fact, 'metric', 'denominator') }} as denominator
from {{ source }}
where contract_date >= clause_valid_from and contract_date < clause_valid_to
group by
    clause_contract_id, clause_id, clause_valid_from, client_id, metric, line_of_business,
    site_id, {{ queue ~ ', ' if queue == 'queue_id' }}half_hour_start_utc, site_date, contract_date
{{ 'union all' if not loop.last }}
{% endfor %}
