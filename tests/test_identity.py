"""Person ids, HSA-ids, OIDs and times: what is read, what is refused, and what is never said."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riv_careplans.errors import InvalidIdentifier
from riv_careplans.identity import (
    HSA_ID,
    HSA_ID_HL7,
    PERSONNUMMER,
    SAMORDNINGSNUMMER,
    PartialTime,
    PersonId,
    format_date,
    format_time,
    format_timestamp,
    has_right_check_digit,
    identity_key,
    is_hsa_id,
    is_oid,
    is_organisation_number,
    parse_date,
    parse_time,
    parse_timestamp,
    swedish_time,
)

ASTA = "191212121212"
RESERVNUMMER = "1.2.752.97.3.1.3"
"""Root of one region's local numbers for people without a known identity."""

OTHER_SCRIPT = str.maketrans("0123456789", "".join(chr(0x0660 + digit) for digit in range(10)))
"""Writes digits as Arabic does; Python takes them for digits, the contract does not."""

timestamps = st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2099, 12, 31))  # noqa: DTZ001


def with_check_digit(eleven_digits: str) -> str:
    """Complete a number that must fail for another reason than its check digit."""
    return next(
        eleven_digits + last for last in "0123456789" if has_right_check_digit(eleven_digits[2:] + last)
    )


# --- person ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        ASTA,
        "188803099368",
        "194911172296",
        "198611062384",
        "192011189228",
        "194804032094",
    ],
)
def test_a_published_personnummer_is_read(number: str) -> None:
    person = PersonId.parse(number, PERSONNUMMER)

    assert (person.root, person.extension) == (PERSONNUMMER, number)


def test_a_published_samordningsnummer_is_read() -> None:
    person = PersonId.parse("197010632391", SAMORDNINGSNUMMER)

    assert person.extension == "197010632391"


@pytest.mark.parametrize(
    ("written", "root"),
    [
        (ASTA, PERSONNUMMER),
        ("19121212-1212", PERSONNUMMER),
        (" 19121212-1212\n", PERSONNUMMER),
        ("197010632391", SAMORDNINGSNUMMER),
        ("19701063-2391", SAMORDNINGSNUMMER),
    ],
)
def test_the_kind_of_number_is_told_by_its_day_when_no_root_says_it(written: str, root: str) -> None:
    person = PersonId.parse(written)

    assert (person.root, person.extension) == (root, written.strip().replace("-", ""))


@pytest.mark.parametrize(
    ("root", "number"),
    [
        pytest.param(PERSONNUMMER, "", id="nothing"),
        pytest.param(PERSONNUMMER, "191212121213", id="wrong check digit"),
        pytest.param(PERSONNUMMER, "1212121212", id="ten digits"),
        pytest.param(PERSONNUMMER, "121212-1212", id="ten digits with hyphen"),
        pytest.param(PERSONNUMMER, "19121212-1212", id="hyphen beside a root"),
        pytest.param(PERSONNUMMER, f"{ASTA}\n", id="line break"),
        pytest.param(PERSONNUMMER, f" {ASTA}", id="blank"),
        pytest.param(PERSONNUMMER, f"{ASTA}0", id="thirteen digits"),
        pytest.param(PERSONNUMMER, "19121212121A", id="letter"),
        pytest.param(PERSONNUMMER, ASTA.translate(OTHER_SCRIPT), id="digits of another script"),
        pytest.param(PERSONNUMMER, with_check_digit("19121312121"), id="month 13"),
        pytest.param(PERSONNUMMER, with_check_digit("19120012121"), id="month 0"),
        pytest.param(PERSONNUMMER, with_check_digit("19121200121"), id="day 0"),
        pytest.param(PERSONNUMMER, with_check_digit("19120230121"), id="30 February"),
        pytest.param(PERSONNUMMER, with_check_digit("19130229121"), id="29 February in no leap year"),
        pytest.param(PERSONNUMMER, with_check_digit("00001212121"), id="year 0"),
        pytest.param(PERSONNUMMER, "197010632391", id="samordningsnummer called personnummer"),
        pytest.param(SAMORDNINGSNUMMER, ASTA, id="personnummer called samordningsnummer"),
        pytest.param(SAMORDNINGSNUMMER, "197010632392", id="samordningsnummer with wrong check digit"),
        pytest.param(SAMORDNINGSNUMMER, with_check_digit("19700292239"), id="day 92"),
        pytest.param("", "12345", id="no root"),
        pytest.param("personnummer", ASTA, id="root in words"),
        pytest.param(RESERVNUMMER, "", id="reservnummer without number"),
        pytest.param(RESERVNUMMER, " ", id="blank reservnummer"),
        pytest.param(RESERVNUMMER, "A1234 ", id="reservnummer with a blank after it"),
        pytest.param(RESERVNUMMER, "A12\n34", id="reservnummer with line break"),
        pytest.param(RESERVNUMMER, "A12\x0034", id="reservnummer with a control character"),
    ],
)
def test_what_is_no_person_id_is_refused_without_repeating_it(root: str, number: str) -> None:
    with pytest.raises(InvalidIdentifier) as refusal:
        PersonId.parse(number, root)

    assert not number.strip() or number not in str(refusal.value)


