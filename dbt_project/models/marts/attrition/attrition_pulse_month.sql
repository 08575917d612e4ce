{{ config(materialized='table') }}
{%- set group_of = ['month_start_date', 'question', 'scale_min', 'scale_max'] -%}
{#- Each level and the keys of its groups, which are parts of one group of the level above. -#}
{%- set levels = {'company': [], 'site': ['site_id'], 'team': ['site_id', 'team_id']} -%}

with dated as (
    select
        answer.question,
        answer.site_id,
        answer.team_id,
        answer.score,
        -- A scale that the source does not say is one of its own.
        coalesce(answer.scale_min, -1) as scale_min,
        coalesce(answer.scale_max, -1) as scale_max,
        cast(date_trunc('month', answer.site_date) as date) as month_start_date,
        case when answer.is_promoter then 1 when not answer.is_promoter then 0 end as promoter,
        case when answer.is_detractor then 1 when not answer.is_detractor then 0 end as detractor,
        known.as_of_date
    from {{ ref('fct_pulse_answer') }} as answer
    cross join {{ ref('int_as_of') }} as known
    where not answer.is_person_named
),

-- A scale that the source does not say reaches as far as any answer of the month.
closed as (
    select
        *,
        coalesce(nullif(scale_min, -1), min(score) over asked) as low,
        coalesce(nullif(scale_max, -1), max(score) over asked) as high
    from dated
    where
        {{ add_days(add_months('month_start_date', 1), var('pulse_close_days')) }} <= as_of_date
    window asked as (partition by {{ group_of | join(', ') }})
),

{% for level, keys in levels.items() -%}
{%- set whole = loop.previtem -%}
{{ level }}_sums as (
    select
        {{ (group_of + keys) | join(', ') }},
        count(*) as answers_n,
        sum(score) as score_sum,
        sum(promoter) as promoters_n,
        sum(detractor) as detractors_n,
        -- Sums that tell of single answers: such a group counts as empty.
        case
            when
                count(distinct score) = 1
                or {{ is_telling_by_sum('score', 'low', 'high') }}
                or {{ is_telling_by_class('score', 'promoter', 'detractor') }}
                then 0
            else count(*)
        end as secret_n
    from closed
    group by {{ (group_of + keys) | join(', ') }}
),

{% if not whole -%}
{{ level }}_groups as (
    select
        *,
        secret_n < {{ var('smallest_group') }} as is_suppressed,
        false as is_whole_suppressed
    from {{ level }}_sums
),
{%- else -%}
{{ level }}_groups as (
    select
        part.*,
        {{ is_blank('part.secret_n', 'part.' ~ (group_of + keys[:-1]) | join(', part.'),
                    'part.' ~ keys[-1], 'whole.is_suppressed') }} as is_suppressed,
        whole.is_suppressed as is_whole_suppressed
    from {{ level }}_sums as part
    inner join {{ whole[0] }}_groups as whole
        on {{ same_keys('part', 'whole', group_of + keys[:-1]) }}
),
{%- endif %}

{% endfor -%}
every_level as (
    {% for level, keys in levels.items() -%}
    select
        '{{ level }}' as level_kind,
        {% for key in levels.team -%}
        {{ key if key in keys else "'all' as " ~ key }},
        {% endfor -%}
        {{ group_of | join(', ') }},
        answers_n,
        score_sum,
        promoters_n,
        detractors_n,
        is_suppressed,
        is_whole_suppressed
    from {{ level }}_groups
    {{ 'union all' if not loop.last }}
    {% endfor -%}
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
    -- That the sums of a group would tell is not said either.
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
