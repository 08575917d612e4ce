-- One day of telephony into four published tables, as a good engineer would write it for that day
-- alone: no contracts, quarantine, corrections, checks, history, months or client folders. It
-- follows the rules of the models it is measured against, so its totals are theirs. plain.py fills
-- in $landing, $day and $out.

create temp table site as
select site_id, time_zone from read_csv('$landing/company/sites_*.csv', all_varchar = true)
where valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table queue as
select
    queue_code, client_id, line_of_business, channel, language,
    service_level_threshold_s::int as threshold_s, short_abandon_s::int as short_abandon_s
from read_csv('$landing/company/queues_*.csv', all_varchar = true)
where system = 'sim' and valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table dialled as
select dialled_number, client_id, line_of_business
from read_csv('$landing/company/dialled_numbers_*.csv', all_varchar = true)
where system = 'sim' and valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table disposition as
select disposition_code, reason
from read_csv('$landing/company/dispositions_*.csv', all_varchar = true)
where system = 'sim' and valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table agent as
select distinct agent_code, agent_id
from read_csv('$landing/company/agents_*.csv', all_varchar = true)
where system = 'sim' and valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table code as
select activity_code, activity, is_paid::boolean as is_paid
from read_csv('$landing/company/activity_codes_*.csv', all_varchar = true)
where system = 'sim' and valid_from::date <= '$day' and coalesce(valid_to::date > '$day', true);

create temp table state as
select
    coalesce(agent.agent_id, 'sim:' || raw.agent) as agent_id,
    raw.site as site_id,
    coalesce(code.activity, 'unmapped') as activity,
    coalesce(code.is_paid, false) as is_paid,
    raw.started_at,
    raw.ended_at,
    epoch(raw.ended_at - raw.started_at)::bigint as duration_s,
    timezone(site.time_zone, raw.started_at)::date as site_date
from (
    select agent, site, state, "from"::timestamptz as started_at, "to"::timestamptz as ended_at
    from read_json(
        '$landing/sim/agent_activity_*_$day.ndjson.gz',
        columns = {agent: 'varchar', site: 'varchar', state: 'varchar', "from": 'varchar',
                   "to": 'varchar'},
        format = 'newline_delimited'
    )
) as raw
inner join site on raw.site = site.site_id
left join code on raw.state = code.activity_code
left join agent on raw.agent = agent.agent_code
where coalesce(code.activity, 'unmapped') <> 'logged_out';

create temp table session as
with marked as (
    select
        *,
        coalesce(
            started_at - max(ended_at) over (
                partition by agent_id order by started_at, ended_at
                rows between unbounded preceding and 1 preceding
            ) > interval 4 hours, true
        ) as begins
    from state
),
numbered as (
    select
        *,
        sum(begins::int) over (
            partition by agent_id order by started_at, ended_at
            rows between unbounded preceding and current row
        ) as number
    from marked
)
select
    agent_id, number, min(started_at) as started_at, max(ended_at) as ended_at,
    min_by(site_date, started_at) as shift_date, min_by(site_id, started_at) as site_id
from numbered group by agent_id, number;

create temp table landed_contact as
select *, regexp_replace(ani, '[^0-9]', '', 'g') as digits
from read_csv(
    '$landing/sim/contacts_*_$day.csv.gz', header = true,
    types = {'started_at': 'timestamptz', 'ended_at': 'timestamptz', 'ani': 'varchar',
             'dnis': 'varchar', 'agent_note': 'varchar', 'disposition': 'varchar',
             'parent_contact_id': 'varchar'}
);

