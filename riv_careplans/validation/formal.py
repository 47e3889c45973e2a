"""The findings of the formal layers: their codes, and what `explain` tells about each.

A code is permanent; which layer and how grave it is, is decided here alone.
"""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from riv_careplans.rules import Severity, Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.formal_schema import SCHEMA_EXPLANATIONS
from riv_careplans.validation.report import Layer

__all__ = ["EXPLANATIONS", "EXPLANATIONS_BY_CODE"]

EXPLANATIONS: Final[tuple[Explanation, ...]] = (
    Explanation(
        code="FILE-001",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("a document can be read to its end", "ett dokument kan läsas till slutet"),
        why=Text(
            "Reading began and the operating system gave up, so nothing is known of the rest.",
            "Läsningen började men operativsystemet avbröt den, så inget är känt om resten.",
        ),
        mend=Text(
            "Copy the file anew, or look at the disk or the network share it lies on.",
            "Kopiera filen på nytt, eller se över disken eller nätverksmappen som den ligger på.",
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="FILE-002",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("the file is there", "filen finns"),
        why=Text(
            "It was named, or seen in the folder, but is not there: a mistyped name, or a file that was moved meanwhile.",
            "Den angavs, eller syntes i mappen, men finns inte: ett felskrivet namn eller en fil som flyttades under tiden.",
        ),
        mend=Text(
            "Correct the name, or run again when nothing moves the files.",
            "Rätta namnet, eller kör igen när inget flyttar filerna.",
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="FILE-003",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("a document is a regular file", "ett dokument är en vanlig fil"),
        why=Text(
            "A device, a socket or a pipe has no end that can be trusted.",
            "En enhet, en socket eller en pipe har inget slut att lita på.",
        ),
        mend=Text(
            "Give a file, a folder, or - for standard input.",
            "Ange en fil, en mapp, eller - för standard in.",
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="FILE-004",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("the file may be read", "filen får läsas"),
        why=Text(
            "The one who runs the tool has no permission to read it.",
            "Den som kör verktyget har inte rätt att läsa den.",
        ),
        mend=Text(
            "Give read permission, or run as one who has it.", "Ge läsrätt, eller kör som någon som har den."
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="FILE-005",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("a document is not empty", "ett dokument är inte tomt"),
        why=Text(
            "An empty file is often the trace of an export that failed.",
            "En tom fil är ofta spåret av en export som misslyckades.",
        ),
        mend=Text("Look at what should have written the file.", "Se över det som skulle ha skrivit filen."),
        reference="riv-careplans",
    ),
    Explanation(
        code="FILE-006",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text("a document is at most 15 MiB", "ett dokument är högst 15 MiB"),
        why=Text(
            "The platform and the consumers refuse larger messages, and nothing that large is parsed here.",
            "Plattformen och konsumenterna tar inte emot större meddelanden, och inget så stort tolkas här.",
        ),
        mend=Text(
            "Answer with fewer records and say with hasMore that there are more; refer to large attachments instead of embedding them.",
            "Svara med färre poster och ange med hasMore att det finns fler; hänvisa till stora bilagor i stället för att bädda in dem.",
        ),
        reference="riv-careplans, limits",
    ),
    Explanation(
        code="FILE-007",
        layer=Layer.FILE,
        severity=Severity.ERROR,
        what=Text(
            "folders and links do not lead back to themselves",
            "mappar och länkar leder inte tillbaka till sig själva",
        ),
        why=Text("Following it would never end.", "Att följa den skulle aldrig ta slut."),
        mend=Text(
            "Remove the link, or name the files themselves.", "Ta bort länken, eller ange själva filerna."
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="XML-001",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text("a document is well-formed XML", "ett dokument är välformad XML"),
        why=Text(
            "No receiver can read it; everything after the place is guesswork.",
            "Ingen mottagare kan läsa det; allt efter stället är gissningar.",
        ),
        mend=Text(
            "Let an XML library write the document: most such mistakes come from putting texts together, where < and & must be written &lt; and &amp;. See that the whole document is sent.",
            "Låt ett XML-bibliotek skriva dokumentet: de flesta sådana fel kommer av att texter sätts ihop, där < och & måste skrivas &lt; och &amp;. Se till att hela dokumentet skickas.",
        ),
        reference="XML 1.0, section 2.1",
    ),
    Explanation(
        code="XML-002",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text(
            "a document has no DOCTYPE and no entities", "ett dokument har ingen DOCTYPE och inga entiteter"
        ),
        why=Text(
            "Entities can read the receiver's files or fill its memory, so messages with a DOCTYPE are refused everywhere.",
            "Entiteter kan läsa mottagarens filer eller fylla dess minne, så meddelanden med DOCTYPE avvisas överallt.",
        ),
        mend=Text(
            "Write the text itself, and characters as they are in UTF-8.",
            "Skriv texten direkt, och tecken som de är i UTF-8.",
        ),
        reference="SOAP 1.1, section 3",
    ),
    Explanation(
        code="XML-003",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text(
            "the bytes are text in the encoding that the document names, UTF-8 or UTF-16",
            "innehållet är text i den teckenkodning som dokumentet anger, UTF-8 eller UTF-16",
        ),
        why=Text(
            "Letters become others, or the whole message is refused: names of people get garbled.",
            "Bokstäver byts ut, eller hela meddelandet avvisas: människors namn förvanskas.",
        ),
        mend=Text(
            "Write UTF-8 and let the XML declaration say UTF-8; never edit such a file in a program that saves another encoding.",
            "Skriv UTF-8 och låt XML-deklarationen säga UTF-8; redigera aldrig en sådan fil i ett program som sparar annan teckenkodning.",
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="XML-004",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text("every character is one that XML can carry", "varje tecken är ett som XML kan bära"),
        why=Text(
            "Control characters from free text fields cannot stand in XML, not even written as numbers.",
            "Styrtecken från fritextfält kan inte stå i XML, inte ens skrivna som nummer.",
        ),
        mend=Text(
            "Remove control characters (other than tab and line break) from texts before writing them.",
            "Ta bort styrtecken (utom tabb och radbrytning) ur texter innan de skrivs.",
        ),
        reference="XML 1.0, section 2.2",
    ),
    Explanation(
        code="XML-005",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text(
            "the XML declaration says version 1.0 and an encoding",
            "XML-deklarationen anger version 1.0 och en teckenkodning",
        ),
        why=Text(
            "Receivers read XML 1.0; another declaration stops them at the first line.",
            "Mottagare läser XML 1.0; en annan deklaration stoppar dem på första raden.",
        ),
        mend=Text(
            'Begin with <?xml version="1.0" encoding="UTF-8"?>.',
            'Börja med <?xml version="1.0" encoding="UTF-8"?>.',
        ),
        reference="XML 1.0, section 2.8",
    ),
    Explanation(
        code="XML-006",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text(
            "a document keeps the limits of depth, elements, attributes and text length",
            "ett dokument håller gränserna för djup, element, attribut och textlängd",
        ),
        why=Text(
            "Beyond them a message costs its receiver more than a message should; real plans are far below.",
            "Bortom dem kostar ett meddelande mottagaren mer än det bör; verkliga planer ligger långt under.",
        ),
        mend=Text(
            "Divide the records between several answers (hasMore).",
            "Dela upp posterna på flera svar (hasMore).",
        ),
        reference="riv-careplans, limits",
    ),
    Explanation(
        code="XML-007",
        layer=Layer.XML,
        severity=Severity.ERROR,
        what=Text("a document is XML", "ett dokument är XML"),
        why=Text(
            "It may be a PDF, an error page, JSON, or headers in front of the message.",
            "Det kan vara en PDF, en felsida, JSON eller rubriker framför meddelandet.",
        ),
        mend=Text(
            "Send the message itself; nothing stands before its first element but the XML declaration.",
            "Skicka själva meddelandet; inget står före dess första element utom XML-deklarationen.",
        ),
        reference="XML 1.0, section 2.1",
    ),
    Explanation(
        code="XML-008",
        layer=Layer.XML,
        severity=Severity.WARNING,
        what=Text(
            "a message is written in UTF-8 or UTF-16", "ett meddelande är skrivet i UTF-8 eller UTF-16"
        ),
        why=Text(
            "Windows-1252 and ISO-8859-1 can be read here, but a receiver need not know them, and garbles å, ä and ö or refuses the message.",
            "Windows-1252 och ISO-8859-1 går att läsa här, men en mottagare behöver inte kunna dem, och förvanskar då å, ä och ö eller avvisar meddelandet.",
        ),
        mend=Text(
            "Let the XML library write UTF-8; changing the declaration alone makes it worse.",
            "Låt XML-biblioteket skriva UTF-8; att bara ändra deklarationen gör det värre.",
        ),
        reference="WS-I Basic Profile 1.1, R1012",
    ),
    Explanation(
        code="SOAP-001",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("the envelope is SOAP 1.1, not SOAP 1.2", "kuvertet är SOAP 1.1, inte SOAP 1.2"),
        why=Text(
            "RIV-TA uses SOAP 1.1; a receiver answers another version with the fault VersionMismatch.",
            "RIV-TA använder SOAP 1.1; en mottagare svarar på en annan version med felet VersionMismatch.",
        ),
        mend=Text(
            "Choose SOAP 1.1 (BasicHttpBinding, SOAPBinding.SOAP11HTTP_BINDING) in the toolkit.",
            "Välj SOAP 1.1 (BasicHttpBinding, SOAPBinding.SOAP11HTTP_BINDING) i verktyget.",
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-002",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("the envelope stands in SOAP 1.1's namespace", "kuvertet står i SOAP 1.1:s namnrymd"),
        why=Text(
            "Envelopes are recognised by their namespace alone.", "Kuvert känns igen enbart på sin namnrymd."
        ),
        mend=Text(
            "Write http://schemas.xmlsoap.org/soap/envelope/, with the slash at the end.",
            "Skriv http://schemas.xmlsoap.org/soap/envelope/, med snedstrecket på slutet.",
        ),
        reference="SOAP 1.1, section 4.1.2",
    ),
    Explanation(
        code="SOAP-003",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("an envelope has exactly one Body", "ett kuvert har exakt en Body"),
        why=Text(
            "The message stands in the Body; without it, or with two, there is no one message.",
            "Meddelandet står i Body; utan den, eller med två, finns inget entydigt meddelande.",
        ),
        mend=Text(
            "Put the message in one Body, after the Header, in SOAP's namespace.",
            "Lägg meddelandet i en Body, efter Header, i SOAP:s namnrymd.",
        ),
        reference="SOAP 1.1, section 4.3",
    ),
    Explanation(
        code="SOAP-004",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("the Body holds exactly one message", "Body innehåller exakt ett meddelande"),
        why=Text(
            "RIV-TA's binding is document/literal: one element in the Body is the message.",
            "RIV-TA:s bindning är document/literal: ett element i Body är meddelandet.",
        ),
        mend=Text(
            "Put one GetCarePlans or GetCarePlansResponse in it; send several messages in several envelopes.",
            "Lägg en GetCarePlans eller GetCarePlansResponse i den; skicka flera meddelanden i flera kuvert.",
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-005",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text(
            "no header that must be understood is unknown to RIV-TA",
            "ingen header som måste förstås är okänd för RIV-TA",
        ),
        why=Text(
            "The receiver must answer with the fault MustUnderstand.",
            "Mottagaren måste svara med felet MustUnderstand.",
        ),
        mend=Text(
            "Turn off WS-Addressing or WS-Security in the toolkit; RIV-TA uses neither.",
            "Stäng av WS-Addressing eller WS-Security i verktyget; RIV-TA använder ingetdera.",
        ),
        reference="SOAP 1.1, section 4.2.3",
    ),
    Explanation(
        code="SOAP-006",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text(
            "a question has a LogicalAddress in its Header", "en fråga har en LogicalAddress i sin Header"
        ),
        why=Text(
            "The platform routes by it: without it nobody gets the question.",
            "Plattformen dirigerar efter den: utan den får ingen frågan.",
        ),
        mend=Text(
            "Write the receiving source system's HSA-id in LogicalAddress, in the namespace urn:riv:itintegration:registry:1.",
            "Skriv det mottagande källsystemets HSA-id i LogicalAddress, i namnrymden urn:riv:itintegration:registry:1.",
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-007",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("a question has one LogicalAddress", "en fråga har en LogicalAddress"),
        why=Text("With two, nobody knows who is asked.", "Med två vet ingen vem som tillfrågas."),
        mend=Text(
            "Keep one; ask each source system by itself.", "Behåll en; fråga varje källsystem för sig."
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-008",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("LogicalAddress is not empty", "LogicalAddress är inte tom"),
        why=Text("The platform routes by it.", "Plattformen dirigerar efter den."),
        mend=Text(
            "Write the receiving source system's HSA-id.", "Skriv det mottagande källsystemets HSA-id."
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-009",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text("nothing stands around the LogicalAddress", "inget står kring LogicalAddress"),
        why=Text(
            "The platform compares character by character: a line break makes it another address (VP004).",
            "Plattformen jämför tecken för tecken: en radbrytning gör det till en annan adress (VP004).",
        ),
        mend=Text(
            "Write the element on one line, without blanks; turn off pretty-printing.",
            "Skriv elementet på en rad, utan blanktecken; stäng av radbrytande utskrift.",
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-010",
        layer=Layer.SOAP,
        severity=Severity.ERROR,
        what=Text(
            "LogicalAddress is at most 64 visible characters", "LogicalAddress är högst 64 synliga tecken"
        ),
        why=Text(
            "No address looks like that; it may be a name or a text that ended up in the wrong place.",
            "Ingen adress ser ut så; det kan vara ett namn eller en text som hamnat fel.",
        ),
        mend=Text(
            "Write the receiving source system's HSA-id.", "Skriv det mottagande källsystemets HSA-id."
        ),
        reference="RIV-TA Basic Profile 2.1",
    ),
    Explanation(
        code="SOAP-011",
        layer=Layer.SOAP,
        severity=Severity.WARNING,
        what=Text(
            "LogicalAddress is an HSA-id or an organisation number",
            "LogicalAddress är ett HSA-id eller ett organisationsnummer",
        ),
        why=Text(
            "GetCarePlans is addressed to a source system, which has an HSA-id.",
            "GetCarePlans adresseras till ett källsystem, som har ett HSA-id.",
        ),
        mend=Text(
            "Write the HSA-id: SE, ten digits, a hyphen and a suffix.",
            "Skriv HSA-id:t: SE, tio siffror, bindestreck och ett suffix.",
        ),
        reference="TKB clinicalprocess:logistics:logistics, section 3",
    ),
    Explanation(
        code="SOAP-012",
        layer=Layer.SOAP,
        severity=Severity.WARNING,
        what=Text("a fault is no answer", "ett fel (SOAP Fault) är inget svar"),
        why=Text(
            "The document says that the question could not be answered; there is nothing more in it to examine.",
            "Dokumentet säger att frågan inte kunde besvaras; det finns inget mer i det att granska.",
        ),
        mend=Text(
            "Look at why the producer answered with a fault; its log has the log id.",
            "Ta reda på varför producenten svarade med ett fel; dess logg har logg-id:t.",
        ),
        reference="SOAP 1.1, section 4.4",
    ),
    Explanation(
        code="DOC-001",
        layer=Layer.CONTRACT,
        severity=Severity.ERROR,
        what=Text(
            "a message stands in the namespace of a known contract",
            "ett meddelande står i ett känt kontrakts namnrymd",
        ),
        why=Text(
            "The namespace says which contract and version it is; one letter wrong and it is no contract's.",
            "Namnrymden säger vilket kontrakt och vilken version det är; en bokstav fel och det är inget kontrakts.",
        ),
        mend=Text(
            "Copy the namespace from the WSDL. Known are GetCarePlans 3.0 and 2.0.",
            "Kopiera namnrymden från WSDL:en. Kända är GetCarePlans 3.0 och 2.0.",
        ),
        reference="RIV-TA service contract naming",
    ),
    Explanation(
        code="DOC-002",
        layer=Layer.CONTRACT,
        severity=Severity.ERROR,
        what=Text(
            "a document begins with one of the contract's messages, or with one record",
            "ett dokument börjar med ett av kontraktets meddelanden, eller med en post",
        ),
        why=Text(
            "The name says whether it is a question or an answer.",
            "Namnet säger om det är en fråga eller ett svar.",
        ),
        mend=Text(
            "Begin with GetCarePlans, GetCarePlansResponse, carePlan or agreement.",
            "Börja med GetCarePlans, GetCarePlansResponse, carePlan eller agreement.",
        ),
        reference="contract description, section 1",
    ),
    Explanation(
        code="DOC-003",
        layer=Layer.CONTRACT,
        severity=Severity.ERROR,
        what=Text(
            "a record in an envelope stands in its message", "en post i ett kuvert står i sitt meddelande"
        ),
        why=Text(
            "A receiver expects GetCarePlansResponse, with the result.",
            "En mottagare väntar sig GetCarePlansResponse, med resultatet.",
        ),
        mend=Text(
            "Put the record in GetCarePlansResponse and add result.",
            "Lägg posten i GetCarePlansResponse och lägg till result.",
        ),
        reference="contract description, section 3",
    ),
    Explanation(
        code="DOC-004",
        layer=Layer.CONTRACT,
        severity=Severity.ERROR,
        what=Text(
            "all that is wrong with a document can be told", "allt som är fel i ett dokument kan berättas"
        ),
        why=Text(
            "There is more wrong than fits in a report that somebody reads.",
            "Det är mer som är fel än vad som ryms i en rapport som någon läser.",
        ),
        mend=Text(
            "Mend what is told first, and validate again.", "Rätta först det som berättas, och validera igen."
        ),
        reference="riv-careplans",
    ),
    Explanation(
        code="DOC-005",
        layer=Layer.CONTRACT,
        severity=Severity.INFO,
        what=Text(
            "a document is small enough to be explained in full",
            "ett dokument är litet nog att förklaras helt",
        ),
        why=Text(
            "Beyond 30 000 elements the explanation would take longer than anyone waits, so only the beginning of a document that the schema refuses is explained, and rules are not asked.",
            "Över 30 000 element skulle förklaringen ta längre tid än någon väntar, så bara början av ett dokument som schemat avvisar förklaras, och reglerna frågas inte.",
        ),
        mend=Text(
            "Divide the document, or mend what is told and validate again.",
            "Dela dokumentet, eller rätta det som berättas och validera igen.",
        ),
        reference="riv-careplans",
    ),
    *SCHEMA_EXPLANATIONS,
)
"""Every code of the layers file, XML, SOAP, contract, schema and codes."""

EXPLANATIONS_BY_CODE: Final = MappingProxyType({one.code: one for one in EXPLANATIONS})
"""The same, by their permanent codes."""
