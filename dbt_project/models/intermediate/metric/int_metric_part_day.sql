{#- Facts of which a night touches a few days. Those of which it touches dates of a month or more
    have a model each (int_metric_part_repeat and so on), so that none reads for the others. -#}
{% set facts = [
    'fct_contact', 'fct_contact_leg', 'agent_day', 'agent_schedule_day', 'agent_absence_day',
    'client_backlog_day', 'client_cost_day'
] %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'period_start_date',
        'follows': {
            'fct_contact': [-1, 1], 'fct_contact_leg': [-1, 1],
            'agent_day': [0, 0], 'agent_schedule_day': [0, 0], 'agent_absence_day': [0, 0],
            'client_backlog_day': [0, 0], 'client_cost_day': [0, 0]
        },
        'rebuild_on': ['stg_company__metric_sets']
    }}
) }}

{% for fact in facts -%}
-- depends_on: {{ ref(fact) }}
{% endfor -%}
-- depends_on: {{ ref('stg_company__metric_sets') }}
{{ metric_part_rows(facts) }}