create temp table leg as
select
    raw.contact_id || '#' || raw.leg_no as leg_id,
    raw.contact_id,
    raw.leg_no as leg_number,
    coalesce(queue.client_id, 'unmapped') as client_id,
    site.site_id,
    site.time_zone,
    raw.queue as queue_id,
    coalesce(agent.agent_id, 'sim:' || raw.agent) as agent_id,
    coalesce(contact.channel, queue.channel) as channel,
    contact.direction,
    coalesce(queue.line_of_business, 'unmapped') as line_of_business,
    coalesce(contact.language, queue.language) as language,
    raw.queued_at,
    raw.queued_at + to_seconds(raw.wait_s) as answered_at,
    timezone(site.time_zone, raw.queued_at) as queued_local,
    raw.leg_outcome as outcome,
    coalesce(contact.direction = 'inbound' and contact.outcome <> 'phantom', false) as is_offered,
    raw.leg_outcome = 'answered' as is_answered,
    raw.transferred_to is not null as is_transfer_out,
    coalesce(queue.threshold_s, 20) as threshold_s,
    coalesce(queue.short_abandon_s, 5) as short_abandon_s,
    raw.wait_s, raw.talk_s, raw.hold_s, raw.hold_count, raw.acw_s,
    raw.talk_s + raw.hold_s + raw.acw_s as handle_s,
    raw.ring_no_answers as ring_no_answer_count
from read_csv(
    '$landing/sim/contact_legs_*_$day.csv.gz', header = true, filename = true,
    types = {'queued_at': 'timestamptz', 'transferred_to': 'varchar', 'agent': 'varchar'}
) as raw
inner join site on regexp_extract(raw.filename, 'contact_legs_(\w+?)_\d{4}', 1) = site.site_id
left join landed_contact as contact on raw.contact_id = contact.contact_id
left join queue on raw.queue = queue.queue_code
left join agent on raw.agent = agent.agent_code;

create temp table contact as
with answered as (
    select contact_id, min(leg_number) as first_leg, max(leg_number) as last_leg
    from leg where is_answered group by contact_id
),
total as (
    -- A caller waits until the first answer, in whichever queue; the first queue's terms hold.
    select
        contact_id,
        count(*) as queue_visits_n,
        count(*) filter (is_answered) as legs_answered_n,
        count(*) filter (is_transfer_out) as transfers_n,
        count(distinct leg.agent_id) as agents_n,
        max(leg.agent_id) filter (leg_number = last_leg) as agent_id,
        sum(wait_s) filter (coalesce(leg_number <= first_leg, true)) as wait_s,
        sum(talk_s) as talk_s,
        sum(hold_s) as hold_s,
        sum(acw_s) as acw_s,
        sum(handle_s) as handle_s,
        arg_min(threshold_s, leg_number) as threshold_s,
        arg_min(short_abandon_s, leg_number) as short_abandon_s
    from leg left join answered using (contact_id) group by contact_id
),
placed as (
    select
        raw.*,
        dialled.client_id,
        coalesce(dialled.line_of_business, 'unmapped') as line_of_business,
        disposition.reason,
        site.time_zone,
        timezone(site.time_zone, raw.started_at) as started_local,
        raw.direction = 'inbound' and raw.outcome <> 'phantom' as is_offered
    from landed_contact as raw
    inner join site on raw.site = site.site_id
    left join dialled on raw.dnis = dialled.dialled_number
    left join disposition on raw.disposition = disposition.disposition_code
)
select
    raw.contact_id,
    coalesce(raw.client_id, 'unmapped') as client_id,
    raw.site as site_id,
    raw.time_zone,
    raw.line_of_business,
    raw.channel,
    raw.direction,
    raw.reason,
    raw.language,
    case when length(raw.digits) > 6 then sha256('key' || raw.client_id || raw.digits) end
        as customer_id,
    total.agent_id,
    raw.parent_contact_id,
    raw.started_at,
    raw.ended_at,
    raw.started_local::date as site_date,
    time_bucket(interval 30 minutes, raw.started_local) as half_hour,
    raw.outcome,
    raw.is_offered,
    raw.outcome = 'answered' as is_answered,
    raw.is_offered and raw.outcome in ('abandoned_in_ivr', 'abandoned_in_queue') as is_abandoned,
    coalesce(
        raw.is_offered and raw.outcome = 'abandoned_in_queue'
        and total.wait_s <= total.short_abandon_s, false
    ) as is_short_abandon,
    coalesce(
        raw.is_offered and raw.outcome = 'answered' and total.wait_s <= total.threshold_s, false
    ) as is_answered_within_threshold,
    coalesce(total.queue_visits_n, 0) as queue_visits_n,
    coalesce(total.legs_answered_n, 0) as legs_answered_n,
    coalesce(total.agents_n, 0) as agents_n,
    coalesce(total.transfers_n, 0) as transfers_n,
    raw.ivr_s,
    coalesce(total.wait_s, 0) as wait_s,
    coalesce(total.talk_s, 0) as talk_s,
    coalesce(total.hold_s, 0) as hold_s,
    coalesce(total.acw_s, 0) as acw_s,
    coalesce(total.handle_s, 0) as handle_s
