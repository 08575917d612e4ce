{# Who somebody was on a date, as HR knows it now. #}

{% macro tenure_band(days) -%}
    {#- Bands of days of service; null stays null. -#}
    case
        when {{ days }} <= 30 then '0-30 days'
        when {{ days }} <= 90 then '31-90 days'
        when {{ days }} <= 180 then '91-180 days'
        when {{ days }} <= 365 then '181-365 days'
        when {{ days }} <= 730 then '1-2 years'
        when {{ days }} > 730 then 'over 2 years'
    end
{%- endmacro %}


{% macro tenure_days(service_date, day) -%}
    cast({{ dbt.datediff(service_date, day, 'day') }} as integer)
{%- endmacro %}


{% macro employment_columns() -%}
    {#- Attributes of a day that come from dim_employment, in this order. -#}
    {{ return(['leader_id', 'team_id', 'client_id', 'line_of_business', 'role']) }}
{%- endmacro %}


{% macro employed_as(employment, day) -%}
    {#- Select-list part: those attributes, tenure and its band, from a row joined as of `day`. -#}
    {% for column in employment_columns() -%}
    {{ employment }}.{{ column }},
    {% endfor -%}
    {{ tenure_days(employment ~ '.service_date', day) }} as tenure_days,
    {{ tenure_band(tenure_days(employment ~ '.service_date', day)) }} as tenure_band
{%- endmacro %}


{% macro employment_drift(day, columns) -%}
    {#-
        Dates of the current model whose rows no longer say what HR says of them, for whatever
        cause: a back-dated move, a correction, a code that the crosswalk has learnt.
    -#}
    select distinct kept.{{ day }} as touched_date
    from {{ this }} as kept
    left join {{ ref('dim_employment') }} as employment
        on
            kept.agent_id = employment.agent_id
            and {{ valid_on('employment', 'kept.' ~ day) }}
    where
        {% for column in columns or employment_columns() -%}
        kept.{{ column }} is distinct from employment.{{ column }}
        {{ 'or ' if not loop.last }}
        {%- endfor %}
        {%- if not columns %}
        or coalesce(kept.tenure_days, -1)
        <> coalesce({{ tenure_days('employment.service_date', 'kept.' ~ day) }}, -1)
        {%- endif %}
{%- endmacro %}
