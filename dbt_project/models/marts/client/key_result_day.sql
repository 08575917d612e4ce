{% set facts = ['fct_contact_leg', 'fct_contact', 'fct_survey'] %}
{{ config(
    materialized='incremental',
    meta={'touched': {
        'column': 'site_date',
        'follows': {
            'fct_contact_leg': [-1, 1], 'fct_contact': [-1, 1], 'fct_survey': [-1, 1]
        },
        'rebuild_on': ['stg_company__key_results']
    }}
) }}

{% for fact in facts -%}
-- depends_on: {{ ref(fact) }}
{% endfor -%}
with key_results as (
    select
        key_result_id,
        valid_from as key_result_from,
        valid_to as key_result_to,
        metric,
        client_id as wanted_client_id,
        line_of_business as wanted_line_of_business,
        site_id as wanted_site_id
    from {{ ref('stg_company__key_results') }}
)

{% for fact in facts -%}
select
    wanted.key_result_id,
    wanted.key_result_from as valid_from,
    wanted.metric,
    fact.site_date,
    {{ sum_of_metric(fact, 'wanted.metric', 'numerator') }} as numerator,
    {{ sum_of_metric(fact, 'wanted.metric', 'denominator') }} as denominator
from {{ ref(fact) }} as fact
inner join key_results as wanted
    on
        wanted.wanted_client_id in ('all', fact.client_id)
        and wanted.wanted_line_of_business in ('all', fact.line_of_business)
        and wanted.wanted_site_id in ('all', fact.site_id)
        and fact.site_date >= wanted.key_result_from
        and fact.site_date < coalesce(wanted.key_result_to, date '9999-12-31')
where
    {{ only_touched('fact.site_date') }}
    and {{ is_metric_over(fact, 'wanted.metric') }}
group by wanted.key_result_id, wanted.key_result_from, wanted.metric, fact.site_date
{{ 'union all' if not loop.last }}
{% endfor %}
