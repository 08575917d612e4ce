with answers as (
    select
        answer.client_id,
        coalesce(answer.form_id, 'none') as form_id,
        answer.calibration_id,
        answer.question_id,
        answer.evaluator_kind,
        {{ answer_level('answer') }} as level_chosen,
        cast(date_trunc('month', answer.site_date) as date) as month_start_date
    from {{ ref('fct_evaluation_answer') }} as answer
    where answer.calibration_id is not null and answer.site_date is not null
),

-- One item is one question about one contact; its month is that of the earliest answer.
dated as (
    select
        *,
        min(month_start_date) over (partition by calibration_id, question_id) as item_month
    from answers
    where level_chosen is not null
),

levels as (
    select
        client_id,
        form_id,
        item_month,
        calibration_id,
        question_id,
        level_chosen,
        cast(count(*) as bigint) as raters_n
    from dated
    group by client_id, form_id, item_month, calibration_id, question_id, level_chosen
),

items as (
    select
        client_id,
        form_id,
        item_month,
        calibration_id,
        question_id,
        cast(sum(raters_n) as double) as raters_n,
        cast(sum(raters_n * (raters_n - 1)) as double) as agreed_n
    from levels
    group by client_id, form_id, item_month, calibration_id, question_id
    having sum(raters_n) > 1
),

observed as (
    select
        client_id,
        form_id,
        item_month,
        count(*) as items_n,
        sum(raters_n) as ratings_n,
        {{ exact_sum('agreed_n / (raters_n * (raters_n - 1))') }} / count(*) as agreement
    from items
    group by client_id, form_id, item_month
),

shares as (
    select
        level.client_id,
        level.form_id,
        level.item_month,
        level.level_chosen,
        cast(sum(level.raters_n) as double) as chosen_n
    from levels as level
    inner join items as item
        on level.calibration_id = item.calibration_id and level.question_id = item.question_id
    group by level.client_id, level.form_id, level.item_month, level.level_chosen
),

by_chance as (
    select
        share.client_id,
        share.form_id,
        share.item_month,
        {{ exact_sum('power(share.chosen_n / observed.ratings_n, 2)') }} as agreement
    from shares as share
    inner join observed
        on
            share.client_id = observed.client_id
            and share.form_id = observed.form_id
            and share.item_month = observed.item_month
    group by share.client_id, share.form_id, share.item_month
),

pairs as (
    select
        human.client_id,
        human.form_id,
        human.item_month,
        human.level_chosen as human_level,
        automated.level_chosen as automated_level
    from dated as human
    inner join dated as automated
        on
            human.calibration_id = automated.calibration_id
            and human.question_id = automated.question_id
    where human.evaluator_kind = 'human' and automated.evaluator_kind = 'automated'
),

met as (
    select
        client_id,
        form_id,
        item_month,
        cast(count(*) as double) as pairs_n,
        cast(sum(case when human_level = automated_level then 1 else 0 end) as double) as agreed_n
    from pairs
    group by client_id, form_id, item_month
),

human_margins as (
    select
        client_id,
        form_id,
        item_month,
        human_level,
        count(*) as chosen_n
    from pairs
    group by client_id, form_id, item_month, human_level
),

automated_margins as (
    select
        client_id,
        form_id,
        item_month,
        automated_level,
        count(*) as chosen_n
    from pairs
    group by client_id, form_id, item_month, automated_level
),

margins as (
    select
        human.client_id,
        human.form_id,
        human.item_month,
        sum(human.chosen_n * automated.chosen_n) as met_by_chance_n
    from human_margins as human
    inner join automated_margins as automated
        on
            human.client_id = automated.client_id
            and human.form_id = automated.form_id
            and human.item_month = automated.item_month
            and human.human_level = automated.automated_level
    group by human.client_id, human.form_id, human.item_month
)

select
    observed.client_id,
    observed.form_id,
    observed.item_month as month_start_date,
    cast(observed.items_n as bigint) as items_n,
    cast(observed.ratings_n as bigint) as ratings_n,
    observed.agreement as observed_agreement,
    by_chance.agreement as chance_agreement,
    (observed.agreement - by_chance.agreement) / nullif(1 - by_chance.agreement, 0)
        as fleiss_kappa,
    cast(coalesce(met.pairs_n, 0) as bigint) as human_automated_pairs_n,
    (met.agreed_n / met.pairs_n - coalesce(margins.met_by_chance_n, 0) / power(met.pairs_n, 2))
    / nullif(1 - coalesce(margins.met_by_chance_n, 0) / power(met.pairs_n, 2), 0) as cohen_kappa
from observed
inner join by_chance
    on
        observed.client_id = by_chance.client_id
        and observed.form_id = by_chance.form_id
        and observed.item_month = by_chance.item_month
left join met
    on
        observed.client_id = met.client_id
        and observed.form_id = met.form_id
        and observed.item_month = met.item_month
left join margins
    on
        observed.client_id = margins.client_id
        and observed.form_id = margins.form_id
        and observed.item_month = margins.item_month
