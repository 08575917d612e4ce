{% macro metric_contract(metric) -%}
    {#-
        The contract of a metric of the graph, with what follows from its formula filled in (as
        metrics/contracts/contract.py does): name, display, kind, numerator, denominator. None for a
        metric that has no contract.
    -#}
    {%- set own = (metric.config.meta or {}).get('contract') -%}
    {%- if not own -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set name = metric.name[:metric.name | length - own.variant | length - 1] -%}
    {%- set kinds = {'ratio': 'ratio', 'simple': 'count'} -%}
    {%- set type = metric.type | string | replace('MetricType.', '') | lower -%}
    {%- set found = dict(
        {'default': false, 'numerator': none, 'denominator': none, 'published': none, 'bound': none,
         'needs': none},
        **own
    ) -%}
    {%- do found.update({
        'name': name, 'display': name ~ '.' ~ own.variant,
        'kind': 'model' if own.get('bound') else kinds[type],
    }) -%}
    {%- if found.kind == 'ratio' -%}
        {%- do found.update({
            'numerator': metric.type_params.numerator.name,
            'denominator': metric.type_params.denominator.name,
        }) -%}
    {%- elif found.kind == 'count' -%}
        {%- do found.update({'numerator': metric.type_params.measure.name}) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro metric_contracts() -%}
    {#- Every metric that has a contract: a list of (id, contract). -#}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for metric in graph.metrics.values() -%}
            {%- set contract = metric_contract(metric) -%}
            {%- do found.append((metric.name, contract)) if contract -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
