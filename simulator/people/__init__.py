"""The people of the synthetic BPO: who is hired, led, moves up, leaves; what systems keep of it.

Belongs here: careers on a time line of their own (no day depends on which days are dropped), and
the extracts of the systems `sim_hr`, `sim_wfm`, `sim_qa` and `sim_people`, each with its own ids
of the same person. Does not: contacts and the shifts behind them; those are the telephony's.
"""