@pytest.mark.parametrize(
    "written",
    ["", "12", "1-9-1-2-1-2-1-2-1-2-1-2", "191212-121212", "19121212--1212", "19121212 1212", "Asta"],
)
def test_what_nobody_writes_is_no_person_id(written: str) -> None:
    with pytest.raises(InvalidIdentifier, match="YYYYMMDD-NNNN"):
        PersonId.parse(written)


def test_a_reservnummer_is_kept_as_its_issuer_wrote_it() -> None:
    person = PersonId.parse("99-A123 b", RESERVNUMMER)

    assert (person.root, person.extension) == (RESERVNUMMER, "99-A123 b")


@pytest.mark.parametrize(
    ("number", "root", "masked"),
    [(ASTA, PERSONNUMMER, "19121212-****"), ("A1234", RESERVNUMMER, "****")],
)
def test_a_masked_id_hides_its_last_characters(number: str, root: str, masked: str) -> None:
    assert PersonId.parse(number, root).masked == masked


def test_a_person_id_does_not_print_its_number() -> None:
    person = PersonId.parse(ASTA)

    printed = f"{person} {person!r} {[person]} %s" % (person,)

    assert "1212" not in printed


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_exactly_one_last_digit_is_right(nine_digits: str) -> None:
    right = [last for last in "0123456789" if has_right_check_digit(nine_digits + last)]

    assert len(right) == 1


# --- other identities ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SE0000000018-E1",
        "se0000000018-e1",
        "SE0000000018-1hz5",
        "SE0000000018-E.1_a:b-2",
        "SE0000000018-" + "A" * 51,
    ],
)
def test_an_hsa_id_is_recognised(text: str) -> None:
    assert is_hsa_id(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("SE0000000018", id="no suffix"),
        pytest.param("SE0000000018-", id="empty suffix"),
        pytest.param("SE0000000018-E1-", id="hyphen at the end"),
        pytest.param("NO0000000018-E1", id="another country"),
        pytest.param("SE000000018-E1", id="nine digits"),
        pytest.param("SE00000000180-E1", id="eleven digits"),
        pytest.param("SE0000000018-E 1", id="blank"),
        pytest.param(" SE0000000018-E1", id="blank before"),
        pytest.param("SE0000000018-E1\n", id="line break at the end"),
        pytest.param("SE0000000018-E1\nSE0000000018-E2", id="two lines"),
        pytest.param("SE0000000018-Å1", id="letter outside ASCII"),
        pytest.param("\u017fE0000000018-E1", id="long s, an S without regard to case"),
        pytest.param("SE0000000018-\u212a1", id="kelvin sign, a K without regard to case"),
        pytest.param("SE0000000018-E1".translate(OTHER_SCRIPT), id="digits of another script"),
        pytest.param("SE0000000018-" + "A" * 52, id="65 characters"),
    ],
)
def test_what_is_no_hsa_id_is_not_taken_for_one(text: str) -> None:
    assert not is_hsa_id(text)


@pytest.mark.parametrize("text", ["5565594230", "0000000018"])
def test_an_organisation_number_is_recognised(text: str) -> None:
    assert is_organisation_number(text)


@pytest.mark.parametrize("text", ["", "5565594231", "556559-4230", "55655942300", "556559423", "556559423x"])
def test_what_is_no_organisation_number_is_not_taken_for_one(text: str) -> None:
    assert not is_organisation_number(text)


