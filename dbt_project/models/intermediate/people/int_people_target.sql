-- What metric sets ask of all agents or teams of a client, whatever their line of business or site.
select
    applies_to,
    client_id,
    metric,
    cast(target as double) as target,
    valid_from,
    valid_to
from {{ ref('stg_company__metric_sets') }}
where
    applies_to in ('agent', 'team')
    and line_of_business = 'all'
    and site_id = 'all'
    and target is not null
