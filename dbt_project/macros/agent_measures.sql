{#
    What agent marts look at: one entry per metric, its parts being columns of int_agent_mix_day.

    metric   display name of the metric contract (a test compares the parts with the contract's)
    kind     mean (of seconds or points) or share (of 0 and 1)
    n, sum   denominator and numerator; `square` is the sum of squares of a mean's observations
    good     up, down or neither (a quick contact is not a good one); counter: the metric without
             which it is never shown
    case_mix expected values are worked out from routing and customer attributes
    per_resolved  a time, which is shown per contact that settled the matter too
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
         'counter': 'csat.satisfied_of_answers', 'case_mix': false},
        {'metric': 'critical_error_accuracy.any_kind', 'kind': 'share',
         'n': 'evaluations_n', 'sum': 'no_critical_error_n', 'good': 'up',
         'counter': 'quality_score.mean_of_evaluations', 'case_mix': false},
    ]) }}
{%- endmacro %}


{% macro spread_of(n, total, square=none) -%}
    {#- Variance of one observation among all of a stratum, from sums; of 0 and 1, square is the sum. -#}
    greatest(
        0e0,
        {{ exact_sum(square or total) }}
        - power({{ exact_sum(total) }}, 2) / nullif({{ exact_sum(n) }}, 0)
    ) / nullif({{ exact_sum(n) }} - 1, 0)
{%- endmacro %}
