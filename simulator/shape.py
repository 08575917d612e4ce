"""The company that never was: sites, clients, queues. Constants only, no randomness."""

from dataclasses import dataclass

SYSTEM = "sim"


@dataclass(frozen=True)
class Client:
    """A client and the dialling rules of its customers' country."""

    client_id: str
    name: str
    country: str
    calling_code: str
    trunk: str
    international: str


@dataclass(frozen=True)
class Queue:
    """A queue. Opening hours are whole hours on the customers' clock; talk is lognormal."""

    code: str
    name: str
    client_id: str
    line_of_business: str
    language: str
    dialled: str
    zone: str
    opens: int
    closes: int
    curve: str
    talk_mean_s: float
    talk_log_sd: float
    reasons: tuple[str, ...]
    threshold_s: int = 20
    short_abandon_s: int = 5
    mapped: bool = True


@dataclass(frozen=True)
class Route:
    """A queue served at a site, with its part of the site's volume."""

    queue: Queue
    weight: float


@dataclass(frozen=True)
class Site:
    """A site. Its operating day runs from `cut_hour` (local) to the next; no shift crosses that."""

    site_id: str
    name: str
    country: str
    zone: str
    prefix: str
    cut_hour: int
    agents_share: float
    routes: tuple[Route, ...]


CLIENTS = (
    Client("aurora_energy", "Aurora Energy", "DE", "49", "0", "00"),
    Client("borealis_bank", "Borealis Bank", "CA", "1", "1", "011"),
    Client("cobalt_telecom", "Cobalt Telecom", "US", "1", "1", "011"),
    Client("dune_travel", "Dune Travel", "GB", "44", "0", "00"),
)

_DE, _CA, _US, _GB = "Europe/Berlin", "America/Halifax", "America/New_York", "Europe/London"
QUEUES = (
    Queue(
        "AUR_BILL_DE",
        "Aurora billing",
        "aurora_energy",
        "billing",
        "de",
        "+4980055501010",
        _DE,
        7,
        21,
        "office",
        225,
        0.90,
        ("B01", "B02", "C01", "A01"),
    ),
    Queue(
        "AUR_MOVE_DE",
        "Aurora moving home",
        "aurora_energy",
        "moving_home",
        "de",
        "+4980055501020",
        _DE,
        8,
        20,
        "office",
        260,
        0.85,
        ("M01", "A01", "S02"),
    ),
    Queue(
        "AUR_EMRG_DE",
        "Aurora emergency line",
        "aurora_energy",
        "emergency",
        "de",
        "+4980055501030",
        _DE,
        0,
        24,
        "emergency",
        165,
        0.85,
        ("E01", "T01"),
        10,
    ),
    Queue(
        "BOR_CARD_EN",
        "Borealis cards",
        "borealis_bank",
        "cards",
        "en",
        "+18005550110",
        _CA,
        8,
        20,
        "consumer",
        200,
        0.95,
        ("K01", "K02", "B02", "C01"),
    ),
    Queue(
        "BOR_CARD_FR",
        "Borealis cartes",
        "borealis_bank",
        "cards",
        "fr",
        "+18005550120",
        _CA,
        8,
        20,
        "consumer",
        215,
        0.95,
        ("K01", "K02", "B02", "C01"),
    ),
    Queue(
        "BOR_ACCT_EN",
        "Borealis accounts",
        "borealis_bank",
        "accounts",
        "en",
        "+18005550130",
        _CA,
        8,
        20,
        "office",
        245,
        0.90,
        ("A01", "B01", "C01"),
        30,
    ),
    Queue(
        "COB_TECH_EN",
        "Cobalt technical support",
        "cobalt_telecom",
        "technical_support",
        "en",
        "+18885550140",
        _US,
        8,
        21,
        "consumer",
        290,
        1.00,
        ("T01", "T02", "C01"),
        60,
    ),
    Queue(
        "COB_BILL_EN",
        "Cobalt billing",
        "cobalt_telecom",
        "billing",
        "en",
        "+18885550150",
        _US,
        8,
        20,
        "office",
        205,
        0.90,
        ("B01", "B02", "S02", "C01"),
        30,
    ),
    Queue(
        "COB_SALE_EN",
        "Cobalt sales",
        "cobalt_telecom",
        "sales",
        "en",
        "+18885550160",
        _US,
        9,
        21,
        "consumer",
        250,
        0.95,
        ("S01", "S02", "B01"),
    ),
    Queue(
        "DUN_BOOK_EN",
        "Dune bookings",
        "dune_travel",
        "bookings",
        "en",
        "+448005550170",
        _GB,
        7,
        22,
        "leisure",
        270,
        0.90,
        ("R01", "R02", "C01"),
        30,
    ),
    Queue(
        "DUN_CHNG_EN",
        "Dune changes and refunds",
        "dune_travel",
        "changes",
        "en",
        "+448005550180",
        _GB,
        8,
        20,
        "office",
        230,
        0.95,
        ("R02", "R03", "C01"),
        30,
    ),
    Queue(
        "DUN_AWAY_EN",
        "Dune help while away",
        "dune_travel",
        "assistance",
        "en",
        "+448005550190",
        _GB,
        0,
        24,
        "emergency",
        195,
        0.90,
        ("E01", "R02"),
        10,
    ),
    # The queues map does not know this one: opened by the vendor, announced to nobody.
    Queue(
        "DUN_VIP_EN",
        "Dune club",
        "dune_travel",
        "bookings",
        "en",
        "+448005550170",
        _GB,
        8,
        20,
        "office",
        210,
        0.90,
        ("R01", "R02"),
        mapped=False,
    ),
)
QUEUE_NUMBER = {queue.code: number for number, queue in enumerate(QUEUES)}


def _routes(weights: dict[str, float]) -> tuple[Route, ...]:
    total = sum(weights.values())
    return tuple(Route(QUEUES[QUEUE_NUMBER[code]], w / total) for code, w in weights.items())


SITES = (
    Site("manila", "Manila", "PH", "Asia/Manila", "MNL", 12, 0.36, _routes({
        "COB_TECH_EN": 30, "COB_BILL_EN": 22, "COB_SALE_EN": 12, "BOR_CARD_EN": 18,
        "DUN_BOOK_EN": 18})),
    Site("krakow", "Kraków", "PL", "Europe/Warsaw", "KRK", 6, 0.33, _routes({
        "AUR_BILL_DE": 31, "AUR_MOVE_DE": 17, "AUR_EMRG_DE": 9, "DUN_BOOK_EN": 17,
        "DUN_CHNG_EN": 17, "DUN_AWAY_EN": 8.7, "DUN_VIP_EN": 0.3})),
    Site("halifax", "Halifax", "CA", "America/Halifax", "HFX", 5, 0.31, _routes({
        "BOR_CARD_EN": 26, "BOR_CARD_FR": 16, "BOR_ACCT_EN": 22, "COB_TECH_EN": 22,
        "COB_BILL_EN": 14})),
)  # fmt: skip
