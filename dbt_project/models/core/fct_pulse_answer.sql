-- Group keys only; nothing here leads to a person. Rebuilt whole.
with named as (
    -- Numbers alone may be anything; a code with a letter in it is no chance.
    select lower(agent_code) as code
    from {{ ref('int_staff_codes') }}
    where lower(agent_code) <> upper(agent_code)
    union
    select lower(agent_id) as code
    from {{ ref('int_staff_codes') }}
    where lower(agent_id) <> upper(agent_id)
),

fact as (
    select
        feed.*,
        own.code is not null or team.code is not null as is_person_named
    from {{ ref('feed_pulse') }} as feed
    left join named as own on lower(trim(feed.response_id)) = own.code
    left join named as team on lower(trim(feed.team_code)) = team.code
    where feed.score is not null
)

select
    -- The id of a person goes no further; file and row still say which answer it was.
    case
        when not fact.is_person_named
            then {{ scoped_id('fact.source_system', 'fact.response_id') }}
        else
            'withheld:' || cast(fact.file_id as {{ dbt.type_string() }}) || ':'
            || cast(fact.row_number as {{ dbt.type_string() }})
    end as response_id,
    fact.source_system,
    coalesce(fact.site_id, 'unmapped') as site_id,
    coalesce(fact.client_id, 'shared') as client_id,
    case
        when fact.is_person_named then 'none'
        else coalesce(fact.source_system || ':' || fact.team_code, 'none')
    end as team_id,
    fact.question,
    fact.score,
    fact.scale_min,
    fact.scale_max,
    fact.responded_date as site_date,
    fact.event_date,
    fact.is_person_named,
    case when fact.question = 'enps' and fact.scale_max = 10 then fact.score >= 9 end
        as is_promoter,
    case when fact.question = 'enps' and fact.scale_max = 10 then fact.score <= 6 end
        as is_detractor,
    fact.file_id,
    fact.row_number
from fact
