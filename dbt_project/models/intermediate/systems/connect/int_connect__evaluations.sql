select
    evaluation.evaluation_id,
    evaluation.site_id,
    evaluation.time_zone,
    null as contact_source_system,
    evaluation.agent_code,
    evaluation.form_id,
    evaluation.form_version,
    evaluation.evaluated_at,
    'released' as status,
    evaluation.score_pct,
    evaluation.calibration_id,
    evaluation.event_date,
    evaluation.file_id,
    evaluation.row_number,
    coalesce(record.client_id, 'unmapped') as client_id,
    -- A record is a leg; the contact is the chain that it is part of.
    coalesce(record.chain_id, evaluation.record_id) as contact_id,
    case when not evaluation.is_automated then evaluation.evaluator_code end as evaluator_code,
    case when evaluation.is_automated then 'automated' else 'human' end as evaluator_kind
from {{ ref('stg_connect__evaluations') }} as evaluation
left join {{ ref('int_connect__chains') }} as record
    on evaluation.record_id = record.record_id