from placed as raw
left join total on raw.contact_id = total.contact_id;

copy contact to '$out/contact.parquet' (format parquet);
copy leg to '$out/contact_leg.parquet' (format parquet);

copy (
    select
        client_id, site_id, queue_id, time_zone,
        time_bucket(interval 30 minutes, queued_local) as half_hour,
        count(*) filter (is_offered) as offered_n,
        count(*) filter (is_offered and is_answered) as answered_n,
        count(*) filter (is_offered and is_answered and wait_s <= threshold_s)
            as answered_within_threshold_n,
        count(*) filter (is_offered and outcome = 'abandoned') as abandoned_n,
        count(*) filter (is_offered and outcome = 'abandoned' and wait_s <= short_abandon_s)
            as short_abandoned_n,
        count(*) filter (is_answered) as handled_n,
        count(*) filter (is_transfer_out) as transfers_out_n,
        sum(wait_s) filter (is_offered) as wait_s,
        max(wait_s) filter (is_offered) as longest_wait_s,
        sum(talk_s) as talk_s,
        sum(hold_s) as hold_s,
        sum(acw_s) as acw_s,
        sum(handle_s) as handle_s
    from leg group by all
) to '$out/queue_half_hour.parquet' (format parquet);

copy (
    with spent as (
        select
            state.agent_id, session.shift_date, state.site_id,
            count(distinct session.number) as sessions_n,
            min(state.started_at) as first_login_at,
            max(state.ended_at) as last_logout_at,
            sum(duration_s) filter (activity = 'available') as available_s,
            sum(duration_s) filter (activity = 'on_contact') as on_contact_s,
            sum(duration_s) filter (activity = 'acw') as acw_state_s,
            sum(duration_s) filter (activity in ('break', 'lunch')) as break_s,
            sum(duration_s) filter (activity in ('training', 'meeting', 'coaching')) as offline_s,
            sum(duration_s) filter (is_paid) as paid_s,
            sum(duration_s) as logged_in_s
        from state
        asof inner join session
            on state.agent_id = session.agent_id and state.started_at >= session.started_at
        group by all
    ),
    handled as (
        select
            leg.agent_id,
            case when leg.answered_at < session.ended_at then session.shift_date
                else leg.queued_local::date end as shift_date,
            case when leg.answered_at < session.ended_at then session.site_id
                else leg.site_id end as site_id,
            talk_s, hold_s, acw_s, handle_s
        from (select * from leg where is_answered and agent_id is not null) as leg
        asof left join session
            on leg.agent_id = session.agent_id and leg.answered_at >= session.started_at
    ),
    worked as (
        select
            agent_id, shift_date, site_id, count(*) as legs_handled_n, sum(talk_s) as talk_s,
            sum(hold_s) as hold_s, sum(acw_s) as acw_s, sum(handle_s) as handle_s
        from handled group by all
    )
    select * from spent full outer join worked using (agent_id, shift_date, site_id)
) to '$out/agent_day.parquet' (format parquet);
