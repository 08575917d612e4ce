{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'period_start_date',
        'follows': {'fct_case_event': [-1, 1]},
        'only_changed': true,
        'rebuild_on': ['stg_company__metric_sets']
    }}
) }}

-- depends_on: {{ ref('fct_case_event') }}, {{ ref('stg_company__metric_sets') }}
{{ metric_part_rows(['fct_case_event']) }}
