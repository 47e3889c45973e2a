"""The findings of the layers schema and codes: their codes, and what `explain` tells about each."""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

from typing import Final

from riv_careplans.rules import Severity, Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Layer

__all__ = ["SCHEMA_EXPLANATIONS"]

SCHEMA_EXPLANATIONS: Final[tuple[Explanation, ...]] = (
    Explanation(
        code="CODE-001",
        layer=Layer.CODES,
        severity=Severity.WARNING,
        what=Text(
            "a code from a code system that the contract names is one that this code system has",
            "en kod ur ett kodsystem som kontraktet nämner finns i det kodsystemet",
        ),
        why=Text(
            "Schemas cannot see it: capital and small letters are different codes, and a plan type or a role that nobody knows is not filtered on, not shown as what it is, and passes by the rules for it.",
            "Scheman kan inte se det: stora och små bokstäver är olika koder, och en plantyp eller roll som ingen känner igen filtreras inte, visas inte som det den är och går fri från reglerna för den.",
        ),
        mend=Text(
            "Write the code just as the code system has it. For a plan type that it lacks, give OTHER with originalText; for another role, originalText alone.",
            "Skriv koden precis som den står i kodsystemet. För en plantyp som saknas där: ange OTHER med originalText; för en annan roll: bara originalText.",
        ),
        reference="contract description, sections 3.2 and 3.4",
    ),
    Explanation(
        code="XSD-001",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "every element that the contract demands is there", "varje element som kontraktet kräver finns"
        ),
        why=Text(
            "A receiver reads the message against the schema and refuses it whole.",
            "En mottagare läser meddelandet mot schemat och avvisar det helt.",
        ),
        mend=Text(
            "Add the element at the place that the finding names.",
            "Lägg till elementet på det ställe som anmärkningen anger.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-002",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "there are no elements that the contract does not know, but those of other namespaces last in a type",
            "det finns inga element som kontraktet inte känner, utom de i andra namnrymder sist i en typ",
        ),
        why=Text(
            "It is refused, also when the rest is right. Names are told apart by case.",
            "Det avvisas, också när resten är rätt. Namn skiljs åt av stora och små bokstäver.",
        ),
        mend=Text(
            "Correct the name, or move an extension of your own to a namespace of your own, last in its type.",
            "Rätta namnet, eller flytta ett eget tillägg till en egen namnrymd, sist i sin typ.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-003",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "elements stand in the contract's order, inside the elements where they belong",
            "element står i kontraktets ordning, i de element där de hör hemma",
        ),
        why=Text(
            "The contract's types are sequences: the right elements in another order are refused.",
            "Kontraktets typer är sekvenser: rätt element i annan ordning avvisas.",
        ),
        mend=Text(
            "Move the element to where the finding says; generate classes from the XSD so that the order comes by itself.",
            "Flytta elementet dit anmärkningen säger; generera klasser från XSD:n så att ordningen blir rätt av sig själv.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-004",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "no element stands more often than the contract allows",
            "inget element står oftare än kontraktet tillåter",
        ),
        why=Text(
            "A receiver cannot know which one is meant.", "En mottagare kan inte veta vilket som menas."
        ),
        mend=Text(
            "Keep one, or put the second in a record of its own.",
            "Behåll ett, eller lägg det andra i en egen post.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-005",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "elements stand in their namespace: those of the message in the responder's, the parts of records in the core's",
            "element står i sin namnrymd: meddelandets i respondentens, posternas delar i kärnans",
        ),
        why=Text(
            "An element is its name and its namespace: the right name in another namespace is another element.",
            "Ett element är sitt namn och sin namnrymd: rätt namn i en annan namnrymd är ett annat element.",
        ),
        mend=Text(
            "Give the element the prefix of the namespace that the finding names.",
            "Ge elementet prefixet för den namnrymd som anmärkningen anger.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-006",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "a value has the form that its type asks for", "ett värde har den form som dess typ kräver"
        ),
        why=Text(
            "A receiver cannot read it: dates have no hyphens, true is written in small letters, nothing stands around a value.",
            "En mottagare kan inte läsa det: datum har inga bindestreck, true skrivs med små bokstäver, inget står kring ett värde.",
        ),
        mend=Text(
            "Write the value in the form that the finding names.",
            "Skriv värdet i den form som anmärkningen anger.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-007",
        layer=Layer.CODES,
        severity=Severity.ERROR,
        what=Text(
            "a code is one of the contract's, letter by letter",
            "en kod är en av kontraktets, bokstav för bokstav",
        ),
        why=Text(
            "A receiver acts on codes; one that it does not know says nothing.",
            "En mottagare handlar efter koder; en som den inte känner säger inget.",
        ),
        mend=Text(
            "Translate the system's own code to one of those that the finding lists.",
            "Översätt systemets egen kod till en av dem som anmärkningen räknar upp.",
        ),
        reference="the contract's XSD, enumerations",
    ),
    Explanation(
        code="XSD-008",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text("there is no text between elements", "det står ingen text mellan element"),
        why=Text(
            "No receiver reads it: what it says is lost, or the message is refused.",
            "Ingen mottagare läser den: det den säger går förlorat, eller så avvisas meddelandet.",
        ),
        mend=Text(
            "Move the text into an element, or remove it.",
            "Flytta texten in i ett element, eller ta bort den.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-009",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text("elements have no attributes", "element har inga attribut"),
        why=Text(
            "The contract says everything with elements; an attribute is refused.",
            "Kontraktet säger allt med element; ett attribut avvisas.",
        ),
        mend=Text(
            "Write root and extension, and whatever else it is, as elements.",
            "Skriv root och extension, och vad det än är, som element.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-010",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "an element that holds a value holds no elements",
            "ett element med ett värde innehåller inga element",
        ),
        why=Text(
            "The value cannot be read; markup inside texts is refused.",
            "Värdet kan inte läsas; uppmärkning inuti texter avvisas.",
        ),
        mend=Text("Write plain text; write < as &lt;.", "Skriv ren text; skriv < som &lt;."),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-011",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text("no element has xsi:nil", "inget element har xsi:nil"),
        why=Text(
            "What is not there is left out; a nil element is refused.",
            "Det som inte finns utelämnas; ett nil-element avvisas.",
        ),
        mend=Text(
            "Leave the element out; most toolkits have a setting for it.",
            "Utelämna elementet; de flesta verktyg har en inställning för det.",
        ),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-012",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text(
            "xsi:type names no other type than the contract's",
            "xsi:type anger ingen annan typ än kontraktets",
        ),
        why=Text(
            "A receiver that followed it would read something else than the contract says.",
            "En mottagare som följde det skulle läsa något annat än kontraktet säger.",
        ),
        mend=Text("Leave xsi:type out.", "Utelämna xsi:type."),
        reference="the contract's XSD",
    ),
    Explanation(
        code="XSD-013",
        layer=Layer.SCHEMA,
        severity=Severity.ERROR,
        what=Text("the schema accepts the message", "schemat godtar meddelandet"),
        why=Text(
            "The schema refuses it in a way for which there is no simpler word.",
            "Schemat avvisar det på ett sätt som det inte finns något enklare ord för.",
        ),
        mend=Text("Compare the element with the XSD.", "Jämför elementet med XSD:n."),
        reference="the contract's XSD",
    ),
)
"""Every code of the layers schema and codes."""
