{#
    Control charts of many series at once: points beyond their limits, small lasting shifts, and
    signals that hold the false-discovery rate over all series charted.

    A series is compared with its own earlier points (a self-starting chart: Hawkins 1987, The
    Statistician 36:299-316), so nothing has to be set up and the nominal rates hold from the first
    judged point on. Sampling variance alone is too small for large groups: it is multiplied by the
    pool's own week-to-week spread (Laney 2002, Quality Engineering 14:531-537).
#}

{% macro charted(source, series, pool, least_prior=8, most_prior=52, slack=0.5, limit=4) -%}
    {#-
        CTEs from `source` (one row per point) to `charted`; write them behind a `with ..., `.

        `source` has the columns of `series` and `pool` (whose series share one spread and one
        false-discovery rate), period, observed and sampling_variance. `charted` adds
        point_number, centre and point_sd (of what the earlier points lead to expect), low and high
        (three standard deviations), z, cusum_up and cusum_down in standard deviations, shift_from
        (point number at which the present drift began), rule and p_value. They are null for the
        first `least_prior` points, and rule is null for a point that breaks none.

        slack 0.5 and limit 4 find a lasting shift of about one standard deviation soonest; without
        any shift one series in eight alarms within 26 points (Montgomery, Introduction to
        Statistical Quality Control, table 9.3). That is why an alarm alone is no signal.
    -#}
    {%- set of_series = series | join(', ') -%}
    {%- set of_pool = pool | join(', ') -%}
    chart_points as (
        select
            *,
            row_number() over (partition by {{ of_series }} order by period) as point_number,
            power(observed - lag(observed) over (partition by {{ of_series }} order by period), 2)
            / nullif(
                sampling_variance
                + lag(sampling_variance) over (partition by {{ of_series }} order by period), 0
            ) as step_ratio
        from {{ source }}
        where sampling_variance > 0
    ),

    chart_pools as (
        select
            {{ of_pool }},
            -- The median of a chi-square with one degree of freedom is 0.4549; shifts do not move it.
            greatest(1e0, coalesce(median(step_ratio), 0) / 0.454936423119572) as spread,
            min(sampling_variance) as least_variance
        from chart_points
        group by {{ of_pool }}
    ),

    chart_weights as (
        select
            point.*,
            pool.spread,
            pool.spread * point.sampling_variance as point_variance,
            pool.spread * pool.least_variance as least_point_variance,
            -- Between 0 and 1, so that sums of them can be exact.
            pool.least_variance / point.sampling_variance as weight
        from chart_points as point
        inner join chart_pools as pool
            on {% for key in pool %}point.{{ key }} = pool.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    ),

    chart_expected as (
        select
            *,
            {{ exact_sum('weight', 'earlier', 18) }} as prior_weight,
            {{ exact_sum('observed * weight', 'earlier', 18) }} as prior_sum
        from chart_weights
        window earlier as (
            partition by {{ of_series }}
            order by point_number
            rows between {{ most_prior }} preceding and 1 preceding
        )
    ),

    chart_judged as (
        select
            *,
            case when point_number > {{ least_prior }} then prior_sum / prior_weight end as centre,
            case
                when point_number > {{ least_prior }} then sqrt(point_variance + least_point_variance / prior_weight)
            end as point_sd
        from chart_expected
    ),

    chart_scores as (
        select
            *,
            (observed - centre) / point_sd as z,
            centre - 3 * point_sd as low,
            centre + 3 * point_sd as high
        from chart_judged
    ),

    chart_sums as (
        select
            *,
            {{ exact_sum('z - ' ~ slack, 'so_far') }} as climb,
            {{ exact_sum('-1 * z - ' ~ slack, 'so_far') }} as fall
        from chart_scores
        window so_far as (
            partition by {{ of_series }}
            order by point_number
            rows between unbounded preceding and current row
        )
    ),

    chart_cusums as (
        select
            *,
            climb - least(0, min(climb) over so_far) as cusum_up,
            fall - least(0, min(fall) over so_far) as cusum_down
        from chart_sums
        window so_far as (
            partition by {{ of_series }}
            order by point_number
            rows between unbounded preceding and current row
        )
    ),

    chart_starts as (
        select
            *,
            greatest(cusum_up, cusum_down) as cusum,
            abs(z) as distance,
            1 + greatest(
                {{ least_prior }},
                coalesce(
                    case
                        when cusum_up >= cusum_down
                            then max(case when cusum_up <= 0 then point_number end) over so_far
                        else max(case when cusum_down <= 0 then point_number end) over so_far
                    end, 0
                )
            ) as shift_from
        from chart_cusums
        window so_far as (
            partition by {{ of_series }}
            order by point_number
            rows between unbounded preceding and current row
        )
    ),

    charted as (
        select
            *,
            case
                when distance > 3 then 'beyond_limits'
                when cusum > {{ limit }} then 'lasting_shift'
            end as rule,
            -- Two ways to be conspicuous, so twice the smaller probability; the cusum's tail falls
            -- by e for every standard deviation at a slack of one half.
            least(1e0, 2 * least(2 * ({{ normal_upper_tail('distance') }}), 1.1e0 * exp(-1 * cusum)))
                as p_value
        from chart_starts
    )
{%- endmacro %}


{% macro discoveries(source, within, rate=0.05) -%}
    {#-
        CTEs from `source` with a column p_value to `discovered`, which adds is_discovery: at most
        `rate` of those true are expected to be false, over all rows of one `within` (Benjamini and
        Hochberg 1995, JRSS B 57:289-300). False where p_value is null.
    -#}
    {%- set by = within | join(', ') -%}
    discovery_ranks as (
        select
            {{ by }},
            p_value,
            row_number() over (partition by {{ by }} order by p_value) as p_rank,
            count(*) over (partition by {{ by }}) as tested_n
        from {{ source }}
        where p_value is not null
    ),

    discovery_bounds as (
        select
            {{ by }},
            max(p_value) as largest_p
        from discovery_ranks
        where p_value <= {{ rate }} * p_rank / tested_n
        group by {{ by }}
    ),

    discovered as (
        select
            tested.*,
            coalesce(tested.p_value <= bound.largest_p, false) as is_discovery
        from {{ source }} as tested
        left join discovery_bounds as bound on {{ same_keys('tested', 'bound', within) }}
    )
{%- endmacro %}
