{%- set feeds = [
    'cases', 'case_events', 'outcomes', 'contacts', 'contact_legs',
    'surveys', 'coaching', 'recognition', 'pulse', 'voice',
    'changes', 'disruptions', 'evaluations', 'evaluation_answers', 'absences',
    'employment', 'employment_events'
] -%}
{%- set days = dict.fromkeys(feeds, [0, 0]) -%}
{{ config(
    materialized='incremental',
    incremental_strategy='touched',
    meta={'touched': {'column': 'event_date', 'feeds': days}}
) }}

select
    source_system,
    feed,
    column_name,
    value,
    event_date,
    cast(count(*) as bigint) as rows_n
from (
    {{ unmapped_values(feeds) }}
) as found
group by source_system, feed, column_name, value, event_date
