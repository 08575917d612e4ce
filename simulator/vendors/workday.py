"""Workday's report on business processes: one row each, with the job that it led to.

It names nobody's going live, and of a job record put right only that a process was rescinded.
"""

import duckdb

from simulator.people.events import employment_events
from simulator.people.hr import employment
from simulator.people.tables import csv_lines

# What changes a job record without being an event is told by a process of its own.
_REPORT = """
with jobs as (
    select distinct on (person_no, valid_from)
        *,
        max(case when withdrawn = 'true' then recorded_at else '' end)
            over (partition by person_no, valid_from) as taken_back
    from job_rows
    order by person_no, valid_from, recorded_at
),

events as (
    select
        event.event_id as id,
        event.person_no,
        event.event as kind,
        strptime(event.effective, '%d.%m.%Y')::date as starts,
        event.recorded,
        coalesce(back.recorded, '') as taken_back,
        event.leaving_code,
        event.regretted,
        event.channel,
        strptime(nullif(event.service_from, ''), '%d.%m.%Y') as since
    from event_rows as event
    left join event_rows as back on event.event_id = back.rescinds
    where event.event not in ('go_live', 'rescind')
),

afterwards as (
    select events.*, jobs.* exclude (person_no, valid_from, recorded_at, taken_back)
    from events
    asof left join (select * from jobs where taken_back = '') as jobs
        on events.person_no = jobs.person_no and events.starts >= jobs.valid_from::date
),

processes as (
    select * from afterwards
    union all by name
    select
        *,
        'J' || person_no || '-' || valid_from as id,
        'record' as kind,
        valid_from::date as starts,
        recorded_at as recorded
    from jobs
)

select
    id as "Transaction_WID",
    person_no as "Employee_ID",
    case kind
        when 'hire' then 'Hire'
        when 'rehire' then 'Hire'
        when 'move' then 'Transfer Employee'
        when 'promotion' then 'Promote Employee'
        when 'leave_start' then 'Place Worker On Leave'
        when 'leave_end' then 'Return Worker From Leave'
        when 'termination' then 'Terminate Employee'
        else 'Edit Position'
    end as "Business_Process_Type",
    case when kind = 'rehire' then '1' else '0' end as "Is_Rehire",
    -- A termination names the last day.
    strftime(starts - case when kind = 'termination' then 1 else 0 end, '%m/%d/%Y')
        as "Effective_Date",
    recorded as "Entry_Moment",
    case when taken_back <> '' then taken_back else recorded end as "Last_Functionally_Updated",
    case when taken_back <> '' then '1' else '0' end as "Rescinded",
    manager_no as "Manager_ID",
    team as "Supervisory_Organization_ID",
    location as "Location_ID",
    account as "Account_ID",
    programme as "Programme_ID",
    case job
        when 'agent' then 'Customer Service Agent'
        when 'supervisor' then 'Team Lead'
        when 'site_leader' then 'Site Manager'
        else job
    end as "Job_Profile",
    grade as "Compensation_Grade_Level",
    case contract
        when 'permanent' then 'Regular'
        when 'fixed_term' then 'Fixed Term'
        when 'agency' then 'Agency'
    end as "Worker_Sub_Type",
    (fte::decimal(6, 3) * 100)::varchar as "FTE_Percent",
    weekly_hours as "Scheduled_Weekly_Hours",
    leaving_code as "Termination_Reason_ID",
    regretted as "Regrettable",
    channel as "Recruiting_Source_Category",
    strftime(since, '%m/%d/%Y') as "Continuous_Service_Date"
from processes
order by recorded, id
"""


def worker_history(agents: int, seed: int, last: int) -> list[str]:
    """CSV lines of every process entered by `last` (days since 1970), header first."""
    _, jobs = employment(agents, seed, last)
    _, events = employment_events(agents, seed, last)
    with duckdb.connect() as con:
        con.register("job_rows", jobs)
        con.register("event_rows", events)
        answer = con.execute(f"select coalesce(columns(*)::varchar, '') from ({_REPORT})")
        names = [column[0] for column in answer.description or ()]
        made = answer.fetchnumpy()
    table = {name: made[name].astype(object) for name in names}
    return [",".join(names), *csv_lines(table)]
