{{ config(materialized='table') }}
{%- set group_of = ['month_start_date', 'question', 'scale_min', 'scale_max'] -%}

with closed as (
    select
        answer.question,
        answer.site_id,
        answer.team_id,
        answer.score,
        answer.is_promoter,
        answer.is_detractor,
        -- A scale that the source does not say is one of its own.
        coalesce(answer.scale_min, -1) as scale_min,
        coalesce(answer.scale_max, -1) as scale_max,
        cast(date_trunc('month', answer.site_date) as date) as month_start_date,
        known.as_of_date
    from {{ ref('fct_pulse_answer') }} as answer
    cross join {{ ref('int_as_of') }} as known
),

answers as (
    select
        {{ group_of | join(', ') }},
        site_id,
        team_id,
        count(*) as answers_n,
        sum(score) as score_sum,
        sum(case when is_promoter then 1 when not is_promoter then 0 end) as promoters_n,
        sum(case when is_detractor then 1 when not is_detractor then 0 end) as detractors_n
    from closed
    where
        {{ add_days(add_months('month_start_date', 1), var('pulse_close_days')) }} <= as_of_date
    group by {{ group_of | join(', ') }}, site_id, team_id
),

companies as (
    select
        {{ group_of | join(', ') }},
        sum(answers_n) as answers_n,
        sum(score_sum) as score_sum,
        sum(promoters_n) as promoters_n,
        sum(detractors_n) as detractors_n,
        sum(answers_n) < {{ var('smallest_group') }} as is_suppressed
    from answers
    group by {{ group_of | join(', ') }}
),

site_sums as (
    select
        {{ group_of | join(', ') }},
        site_id,
        sum(answers_n) as answers_n,
        sum(score_sum) as score_sum,
        sum(promoters_n) as promoters_n,
        sum(detractors_n) as detractors_n
    from answers
    group by {{ group_of | join(', ') }}, site_id
),

sites as (
    select
        part.*,
        {{ is_blank('part.answers_n',
                    'part.month_start_date, part.question, part.scale_min, part.scale_max',
                    'part.site_id', 'whole.is_suppressed') }} as is_suppressed
    from site_sums as part
    inner join companies as whole on {{ same_keys('part', 'whole', group_of) }}
),

teams as (
    select
        part.*,
        {{ is_blank('part.answers_n',
                    'part.month_start_date, part.question, part.scale_min, part.scale_max, '
                    ~ 'part.site_id', 'part.team_id', 'whole.is_suppressed') }} as is_suppressed,
        whole.is_suppressed as is_whole_suppressed
    from answers as part
    inner join sites as whole on {{ same_keys('part', 'whole', group_of + ['site_id']) }}
),

every_level as (
    select
        'company' as level_kind,
        'all' as site_id,
        'all' as team_id,
        {{ group_of | join(', ') }},
        answers_n,
        score_sum,
        promoters_n,
        detractors_n,
        is_suppressed,
        false as is_whole_suppressed
    from companies
    union all
    select
        'site' as level_kind,
        site_id,
        'all' as team_id,
        {{ group_of | join(', ') }},
        answers_n,
        score_sum,
        promoters_n,
        detractors_n,
        is_suppressed,
        false as is_whole_suppressed
    from sites
    union all
    select
        'team' as level_kind,
        site_id,
        team_id,
        {{ group_of | join(', ') }},
        answers_n,
        score_sum,
        promoters_n,
        detractors_n,
        is_suppressed,
        is_whole_suppressed
    from teams
)

select
    month_start_date,
    question,
    cast(nullif(scale_min, -1) as decimal(9, 3)) as scale_min,
    cast(nullif(scale_max, -1) as decimal(9, 3)) as scale_max,
    level_kind,
    site_id,
    team_id,
    is_suppressed,
    case
        when not is_suppressed then null
        when is_whole_suppressed then 'its site is blank'
        when answers_n < {{ var('smallest_group') }} then 'too few answers'
        else 'protects a small group'
    end as suppressed_because,
    cast(case when not is_suppressed then answers_n end as integer) as answers_n,
    cast(case when not is_suppressed then score_sum end as decimal(18, 3)) as score_sum,
    cast(case when not is_suppressed then promoters_n end as integer) as promoters_n,
    cast(case when not is_suppressed then detractors_n end as integer) as detractors_n,
    case
        when not is_suppressed and question = 'enps' and scale_min = 0 and scale_max = 10
            then 100e0 * (promoters_n - detractors_n) / answers_n
    end as enps
from every_level
