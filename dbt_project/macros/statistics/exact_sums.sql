{#
    Sums of fractions that do not hang on the order in which an engine's threads bring the rows: the
    same rows have the same published checksum.

    exact_sum adds so many decimals: for quantities in natural units, however many rows there are.
    ordered_sum adds from the smallest up, or by a key: for what may be far smaller than that, in small groups.
#}
{% macro exact_sum(value, over='', places=12) -%}
    cast(sum(cast({{ value }} as decimal(38, {{ places }}))){{ ' over ' ~ over if over }} as double)
{%- endmacro %}


{% macro ordered_sum(value, by=none) -%}
    {{ return(adapter.dispatch('ordered_sum', 'headset')(value, by or value)) }}
{%- endmacro %}

{% macro default__ordered_sum(value, by) -%}
    case
        when count({{ value }}) > 0
            then aggregate(
                array_sort(collect_list(
                    case when ({{ value }}) is not null then struct({{ by }} as k, {{ value }} as v) end
                )),
                cast(0 as double), (so_far, one) -> so_far + one.v
            )
    end
{%- endmacro %}

{% macro duckdb__ordered_sum(value, by) -%}
    sum({{ value }} order by {{ by }})
{%- endmacro %}
