-- Where, not whom and not what was said. Rebuilt whole.
select
    source_system,
    'pulse_answer_names_a_person' as rule,
    cast(date_trunc('month', site_date) as date) as month_start_date,
    site_id,
    file_id,
    row_number
from {{ ref('fct_pulse_answer') }}
where is_person_named
