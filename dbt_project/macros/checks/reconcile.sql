{% test sums_agree(model, compare_to, sums, group_by, compare_where='true', where='true') %}
    {#-
        The same totals from two models, group by group; `sums` maps an expression here to the
        expression there. A group missing on one side differs from one that is there, 0 included.
    -#}
    {%- set keys = group_by | join(', ') %}
    with here as (
        select
            {{ keys }}
            {%- for expression in sums.keys() %},
            coalesce(sum({{ expression }}), 0) as here_{{ loop.index }}
            {%- endfor %}
        from {{ model }}
        where {{ where }}
        group by {{ keys }}
    ),

    there as (
        select
            {{ keys }}
            {%- for expression in sums.values() %},
            coalesce(sum({{ expression }}), 0) as there_{{ loop.index }}
            {%- endfor %}
        from {{ compare_to }}
        where {{ compare_where }}
        group by {{ keys }}
    )

    select
        {%- for key in group_by %}
        coalesce(here.{{ key }}, there.{{ key }}) as {{ key }}
        {{- ',' }}
        {%- endfor %}
        {%- for expression in sums.keys() %}
        here.here_{{ loop.index }},
        there.there_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from here
    full outer join there
        on
            {%- for key in group_by %}
            {{ 'and ' if not loop.first }}here.{{ key }} = there.{{ key }}
            {%- endfor %}
    where
        {%- for expression in sums.keys() %}
        {{ 'or ' if not loop.first }}here.here_{{ loop.index }}
            is distinct from there.there_{{ loop.index }}
        {%- endfor %}
{% endtest %}
