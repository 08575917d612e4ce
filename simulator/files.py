"""Content of one file, byte for byte: what was meant, what is wrong with it, how it is packed."""

import zlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from simulator.clock import epoch
from simulator.extracts import (
    CONTACT_HEADER,
    LEG_HEADER,
    SiteDate,
    contact_lines,
    leg_lines,
    opening_date,
    site_date,
    state_lines,
)
from simulator.happenings import Leg
from simulator.manifest import Defect
from simulator.maps import HEADERS, map_lines
from simulator.rows import plant
from simulator.schedule import PlannedFile, Schedule
from simulator.shape import SITES, SYSTEM
from simulator.terms import terms_lines, terms_name

MOVED_N = 3
MOVED_BY_S = 600
RECOUNTED_EVERY, RECOUNTED_BY_S = 20, 90
_SITE = {site.site_id: site for site in SITES}
_NOTHING = SiteDate((), (), ())


@dataclass(frozen=True)
class Content:
    """Bytes of a file; `name` relative to `landing/`; `rows_n` records that can be read."""

    name: str
    data: bytes
    rows_n: int
    defects: tuple[Defect, ...]


@dataclass(frozen=True)
class Company:
    """Which company the files are of."""

    agents: int
    seed: int
    calendar: Schedule
    first: date
    last: date

    def meant(self, site_id: str, day: date) -> SiteDate:
        """What truly happened, as the extracts of `site_id` and `day` should say it."""
        if (site_id, day) in self.calendar.shut:
            return _NOTHING
        made = opening_date if day == self.first else site_date
        return made(_SITE[site_id], self.agents, self.seed, day)


def content(company: Company, planned: PlannedFile) -> Content:
    """The file as it is dropped."""
    if not planned.site:
        if planned.feed in HEADERS:
            lines = map_lines(planned.feed, company.agents, company.seed, company.last)
            name = f"company/{planned.feed}_{planned.day}.csv"
        else:
            lines = terms_lines(planned.feed, planned.day, company.agents, company.seed)
            name = terms_name(planned.feed, planned.day)
        return Content(name, ("\n".join(lines) + "\n").encode(), len(lines) - 1, ())
    revision = f".r{planned.revision}" if planned.revision > 1 else ""
    suffix = "ndjson" if planned.feed == "agent_activity" else "csv"
    name = f"{SYSTEM}/{planned.feed}_{planned.site}_{planned.day}{revision}.{suffix}.gz"
    shown = _as_sent(company, planned)
    header, lines = _lines(planned, shown)
    kinds = company.calendar.rows.get(planned.slot, ()) if planned.revision == 1 else ()
    prefix = _SITE[planned.site].prefix
    lines, bad = plant(planned.feed, lines, kinds, planned.day, prefix, company.seed)
    defects = [Defect(b.kind, name, b.rows, b.expected, b.rule, "") for b in bad]
    if planned.variant:
        defects.append(_file_defect(planned, name))
    data = _packed(planned.variant, [header, *lines] if header else lines)
    rows_n = 0 if planned.variant == "truncated" else len(lines)
    return Content(name, data, rows_n, tuple(defects))


def write(landing: Path, made: Content) -> Path:
    """Write the file in one step, so that nobody ever sees half of it. Returns its path."""
    path = landing / made.name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("." + path.name + ".part")
    part.write_bytes(made.data)
    part.replace(path)
    return path


def _as_sent(company: Company, planned: PlannedFile) -> SiteDate:
    meant = company.meant(planned.site, planned.day)
    match planned.variant:
        case "milliseconds":
            legs = tuple(
                leg._replace(
                    talk_s=leg.talk_s * 1000, hold_s=leg.hold_s * 1000, acw_s=leg.acw_s * 1000
                )
                for leg in meant.legs
            )
            return replace(meant, legs=legs)
        case "recounted":
            recounted = (_recounted(n, leg) for n, leg in enumerate(meant.legs))
            return replace(meant, legs=tuple(recounted))
        case "moved":
            return _before_the_move(company, planned, meant)
    return meant


def _recounted(number: int, leg: Leg) -> Leg:
    if number % RECOUNTED_EVERY or leg.outcome != "answered":
        return leg
    return leg._replace(acw_s=leg.acw_s + RECOUNTED_BY_S)


def _before_the_move(company: Company, planned: PlannedFile, meant: SiteDate) -> SiteDate:
    """First revision of two days: the first contacts after midnight lie on the day before."""
    slots = company.calendar.moves
    into = slots[planned.site] + timedelta(days=1)
    midnight = epoch(_SITE[planned.site].zone, into, 0)
    after = company.meant(planned.site, into)
    back = {
        contact.contact_id: contact.started - midnight + MOVED_BY_S
        for contact in after.contacts[:MOVED_N]
    }
    if planned.day == into:
        return replace(
            meant,
            contacts=tuple(c for c in meant.contacts if c.contact_id not in back),
            legs=tuple(leg for leg in meant.legs if leg.contact_id not in back),
        )
    contacts = [
        c._replace(started=c.started - back[c.contact_id], ended=c.ended - back[c.contact_id])
        for c in after.contacts[:MOVED_N]
    ]
    legs = [
        leg._replace(queued=leg.queued - back[leg.contact_id])
        for leg in after.legs
        if leg.contact_id in back
    ]
    return replace(meant, contacts=(*meant.contacts, *contacts), legs=(*meant.legs, *legs))


def _lines(planned: PlannedFile, shown: SiteDate) -> tuple[str, list[str]]:
    site = _SITE[planned.site]
    if planned.feed == "agent_activity":
        return "", state_lines(site, shown.states)
    if planned.feed == "contact_legs":
        return LEG_HEADER, leg_lines(site, shown.legs)
    lines = contact_lines(site, shown.contacts)
    if planned.variant == "new_column":
        return CONTACT_HEADER + ",survey_offered", [
            f"{line},{'yes' if n % 3 else 'no'}" for n, line in enumerate(lines)
        ]
    return CONTACT_HEADER, lines


def _packed(variant: str, lines: list[str]) -> bytes:
    end = "\r\n" if variant == "crlf" else "\n"
    text = "".join(("\ufeff" if variant == "bom" else "", end.join(lines), end if lines else ""))
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    data = packer.compress(text.encode()) + packer.flush()
    return data[: len(data) * 6 // 10] if variant == "truncated" else data


_FILE_DEFECTS = {
    "milliseconds": ("wrong_unit", "blocked", "",
                     "after the vendor's upgrade talk_s, hold_s and acw_s come in milliseconds"),
    "late": ("late_file", "loaded", "", "arrives seven days after its extract date"),
    "recounted": ("corrected_file", "replaced", "",
                  "after-contact work counted 90 s too long on some legs; r2 puts it right"),
    "moved": ("moved_contacts", "replaced", "",
              "contacts just after midnight dated on the day before; r2 of both days moves them"),
    "truncated": ("truncated_gzip", "rejected", "unreadable",
                  "the transfer broke off; r2 comes the next day"),
    "shut": ("header_alone", "empty", "", "the site was shut: no contacts, nobody logged in"),
    "new_column": ("new_column", "loaded", "", "a column survey_offered that no contract lists"),
    "bom": ("byte_order_mark", "loaded", "", "UTF-8 with a byte order mark"),
    "crlf": ("crlf_line_ends", "loaded", "", "Windows line ends"),
}  # fmt: skip


def _file_defect(planned: PlannedFile, name: str) -> Defect:
    kind, expected, rule, detail = _FILE_DEFECTS[planned.variant]
    return Defect(kind, name, (), expected, rule, detail)
