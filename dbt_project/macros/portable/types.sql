{# Names of types. A yml says them as DuckDB spells them. #}

{% macro sql_type(data_type) -%}
    {#- A type as the engine spells it: what a cast to a contract's `data_type` is written with. -#}
    {{ return(adapter.dispatch('sql_type', 'headset')(data_type)) }}
{%- endmacro %}

{% macro default__sql_type(data_type) -%}
    {{ return('string' if data_type == 'varchar' else data_type) }}
{%- endmacro %}

{% macro duckdb__sql_type(data_type) -%}
    {{ return(data_type) }}
{%- endmacro %}
