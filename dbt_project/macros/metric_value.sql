{#
    What metric.value is made of: the parts of every metric that its contract publishes, from the one
    place where each is defined, the semantic layer. No formula stands here.
#}

{% macro published_terms() -%}
    {#-
        One entry per published metric, side (numerator, denominator; for a metric of kind model also
        n, value, low, high) and part: where the part is summed, and for whom. What a mart says once
        (config.meta.publish.once) is said there and nowhere else.
    -#}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set measures = {} -%}
        {%- set once = [] -%}
        {%- for node in graph.nodes.values() if ((node.config.meta or {}).get('publish') or {}).get('once') -%}
            {%- do once.append(node.name) -%}
        {%- endfor -%}
        {%- for semantic in graph.semantic_models.values() -%}
            {%- set fact = semantic.model.split("'")[1] -%}
            {%- set time = semantic.defaults.agg_time_dimension -%}
            {%- set keys = {} -%}
            {%- for entity in semantic.entities -%}
                {%- do keys.update({entity.name: entity.expr or entity.name}) -%}
            {%- endfor -%}
            {%- for dimension in semantic.dimensions if dimension.name == time -%}
                {%- for measure in semantic.measures if fact not in once -%}
                    {%- do measures.update({measure.name: {
                        'semantic': semantic.name, 'fact': fact, 'keys': keys,
                        'date': dimension.expr or dimension.name,
                        'grain': dimension.type_params.time_granularity | string
                            | replace('TimeGranularity.', '') | lower,
                        'expr': measure.expr or measure.name,
                    }}) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set measured = {} -%}
        {%- for metric in graph.metrics.values() if metric.type_params.measure -%}
            {%- do measured.update({metric.name: metric.type_params.measure.name}) -%}
        {%- endfor -%}
        {%- for id, contract in metric_contracts() -%}
            {%- if contract.published and contract.kind != 'model' -%}
                {%- for side in ('numerator', 'denominator') if contract[side] is not none -%}
                    {%- set measure = measures.get(measured.get(contract[side])) -%}
                    {%- if measure -%}
                        {%- do found.append(dict(measure, metric=id, side=side,
                            part=contract[side], by=contract.published.by)) -%}
                    {%- endif -%}
                {%- endfor -%}
                {%- for side in ('known', 'of') if contract.needs -%}
                    {%- set measure = measures.get(measured.get(contract.needs[side])) -%}
                    {%- if measure -%}
                        {%- do found.append(dict(measure, metric=id, side=side,
                            part=contract.needs[side], by=contract.published.by)) -%}
                    {%- endif -%}
                {%- endfor -%}
            {%- elif contract.published and contract.bound.model not in once -%}
                {%- do found.append({'metric': id, 'bound': contract.bound,
                    'semantic': contract.bound.model, 'fact': contract.bound.model,
                    'numerator': contract.numerator, 'denominator': contract.denominator}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{% macro metric_part_rows(facts, touched=true) -%}
    {#-
        Each published part over these facts as rows: for whom (entity_kind, entity_id), of which
        date, how much, and how many agents it is about. Persons only where a client's metric set
        asks for them.
    -#}
    {%- set semantics = {} -%}
    {%- for term in published_terms() if term.fact in facts and not term.bound -%}
        {%- set one = semantics.setdefault(term.semantic, dict(term, parts={}, pairs=[], kinds=[])) -%}
        {%- do one.parts.update({term.part: term.expr}) -%}
        {%- for kind in term.by -%}
            {%- do one.pairs.append((term.part, kind)) if (term.part, kind) not in one.pairs -%}
            {%- do one.kinds.append(kind) if kind not in one.kinds -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, one in semantics.items() %}
    select
        '{{ name }}' as semantic_model,
        pair.part,
        '{{ one.grain }}' as grain,
        wide.entity_kind,
        wide.entity_id,
        wide.client_id,
        wide.period_start_date,
        cast(date_trunc('month', wide.period_start_date) as date) as month_start_date,
        case pair.part
            {%- for part in one.parts %}
            when '{{ part }}' then wide.part_{{ loop.index }}
            {%- endfor %}
        end as amount,
        wide.agents_n
    from (
        select
            level.entity_kind,
            cast(case level.entity_kind
                {%- for kind in one.kinds %}
                when '{{ kind }}' then {{ "'all'" if kind == 'company' else one['keys'][kind] }}
                {%- endfor %}
            end as {{ dbt.type_string() }}) as entity_id,
            {% if 'client' in one['keys'] -%}
            cast(case
                when level.entity_kind in ('client', 'queue', 'agent') then {{ one['keys'].client }}
            end as {{ dbt.type_string() }}) as client_id,
            {%- else -%}
            cast(null as {{ dbt.type_string() }}) as client_id,
            {%- endif %}
            cast({{ one.date }} as date) as period_start_date,
            {% for expression in one.parts.values() -%}
            {{ exact_sum(as_doubles(expression)) }} as part_{{ loop.index }},
            {% endfor -%}
            {{ 'cast(count(distinct ' ~ one['keys'].agent ~ ') as bigint)' if 'agent' in one['keys']
                else 'cast(null as bigint)' }} as agents_n
        from {{ ref(one.fact) }}
        cross join (values {% for kind in one.kinds %}('{{ kind }}'){{ ', ' if not loop.last }}{% endfor %}
        ) as level (entity_kind)
        where
            {{ only_touched(one.date) if touched else 'true' }}
            and {{ one.date }} is not null
            {%- if 'agent' in one.kinds %}
            and (
                level.entity_kind <> 'agent'
                or {{ one['keys'].client }} in (
                    select asked.client_id
                    from {{ ref('stg_company__metric_sets') }} as asked
                    where asked.applies_to = 'agent'
                )
            )
            {%- endif %}
        group by 1, 2, 3, 4
    ) as wide
    inner join (
        values {% for part, kind in one.pairs %}('{{ part }}', '{{ kind }}'){{ ', ' if not loop.last }}{% endfor %}
    ) as pair (part, entity_kind)
        on wide.entity_kind = pair.entity_kind
    where wide.entity_id is not null
    union all
    {%- endfor %}
    {{ no_part_rows() }}
{%- endmacro %}


{% macro metric_bound_rows() -%}
    {#- Metrics of kind model: each row of its one mart, a part for each of its columns. -#}
    {%- for term in published_terms() if term.bound %}
    {%- set bound = term.bound -%}
    {%- set others = bound['keys'] | reject('equalto', 'client_id') | list -%}
    {%- set columns = {'numerator': term.numerator, 'denominator': term.denominator, 'n': bound.n,
                       'value': bound.value, 'low': bound.get('low'), 'high': bound.get('high')} %}
    select
        '{{ term.semantic }}' as semantic_model,
        '{{ term.metric }}.' || side.name as part,
        'mart' as grain,
        '{{ others | join("|") if others else "client" }}' as entity_kind,
        {% if others -%}
        concat_ws('|'{% for key in others %}, coalesce(cast({{ key }} as {{ dbt.type_string() }}), ''){% endfor %}) as entity_id,
        {%- else -%}
        client_id as entity_id,
        {%- endif %}
        {{ 'client_id' if 'client_id' in bound['keys'] else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as client_id,
        cast({{ bound.period }} as date) as period_start_date,
        cast(date_trunc('month', {{ bound.period }}) as date) as month_start_date,
        case side.name
            {%- for name, column in columns.items() if column %}
            when '{{ name }}' then cast({{ column }} as double)
            {%- endfor %}
        end as amount,
        cast(null as bigint) as agents_n
    from {{ ref(term.fact) }}
    cross join (values {% for name, column in columns.items() if column %}('{{ name }}'){{ ', ' if not loop.last }}{% endfor %}
    ) as side (name)
    where
        {% for name, wanted in (bound.get('only') or {}).items() -%}
        {{ name }} = '{{ wanted }}' and
        {% endfor -%}
        {{ bound.period }} is not null
    union all
    {%- endfor %}
    {{ no_part_rows() }}
{%- endmacro %}


{% macro no_part_rows() -%}
    select
        cast(null as {{ dbt.type_string() }}) as semantic_model,
        cast(null as {{ dbt.type_string() }}) as part,
        cast(null as {{ dbt.type_string() }}) as grain,
        cast(null as {{ dbt.type_string() }}) as entity_kind,
        cast(null as {{ dbt.type_string() }}) as entity_id,
        cast(null as {{ dbt.type_string() }}) as client_id,
        cast(null as date) as period_start_date,
        cast(null as date) as month_start_date,
        cast(null as double) as amount,
        cast(null as bigint) as agents_n
    where false
{%- endmacro %}


{% macro metric_term_rows() -%}
    {#- Which part is which side of which metric, for whom: rows for a join, every column named. -#}
    {%- set rows = [] -%}
    {%- for term in published_terms() -%}
        {%- if term.bound -%}
            {%- for side in ('numerator', 'denominator', 'n', 'value', 'low', 'high') -%}
                {%- do rows.append((term.metric, side, term.semantic, term.metric ~ '.' ~ side, '*')) -%}
            {%- endfor -%}
        {%- else -%}
            {%- for kind in term.by -%}
                {%- do rows.append((term.metric, term.side, term.semantic, term.part, kind)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    select
        term.metric_id,
        term.side,
        term.semantic_model,
        term.part,
        term.entity_kind
    from (
        values
        {%- for row in rows %}
        ('{{ row | join("', '") }}'),
        {%- endfor %}
        ('none', 'none', 'none', 'none', 'none')
    ) as term (metric_id, side, semantic_model, part, entity_kind)
{%- endmacro %}


{% macro metric_contract_rows() -%}
    {#- What metric.value needs of each published contract. -#}
    select
        contract.metric_id,
        contract.metric,
        contract.variant,
        contract.version,
        contract.kind,
        contract.minimum_sample,
        contract.smallest_group,
        contract.final_after_days,
        contract.audience,
        contract.interval_kind,
        contract.group_of,
        contract.needed_part,
        contract.least_known
    from (
        values
        {%- for id, contract in metric_contracts() if contract.published %}
        (
            '{{ id }}', '{{ contract.display }}', '{{ contract.variant }}',
            {{ contract.version }}, '{{ contract.kind }}', {{ contract.minimum_sample }},
            {{ contract.smallest_group }}, {{ contract.final_after_days }},
            '{{ contract.published.audience }}',
            '{{ contract.published.get('interval', 'none') }}',
            '{{ contract.published.get('group_of', 'events') }}',
            '{{ (contract.needs or {}).get('part', '') | replace("'", "''") }}',
            {{ (contract.needs or {}).get('least', 0.99) }}
        ),
        {%- endfor %}
        ('none', 'none', 'none', 1, 'count', 1, 1, 0, 'internal', 'none', 'events', '', 0.99)
    ) as contract (
        metric_id, metric, variant, version, kind, minimum_sample, smallest_group,
        final_after_days, audience, interval_kind, group_of,
        needed_part, least_known
    )
{%- endmacro %}
