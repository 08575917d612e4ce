{%- set dimensions = {
    'company': "'all'",
    'cohort_month': 'cohort_month',
    'site_id': 'site_id',
    'hire_source': 'hire_source',
    'first_leader_id': 'first_leader_id'
} %}

with grouped as (
    {% for dimension, expression in dimensions.items() -%}
    select
        '{{ dimension }}' as dimension,
        {{ expression }} as group_value,
        entry_day,
        exit_day,
        is_event
    from {{ ref('int_employment_durations') }}
    where exit_day > entry_day
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

counted as (
    select
        *,
        count(*) over (partition by dimension, group_value) as people_n
    from grouped
)

select *
from counted
where dimension <> 'first_leader_id' or people_n >= {{ var('survival_min_hires') }}
