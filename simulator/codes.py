"""Codes and numbers that the telephony system uses, and what they stand for."""

DISPOSITIONS = {
    "A01": "account_change", "B01": "billing_question", "B02": "payment", "C01": "complaint",
    "E01": "emergency", "K01": "card_lost", "K02": "card_declined", "M01": "moving_home",
    "R01": "booking", "R02": "booking_change", "R03": "refund", "S01": "sale",
    "S02": "cancellation", "T01": "fault", "T02": "how_to",
}  # fmt: skip
UNKNOWN_DISPOSITION = "Z99"

# state code: (activity, is_paid)
ACTIVITY_CODES = {
    "AVAIL": ("available", True), "INCALL": ("on_contact", True), "ACW": ("acw", True),
    "AUX1": ("break", True), "AUX2": ("lunch", False), "AUX3": ("training", True),
    "AUX4": ("meeting", True), "AUX5": ("coaching", True), "AUX6": ("off_queue", True),
}  # fmt: skip
BREAK, LUNCH, TRAINING, MEETING, COACHING, OFF_QUEUE = (
    "AUX1", "AUX2", "AUX3", "AUX4", "AUX5", "AUX6",
)  # fmt: skip
UNKNOWN_ACTIVITY = "AUX9"

# The planning tool's codes of what is to be done: (activity, is_paid).
SCHEDULED_CODES = {
    "WORK": ("available", True), "BRK": ("break", True), "LUN": ("lunch", False),
    "TRN": ("training", True), "MTG": ("meeting", True), "COA": ("coaching", True),
    "CAS": ("off_queue", True), "OFF": ("off", False), "LVE": ("off", True),
}  # fmt: skip
UNKNOWN_SCHEDULED = "PRJ"

OWN_NUMBERS = (
    ("+48125550100", "switchboard"), ("+63285550100", "switchboard"),
    ("+19025550100", "switchboard"), ("+48125550101", "outbound_line"),
    ("+18005550199", "test"),
)  # fmt: skip
