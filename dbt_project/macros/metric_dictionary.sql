{% macro dictionary_rows() -%}
    {#- One select per metric contract, as it stands beside its formula; at the end one without rows. -#}
    {%- set texts = [
        'name', 'variant', 'kind', 'meaning', 'numerator', 'denominator', 'grain',
        'interval_convention', 'null_rule', 'unit', 'direction', 'permitted_use', 'source',
        'counter_metric', 'not_to_confuse_with'
    ] -%}
    {%- set whole = ['version', 'minimum_sample', 'smallest_group', 'final_after_days'] -%}
    {%- for id, contract in metric_contracts() -%}
    select
        '{{ contract.display }}' as metric,
        {{ 'true' if contract.default else 'false' }} as is_default,
        {%- for field in texts %}
        {{ "'" ~ (contract[field] | replace("'", "''")) ~ "'" if contract[field] is not none else 'null' }} as {{ field }},
        {%- endfor %}
        {%- for field in whole %}
        {{ contract[field] }} as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    union all
    {% endfor -%}
    select
        cast(null as {{ dbt.type_string() }}) as metric,
        false as is_default,
        {%- for field in texts %}
        cast(null as {{ dbt.type_string() }}) as {{ field }},
        {%- endfor %}
        {%- for field in whole %}
        cast(null as integer) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endmacro %}
