{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are the names of the layers, without the target's prefix. -#}
    {{- (custom_schema_name or target.schema) | trim -}}
{%- endmacro %}
