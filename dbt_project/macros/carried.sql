{#
    Months older than raw are carried: kept as they were built, with the fingerprint of the definition
    that built them (ledger.carried, written by the night before it builds). A table of the strategy
    `touched` that is built whole gets its older rows back, and no touched date is older than that.
#}

{% macro carried_before() -%}
    {#- The first date that raw can still build for the current model; none while raw holds all. -#}
    {%- if 'headset_carried_before' not in model -%}
        {%- set query -%}
            select max(before_date) from ledger.carried where model = '{{ model.name }}'
        {%- endset -%}
        {%- do model.update({'headset_carried_before': run_query(query).columns[0].values()[0]}) -%}
    {%- endif -%}
    {{ return(model['headset_carried_before']) }}
{%- endmacro %}


{% macro set_older_rows_aside(found) -%}
    {%- if found is not none and found.is_table and carried_before() %}
    create or replace temp table carried__{{ model.name }} as
    select * from {{ found }}
    where {{ config.get('meta').touched.column }} < date '{{ carried_before() }}';
    {%- endif %}
{%- endmacro %}


{% macro put_older_rows_back(target, found) -%}
    {#- By the columns that both have; a new one is empty for what no raw row can fill. -#}
    {%- if found is not none and found.is_table and carried_before() -%}
    {%- set now = adapter.get_column_schema_from_query(compiled_code) | map(attribute='name') | list -%}
    {%- set kept = [] -%}
    {%- for column in adapter.get_columns_in_relation(found) if column.name in now -%}
        {%- do kept.append(adapter.quote(column.name)) -%}
    {%- endfor %}
    delete from {{ target }}
    where {{ config.get('meta').touched.column }} < date '{{ carried_before() }}';

    insert into {{ target }} ({{ kept | join(', ') }})
    select {{ kept | join(', ') }} from carried__{{ model.name }};

    drop table carried__{{ model.name }};
    {%- endif %}
{%- endmacro %}
