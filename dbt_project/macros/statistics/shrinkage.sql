{#
    Empirical-Bayes estimates of many people's true values towards their comparable peers.

    Normal-normal with unequal precision: variance between people by Paule and Mandel 1982 (Journal
    of Research of the NBS 87:377-385), the factor (k - 3) / (k - 1) and intervals that know that the
    prior was estimated too by Morris 1983 (JASA 78:47-55).
#}

{% macro shrunken(source, group, least_n=30, least_peers=8, rounds=4) -%}
    {#-
        CTEs from `source` (one row per person) to `shrunken`; write them behind a `with ..., `.

        `source` has the columns of `group`, n (observations), observed (their mean) and
        within_variance (of one observation). `shrunken` adds peers_n, peer_mean,
        between_variance, reliability (share of the observed spread that is true), estimate,
        estimate_sd, and z (observed against a person who is exactly like the peers). All of them are
        null where fewer than `least_peers` peers have `least_n` observations each, and for a person
        without observations.
    -#}
    {%- set by = group | join(', ') -%}
    shrink_measured as (
        select
            *,
            within_variance / nullif(n, 0) as sampling_variance,
            coalesce(n >= {{ least_n }} and within_variance > 0, false) as is_peer,
            -- Centred, so that sums of squares keep their digits.
            avg(observed) over (partition by {{ by }}) as centre
        from {{ source }}
    ),

    shrink_peers as (
        select
            *,
            observed - centre as x,
            sampling_variance as v
        from shrink_measured
        where is_peer
    ),

    shrink_round_0 as (
        select
            {{ by }},
            cast(count(*) as double) as peers_n,
            0e0 as between_variance,
            0e0 as peer_mean,
            0e0 as weight
        from shrink_peers
        group by {{ by }}
        having count(*) >= {{ least_peers }}
    ),

    {% for round in range(1, rounds + 1) -%}
    shrink_sums_{{ round }} as (
        select
            {% for key in group %}person.{{ key }},
            {% endfor -%}
            max(before.peers_n) as peers_n,
            max(before.between_variance) as between_variance,
            sum(1 / (v + before.between_variance)) as w,
            sum(x / (v + before.between_variance)) as wx,
            sum(x * x / (v + before.between_variance)) as wxx,
            sum(1 / power(v + before.between_variance, 2)) as ww,
            sum(x / power(v + before.between_variance, 2)) as wwx,
            sum(power(x / (v + before.between_variance), 2)) as wwxx
        from shrink_peers as person
        inner join shrink_round_{{ round - 1 }} as before
            on {% for key in group %}person.{{ key }} = before.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
        group by {% for key in group %}person.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
    ),

    shrink_round_{{ round }} as (
        select
            {{ by }},
            peers_n,
            -- One Newton step towards the variance at which the weighted spread is peers_n - 1, taken
            -- on its reciprocal, which is nearly straight: three steps give three digits.
            greatest(
                0e0,
                between_variance
                + (wxx - wx * wx / w) / (peers_n - 1) * (wxx - wx * wx / w - (peers_n - 1))
                / nullif(wwxx - 2 * wwx * wx / w + ww * wx * wx / (w * w), 0)
            ) as between_variance,
            wx / w as peer_mean,
            w as weight
        from shrink_sums_{{ round }}
    ),

    {% endfor -%}
    shrink_factors as (
        select
            person.*,
            peers.peers_n,
            peers.between_variance,
            person.centre + peers.peer_mean as peer_mean,
            peers.weight as peer_weight,
            (peers.peers_n - 3) / (peers.peers_n - 1) * person.sampling_variance
            / nullif(person.sampling_variance + peers.between_variance, 0) as towards_peers
        from shrink_measured as person
        left join shrink_round_{{ rounds }} as peers
            on {% for key in group %}person.{{ key }} = peers.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    ),

    shrunken as (
        select
            *,
            1 - towards_peers as reliability,
            peer_mean + (1 - towards_peers) * (observed - peer_mean) as estimate,
            sqrt(
                sampling_variance * (1 - towards_peers * (peers_n - 1) / peers_n)
                + 2 / (peers_n - 3) * power(towards_peers * (observed - peer_mean), 2)
                + towards_peers * towards_peers / peer_weight
            ) as estimate_sd,
            (observed - peer_mean) / nullif(sqrt(sampling_variance), 0) as z
        from shrink_factors
    )
{%- endmacro %}
