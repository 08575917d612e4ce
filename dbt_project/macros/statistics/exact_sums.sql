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
    sum({{ value }} order by {{ by or value }})
{%- endmacro %}
