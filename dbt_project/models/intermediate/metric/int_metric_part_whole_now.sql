{#- Marts that are built whole every night, and metrics that one mart computes. -#}
{% set marts = [
    'agent_team_week', 'attrition_early', 'attrition_filled_opening', 'attrition_headcount_month',
    'client_margin_month', 'fct_calibration_pair', 'sla_clause_month'
] %}
{% set bound = [
    'agent_proficiency', 'attrition_rate', 'attrition_survival_horizon',
    'client_customer_value_month', 'interaction_calibration_month', 'key_result_progress'
] %}

{% for mart in marts + bound -%}
-- depends_on: {{ ref(mart) }}
{% endfor -%}
{{ metric_part_rows(marts, touched=false) }}
union all
{{ metric_bound_rows() }}
