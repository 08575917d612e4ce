{% test headcount_rolls_forward(model, level, moves) %}
    {#- Months and values of one level whose closing headcount is not what led to it. -#}
    select
        known_as,
        month_start_date,
        {{ level }},
        sum(opening_n) as opening_n,
        sum(closing_n) as closing_n
    from {{ model }}
    group by known_as, month_start_date, {{ level }}
    having
        sum(closing_n) <> sum(
            opening_n + hires_n + rehires_n + unrecorded_hires_n + {{ moves }}_moved_in_n
            - leavers_n - {{ moves }}_moved_out_n
        )
{% endtest %}
