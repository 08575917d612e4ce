-- States of one agent in one system that begin before an earlier one ended.
{{ config(severity='warn', meta={
    'reason': 'Two states at once count the same time twice; the source mended a state without removing it.',
    'radius': 'feed'
}) }}

with ordered as (
    select
        activity_id,
        agent_id,
        source_system,
        shift_date,
        file_id,
        row_number,
        started_at_utc,
        max(ended_at_utc) over (
            partition by source_system, agent_id
            order by started_at_utc, ended_at_utc
            rows between unbounded preceding and 1 preceding
        ) as previous_ended_at_utc
    from {{ ref('fct_agent_activity') }}
)

select *
from ordered
where previous_ended_at_utc > started_at_utc
