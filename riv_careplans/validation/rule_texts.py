"""What `explain` tells of the rules of GetCarePlans 3.0: what holds, who is harmed otherwise, how to mend it.

Texts only. Code, severity and source are the rules' own.
"""

# ruff: noqa: E501 - a sentence stands on one line

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from riv_careplans.rules import RULES, Rule, Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Layer

__all__ = ["EXPLANATIONS", "Told", "explained"]


class Told(NamedTuple):
    """What is told of one rule; see `Explanation`."""

    what: Text
    why: Text
    mend: Text


_TOLD: Final = MappingProxyType(
    {
        "CP-001": Told(
            what=Text("dates and times exist in the calendar", "datum och tider finns i kalendern"),
            why=Text(
                "31 February has the right form and never comes. A visit planned for that day is one Asta waits for in vain, and the record cannot be read at all.",
                "Den 31 februari har rätt form men infaller aldrig. Ett besök den dagen väntar Asta förgäves på, och posten går inte att läsa alls.",
            ),
            mend=Text(
                "Give a day that exists. When the day is not known, give a partial time: the month, 202602, or the year, 2026.",
                "Ange en dag som finns. Är dagen okänd, ange en ofullständig tid: månaden, 202602, eller året, 2026.",
            ),
        ),
        "CP-002": Told(
            what=Text(
                "the patient id is a personnummer, samordningsnummer or reservnummer that can exist",
                "patientens id är ett personnummer, samordningsnummer eller reservnummer som kan finnas",
            ),
            why=Text(
                "A number with a wrong check digit is nobody's. Asta's plan is then found by no one, or ends up with the person whose number it nearly is.",
                "Ett nummer med fel kontrollsiffra är ingens. Astas plan hittas då av ingen, eller hamnar hos den vars nummer det nästan är.",
            ),
            mend=Text(
                "Give twelve digits without hyphen and the OID of the kind of number. A samordningsnummer has the day of birth plus 60; a reservnummer has the OID of the one who issued it.",
                "Ange tolv siffror utan bindestreck och OID för nummertypen. Ett samordningsnummer har födelsedagen plus 60; ett reservnummer har utgivarens OID.",
            ),
        ),
        "CP-003": Told(
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
        "CP-004": Told(
            what=Text(
                "a code has its code system and display name; an original text stands without a code",
                "en kod har sitt kodsystem och sin klartext; en originaltext står utan kod",
            ),
            why=Text(
                "A bare DV063 tells Asta nothing, and a program cannot know which system it belongs to. With both a code and a text nobody knows which of them holds.",
                "Ett ensamt DV063 säger Asta ingenting, och ett program kan inte veta vilket kodverk det hör till. Med både kod och text vet ingen vilken som gäller.",
            ),
            mend=Text(
                "Give code, codeSystem and displayName together. When there is no code, give originalText alone. Only the plan type OTHER has both, to say which plan it is.",
                "Ange code, codeSystem och displayName tillsammans. Finns ingen kod, ange enbart originalText. Bara plantypen OTHER har båda, för att säga vilken plan det är.",
            ),
        ),
        "CP-005": Told(
            what=Text(
                "every record of an answer is about the patient asked for",
                "varje post i ett svar gäller den patient som frågan gällde",
            ),
            why=Text(
                "One record about somebody else, and a stranger's plan stands among Asta's: a breach of secrecy, and care given to the wrong person. The whole answer is set aside.",
                "En post om någon annan, och en främlings plan står bland Astas: ett sekretessbrott, och vård till fel person. Hela svaret läggs åt sidan.",
            ),
            mend=Text(
                "Look for the fault in the source's selection, and not in the record: filter on patient id in the question to the database. Tell those responsible for patient safety.",
                "Sök felet i källans urval, inte i posten: filtrera på patientens id redan i frågan till databasen. Underrätta den som ansvarar för patientsäkerheten.",
            ),
        ),
        "CP-006": Told(
            what=Text(
                "ids are unique within a record, and every reference finds its part",
                "id är unika inom en post, och varje hänvisning finner sin del",
            ),
            why=Text(
                "A goal that refers to a need that is not there hangs in the air. Asta sees that she is to walk to the letter box, and not why, or who helps her.",
                "Ett mål som hänvisar till ett behov som inte finns hänger i luften. Asta ser att hon ska gå till brevlådan, men inte varför eller vem som hjälper henne.",
            ),
            mend=Text(
                "Give every part of the record an id of its own, and refer only to parts of the same record. Send the part that is referred to, or leave the reference out.",
                "Ge varje del av posten ett eget id och hänvisa bara till delar i samma post. Skicka med den del som åsyftas, eller utelämna hänvisningen.",
            ),
        ),
        "CP-007": Told(
            what=Text(
                "a source system gives every record an id of its own",
                "ett källsystem ger varje post ett eget id",
            ),
            why=Text(
                "Records are told apart by their ids. Of two with the same id one is taken for an older copy of the other, and vanishes from Asta's overview.",
                "Poster skiljs åt på sina id. Av två med samma id tas den ena för en äldre kopia av den andra och försvinner ur Astas översikt.",
            ),
            mend=Text(
                "Give every record an id that is never used again; keep it when the record changes, and count up version and updatedTime instead.",
                "Ge varje post ett id som aldrig återanvänds; behåll det när posten ändras och räkna i stället upp version och updatedTime.",
            ),
        ),
        "CP-008": Told(
            what=Text(
                "periods end after they start, updates follow creation, and the block time is not to come",
                "perioder slutar efter att de börjat, uppdateringar följer på skapandet, och spärrtidpunkten är inte kommande",
            ),
            why=Text(
                "A period that ends before it starts contains no day, so the home care seems never to come. With a block time to come, what Asta has had blocked is shown all the same.",
                "En period som slutar innan den börjar innehåller ingen dag, så hemtjänsten tycks aldrig komma. Med en kommande spärrtidpunkt visas ändå det som Asta har spärrat.",
            ),
            mend=Text(
                "Turn start and end round, or correct the one that is wrong. Give all times in Swedish local time, and take them from a clock that is right.",
                "Byt plats på början och slut, eller rätta den som är fel. Ange alla tider i svensk lokal tid, från en klocka som går rätt.",
            ),
        ),
        "CP-009": Told(
            what=Text(
                "goals and sub-goals are at most three levels deep",
                "mål och delmål är högst tre nivåer djupa",
            ),
            why=Text(
                "Goals are a staircase for Asta to climb. At the fourth level nobody sees the goal for all its steps, and an overview cuts them off.",
                "Mål är en trappa för Asta att gå uppför. På fjärde nivån ser ingen målet för alla steg, och en översikt kapar dem.",
            ),
            mend=Text(
                "Move the deepest goals one level up, or make them activities: what is to be done is often no goal.",
                "Flytta upp de djupaste målen en nivå, eller gör dem till aktiviteter: det som ska göras är ofta inget mål.",
            ),
        ),
        "CP-010": Told(
            what=Text(
                "an attachment is one document, embedded or at a web address, and is what it says it is",
                "en bilaga är ett dokument, inbäddat eller på en webbadress, och är vad den säger sig vara",
            ),
            why=Text(
                "A false checksum means that the document was changed or cut off on its way: Asta may train by half a programme. An address that is no web page can run code in her browser, and large documents make the whole answer late.",
                "En felaktig kontrollsumma betyder att dokumentet har ändrats eller kapats på vägen: Asta kanske tränar efter ett halvt program. En adress som inte är en webbsida kan köra kod i hennes webbläsare, och stora dokument försenar hela svaret.",
            ),
            mend=Text(
                "Give exactly one of value and reference. Embed at most 100 000 bytes, counted before base64, and refer to larger documents with https. Work out size and sha256 from the very bytes that are sent.",
                "Ange exakt en av value och reference. Bädda in högst 100 000 byte, räknat före base64, och hänvisa till större dokument med https. Beräkna size och sha256 på just de byte som skickas.",
            ),
        ),
        "CP-011": Told(
            what=Text(
                "a plan without goals, activities and participants has at least one attachment",
                "en plan utan mål, aktiviteter och deltagare har minst en bilaga",
            ),
            why=Text(
                "Such a plan is a title and nothing more. Asta opens it and finds an empty page, and her nurse believes that the rest was lost.",
                "En sådan plan är en rubrik och inget mer. Asta öppnar den och möts av en tom sida, och hennes sjuksköterska tror att resten har gått förlorad.",
            ),
            mend=Text(
                "Attach the plan as a document, or say at least who takes part. A plan that nobody has written yet is not delivered.",
                "Bifoga planen som dokument, eller ange åtminstone vilka som deltar. En plan som ingen har skrivit än lämnas inte ut.",
            ),
        ),
        "CP-012": Told(
            what=Text(
                "a recurrence happens at least once, in a period that exists",
                "en återkommande tid infaller minst en gång, i en period som finns",
            ),
            why=Text(
                "Help zero times a day is no help, and every zero weeks cannot be put in a calendar. Asta does not see when somebody comes.",
                "Hjälp noll gånger om dagen är ingen hjälp, och var nollte vecka går inte att lägga in i en kalender. Asta ser inte när någon kommer.",
            ),
            mend=Text(
                "Twice a day is frequency 2, every 1, unit day; every other week is frequency 1, every 2, unit week. Give week days only by week, and frequencyMax only when it is higher than frequency.",
                "Två gånger om dagen är frequency 2, every 1, unit day; varannan vecka är frequency 1, every 2, unit week. Ange veckodagar bara veckovis, och frequencyMax bara när det är högre än frequency.",
            ),
        ),
        "CP-013": Told(
            what=Text(
                "a booked activity has a booking, and a completed goal has an achievement",
                "en bokad aktivitet har en bokning, och ett avslutat mål har en måluppfyllelse",
            ),
            why=Text(
                "Asta reads that her visit is booked and cannot find the time. Or that the goal is completed, and not whether she reached it.",
                "Asta läser att besöket är bokat men hittar ingen tid. Eller att målet är avslutat, men inte om hon nådde det.",
            ),
            mend=Text(
                "Refer to the booking by healthcareFacilityId and bookingId, or use the status planned until there is one. Say how far a completed goal was reached: achievement.",
                "Hänvisa till bokningen med healthcareFacilityId och bookingId, eller använd status planned tills den finns. Ange hur långt ett avslutat mål nåddes: achievement.",
            ),
        ),
        "CP-014": Told(
            what=Text(
                "a joint plan (SIP) says who does what, who leads, when it is followed up, which care givers take part, and that the patient agrees",
                "en samordnad individuell plan (SIP) säger vem som gör vad, vem som leder, när den följs upp, vilka vård- och omsorgsgivare som deltar och att patienten samtycker",
            ),
            why=Text(
                "The law asks for most of this, because things fall between two chairs without it: the health centre believes that home care gives the medicines, and home care believes the opposite.",
                "Lagen kräver det mesta av detta, eftersom saker annars faller mellan stolarna: hälsocentralen tror att hemtjänsten ger medicinerna, och hemtjänsten tror tvärtom.",
            ),
            mend=Text(
                "Complete the joint plan: a responsible party on an activity, responsible for the whole, a followUp, a participant from the other care giver, and involvement with agreed true once the patient has agreed.",
                "Komplettera planen: en ansvarig på en aktivitet, responsible för helheten, en followUp, en deltagare från den andra huvudmannen och involvement med agreed true när patienten har samtyckt.",
            ),
        ),
        "CP-015": Told(
            what=Text(
                "a genomförandeplan is kept under SoL or LSS",
                "en genomförandeplan förs enligt SoL eller LSS",
            ),
            why=Text(
                "Which law a plan is kept under decides who may read it. With health care's law on it, Asta's home care is opened to those who should not see it, or hidden from those who should.",
                "Lagrummet avgör vem som får läsa en plan. Med hälso- och sjukvårdens lagrum öppnas Astas hemtjänst för dem som inte ska se den, eller döljs för dem som ska.",
            ),
            mend=Text(
                "Change legalBasis to SoL or LSS. If the plan is health care's own, change its type, for example to VP (vårdplan).",
                "Ändra legalBasis till SoL eller LSS. Är planen hälso- och sjukvårdens egen, ändra plantypen, till exempel till VP (vårdplan).",
            ),
        ),
        "CP-016": Told(
            what=Text(
                "a patient has at most one active fast läkarkontakt i primärvården",
                "en patient har högst en aktiv fast läkarkontakt i primärvården",
            ),
            why=Text(
                "With two, Asta does not know whom to call, and each of the physicians may believe that the other one has her.",
                "Med två vet Asta inte vem hon ska ringa, och båda läkarna kan tro att den andra har henne.",
            ),
            mend=Text(
                "Give the former contact's participation an end date, or end the plan that names it. Between two care givers: ask the patient whom she has chosen.",
                "Ge den tidigare kontaktens deltagande ett slutdatum, eller avsluta planen som anger den. Mellan två vårdgivare: fråga patienten vem hon har valt.",
            ),
        ),
        "CP-017": Told(
            what=Text(
                "a risk with a red trigger has an urgent action",
                "en risk med rött varningstecken har en brådskande åtgärd",
            ),
            why=Text(
                "Red means danger. If Asta's wound is infected in the evening and the plan says only to rest, or nothing at all, nobody calls in time.",
                "Rött betyder fara. Blir Astas sår infekterat en kväll, och planen bara säger att vila eller inget alls, ringer ingen i tid.",
            ),
            mend=Text(
                "Add an action with urgency contactToday or emergency112, and say whom to call. If there is no hurry, the trigger is yellow.",
                "Lägg till en åtgärd med urgency contactToday eller emergency112, och ange vem man ska ringa. Är det inte bråttom är tecknet gult.",
            ),
        ),
        "CP-018": Told(
            what=Text(
                "the patient's id stands in the patient id alone, and the log id is a UUID that leads to nobody",
                "patientens id står bara i patientens identitet, och logg-id är ett UUID som inte leder till någon",
            ),
            why=Text(
                "Texts and ids travel on: to logs, web addresses, calendars and text messages. Asta's number in one of them tells strangers that she is a patient, and where.",
                "Texter och id färdas vidare: till loggar, webbadresser, kalendrar och sms. Astas nummer i något av dem röjer för främlingar att hon är patient, och var.",
            ),
            mend=Text(
                "Remove the number from the text, and make ids of running numbers or UUIDs. Make a random UUID for the log id of every answer.",
                "Ta bort numret ur texten och bilda id av löpnummer eller UUID. Skapa ett slumpat UUID som logg-id för varje svar.",
            ),
        ),
        "CP-019": Told(
            what=Text(
                "a result of ERROR says why and comes without records",
                "resultatet ERROR säger varför och kommer utan poster",
            ),
            why=Text(
                "With an error and plans in one answer nobody knows whether the plans hold. Without a code nobody knows whether to ask again, and Asta's overview lacks a source for no reason that can be told.",
                "Med både fel och planer i ett svar vet ingen om planerna gäller. Utan felkod vet ingen om det lönar sig att fråga igen, och Astas översikt saknar en källa utan att någon kan säga varför.",
            ),
            mend=Text(
                "Answer ERROR with errorCode INVALID_REQUEST and nothing else when the question is wrong. Answer a technical fault with a SOAP Fault, and a patient without plans with OK.",
                "Svara ERROR med errorCode INVALID_REQUEST och inget annat när frågan är fel. Svara på ett tekniskt fel med SOAP Fault, och för en patient utan planer med OK.",
            ),
        ),
        "CP-020": Told(
            what=Text(
                "records under SoL are shared between care givers only from elder and disability care",
                "poster enligt SoL delas mellan vård- och omsorgsgivare bara från äldre- och funktionshindersomsorg",
            ),
            why=Text(
                "The law on shared care documentation covers elder and disability care. Other social services' records, shared with Asta's health centre, are disclosed against the law.",
                "Lagen om sammanhållen vård- och omsorgsdokumentation gäller äldre- och funktionshindersomsorg. Delas andra uppgifter från socialtjänsten med Astas hälsocentral röjs de i strid med lagen.",
            ),
            mend=Text(
                "Make sure that the record is from elder or disability care; then nothing need be done. Otherwise change sharing to careGiver or careUnit.",
                "Kontrollera att posten kommer från äldre- eller funktionshindersomsorg; då behöver inget göras. Ändra annars sharing till careGiver eller careUnit.",
            ),
        ),
        "CP-021": Told(
            what=Text(
                "a participant is a person, a team, or a person reached through a team",
                "en deltagare är en person, ett team eller en person som nås genom ett team",
            ),
            why=Text(
                "A participant who is nobody is a role without a face. Asta reads that she has a fast vårdkontakt, and not who it is or where to call.",
                "En deltagare som är ingen är en roll utan ansikte. Asta läser att hon har en fast vårdkontakt, men inte vem det är eller vart hon ska ringa.",
            ),
            mend=Text(
                "Name a person, a team, or both. If nobody has been appointed yet, leave the participant out and make the appointment an activity.",
                "Ange en person, ett team eller båda. Har ingen utsetts än, utelämna deltagaren och gör det till en aktivitet att utse någon.",
            ),
        ),
    }
)


def explained(rules: Iterable[Rule], told: Mapping[str, Told]) -> Iterator[Explanation]:
    """Put what is told of rules together with what the rules themselves say."""
    for rule in rules:
        what, why, mend = told[rule.code]
        yield Explanation(
            code=rule.code,
            layer=Layer.RULES,
            severity=rule.severity,
            what=what,
            why=why,
            mend=mend,
            reference=rule.reference,
        )


EXPLANATIONS: Final = tuple(explained(RULES, _TOLD))
"""One for every rule, in the order of its code."""
