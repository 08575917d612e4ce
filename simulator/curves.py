"""How demand, patience and staffing behave. Constants only."""

# Relative load by hour of the customers' day (0..23), and by weekday (Monday first).
HOUR_CURVES: dict[str, tuple[float, ...]] = {
    "office": (1, 1, 1, 1, 1, 2, 5, 18, 52, 88, 100, 94, 74, 76, 88, 86, 78, 64, 44, 30, 20, 12,
               6, 2),
    "consumer": (3, 2, 1, 1, 1, 2, 5, 15, 38, 62, 74, 76, 72, 70, 72, 76, 84, 92, 96, 84, 62, 40,
                 20, 8),
    "leisure": (4, 2, 2, 1, 1, 2, 6, 16, 36, 60, 78, 82, 78, 72, 70, 70, 74, 84, 96, 100, 86, 60,
                30, 12),
    "emergency": (26, 20, 17, 16, 17, 24, 40, 62, 78, 84, 84, 80, 76, 74, 74, 76, 82, 90, 92, 84,
                  70, 56, 44, 34),
}  # fmt: skip
WEEKDAY_CURVES: dict[str, tuple[float, ...]] = {
    "office": (1.30, 1.12, 1.05, 1.02, 0.98, 0.45, 0.25),
    "consumer": (1.18, 1.06, 1.02, 1.00, 1.02, 0.82, 0.62),
    "leisure": (1.12, 1.02, 0.98, 0.98, 0.96, 0.98, 1.00),
    "emergency": (1.04, 1.00, 0.98, 0.98, 1.02, 1.02, 0.98),
}

# Customers' patience is exponential with this mean.
PATIENCE_MEAN_S = 446.0
# Agents for each erlang of load, and beyond that for each square root of it; and the part of a
# shift on the phones (the rest is written work). Together they set volume, occupancy and waits.
OCCUPANCY_FLOOR = 1.11
OCCUPANCY_SLACK = 0.34
QUEUE_SHARE = 0.72
