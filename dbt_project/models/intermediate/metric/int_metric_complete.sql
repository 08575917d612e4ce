{% set parts = [
    'int_metric_part_day', 'int_metric_part_repeat', 'int_metric_part_survey',
    'int_metric_part_outcome', 'int_metric_part_case', 'int_metric_part_case_event',
    'int_metric_part_evaluation', 'int_metric_part_whole'
] %}
-- Complete through the day that every site has sent; one that has long sent nothing is closed.
with terms as (
    {{ metric_term_rows() }}
),

newest as (
    {% for part in parts -%}
    select
        semantic_model,
        case when entity_kind = 'site' then entity_id end as site_id,
        max(period_start_date) as newest_date
    from {{ ref(part) }}
    where period_start_date <= (select night.as_of_date from {{ ref('int_as_of') }} as night)
    group by semantic_model, case when entity_kind = 'site' then entity_id end
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

ends as (
    select
        *,
        max(newest_date) over (partition by semantic_model) as last_date,
        max(case when site_id is not null then 1 else 0 end) over (partition by semantic_model)
            as knows_sites
    from newest
)

select
    term.metric_id,
    min(known.newest_date) as complete_date
from ends as known
inner join terms as term on known.semantic_model = term.semantic_model
where
    (known.knows_sites = 0 or known.site_id is not null)
    and known.newest_date
    >= {{ add_days('known.last_date', '-1 * ' ~ var('site_gone_after_days')) }}
group by term.metric_id
