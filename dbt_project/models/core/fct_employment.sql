select
    held.agent_id,
    held.version_id,
    version.source_system,
    version.is_mapped,
    held.segment_from as valid_from,
    {{ open_ended('held.segment_to') }} as valid_to,
    held.recorded_from,
    case when held.recorded_to < timestamp '9999-12-31 00:00:00' then held.recorded_to end
        as recorded_to,
    version.leader_id,
    version.team_id,
    coalesce(version.site_id, 'unmapped') as site_id,
    coalesce(version.client_id, 'shared') as client_id,
    coalesce(version.line_of_business, 'shared') as line_of_business,
    coalesce(version.role, 'unmapped') as role,
    version.level,
    version.contract_type,
    version.fte,
    version.weekly_hours,
    version.valid_from as claimed_from,
    version.valid_to as claimed_to,
    coalesce(version.leader_id = held.agent_id, false) as is_led_by_self,
    version.site_id is null as is_without_site,
    version.file_id,
    version.row_number
from {{ ref('int_employment_held') }} as held
inner join {{ ref('int_employment_versions') }} as version on held.version_id = version.version_id