@pytest.mark.parametrize("text", ["1.2.752.129.2.1.3.1", "0.9", "2.16.840.1.113883.6.96"])
def test_an_oid_is_recognised(text: str) -> None:
    assert is_oid(text)


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "1..2", "1.02", "3.1", "1.2.x", "1.2\n", " 1.2"])
def test_what_is_no_oid_is_not_taken_for_one(text: str) -> None:
    assert not is_oid(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((HSA_ID, "SE0000000018-E1"), (HSA_ID, "se0000000018-e1")),
        ((HSA_ID, "SE0000000018-E1"), (HSA_ID_HL7, "SE0000000018-E1")),
        (("1.2.3", None), ("1.2.3", "")),
    ],
)
def test_identities_that_mean_the_same_compare_equal(
    one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    assert identity_key(*one) == identity_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((HSA_ID, "SE0000000018-I1"), (HSA_ID, "SE0000000018-\u01311"), id="dotless i"),
        pytest.param((HSA_ID, "SE0000000018-SS"), (HSA_ID, "SE0000000018-\u00df"), id="sharp s"),
        pytest.param((HSA_ID, "SE0000000018-E1"), (HSA_ID, "SE0000000018-E1 "), id="blank after"),
        pytest.param((RESERVNUMMER, "a1234"), (RESERVNUMMER, "A1234"), id="case of a reservnummer"),
        pytest.param((PERSONNUMMER, ASTA), (SAMORDNINGSNUMMER, ASTA), id="root"),
    ],
)
def test_identities_that_look_alike_compare_different(
    one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    assert identity_key(*one) != identity_key(*other)


# --- dates and times ----------------------------------------------------------------------------


@given(timestamps)
def test_a_time_that_is_written_reads_back_to_the_second(moment: dt.datetime) -> None:
    assert parse_timestamp(format_timestamp(moment)) == moment.replace(microsecond=0)
    assert parse_date(format_date(moment.date())) == moment.date()
    assert parse_time(format_time(moment.time())) == moment.time().replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("20260231", id="31 February"),
        pytest.param("20260229", id="29 February in no leap year"),
        pytest.param("20261301", id="month 13"),
        pytest.param("00000101", id="year 0"),
        pytest.param("2026W011", id="week and day"),
        pytest.param("2026-W01", id="week"),
        pytest.param("2026-1-1", id="hyphens"),
        pytest.param("202601 1", id="blank"),
        pytest.param("20260101".translate(OTHER_SCRIPT), id="digits of another script"),
        pytest.param("20260101\n", id="line break"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_date_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier, match="YYYYMMDD"):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("20260231080000", id="31 February"),
        pytest.param("20260101240000", id="hour 24"),
        pytest.param("20260101086000", id="minute 60"),
        pytest.param("20260101080060", id="leap second"),
        pytest.param("2026010108:00Z", id="zone"),
        pytest.param("2026W011080000", id="week"),
        pytest.param("20260101T08000", id="letter between"),
        pytest.param("2026010108000", id="thirteen digits"),
    ],
)
def test_a_moment_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier, match="YYYYMMDDhhmmss"):
        parse_timestamp(text)


@pytest.mark.parametrize("text", ["", "0800", "240000", "086000", "08000Z", "T08000", "08:00:"])
def test_a_time_of_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier, match="hhmmss"):
        parse_time(text)


@pytest.mark.parametrize(
    ("digits", "precision", "start", "last_day"),
    [
        ("2026", "year", dt.datetime(2026, 1, 1), dt.date(2026, 12, 31)),  # noqa: DTZ001
        ("202602", "month", dt.datetime(2026, 2, 1), dt.date(2026, 2, 28)),  # noqa: DTZ001
        ("202402", "month", dt.datetime(2024, 2, 1), dt.date(2024, 2, 29)),  # noqa: DTZ001
        ("999912", "month", dt.datetime(9999, 12, 1), dt.date(9999, 12, 31)),  # noqa: DTZ001
        ("20260120", "day", dt.datetime(2026, 1, 20), dt.date(2026, 1, 20)),  # noqa: DTZ001
        ("20260120093000", "second", dt.datetime(2026, 1, 20, 9, 30), dt.date(2026, 1, 20)),  # noqa: DTZ001
    ],
)
def test_a_partial_time_knows_how_much_it_knows(
    digits: str, precision: str, start: dt.datetime, last_day: dt.date
) -> None:
    partial = PartialTime(digits)

    assert (partial.precision, partial.start, partial.last_day) == (precision, start, last_day)


@pytest.mark.parametrize(
    "digits", ["", "26", "20261", "202613", "2026W01", "20260231", "202601200931", "2026012009300", "20 6"]
)
def test_a_partial_time_that_does_not_exist_is_refused(digits: str) -> None:
    with pytest.raises(InvalidIdentifier):
        PartialTime(digits)


@pytest.mark.parametrize(
    ("moment", "swedish"),
    [
        pytest.param(dt.datetime(2026, 1, 20, 8), "20260120080000", id="already Swedish"),  # noqa: DTZ001
        pytest.param(dt.datetime(2026, 1, 20, 8, tzinfo=dt.UTC), "20260120090000", id="winter"),
        pytest.param(dt.datetime(2026, 7, 20, 8, tzinfo=dt.UTC), "20260720100000", id="summer"),
        pytest.param(dt.datetime(2026, 1, 20, 23, 30, tzinfo=dt.UTC), "20260121003000", id="next day"),
        pytest.param(
            dt.datetime(2026, 1, 20, 8, tzinfo=ZoneInfo("Europe/Helsinki")), "20260120070000", id="Helsinki"
        ),
    ],
)
def test_a_moment_is_written_in_swedish_time_whatever_zone_it_came_in(
    moment: dt.datetime, swedish: str
) -> None:
    assert swedish_time(moment).tzinfo is None
    assert format_timestamp(moment) == swedish
