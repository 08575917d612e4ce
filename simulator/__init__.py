"""A synthetic BPO that drops raw telephony extracts into `landing/`, with known truth and defects.

Belongs here: inventing contacts, agents and company maps, writing them as a vendor would, planting
defects, and keeping account of both (`manifest.json`, `truth.json`, `crm/`, `people/`,
outside `landing/`).
Does not: anything the product needs at run time. Nothing outside this room and its tests may
depend on how the data came about.
"""

from simulator.drop import drop
from simulator.manifest import Defect, LandedFile, Manifest

__all__ = ["Defect", "LandedFile", "Manifest", "drop"]
