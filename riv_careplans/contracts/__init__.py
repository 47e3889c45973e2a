"""The service contracts' messages, one module each, and their way to and from the model."""

from riv_careplans.contracts import get_care_plans_2, get_care_plans_3
from riv_careplans.contracts.interaction import Check, Checked, Interaction, Reading, WriteAnswer
from riv_careplans.errors import UnknownContract

__all__ = ["INTERACTIONS", "Check", "Checked", "Interaction", "Reading", "WriteAnswer", "interaction_for"]

INTERACTIONS = (get_care_plans_3.INTERACTION, get_care_plans_2.INTERACTION)
"""The versions spoken, the newest first."""


def interaction_for(namespace: str) -> Interaction:
    """Return the interaction of a responder namespace or of a version such as `3.0`.

    Raises `UnknownContract`.
    """
    for interaction in INTERACTIONS:
        if namespace in (interaction.contract.namespace, interaction.contract.version):
            return interaction
    known = tuple(f"{one.contract.name} {one.contract.version}" for one in INTERACTIONS)
    raise UnknownContract(namespace, known)
