{# Rows of whole numbers, as engines make them. #}

{% macro whole_numbers(first, last) -%}
    {{ return(adapter.dispatch('whole_numbers', 'headset')(first, last)) }}
{%- endmacro %}

{% macro default__whole_numbers(first, last) -%}
    select explode(sequence({{ first }}, {{ last }})) as n
{%- endmacro %}

{% macro duckdb__whole_numbers(first, last) -%}
    select cast(spine.n as integer) as n
    from generate_series({{ first }}, {{ last }}) as spine (n)
{%- endmacro %}
