with localised as (
    select
        *,
        cast({{ to_local('evaluated_at', "coalesce(time_zone, 'UTC')") }} as date) as site_date
    from {{ ref('feed_evaluations') }}
)

select
    {{ scoped_id('evaluation.source_system', 'evaluation.evaluation_id') }} as evaluation_id,
    evaluation.source_system,
    evaluation.form_id,
    evaluation.form_version,
    evaluation.evaluator_kind,
    evaluation.status,
    evaluation.score_pct,
    evaluation.event_date,
    evaluation.site_date,
    evaluation.file_id,
    evaluation.row_number,
    evaluation.evaluated_at as evaluated_at_utc,
    coalesce(evaluation.client_id, 'unmapped') as client_id,
    coalesce(evaluation.site_id, agent.site_id, 'unmapped') as site_id,
    coalesce(evaluation.time_zone, 'UTC') as time_zone,
    coalesce(evaluation.contact_source_system, evaluation.source_system) || ':'
    || evaluation.contact_id as contact_id,
    coalesce(agent.agent_id, {{ scoped_id('evaluation.source_system', 'evaluation.agent_code') }})
        as agent_id,
    agent.agent_id is not null as is_mapped,
    coalesce(evaluator.agent_id, evaluation.source_system || ':' || evaluation.evaluator_code)
        as evaluator_id,
    evaluation.source_system || ':' || evaluation.calibration_id as calibration_id,
    evaluation.status = 'released' and evaluation.calibration_id is null as is_counted
from localised as evaluation
left join {{ ref('int_staff_codes') }} as agent
    on
        evaluation.source_system = agent.source_system
        and evaluation.agent_code = agent.agent_code
        and {{ valid_on('agent', 'evaluation.site_date') }}
left join {{ ref('int_staff_codes') }} as evaluator
    on
        evaluation.source_system = evaluator.source_system
        and evaluation.evaluator_code = evaluator.agent_code
        and {{ valid_on('evaluator', 'evaluation.site_date') }}
