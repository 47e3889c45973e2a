"""What `explain` tells of the rules of GetCarePlans 2.0: what holds, who is harmed otherwise, how to mend it.

Texts only. Code, severity and source are the rules' own.
"""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from riv_careplans.contracts.get_care_plans_2.rules import RULES
from riv_careplans.rules import Text
from riv_careplans.validation.rule_texts import Told, explained

__all__ = ["EXPLANATIONS"]

_TOLD: Final = MappingProxyType(
    {
        "CP2-001": Told(
            what=Text(
                "a question about a care contact names the source system that knows it",
                "en fråga om en vårdkontakt anger det källsystem som känner till den",
            ),
            why=Text(
                "The same care contact id may stand for somebody's visit in another system. Without the system the answer may be about another visit than Asta's.",
                "Samma id kan stå för någons besök i ett annat system. Utan källsystem kan svaret gälla ett annat besök än Astas.",
            ),
            mend=Text(
                "Give sourceSystemHSAId beside careContactId, and send the question to that system: it must equal LogicalAddress.",
                "Ange sourceSystemHSAId tillsammans med careContactId och skicka frågan till det systemet: det ska vara detsamma som LogicalAddress.",
            ),
        ),
        "CP2-002": Told(
            what=Text(
                "a document's media type is one of the six that every reader can show",
                "ett dokuments mediatyp är en av de sex som alla läsare kan visa",
            ),
            why=Text(
                "The schema allows 21 types and 1177 and NPÖ show six. Asta's plan as a word processor's file is one that she cannot open.",
                "Schemat tillåter 21 typer, men 1177 och NPÖ visar sex. Astas plan som ordbehandlarfil är en plan som hon inte kan öppna.",
            ),
            mend=Text(
                "Turn the document into application/pdf, text/html or text/plain, or into an image: image/png, image/jpeg or image/tiff.",
                "Gör om dokumentet till application/pdf, text/html eller text/plain, eller till en bild: image/png, image/jpeg eller image/tiff.",
            ),
        ),
        "CP2-003": Told(
            what=Text("every plan has a document id", "varje plan har ett dokument-id"),
            why=Text(
                "Plans are told apart by their document ids. One without cannot be told from others, so it is held back, and missing from Asta's overview.",
                "Planer skiljs åt på sina dokument-id. En plan utan id kan inte skiljas från andra, så den hålls tillbaka och saknas i Astas översikt.",
            ),
            mend=Text(
                "Give documentId a value that is unique in the source system and the same in every version of the contract.",
                "Ge documentId ett värde som är unikt i källsystemet och detsamma i alla versioner av kontraktet.",
            ),
        ),
        "CP2-004": Told(
            what=Text("every plan has a title", "varje plan har en rubrik"),
            why=Text(
                "Without a title Asta sees a list of plans that are all called the same, and has to open each of them.",
                "Utan rubrik ser Asta en lista med planer som alla heter likadant, och måste öppna var och en.",
            ),
            mend=Text(
                "Give documentTitle, in words that the patient understands. The schema lets it be missing; the contract's description does not.",
                "Ange documentTitle med ord som patienten förstår. Schemat låter det saknas, men inte tjänstekontraktsbeskrivningen.",
            ),
        ),
        "CP2-005": Told(
            what=Text(
                "nullified and nullifiedReason are not given",
                "nullified och nullifiedReason anges inte",
            ),
            why=Text(
                "Readers of 2.0 do not look for them. A plan that was withdrawn because it was about somebody else would be shown to Asta as if it were in force.",
                "Läsare av 2.0 letar inte efter dem. En plan som makulerats för att den gällde någon annan skulle visas för Asta som om den gällde.",
            ),
            mend=Text(
                "Leave both elements out, also when the plan is not nullified. Do not deliver a nullified plan at all.",
                "Utelämna båda elementen, även när planen inte är makulerad. Lämna inte ut en makulerad plan alls.",
            ),
        ),
        "CP2-006": Told(
            what=Text("a document has no id of its own", "ett dokument har inget eget id"),
            why=Text(
                "Two ids for one plan, and readers disagree on which of them counts: the same plan may stand twice in Asta's list.",
                "Med två id för en plan är läsarna oense om vilket som räknas: samma plan kan stå två gånger i Astas lista.",
            ),
            mend=Text(
                "Leave content/id out. The plan is known by documentId.",
                "Utelämna content/id. Planen känns igen på documentId.",
            ),
        ),
        "CP2-007": Told(
            what=Text(
                "a document is embedded or at a web address, and not both",
                "ett dokument är inbäddat eller finns på en webbadress, och inte både och",
            ),
            why=Text(
                "With two documents in one, Asta and her physician may read different plans; with none there is nothing to read. An address that is no web page can run code in a reader's browser.",
                "Med två dokument i ett kan Asta och hennes läkare läsa olika planer; utan finns inget att läsa. En adress som inte är en webbsida kan köra kod i läsarens webbläsare.",
            ),
            mend=Text(
                "Give exactly one of value and reference. A reference begins with https:// or http:// and a host.",
                "Ange exakt en av value och reference. En referens börjar med https:// eller http:// och ett värdnamn.",
            ),
        ),
        "CP2-008": Told(
            what=Text(
                "an embedded document is at most 100 000 bytes",
                "ett inbäddat dokument är högst 100 000 byte",
            ),
            why=Text(
                "Large documents make the answer late, and the platform gives up after half a minute. Then Asta sees none of the source's plans.",
                "Stora dokument försenar svaret, och plattformen ger upp efter en halv minut. Då ser Asta ingen av källans planer.",
            ),
            mend=Text(
                "Make the document smaller, for example scans in black and white, or refer to it: reference. The bytes are counted before base64.",
                "Gör dokumentet mindre, till exempel inskannat i svartvitt, eller hänvisa till det: reference. Storleken räknas före base64.",
            ),
        ),
        "CP2-009": Told(
            what=Text(
                "a code has its code system and display name; an original text stands alone",
                "en kod har sitt kodsystem och sin klartext; en originaltext står ensam",
            ),
            why=Text(
                "A bare 203090 tells Asta nothing, and a program cannot know which system it belongs to. With a text beside it nobody knows which of them holds.",
                "Ett ensamt 203090 säger Asta ingenting, och ett program kan inte veta vilket kodverk det hör till. Med en text bredvid vet ingen vilken som gäller.",
            ),
            mend=Text(
                "Give code, codeSystem and displayName together; a code without a name is its own display name. When there is no code, give originalText and nothing else.",
                "Ange code, codeSystem och displayName tillsammans; en kod utan klartext får vara sin egen displayName. Finns ingen kod, ange originalText och inget annat.",
            ),
        ),
        "CP2-010": Told(
            what=Text(
                "a plan says which care giver and which care unit answer for it",
                "en plan säger vilken vårdgivare och vilken vårdenhet som ansvarar för den",
            ),
            why=Text(
                "Blocks, access and logs are decided by both. Without them the plan is not shown to other care givers, so the emergency ward does not see what the health centre agreed with Asta.",
                "Spärrar, åtkomst och loggning styrs av båda. Utan dem visas planen inte för andra vårdgivare, så akutmottagningen ser inte vad hälsocentralen har kommit överens med Asta om.",
            ),
            mend=Text(
                "Give healthcareProfessionalCareGiverHSAId and healthcareProfessionalCareUnitHSAId from the HSA catalogue, as they were when the plan was made.",
                "Ange healthcareProfessionalCareGiverHSAId och healthcareProfessionalCareUnitHSAId ur HSA-katalogen, som de var när planen upprättades.",
            ),
        ),
        "CP2-011": Told(
            what=Text(
                "the unit where the professional works has an HSA-id and a name",
                "enheten där den ansvariga arbetar har HSA-id och namn",
            ),
            why=Text(
                "NPÖ needs both to show the plan, and Asta needs the name to know where to call.",
                "NPÖ behöver båda för att visa planen, och Asta behöver namnet för att veta vart hon ska ringa.",
            ),
            mend=Text(
                "Give healthcareProfessionalOrgUnit with orgUnitHSAId and orgUnitName.",
                "Ange healthcareProfessionalOrgUnit med orgUnitHSAId och orgUnitName.",
            ),
        ),
        "CP2-012": Told(
            what=Text(
                "the patient id is a personnummer, samordningsnummer or reservnummer that can exist",
                "patientens id är ett personnummer, samordningsnummer eller reservnummer som kan finnas",
            ),
            why=Text(
                "A number with a wrong check digit is nobody's. Asta's plan is then found by no one, or ends up with the person whose number it nearly is.",
                "Ett nummer med fel kontrollsiffra är ingens. Astas plan hittas då av ingen, eller hamnar hos den vars nummer det nästan är.",
            ),
            mend=Text(
                "Give twelve digits without hyphen in id, and the OID of the kind of number in type. A samordningsnummer has the day of birth plus 60.",
                "Ange tolv siffror utan bindestreck i id, och OID för nummertypen i type. Ett samordningsnummer har födelsedagen plus 60.",
            ),
        ),
        "CP2-013": Told(
            what=Text("an answer is about one patient", "ett svar gäller en patient"),
            why=Text(
                "One plan about somebody else, and a stranger's plan stands among Asta's: a breach of secrecy, and care given to the wrong person. The whole answer is set aside.",
                "En plan om någon annan, och en främlings plan står bland Astas: ett sekretessbrott, och vård till fel person. Hela svaret läggs åt sidan.",
            ),
            mend=Text(
                "Look for the fault in the source's selection: filter on patient id in the question to the database. Tell those responsible for patient safety.",
                "Sök felet i källans urval: filtrera på patientens id redan i frågan till databasen. Underrätta den som ansvarar för patientsäkerheten.",
            ),
        ),
        "CP2-014": Told(
            what=Text(
                "a source system gives every plan a document id of its own",
                "ett källsystem ger varje plan ett eget dokument-id",
            ),
            why=Text(
                "Of two plans with the same id one is taken for a copy of the other, and vanishes from Asta's list.",
                "Av två planer med samma id tas den ena för en kopia av den andra och försvinner ur Astas lista.",
            ),
            mend=Text(
                "Give every plan an id that is never used again, and keep it when the plan changes.",
                "Ge varje plan ett id som aldrig återanvänds, och behåll det när planen ändras.",
            ),
        ),
        "CP2-015": Told(
            what=Text(
                "a result of ERROR says why and comes without plans; other results have no error code",
                "resultatet ERROR säger varför och kommer utan planer; andra resultat har ingen felkod",
            ),
            why=Text(
                "With an error and plans in one answer nobody knows whether the plans hold, and a code beside OK makes a reader throw away an answer that was right.",
                "Med både fel och planer i ett svar vet ingen om planerna gäller, och en felkod bredvid OK får en läsare att kasta ett riktigt svar.",
            ),
            mend=Text(
                "Answer ERROR with errorCode INVALID_REQUEST and nothing else when the question is wrong. Answer a technical fault with a SOAP Fault, and a patient without plans with OK.",
                "Svara ERROR med errorCode INVALID_REQUEST och inget annat när frågan är fel. Svara på ett tekniskt fel med SOAP Fault, och för en patient utan planer med OK.",
            ),
        ),
        "CP2-016": Told(
            what=Text("the log id is a UUID", "logg-id är ett UUID"),
            why=Text(
                "Support desks send log ids to each other. One that is made of Asta's number or her visit leads strangers to her; a running number may come twice.",
                "Supporter skickar logg-id till varandra. Ett som är bildat av Astas nummer eller besök leder främlingar till henne; ett löpnummer kan förekomma två gånger.",
            ),
            mend=Text(
                "Make a random UUID for every answer, write it in the log, and give it as logId.",
                "Skapa ett slumpat UUID för varje svar, skriv det i loggen och ange det som logId.",
            ),
        ),
        "CP2-017": Told(
            what=Text(
                "the patient's id stands in the patient id alone",
                "patientens id står bara i patientens identitet",
            ),
            why=Text(
                "Texts and ids travel on: to logs, web addresses, calendars and text messages. Asta's number in one of them tells strangers that she is a patient, and where.",
                "Texter och id färdas vidare: till loggar, webbadresser, kalendrar och sms. Astas nummer i något av dem röjer för främlingar att hon är patient, och var.",
            ),
            mend=Text(
                "Remove the number from the text, and make ids of running numbers or UUIDs.",
                "Ta bort numret ur texten och bilda id av löpnummer eller UUID.",
            ),
        ),
        "CP2-018": Told(
            what=Text("HSA-ids have the form of an HSA-id", "HSA-id har formen av ett HSA-id"),
            why=Text(
                "Access, blocks and logs are decided by HSA-id. When the health centre calls itself by another name, a block that Asta asked for does not hold, and nobody can be told who has read.",
                "Åtkomst, spärrar och loggar styrs av HSA-id. När hälsocentralen kallar sig något annat gäller inte den spärr som Asta har begärt, och ingen kan få veta vem som har läst.",
            ),
            mend=Text(
                "Give the id from the HSA catalogue: SE, the organisation number, a hyphen and a suffix. A care giver and a source system may be named by the organisation number alone.",
                "Ange id:t ur HSA-katalogen: SE, organisationsnumret, bindestreck och ett suffix. En vårdgivare och ett källsystem får anges med enbart organisationsnummer.",
            ),
        ),
        "CP2-019": Told(
            what=Text(
                "a period ends after it starts, and the author time is not to come",
                "en period slutar efter att den börjat, och registreringstiden är inte kommande",
            ),
            why=Text(
                "A question about a period that ends before it starts finds nothing, so Asta's plans seem not to exist. Blocks are compared with the author time: with one to come, what Asta has had blocked is shown all the same.",
                "En fråga om en period som slutar innan den börjar finner inget, så Astas planer tycks inte finnas. Spärrar jämförs med registreringstiden: är den kommande visas ändå det som Asta har spärrat.",
            ),
            mend=Text(
                "Turn start and end round. Give the time when the plan was registered, in Swedish local time, from a clock that is right.",
                "Byt plats på början och slut. Ange tiden då planen registrerades, i svensk lokal tid, från en klocka som går rätt.",
            ),
        ),
        "CP2-020": Told(
            what=Text(
                "a plan has a document that tells its status and goals",
                "en plan har ett dokument som berättar om status och mål",
            ),
            why=Text(
                "In 2.0 the document is the plan. Without one Asta learns that she has a plan, and not a word of what it says.",
                "I 2.0 är dokumentet planen. Utan det får Asta veta att hon har en plan, men inte ett ord om vad den säger.",
            ),
            mend=Text(
                "Give the plan as content: a pdf, a page or a text. The contract allows a plan without one, so this is information only.",
                "Ange planen som content: en pdf, en sida eller en text. Kontraktet tillåter en plan utan, så detta är bara upplysning.",
            ),
        ),
        "CP2-021": Told(
            what=Text("a plan says of which type it is", "en plan säger vilken typ den är av"),
            why=Text(
                "Without a type Asta's joint plan cannot be told from a plan for one knee, and stands as small in the list.",
                "Utan typ går Astas samordnade plan inte att skilja från en plan för ett knä, och står lika undanskymd i listan.",
            ),
            mend=Text(
                "Give typeOfCarePlanEnum when one of the eight types fits. When none does, leave it out: this is information only.",
                "Ange typeOfCarePlanEnum när någon av de åtta typerna passar. Passar ingen, utelämna det: detta är bara upplysning.",
            ),
        ),
        "CP2-022": Told(
            what=Text(
                "a question about a reservnummer names the source system that gave it",
                "en fråga om ett reservnummer anger det källsystem som gav det",
            ),
            why=Text(
                "A local reservnummer may be another person's at the next hospital. Asked of all systems, it brings a stranger's plans.",
                "Ett lokalt reservnummer kan vara en annan persons på nästa sjukhus. Ställs frågan till alla system kommer en främlings planer i svaret.",
            ),
            mend=Text(
                "Give sourceSystemHSAId, and send the question to that system and not to an aggregating service. A personnummer is known everywhere.",
                "Ange sourceSystemHSAId och skicka frågan till det systemet, inte till en aggregerande tjänst. Ett personnummer är känt överallt.",
            ),
        ),
        "CP2-023": Told(
            what=Text(
                "a structured record inside a plan is valid and says the same as the plan around it",
                "en strukturerad post inuti en plan är giltig och säger detsamma som planen omkring den",
            ),
            why=Text(
                "Receivers that know structure believe it only then; otherwise they show the document alone, and Asta loses her goals and her contacts. Nobody is told.",
                "Bara då litar mottagare som kan struktur på den; annars visar de enbart dokumentet, och Asta går miste om sina mål och kontakter. Ingen får veta det.",
            ),
            mend=Text(
                "Write both from the same plan: the same patient, source system, id and approval. Validate the inner record by itself as GetCarePlans 3.0.",
                "Skriv båda ur samma plan: samma patient, källsystem, id och godkännande. Validera den inre posten för sig som GetCarePlans 3.0.",
            ),
        ),
    }
)

EXPLANATIONS: Final = tuple(explained(RULES, _TOLD))
"""One for every rule, in the order of its code."""
