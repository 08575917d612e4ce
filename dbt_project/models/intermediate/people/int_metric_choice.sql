{{ config(materialized='table') }}
-- Of several sets the nearest holds: of the own line of business and site before one of all.
with lines as (
    select distinct
        client_id,
        line_of_business
    from {{ ref('int_agent_window') }}
),

sites as (
    select coalesce(site_id, 'unknown') as site_id
    from {{ ref('dim_employment') }}
    union
    select 'unknown' as site_id
),

places as (
    select
        line.client_id,
        line.line_of_business,
        site.site_id
    from lines as line
    cross join sites as site
),

fitting as (
    select
        place.*,
        window_.look_back,
        set_row.metric,
        set_row.priority,
        set_row.target,
        set_row.minimum_sample,
        row_number() over (
            partition by
                place.client_id, place.line_of_business, place.site_id, window_.look_back,
                set_row.metric
            order by
                case when set_row.line_of_business = 'all' then 1 else 0 end,
                case when set_row.site_id = 'all' then 1 else 0 end,
                set_row.priority nulls last,
                set_row.set_id,
                set_row.purpose
        ) as nearness
    from places as place
    inner join {{ ref('stg_company__metric_sets') }} as set_row
        on
            place.client_id = set_row.client_id
            and set_row.line_of_business in ('all', place.line_of_business)
            and set_row.site_id in ('all', place.site_id)
    inner join {{ ref('int_scorecard_windows') }} as window_
        on window_.place = 'current' and {{ valid_on('set_row', 'window_.last_date') }}
    where set_row.applies_to = 'agent' and set_row.purpose in ('scorecard', 'coaching')
)

select
    client_id,
    line_of_business,
    site_id,
    look_back,
    metric,
    priority,
    target,
    minimum_sample
from fitting
where nearness = 1
