{# Sums with one type on every engine; nothing measured sums to 0, for facts are additive. #}

{% macro count_if(condition) -%}
    cast(sum(case when {{ condition }} then 1 else 0 end) as bigint)
{%- endmacro %}


{% macro sum_s(seconds) -%}
    cast(coalesce(sum({{ seconds }}), 0) as bigint)
{%- endmacro %}


{% macro sum_squares(value) -%}
    coalesce(sum(cast({{ value }} as double) * ({{ value }})), 0)
{%- endmacro %}


{% macro whole_sum(value) -%}
    {#- Whole numbers as a double: exact, and so in any order, below 2^53; it needs half the memory. -#}
    sum(cast({{ value }} as double))
{%- endmacro %}
