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
