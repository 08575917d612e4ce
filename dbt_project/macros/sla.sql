{# What contracts need: money, and the parts of governed metrics over one fact. #}

{% macro money(amount) -%}
    {#-
        Whole cents, halves away from zero. The way over six decimals takes the last bits of binary
        fractions out, so that every engine and every pocket calculator rounds the same.
    -#}
    cast(round(cast({{ amount }} as decimal(18, 6)), 2) as decimal(18, 2))
{%- endmacro %}


{% macro metrics_over(fact) -%}
    {#-
        Governed metrics whose parts are all sums over one fact, as the semantic layer defines them:
        a list of {id, numerator, denominator, unknown}, each part an SQL expression over the fact's
        columns (null: a count has no denominator). unknown: 1 for a row of which a part is not known
        that the metric needs of nearly all rows; such a row counts on neither side. There is no second definition of a metric anywhere.
    -#}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set parts = {} -%}
        {%- for semantic in graph.semantic_models.values() if semantic.model == "ref('" ~ fact ~ "')" -%}
            {%- for measure in semantic.measures if measure.agg in ('sum', 'AggregationType.SUM') -%}
                {%- do parts.update({measure.name: measure.expr or measure.name}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for id, contract in metric_contracts() -%}
            {%- if contract.kind in ('ratio', 'count')
                   and contract.numerator in parts
                   and (contract.denominator is none or contract.denominator in parts) -%}
                {%- set needs = contract.needs or {} -%}
                {%- set strict = needs.get('least', 0.99) > 0 and needs.get('of') in parts -%}
                {%- do found.append({
                    'id': id,
                    'unknown': '(' ~ parts[needs.of] ~ ') - (' ~ parts[needs.known] ~ ')'
                        if needs and strict else none,
                    'numerator': parts[contract.numerator],
                    'denominator': parts[contract.denominator] if contract.denominator else none,
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro sum_of_metric(fact, metric_column, part) -%}
    {#-
        The sum of one part of whichever metric a row's `metric_column` names; 0 for none. Where a part
        that the metric needs is unknown, the row is in `unknown` and in no other part.
    -#}
    cast(coalesce(sum(
        case {{ metric_column }}
            {%- for metric in metrics_over(fact) if metric[part] is not none %}
            when '{{ metric.id }}' then {{ metric[part] if part == 'unknown' or not metric.unknown
                else 'case when ' ~ metric.unknown ~ ' = 0 then ' ~ metric[part] ~ ' else 0 end' }}
            {%- else %}
            when 'none' then 0
            {%- endfor %}
        end
    ), 0) as decimal(18, 6))
{%- endmacro %}


{% macro unknown_share_at_most() -%}
    {#- A period of which more is unknown is not judged; as the contracts' `needs` have it (0.99). -#}
    0.01
{%- endmacro %}


{% macro is_metric_over(fact, metric_column) -%}
    {{ metric_column }} in (
        'none'{% for metric in metrics_over(fact) %}, '{{ metric.id }}'{% endfor %}
    )
{%- endmacro %}


{% macro metric_direction(metric_column) -%}
    {#- up, down or band: which way the governed definition calls better; null for no metric. -#}
    cast(case {{ metric_column }}
        {%- for id, contract in metric_contracts() %}
        when '{{ id }}' then '{{ contract.direction }}'
        {%- endfor %}
        when 'none' then 'band'
    end as {{ dbt.type_string() }})
{%- endmacro %}


{% macro is_ratio_metric(metric_column) -%}
    {#- Whether a metric is a ratio of its parts, and not a count. -#}
    {{ metric_column }} in (
        'none'
        {%- for id, contract in metric_contracts() if contract.kind == 'ratio' %},
        '{{ id }}'
        {%- endfor %}
    )
{%- endmacro %}
