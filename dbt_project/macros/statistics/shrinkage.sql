{#
    Empirical-Bayes estimates of many people's true values towards their comparable peers.

    Normal-normal with unequal precision: variance between people by Paule and Mandel 1982 (Journal
    of Research of the NBS 87:377-385), the factor for an estimated variance and intervals that know
    that the prior was estimated too by Morris 1983 (JASA 78:47-55).
#}

{% macro same_keys(here, there, keys) -%}
    {%- for key in keys %}{{ here }}.{{ key }} = {{ there }}.{{ key }}
        {{- ' and ' if not loop.last }}{% endfor -%}
{%- endmacro %}


{% macro shrunken(source, group, pool, value='observed', least_n=30, least_peers=8, rounds=4) -%}
    {#-
        CTEs from `source` (one row per person) to `shrunken`; write them behind a `with ..., `.

        `source` has the columns of `group`, n (observations), `value` (their mean) and
        within_variance (of one observation). People are drawn to the mean of their `group`; how far,
        says the variance between people, which all groups of a `pool` (some of the columns of
        `group`) share: eight people alone cannot tell it.

        `shrunken` adds peers_n, peer_mean, between_variance, reliability (share of the observed
        spread that is true), estimate, estimate_sd, and z (observed against a person who is exactly
        like the peers). All are null where fewer than `least_peers` peers have `least_n`
        observations each.
    -#}
    {%- set by = group | join(', ') -%}
    {%- set of_pool = pool | join(', ') -%}
    shrink_measured as (
        select
            *,
            within_variance / nullif(n, 0) as sampling_variance,
            coalesce(n >= {{ least_n }} and within_variance > 0, false) as is_peer
        from {{ source }}
    ),

    shrink_groups as (
        select
            {{ by }},
            cast(sum(case when is_peer then 1 else 0 end) as double) as peers_n,
            -- Centred, so that sums of squares keep their digits.
            {{ exact_sum(value) }} / count({{ value }}) as centre
        from shrink_measured
        group by {{ by }}
    ),

    -- One unit of variance for a pool, so that sums of whatever is measured keep their digits.
    shrink_pools as (
        select
            {{ of_pool }},
            max(sampling_variance) as unit
        from shrink_measured
        where is_peer
        group by {{ of_pool }}
    ),

    shrink_peers as (
        select
            {% for key in group %}person.{{ key }},
            {% endfor -%}
            -- Nobody weighs more than 10^6 times another, and no distance overflows a sum.
            least(1e3, greatest(-1e3, (person.{{ value }} - peers.centre) / sqrt(pool.unit))) as x,
            greatest(1e-6, person.sampling_variance / pool.unit) as v,
            peers.peers_n
        from shrink_measured as person
        inner join shrink_groups as peers
            on {{ same_keys('person', 'peers', group) }}
        inner join shrink_pools as pool
            on {{ same_keys('person', 'pool', pool) }}
        where person.is_peer and peers.peers_n >= {{ least_peers }}
    ),

    shrink_round_0 as (
        select
            {{ of_pool }},
            0e0 as between_variance
        from shrink_peers
        group by {{ of_pool }}
    ),

    {% for round in range(1, rounds + 2) -%}
    shrink_sums_{{ round }} as (
        select
            {% for key in group %}person.{{ key }},
            {% endfor -%}
            max(person.peers_n) as peers_n,
            max(known.between_variance) as between_variance,
            {{ exact_sum('1 / (v + known.between_variance)') }} as w,
            {{ exact_sum('x / (v + known.between_variance)') }} as wx,
            {{ exact_sum('x * x / (v + known.between_variance)') }} as wxx,
            {{ exact_sum('1 / power(v + known.between_variance, 2)') }} as ww,
            {{ exact_sum('x / power(v + known.between_variance, 2)') }} as wwx,
            {{ exact_sum('power(x / (v + known.between_variance), 2)') }} as wwxx
        from shrink_peers as person
        inner join shrink_round_{{ round - 1 }} as known
            on {{ same_keys('person', 'known', pool) }}
        group by {% for key in group %}person.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
    ),

    {% if round <= rounds -%}
    shrink_round_{{ round }} as (
        select
            {{ of_pool }},
            -- One Newton step towards the variance at which the weighted spread is its degrees of
            -- freedom, taken on its reciprocal, which is nearly straight.
            greatest(
                0e0,
                max(between_variance)
                + {{ ordered_sum('wxx - wx * wx / w') }} / sum(peers_n - 1)
                * ({{ ordered_sum('wxx - wx * wx / w') }} - sum(peers_n - 1))
                / nullif({{ ordered_sum('wwxx - 2 * wwx * wx / w + ww * wx * wx / (w * w)') }}, 0)
            ) as between_variance
        from shrink_sums_{{ round }}
        group by {{ of_pool }}
    ),

    {% endif -%}
    {% endfor -%}
    shrink_freedom as (
        select
            {% for key in group %}peers.{{ key }},
            {% endfor -%}
            peers.peers_n,
            peers.between_variance * pool.unit as between_variance,
            peers.w / pool.unit as w,
            peers.wx / peers.w * sqrt(pool.unit) as above_centre,
            sum(peers.peers_n - 1)
                over (partition by {% for key in pool %}peers.{{ key }}{{ ', ' if not loop.last }}{% endfor %})
                as freedom
        from shrink_sums_{{ rounds + 1 }} as peers
        inner join shrink_pools as pool
            on {{ same_keys('peers', 'pool', pool) }}
    ),

    shrink_factors as (
        select
            person.*,
            peers.peers_n,
            peers.freedom,
            peers.between_variance,
            peers.w as peer_weight,
            centred.centre + peers.above_centre as peer_mean,
            (peers.freedom - 2) / peers.freedom * person.sampling_variance
            / nullif(person.sampling_variance + peers.between_variance, 0) as towards_peers
        from shrink_measured as person
        left join shrink_groups as centred
            on {{ same_keys('person', 'centred', group) }}
        left join shrink_freedom as peers
            on {{ same_keys('person', 'peers', group) }}
    ),

    shrunken as (
        select
            *,
            1 - towards_peers as reliability,
            peer_mean + (1 - towards_peers) * ({{ value }} - peer_mean) as estimate,
            sqrt(
                sampling_variance * (1 - towards_peers)
                + 2 / (freedom - 2) * power(towards_peers * ({{ value }} - peer_mean), 2)
                + towards_peers * towards_peers / peer_weight
            ) as estimate_sd,
            ({{ value }} - peer_mean) / nullif(sqrt(sampling_variance), 0) as z
        from shrink_factors
    )
{%- endmacro %}
