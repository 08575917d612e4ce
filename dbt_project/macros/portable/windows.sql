{# Values of a window that are not null: write `over (...)` behind them. #}

{% macro first_known(value) -%}
    {{ return(adapter.dispatch('first_known', 'headset')(value)) }}
{%- endmacro %}

{% macro default__first_known(value) -%}
    first_value({{ value }}) ignore nulls
{%- endmacro %}

{% macro duckdb__first_known(value) -%}
    first_value({{ value }} ignore nulls)
{%- endmacro %}


{% macro last_known(value) -%}
    {{ return(adapter.dispatch('last_known', 'headset')(value)) }}
{%- endmacro %}

{% macro default__last_known(value) -%}
    last_value({{ value }}) ignore nulls
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    last_value({{ value }} ignore nulls)
{%- endmacro %}
