{% set parts = [
    'int_metric_part_day', 'int_metric_part_repeat', 'int_metric_part_survey',
    'int_metric_part_outcome', 'int_metric_part_case', 'int_metric_part_case_event',
    'int_metric_part_evaluation', 'int_metric_part_whole'
] %}
with terms as (
    {{ metric_term_rows() }}
),

parts as (
    {% for part in parts -%}
    select *
    from {{ ref(part) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

summed as (
    select
        term.metric_id,
        part.grain,
        part.entity_kind,
        part.entity_id,
        part.client_id,
        part.month_start_date,
        part.period_start_date,
        {% for side in ['numerator', 'denominator', 'known'] -%}
        {{ exact_sum("case when term.side = '" ~ side ~ "' then part.amount end") }} as {{ side }},
        {% endfor -%}
        {{ exact_sum("case when term.side = 'of' then part.amount end") }} as needed,
        -- A mart has one row of each: as it stands there.
        {% for side in ['n', 'value', 'low', 'high'] -%}
        max(case when term.side = '{{ side }}' then part.amount end) as {{ side }},
        {% endfor -%}
        max(part.agents_n) as agents_n
    from parts as part
    inner join terms as term
        on
            part.semantic_model = term.semantic_model
            and part.part = term.part
            and term.entity_kind in ('*', part.entity_kind)
    group by
        term.metric_id, part.grain, part.entity_kind, part.entity_id, part.client_id,
        part.month_start_date, part.period_start_date
)

-- Of days also whole months. Agents of a month are at least those of its fullest day.
select *
from summed
union all
select
    metric_id,
    'month' as grain,
    entity_kind,
    entity_id,
    client_id,
    month_start_date,
    month_start_date as period_start_date,
    {{ exact_sum('numerator') }} as numerator,
    {{ exact_sum('denominator') }} as denominator,
    {{ exact_sum('known') }} as known,
    {{ exact_sum('needed') }} as needed,
    max(n) as n,
    max(value) as value,
    max(low) as low,
    max(high) as high,
    max(agents_n) as agents_n
from summed
where grain = 'day'
group by metric_id, entity_kind, entity_id, client_id, month_start_date
