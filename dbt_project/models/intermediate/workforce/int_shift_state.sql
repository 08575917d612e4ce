{#-
    Work and breaks of each session. Short breaks that are paid are work; a meal, and what is not
    paid, is not.
-#}
{{ config(
    materialized='incremental',
    meta={'touched': {'column': 'shift_date', 'follows': {'fct_agent_activity': [0, 0]}}}
) }}

select
    session_id,
    shift_date,
    {{ sum_s(
        "case when activity not in ('break', 'lunch') or (activity = 'break' and is_paid) "
        "then duration_s end"
    ) }} as worked_s,
    {{ sum_s("case when activity in ('break', 'lunch') then duration_s end") }} as break_s
from {{ ref('fct_agent_activity') }}
where
    activity <> 'logged_out'
    and is_logged_in
    and session_id is not null
    and {{ only_touched('shift_date') }}
group by session_id, shift_date
