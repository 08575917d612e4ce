{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'period_start_date',
        'follows': {'interaction_repeat': [-1, 1]},
        'only_changed': true,
        'rebuild_on': ['stg_company__metric_sets']
    }}
) }}

-- depends_on: {{ ref('interaction_repeat') }}, {{ ref('stg_company__metric_sets') }}
{{ metric_part_rows(['interaction_repeat']) }}
