{# Half-open spans that touch. #}

{% macro joined_spans(relation, same, starts, ends) -%}
    {#- Spans of `relation` with equal `same` columns whose end is the next one's start, as one. -#}
    select
        {{ same | join(', ') }},
        min({{ starts }}) as {{ starts }},
        max({{ ends }}) as {{ ends }}
    from (
        select
            *,
            sum(case when {{ starts }} = previous_end then 0 else 1 end) over (
                partition by {{ same | join(', ') }}
                order by {{ starts }}
                rows between unbounded preceding and current row
            ) as island
        from (
            select
                *,
                lag({{ ends }}) over (partition by {{ same | join(', ') }} order by {{ starts }})
                    as previous_end
            from {{ relation }} as spans_in
        ) as spans_followed
    ) as spans_numbered
    group by {{ same | join(', ') }}, island
{%- endmacro %}


{% macro open_ended(day) -%}
    {#- What stands for "no end" inside the models is null outside. -#}
    case when {{ day }} < date '9999-12-31' then {{ day }} end
{%- endmacro %}
