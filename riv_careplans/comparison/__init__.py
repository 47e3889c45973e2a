"""Two answers compared as plans, not as XML: what was added, what was taken away, what has changed.

Order, prefixes, comments and white space mean nothing here; an identity means the same however its
HSA-id is written, and a document is its content. Pure: no files and no clock. `compare` gives values;
`as_text` and `as_json` tell them, and hide what is personal unless asked.
"""

from riv_careplans.comparison.compare import compare
from riv_careplans.comparison.difference import Change, Comparison, Difference
from riv_careplans.comparison.json import as_json
from riv_careplans.comparison.masking import Mask, mask_for
from riv_careplans.comparison.text import as_text

__all__ = ["Change", "Comparison", "Difference", "Mask", "as_json", "as_text", "compare", "mask_for"]
