{#- Facts of which a night touches a month or more: what comes late, and what only time settles. -#}
{% set facts = [
    'interaction_repeat', 'fct_survey', 'fct_outcome', 'fct_case', 'fct_case_event', 'fct_evaluation'
] %}
{% set link = var('contact_link_span_days') %}
{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    meta={'touched': {
        'column': 'period_start_date',
        'follows': {
            'interaction_repeat': [-1, 1], 'fct_survey': [-1, 1],
            'fct_outcome': [-1 - link, 1], 'fct_case': [-1, 1],
            'fct_case_event': [-1, 1], 'fct_evaluation': [-1, 1]
        },
        'rebuild_on': ['metric_sets']
    }}
) }}

{% for fact in facts -%}
-- depends_on: {{ ref(fact) }}
{% endfor -%}
-- depends_on: {{ ref('stg_company__metric_sets') }}
{{ metric_part_rows(facts) }}
