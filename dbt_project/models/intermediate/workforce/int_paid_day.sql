{#- Paid time of each agent day with what its cost goes by: the client and the level of the job. -#}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'shift_date',
        'follows': {'agent_day': [0, 0]},
        'as_of_employment': ['client_id', 'level'],
        'only_changed': true
    }}
) }}

select
    day.agent_id,
    day.shift_date,
    day.site_id,
    day.paid_s,
    job.client_id,
    job.level
from {{ ref('agent_day') }} as day
left join {{ ref('dim_employment') }} as job
    on
        day.agent_id = job.agent_id
        and {{ valid_on('job', 'day.shift_date') }}
where
    day.paid_s > 0
    and {{ only_touched('day.shift_date') }}
