select agent_id from {{ ref('int_employment_versions') }}
union
select agent_id from {{ ref('int_employment_events') }}
