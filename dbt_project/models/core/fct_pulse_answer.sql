-- Group keys only; nothing here leads to a person. Rebuilt whole.
select
    {{ scoped_id('fact.source_system', 'fact.response_id') }} as response_id,
    fact.source_system,
    coalesce(fact.site_id, 'unmapped') as site_id,
    coalesce(fact.client_id, 'shared') as client_id,
    coalesce(fact.source_system || ':' || fact.team_code, 'none') as team_id,
    fact.question,
    fact.score,
    fact.scale_min,
    fact.scale_max,
    fact.responded_date as site_date,
    fact.event_date,
    case when fact.question = 'enps' and fact.scale_max = 10 then fact.score >= 9 end
        as is_promoter,
    case when fact.question = 'enps' and fact.scale_max = 10 then fact.score <= 6 end
        as is_detractor,
    fact.file_id,
    fact.row_number
from {{ ref('feed_pulse') }} as fact
where fact.score is not null
