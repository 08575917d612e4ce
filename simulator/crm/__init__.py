"""The simulated CRM (system `sim_crm`): cases, surveys, business results, disruptions.

Belongs here: what customers and desks do besides calling, and how the CRM writes it down. It
reads the telephony's meaning (`SiteDate`), never its files. Does not: calls, people, maps.
"""
