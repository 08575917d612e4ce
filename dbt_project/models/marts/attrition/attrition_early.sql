select
    cohort_month,
    site_id,
    client_id,
    hire_source,
    first_leader_id,
    cast(count(*) as bigint) as hires_n,
    {{ count_if(add_days('hired_date', 30) ~ ' <= as_of_date') }} as hires_mature_30_n,
    {{ count_if(add_days('hired_date', 30) ~ ' <= as_of_date and is_event and exit_day <= 30') }}
        as left_within_30_days_n,
    {{ count_if(add_days('hired_date', 90) ~ ' <= as_of_date') }} as hires_mature_90_n,
    {{ count_if(add_days('hired_date', 90) ~ ' <= as_of_date and is_event and exit_day <= 90') }}
        as left_within_90_days_n
from {{ ref('int_employment_durations') }}
-- Hires before the history began: those among them who left are not known.
where is_seen_from_start
group by cohort_month, site_id, client_id, hire_source, first_leader_id
