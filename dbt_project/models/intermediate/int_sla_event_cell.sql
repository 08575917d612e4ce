{#-
    Parts of clauses on surveys, cases and evaluations, as sla_cell has them of contacts and visits.
    They have no queue. A survey counts when it was answered, a case when it was opened.
-#}
{%- set sources = [
    ('fct_survey', 'coalesce(responded_at_utc, cast(event_date as timestamp))', 'line_of_business'),
    ('fct_case', 'opened_at_utc', 'line_of_business'),
    ('fct_evaluation', 'evaluated_at_utc', "'all'"),
] %}

with clauses as (
    select
        contract_id,
        clause_id,
        valid_from as clause_valid_from,
        valid_to as clause_valid_to,
        client_id as clause_client_id,
        line_of_business as clause_line_of_business,
        site_id as clause_site_id,
        time_zone as contract_time_zone,
        metric
    from {{ ref('dim_contract_clause') }}
),

{% for name, instant, line in sources -%}
{{ name }}_halves as (
    select
        *,
        {{ half_hour_start(instant, to_local(instant, 'time_zone')) }} as half_hour_start_utc,
        {{ line }} as cell_line_of_business
    from {{ ref(name) }}
),

{{ name }}_clauses as (
    select
        fact.*,
        clause.*,
        cast({{ to_local('fact.half_hour_start_utc', 'clause.contract_time_zone') }} as date)
            as contract_date
    from {{ name }}_halves as fact
    inner join clauses as clause
        on
            fact.client_id = clause.clause_client_id
            and clause.clause_line_of_business in ('all', fact.cell_line_of_business)
            and clause.clause_site_id in ('all', fact.site_id)
    where {{ is_metric_over(name, 'clause.metric') }}
){{ ',' if not loop.last }}

{% endfor -%}

{% for name, instant, line in sources -%}
select
    contract_id,
    clause_id,
    clause_valid_from,
    client_id,
    metric,
    cell_line_of_business as line_of_business,
    site_id,
    'none' as queue_id,
    half_hour_start_utc,
    site_date,
    contract_date,
    {{ sum_of_metric(name, 'metric', 'numerator') }} as numerator,
    {{ sum_of_metric(name, 'metric', 'denominator') }} as denominator,
    {{ sum_of_metric(name, 'metric', 'unknown') }} as unknown_n
from {{ name }}_clauses
where contract_date >= clause_valid_from and contract_date < clause_valid_to
group by
    contract_id, clause_id, clause_valid_from, client_id, metric, cell_line_of_business, site_id,
    half_hour_start_utc, site_date, contract_date
{{ 'union all' if not loop.last }}
{% endfor %}
