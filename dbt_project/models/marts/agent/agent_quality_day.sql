{%- set parts = [
    'points', 'points_possible', 'weighted_points', 'weighted_points_possible',
    'points_after_critical', 'weighted_points_after_critical', 'empathy_weighted_points',
    'empathy_weighted_points_possible', 'problem_solving_weighted_points',
    'problem_solving_weighted_points_possible'
] %}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'site_date', 'follows': {'fct_evaluation': [-1, 1]}}}
) }}

select
    agent_id,
    site_date,
    client_id,
    coalesce(evaluator_kind, 'unknown') as evaluator_kind,
    min(site_id) as site_id,
    cast(count(*) as bigint) as evaluations_n,
    {% for part in parts -%}
    cast(sum({{ part }}) as decimal(18, 6)) as {{ part }},
    {% endfor -%}
    {{ exact_sum('weighted_shares') }} as weighted_shares,
    {{ exact_sum('weights_asked') }} as weights_asked,
    {{ count_if('critical_customer_errors_n > 0') }} as with_customer_error_n,
    {{ count_if('critical_business_errors_n > 0') }} as with_business_error_n,
    {{ count_if('critical_compliance_errors_n > 0') }} as with_compliance_error_n,
    {{ count_if('is_critical_failed') }} as critical_failed_n
from {{ ref('fct_evaluation') }}
where is_counted and {{ only_touched('site_date') }}
group by agent_id, site_date, client_id, coalesce(evaluator_kind, 'unknown')
