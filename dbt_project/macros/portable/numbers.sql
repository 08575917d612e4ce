{# Rows of whole numbers, as engines make them, and what rows amount to. #}

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


{% macro rows_fingerprint(values) -%}
    {#- Aggregate: a text that is the same for the same rows in any order; `values` of each row. -#}
    {{ return(adapter.dispatch('rows_fingerprint', 'headset')(values | join(', '))) }}
{%- endmacro %}

{% macro default__rows_fingerprint(values) -%}
    concat_ws(' ', count(*), sum(cast(xxhash64({{ values }}) as decimal(38, 0))))
{%- endmacro %}

{% macro duckdb__rows_fingerprint(values) -%}
    concat_ws(' ', count(*), sum(hash({{ values }})))
{%- endmacro %}


{% macro as_doubles(expression) -%}
    {#-
        An expression of the semantic layer whose literals (3600.0) count as doubles. By a decimal
        Spark divides to six digits; DuckDB divides doubles.
    -#}
    {{ return(adapter.dispatch('as_doubles', 'headset')(expression)) }}
{%- endmacro %}

{% macro default__as_doubles(expression) -%}
    {{ return(modules.re.sub('(?<![\\w.])([0-9]+[.][0-9]+)(?![\\w.])', '\\1e0', expression)) }}
{%- endmacro %}

{% macro duckdb__as_doubles(expression) -%}
    {{ return(expression) }}
{%- endmacro %}
