"""Customers: phone numbers as a telephone network really signals them, names, agents' notes.

The numbers are syntactically valid and belong to nobody known; one customer keeps one number.
"""

from simulator.codes import OWN_NUMBERS
from simulator.shape import CLIENTS

ANI_FORMATS = 6
NORMAL, ANONYMOUS, INTERNAL, OWN = range(4)
_FOREIGN_EVERY = 50
_AREAS = {"CA": ("902", "416", "514", "604"), "US": ("212", "415", "312", "617")}
_DE_MOBILE = ("151", "160", "171", "176")
_FIRST = ("Ana", "Ben", "Carla", "Dmitri", "Ewa", "Farid", "Grace", "Hugo", "Ines", "Jonas",
          "Kofi", "Lena", "Marek")  # fmt: skip
_LAST = ("Okafor", "Lopez", "Nowak", "Schmidt", "Tremblay", "Smith", "Reyes", "Haddad", "Ito",
         "Larsen", "Moreau")  # fmt: skip


def ani(client: int, customer: int, kind: int, style: int) -> str:
    """What the network sends: the number in one of six notations, or no customer's number."""
    if kind == ANONYMOUS:
        return "anonymous"
    if kind == INTERNAL:
        return str(4000 + customer % 600)
    if kind == OWN:
        return OWN_NUMBERS[customer % len(OWN_NUMBERS)][0]
    if customer % _FOREIGN_EVERY == 1:
        abroad = CLIENTS[(client + 1 + (client == 1)) % len(CLIENTS)]
        return "+" + abroad.calling_code + "".join(_parts(abroad.country, customer))
    return _written(CLIENTS[client].country, customer, style)


def _parts(country: str, customer: int) -> tuple[str, ...]:
    """Area and subscriber parts of the national number; 7919 has no factor in common with 10."""
    if country == "DE":
        return _DE_MOBILE[customer % 4], f"{customer * 7919 % 100_000_000:08d}"
    if country == "GB":
        return f"7{400 + customer % 500}", f"{customer * 7919 % 1_000_000:06d}"
    spread = customer * 7919 % 8_000_000
    return _AREAS[country][customer % 4], str(200 + spread // 10_000), f"{spread % 10_000:04d}"


def _written(country: str, customer: int, style: int) -> str:
    parts = _parts(country, customer)
    if len(parts) == 3:
        area, exchange, line = parts
        return (
            f"+1{area}{exchange}{line}",
            f"1-{area}-{exchange}-{line}",
            f"({area}) {exchange}-{line}",
            f"+1 {area} {exchange} {line}",
            f"{area}-{exchange}-{line}",
            f"1{area}{exchange}{line}",
        )[style]
    area, rest = parts
    code = "49" if country == "DE" else "44"
    return (
        f"+{code}{area}{rest}",
        f"0{area} {rest}",
        f"00{code}{area}{rest}",
        f"+{code} {area} {rest[:3]} {rest[3:]}",
        f"0{area}-{rest}",
        f"0{area}{rest}",
    )[style]


def name(customer: int) -> str:
    """The customer's name, which no contract lists."""
    return f"{_FIRST[customer % 13]} {_LAST[customer // 13 % 11]}"


def note(pick: float, customer: int, number: str) -> str:
    """An agent's free text, CSV-quoted where needed; mostly empty. No contract lists it."""
    if pick > 0.04:
        return ""
    if pick < 0.012:
        return f'"call back on {number}, mornings"'
    if pick < 0.022:
        return f'"{name(customer)} said ""not again"", was upset"'
    return "see case notes"
