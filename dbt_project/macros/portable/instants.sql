{# What DuckDB and Spark spell differently about instants and dates. Instants are naive UTC. #}

{% macro to_local(instant, time_zone) -%}
    {{ return(adapter.dispatch('to_local', 'headset')(instant, time_zone)) }}
{%- endmacro %}

{% macro default__to_local(instant, time_zone) -%}
    from_utc_timestamp({{ instant }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__to_local(instant, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}


{% macro to_utc(local_at, time_zone) -%}
    {{ return(adapter.dispatch('to_utc', 'headset')(local_at, time_zone)) }}
{%- endmacro %}

{% macro default__to_utc(local_at, time_zone) -%}
    to_utc_timestamp({{ local_at }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__to_utc(local_at, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, cast({{ local_at }} as timestamp)))
{%- endmacro %}


{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'headset')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    cast(unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}) as bigint)
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}


{% macro add_seconds(instant, seconds) -%}
    {{ return(adapter.dispatch('add_seconds', 'headset')(instant, seconds)) }}
{%- endmacro %}

{% macro default__add_seconds(instant, seconds) -%}
    {{ instant }} + make_dt_interval(0, 0, 0, {{ seconds }})
{%- endmacro %}

{% macro duckdb__add_seconds(instant, seconds) -%}
    {{ instant }} + to_seconds({{ seconds }})
{%- endmacro %}


{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days', 'headset')(day, days)) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    date_add({{ day }}, {{ days }})
{%- endmacro %}

{% macro duckdb__add_days(day, days) -%}
    {{ day }} + {{ days }}
{%- endmacro %}


{% macro date_range(first_date, last_date) -%}
    {{ return(adapter.dispatch('date_range', 'headset')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__date_range(first_date, last_date) -%}
    select explode(sequence(date '{{ first_date }}', date '{{ last_date }}')) as date_day
{%- endmacro %}

{% macro duckdb__date_range(first_date, last_date) -%}
    select cast(day_start as date) as date_day
    from generate_series(
        timestamp '{{ first_date }}', timestamp '{{ last_date }}', interval 1 day
    ) as spine (day_start)
{%- endmacro %}


{% macro iso_day_of_week(day) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'headset')(day)) }}
{%- endmacro %}

{% macro default__iso_day_of_week(day) -%}
    extract(dayofweek_iso from {{ day }})
{%- endmacro %}

{% macro duckdb__iso_day_of_week(day) -%}
    extract(isodow from {{ day }})
{%- endmacro %}


{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'headset')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}


{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months', 'headset')(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    add_months({{ day }}, {{ months }})
{%- endmacro %}

{% macro duckdb__add_months(day, months) -%}
    cast({{ day }} + to_months({{ months }}) as date)
{%- endmacro %}
