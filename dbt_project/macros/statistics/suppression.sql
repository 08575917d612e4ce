{#
    Which groups of a whole must be blank so that no small one can be worked out.

    Read it top down: a group whose whole is blank is blank. Of the groups of a shown whole, those
    with fewer than `smallest_group` answers are blank, and with them the next smallest until at
    least two are, with `smallest_group` answers together: then what the whole less the shown groups
    tells is of a crowd, and no linear combination of what is shown tells of less.
#}

{% macro is_blank(n, whole, tie, whole_is_blank='false') -%}
    (
        {{ whole_is_blank }}
        or {{ n }} < {{ var('smallest_group') }}
        or (
            min({{ n }}) over (partition by {{ whole }}) < {{ var('smallest_group') }}
            and (
                row_number() over (partition by {{ whole }} order by {{ n }}, {{ tie }}) <= 2
                or sum({{ n }}) over (
                    partition by {{ whole }} order by {{ n }}, {{ tie }}
                    rows between unbounded preceding and current row
                ) - {{ n }} < {{ var('smallest_group') }}
            )
        )
    )
{%- endmacro %}


{#
    Whether the published sums of a group tell of single answers, by bounds. A reader knows
    one answer (his own, the worst case) and subtracts it. Every other answer must then still have
    half of the scale or more to lie in.

    Sums of distances to the ends of the scale give the bounds: an answer lies no further from the
    upper end than all do together. Groups put together only get larger sums, so what is left of a
    whole, with one group in it that does not tell, does not tell either.
#}

{% macro sum_less_largest(value) -%}
    sum({{ value }}) - max({{ value }})
{%- endmacro %}


{% macro is_telling_by_sum(score, low, high) -%}
    coalesce(
        least({{ sum_less_largest(high ~ ' - ' ~ score) }}, {{ sum_less_largest(score ~ ' - ' ~ low) }})
        < (max({{ high }}) - min({{ low }})) / 2,
        true
    )
{%- endmacro %}


{% macro is_telling_by_class(score, promoter, detractor) -%}
    {#-
        The same where promoters and detractors (9 and 10, 0 to 6 of 10) are counted too: so that
        an answer may lie on either side, two are detractors and two are not; and the lowest that a
        detractor may have said lies half of the scale below the others.
    -#}
    {%- set top = 'case when ' ~ detractor ~ ' = 1 then 6 when ' ~ promoter ~ ' = 1 then 10 else 8 end' -%}
    coalesce(
        sum({{ detractor }}) < 2
        or count(*) - sum({{ detractor }}) < 2
        or case when sum({{ promoter }}) >= 2 then 9 else 7 end
        - greatest(0, 6 - ({{ sum_less_largest(top ~ ' - ' ~ score) }})) < 5,
        false
    )
{%- endmacro %}
