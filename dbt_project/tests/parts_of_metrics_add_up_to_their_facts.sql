-- Dates on which parts by client, site or queue are not what the rows of their fact add up to.
{{ config(severity='error', meta={
    'reason': 'A row that stands in one level and not in another makes two totals of one thing.',
    'radius': 'snapshot',
    'breaks': "update int_metric_part_day set amount = amount + 1 where entity_kind = 'site'"
}) }}

{%- set whole = [
    ('agent_day', 'agent_logged_in_s', 'agent_day', 'shift_date', 'coalesce(logged_in_s, 0)'),
    ('agent_day', 'agent_paid_s', 'agent_day', 'shift_date', 'coalesce(paid_s, 0)'),
    ('contact', 'contacts_offered', 'fct_contact', 'site_date', 'case when is_offered then 1 else 0 end'),
    ('queue_visit', 'queue_visits_offered', 'fct_contact_leg', 'site_date',
     'case when is_offered then 1 else 0 end'),
] %}

with facts as (
    {% for semantic_model, part, fact, date, amount in whole -%}
    select
        '{{ semantic_model }}' as semantic_model,
        '{{ part }}' as part,
        {{ date }} as period_start_date,
        sum({{ amount }}) as amount
    from {{ ref(fact) }}
    group by {{ date }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

asked as (
    select distinct part
    from facts
),

levels as (
    select
        semantic_model,
        part,
        period_start_date,
        entity_kind,
        sum(amount) as amount
    from {{ ref('int_metric_part_day') }}
    where
        entity_kind = 'site'
        or (entity_kind in ('client', 'queue') and semantic_model in ('contact', 'queue_visit'))
    group by semantic_model, part, period_start_date, entity_kind
),

-- Parts of which no fact is asked above must at least be alike by site and by client.
wanted as (
    select
        semantic_model,
        part,
        period_start_date,
        amount
    from facts
    union all
    select
        level.semantic_model,
        level.part,
        level.period_start_date,
        level.amount
    from levels as level
    left join asked on level.part = asked.part
    where level.entity_kind = 'client' and asked.part is null
)

select
    wanted.semantic_model,
    wanted.part,
    wanted.period_start_date,
    level.entity_kind,
    wanted.amount,
    level.amount as of_level
from wanted
left join levels as level
    on
        wanted.semantic_model = level.semantic_model
        and wanted.part = level.part
        and wanted.period_start_date = level.period_start_date
where
    level.amount is null
    or abs(level.amount - wanted.amount) > 1e-9 * greatest(1, abs(wanted.amount))
