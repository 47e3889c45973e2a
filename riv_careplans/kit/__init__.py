"""A producer project of the vendor's own, written into a folder and never over the vendor's work.

`project` says which files there are, `comments` weaves what the schemas say into the vendor's source,
`operator_settings` writes every setting out, and `folder` finds out what to do with what is there already.
"""

from riv_careplans.kit.folder import Action, Step, carry_out, known_project, steps_for
from riv_careplans.kit.project import Project, Proposal, Variant, propose

__all__ = [
    "Action",
    "Project",
    "Proposal",
    "Step",
    "Variant",
    "carry_out",
    "known_project",
    "propose",
    "steps_for",
]
