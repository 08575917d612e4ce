{#
    What agent marts look at: one entry per metric, its parts being columns of int_agent_mix_day.

    metric   display name of the metric contract (a test compares the parts with the contract's)
    kind     mean (of seconds or points) or share (of 0 and 1)
    n, sum   denominator and numerator; `square` is the sum of squares of a mean's observations
    good     up, down or neither (a quick contact is not a good one); counter: the metric without
             which it is never shown
    case_mix expected values are worked out from routing and customer attributes
    per_resolved  a time, which is shown per contact that settled the matter too
    fractional  its sums are of fractions; those of the others are whole numbers, squares too
#}
{% macro agent_measures() -%}
    {{ return([
        {'metric': 'handle_time.of_handled', 'kind': 'mean', 'n': 'legs_n', 'sum': 'handle_s',
         'square': 'handle_sq', 'good': 'neither', 'counter': 'first_contact_resolution.no_repeat_7d',
         'case_mix': true, 'per_resolved': true},
        {'metric': 'talk_time.of_handled', 'kind': 'mean', 'n': 'legs_n', 'sum': 'talk_s',
         'square': 'talk_sq', 'good': 'neither', 'counter': 'first_contact_resolution.no_repeat_7d',
         'case_mix': true, 'per_resolved': true},
        {'metric': 'hold_time.of_handled', 'kind': 'mean', 'n': 'hold_known_n', 'sum': 'hold_s',
         'square': 'hold_sq', 'good': 'neither', 'counter': 'first_contact_resolution.no_repeat_7d',
         'case_mix': true, 'per_resolved': true},
        {'metric': 'after_contact_work.of_handled', 'kind': 'mean', 'n': 'acw_known_n',
         'sum': 'acw_s', 'square': 'acw_sq', 'good': 'neither',
         'counter': 'first_contact_resolution.no_repeat_7d', 'case_mix': true,
         'per_resolved': true},
        {'metric': 'transfer_rate.transferred_of_connections', 'kind': 'share',
         'n': 'answered_n', 'sum': 'transfers_n', 'good': 'down',
         'counter': 'first_contact_resolution.no_repeat_7d', 'case_mix': true},
        {'metric': 'first_contact_resolution.no_repeat_7d', 'kind': 'share', 'n': 'settled_n',
         'sum': 'resolved_n', 'good': 'up', 'counter': 'handle_time.of_handled',
         'case_mix': true},
        {'metric': 'csat.satisfied_of_answers', 'kind': 'share', 'n': 'csat_n',
         'sum': 'csat_satisfied_n', 'good': 'up',
         'counter': 'first_contact_resolution.no_repeat_7d', 'case_mix': true},
        {'metric': 'quality_score.mean_of_evaluations', 'kind': 'mean', 'n': 'scored_n',
         'sum': 'qa_scores', 'square': 'qa_scores_sq', 'good': 'up',
         'counter': 'csat.satisfied_of_answers', 'case_mix': false, 'fractional': true},
        {'metric': 'critical_error_accuracy.any_kind', 'kind': 'share',
         'n': 'evaluations_n', 'sum': 'no_critical_error_n', 'good': 'up',
         'counter': 'quality_score.mean_of_evaluations', 'case_mix': false},
    ]) }}
{%- endmacro %}


{% macro agent_measure_rows() -%}
    {#- The measures as rows; `told_with` is the counter of a time shown per contact that settled. -#}
    {%- for measure in agent_measures() %}
    select
        '{{ measure.metric }}' as metric,
        '{{ measure.metric | replace('.', '_') }}' as set_metric,
        '{{ measure.kind }}' as kind,
        '{{ measure.good }}' as good_direction,
        '{{ measure.counter }}' as counter_metric,
        {{ "'" ~ measure.counter ~ "'" if measure.get('per_resolved') else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
            as told_with
    {{- '
    union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{% macro agent_parts() -%}
    {#- The columns of int_agent_mix_day that the measures need, each with how it is added. -#}
    {%- set parts = {} -%}
    {%- for measure in agent_measures() -%}
        {%- do parts.update({measure.n: false}) -%}
        {%- for part in [measure.sum, measure.get('square')] if part -%}
            {%- do parts.update({part: measure.get('fractional', false)}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}


{% macro agent_stratum() -%}
    {#- What routing and customers decide: people are compared within it. -#}
    {{ return([
        'client_id', 'line_of_business', 'channel', 'language', 'site_id', 'queue_id', 'day_part'
    ]) }}
{%- endmacro %}


{% macro sum_of_part(part, of='') -%}
    {%- set column = of ~ '.' ~ part if of else part -%}
    {{ exact_sum(column) if agent_parts()[part] else whole_sum(column) }}
{%- endmacro %}


{% macro spread_of(n, total, square=none) -%}
    {#- Variance of one observation among all of a stratum, from sums of whole numbers; of 0 and 1,
        square is the sum. -#}
    greatest(
        0e0,
        {{ whole_sum(square or total) }}
        - power({{ whole_sum(total) }}, 2) / nullif({{ whole_sum(n) }}, 0)
    ) / nullif({{ whole_sum(n) }} - 1, 0)
{%- endmacro %}


{% macro spread_within(measure) -%}
    {#- Variance of one observation of a mean around each person's own, so that differences between
        people do not count; of a share, that of all. -#}
    {%- if measure.square is defined -%}
        greatest(
            0e0,
            {{ exact_sum(measure.square ~ ' - ' ~ measure.sum ~ ' * ' ~ measure.sum
                         ~ ' / nullif(' ~ measure.n ~ ', 0)') }}
        ) / nullif({{ whole_sum('greatest(' ~ measure.n ~ ' - 1, 0)') }}, 0)
    {%- else -%}
        {%- set share = whole_sum(measure.sum) ~ ' / nullif(' ~ whole_sum(measure.n) ~ ', 0)' -%}
        {{ share }} * (1 - {{ share }})
    {%- endif -%}
{%- endmacro %}
