"""Settings files: what is read, and the one sentence that an operator gets for each mistake."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from riv_careplans.errors import ConfigurationError
from riv_careplans.settings import AskSettings, ProducerAddress, ProducerSettings, TlsSettings, load

KINDS = [AskSettings, ProducerAddress, ProducerSettings]
SOURCE = '[[sources]]\nlogical-address = "SE0000000018-S1"\nurl = "https://example.org/plans"\n'


def file(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistake(path: Path, kind: type[Any]) -> str:
    """Give the sentence, without the file that it begins with."""
    with pytest.raises(ConfigurationError) as caught:
        load(path, kind)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    assert "`" not in text
    return text.removeprefix(f"{path}: ")


# ------------------------------------------------------------------------------------------ what is read


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    read = load(file(tmp_path, SOURCE), AskSettings)

    (source,) = read.sources
    assert source == ProducerAddress(logical_address="SE0000000018-S1", url="https://example.org/plans")
    assert (read.deadline, read.max_parallel) == (10, 50)
    assert load(file(tmp_path, ""), ProducerSettings) == ProducerSettings()


def test_every_setting_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    for name in ("own.pem", "own.key", "authority.pem"):
        (tmp_path / "tls" / name).touch()
    text = (
        "# åäö\ndeadline = 27\nmax-parallel = 5\n"
        + SOURCE
        + 'name = "Hälsocentralen"\ncontract = "2.0"\ncertificate = "tls/own.pem"\nkey = "tls/own.key"\n'
        + f'authority = "{tmp_path}/tls/authority.pem"\noriginal-consumer = "SE0000000018-C1"\n'
        + "connect-timeout = 0.5\ntimeout = 300\nmax-answer-bytes = 52428800\n"
    )

    read = load(file(tmp_path, text), AskSettings)

    assert read == AskSettings(
        deadline=27,
        max_parallel=5,
        sources=(
            ProducerAddress(
                logical_address="SE0000000018-S1",
                url="https://example.org/plans",
                name="Hälsocentralen",
                contract="2.0",
                certificate=tmp_path / "tls" / "own.pem",
                key=tmp_path / "tls" / "own.key",
                authority=tmp_path / "tls" / "authority.pem",
                original_consumer="SE0000000018-C1",
                connect_timeout=0.5,
                timeout=300,
                max_answer_bytes=50 * 1024 * 1024,
            ),
        ),
    )


def test_a_mark_at_the_beginning_of_the_file_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())

    assert len(load(tmp_path / "settings.toml", AskSettings).sources) == 1


def many(count: int) -> str:
    return "".join(SOURCE.replace("-S1", f"-S{number}") for number in range(count))


def test_fifty_sources_are_not_too_many(tmp_path: Path) -> None:
    assert len(load(file(tmp_path, many(50)), AskSettings).sources) == 50


# --------------------------------------------------------------------------------------------- mistakes

VERSION = 'expected a contract version, "3.0" or "2.0"'
URL = "expected an address that begins with http:// or https:// and names a host"
ADDRESS = "expected an address of at most 64 characters, without blanks, that is no person's number"
OF_A_SOURCE = ", ".join(field.encode_name for field in msgspec.structs.fields(ProducerAddress))


def address(text: str) -> str:
    return SOURCE.replace("SE0000000018-S1", text)


def url(text: str) -> str:
    return SOURCE.replace("https://example.org/plans", text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # which settings there are
        ("", "the setting sources is missing"),
        ("deadline = 5", "the setting sources is missing"),
        ('[[sources]]\nurl = "https://x"', "sources[0]: the setting logical-address is missing"),
        ('[[sources]]\nlogical-address = "x"', "sources[0]: the setting url is missing"),
        (SOURCE + "tiemout = 5", "sources[0]: there is no setting tiemout; did you mean timeout?"),
        (SOURCE + "connect_timeout = 5", "sources[0]: there is no setting connect_timeout; did you mean connect-timeout?"),
        (many(2) + "colour = 5", f"sources[1]: there is no setting colour; there are {OF_A_SOURCE}"),
        ("dedline = 5\n" + SOURCE, "there is no setting dedline; did you mean deadline?"),
        ("timeout = 5\n" + SOURCE, "there is no setting timeout; there are sources, index, deadline, max-parallel"),
        ('"two\\nlines" = 5\n' + SOURCE, "there is no setting two lines; there are sources, index, deadline, max-parallel"),
        # of what kind they are
        ("sources = 5", "sources: expected a list in square brackets, not a whole number"),
        ('[sources]\nurl = "x"', "sources: expected a list of tables: write [[sources]]"),
        ("sources = [1]", "sources[0]: expected a table, not a whole number"),
        (SOURCE + "name = 5", "sources[0].name: expected a text in quotes, not a whole number"),
        (SOURCE + "contract = 3.0", "sources[0].contract: expected a text in quotes, not a number"),
        (SOURCE + 'timeout = "8"', "sources[0].timeout: expected a number, not a text in quotes"),
        (SOURCE + "timeout = true", "sources[0].timeout: expected a number, not true or false"),
        (SOURCE + "timeout = 2026-01-20", "sources[0].timeout: expected a number, not a date"),
        (SOURCE + "timeout = 2026-01-20T08:00:00", "sources[0].timeout: expected a number, not a time"),
        (SOURCE + "timeout = 08:00:00", "sources[0].timeout: expected a number, not a time of day"),
        (SOURCE + "original-consumer = 5", "sources[0].original-consumer: expected a text in quotes, not a whole number"),
        (SOURCE + "max-answer-bytes = 2000.5", "sources[0].max-answer-bytes: expected a whole number, not a number"),
        (SOURCE + "certificate = 5", "sources[0].certificate: expected a path in quotes"),
        # in what bounds
        ("sources = []", "sources: expected a list of at least 1"),
        (many(51), "sources: expected a list of at most 50"),
        ("deadline = 0\n" + SOURCE, "deadline: expected a number above 0"),
        ("deadline = -1\n" + SOURCE, "deadline: expected a number above 0"),
        ("deadline = 27.1\n" + SOURCE, "deadline: expected a number of at most 27"),
        ("deadline = nan\n" + SOURCE, "deadline: expected a number above 0"),
        ("deadline = inf\n" + SOURCE, "deadline: expected a number of at most 27"),
        ("max-parallel = 0\n" + SOURCE, "max-parallel: expected a whole number of at least 1"),
        ("max-parallel = 51\n" + SOURCE, "max-parallel: expected a whole number of at most 50"),
        (SOURCE + "timeout = 300.5", "sources[0].timeout: expected a number of at most 300"),
        (SOURCE + "max-answer-bytes = 1023", "sources[0].max-answer-bytes: expected a whole number of at least 1024"),
        (SOURCE + "max-answer-bytes = 52428801", "sources[0].max-answer-bytes: expected a whole number of at most 52428800"),
        (SOURCE * 2, "sources: two of them have the same logical-address: each must have its own"),
        (SOURCE + SOURCE.replace("SE", "se"), "sources: two of them have the same logical-address: each must have its own"),
        # of what form
        (SOURCE + 'contract = "4.0"', f"sources[0].contract: {VERSION}"),
        (url("ftp://example.org"), f"sources[0].url: {URL}"),
        (url("example.org"), f"sources[0].url: {URL}"),
        (url("https://"), f"sources[0].url: {URL}"),
        (url("https:///plans"), f"sources[0].url: {URL}"),
        (url("https://example.org/a b"), f"sources[0].url: {URL}"),
        (url("https://example.org\\n"), f"sources[0].url: {URL}"),
        (address(""), f"sources[0].logical-address: {ADDRESS}"),
        (address("x" * 65), f"sources[0].logical-address: {ADDRESS}"),
        (address("SE0000000018 S1"), f"sources[0].logical-address: {ADDRESS}"),
        (address("SE0000000018-S1\\n"), f"sources[0].logical-address: {ADDRESS}"),
        (address("SE0000000018-S\\u0001"), f"sources[0].logical-address: {ADDRESS}"),
        (SOURCE + 'original-consumer = ""', f"sources[0].original-consumer: {ADDRESS}"),
        (SOURCE + 'certificate = "nowhere.pem"', "sources[0].certificate: there is no such file"),
        (SOURCE + 'certificate = ""', "sources[0].certificate: there is no such file"),
        (SOURCE + 'authority = "."', "sources[0].authority: there is no such file"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_the_path_of_the_setting(
    tmp_path: Path, text: str, sentence: str
) -> None:
    assert mistake(file(tmp_path, text), AskSettings) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('contracts = ["4.0"]', 'contracts[0]: expected "2.0" or "3.0"'),
        ("contracts = [3.0]", "contracts[0]: expected a text in quotes, not a number"),
        ("contracts = []", "contracts: expected a list of at least 1"),
        ('contracts = "3.0"', "contracts: expected a list in square brackets, not a text in quotes"),
        ("check-records = 1", "check-records: expected true or false, not a whole number"),
        ("max-records = 0", "max-records: expected a whole number of at least 1"),
        ("max-request-bytes = 1023", "max-request-bytes: expected a whole number of at least 1024"),
        ("read-deadline = 301", "read-deadline: expected a number of at most 300"),
        ('logical-addresses = ["a", "b c"]', f"logical-addresses[1]: {ADDRESS}"),
        ("max_records = 5", "there is no setting max_records; did you mean max-records?"),
    ],
)
def test_a_mistake_in_a_producers_settings_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert mistake(file(tmp_path, text), ProducerSettings) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sources", "this is not TOML: expected '=' after a key in a key/value pair (at end of document)"),
        ("a = 1\na = 2\nb", "this is not TOML: cannot overwrite a value (at line 2, column 6)"),
        ("a = 'x", 'this is not TOML: expected "\'" (at end of document)'),
        ("\x00", "this is not TOML: invalid statement (at line 1, column 1)"),
    ],
)
def test_what_is_not_toml_is_one_sentence_with_the_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert mistake(file(tmp_path, text), AskSettings) == sentence


@pytest.mark.parametrize(
    "data", ["namn = 'å'".encode("iso-8859-1"), SOURCE.encode("utf-16")], ids=["latin-1", "utf-16"]
)
def test_what_is_not_utf_8_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(data)

    said = mistake(tmp_path / "settings.toml", AskSettings)

    assert said == "the settings cannot be read: it is not UTF-8"


def test_a_file_that_is_not_there_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    assert (
        mistake(tmp_path / "none.toml", AskSettings)
        == "the settings cannot be read: No such file or directory"
    )
    assert mistake(tmp_path, AskSettings) == "the settings cannot be read: Is a directory"


# ------------------------------------------------------------------------------------------ what they are


@pytest.mark.parametrize("kind", KINDS)
def test_settings_cannot_be_changed(kind: type[Any]) -> None:
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_a_docstring(kind: type[Any]) -> None:
    source = Path(__file__).parents[1].joinpath("riv_careplans", "settings.py").read_text("utf-8")
    body = (
        source.partition(f"class {kind.__name__}(")[2].partition("\n\n\nclass ")[0].partition("\n\n\ndef ")[0]
    )

    for name in kind.__struct_fields__:
        after = body.partition(f"\n    {name}: ")[2].split("\n", 2)
        assert after[1].startswith('    """'), name


# ------------------------------------------------------------------------------ a producer's own settings

NETWORK = "expected addresses or networks, such as 10.0.0.0/8"
EVERYBODY = "a network of everybody would let anyone say who asks"
CALLERS = '[[callers]]\nhsa-id = "*"\n'
PROXY = '[proxy]\naddresses = ["127.0.0.1", "10.0.0.0/8", "::1"]\nheader = "x-vp-auth-cert"\n'
TLS = '[tls]\ncertificate = "own.pem"\nkey = "own.pem"\nauthority = "own.pem"\n'


def test_a_producers_settings_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "own.pem").touch()
    sources = (
        '[[sources]]\nlogical-address = "SE0000000018-S1"\ndirectory = "plans"\n'
        '[[sources]]\nlogical-address = "SE0000000018-S2"\nsource = "vendor:Journal"\n'
    )
    caller = (
        '[[callers]]\nhsa-id = "SE2321000016-AG1"\ncontracts = ["GetCarePlans 3.0"]\n'
        'logical-addresses = ["SE0000000018-S1"]\ntrusted-platform = true\n'
    )

    read = load(file(tmp_path, "operations-port = 9100\n" + TLS + caller + sources), ProducerSettings)
    behind = load(file(tmp_path, PROXY + CALLERS), ProducerSettings)

    assert read.tls == TlsSettings(**dict.fromkeys(("certificate", "key", "authority"), tmp_path / "own.pem"))
    assert read.callers[0].trusted_platform
    assert [(one.directory, one.source) for one in read.sources] == [("plans", ""), ("", "vendor:Journal")]
    assert (behind.proxy and behind.proxy.carries, behind.callers[0].contracts) == ("certificate", ("*",))


@pytest.mark.parametrize("number", ["191212121212", "19121212-1212", "19121212+1212", "121212-1212"])
@pytest.mark.parametrize(
    "text",
    [
        'logical-addresses = ["{}"]',
        PROXY + '[[callers]]\nhsa-id = "{}"\n',
        PROXY + '[[callers]]\nhsa-id = "SE1"\nlogical-addresses = ["{}"]\n',
        '[[sources]]\nlogical-address = "{}"\ndirectory = "x"\n',
    ],
)
def test_a_persons_number_is_no_address_and_is_not_repeated(tmp_path: Path, text: str, number: str) -> None:
    sentence = mistake(file(tmp_path, text.format(number)), ProducerSettings)

    assert sentence.endswith("without blanks, that is no person's number")
    assert number not in sentence


@pytest.mark.parametrize("address", ["5565594230", "165565594230", "SE165565594230-1A", "HSA-ID-1"])
def test_an_organisations_number_is_an_address(tmp_path: Path, address: str) -> None:
    read = load(file(tmp_path, f'logical-addresses = ["{address}"]'), ProducerSettings)

    assert read.logical_addresses == (address,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PROXY, 'callers: with certificates, say who may ask: [[callers]] with hsa-id = "*" is everyone'),
        (TLS, 'callers: with certificates, say who may ask: [[callers]] with hsa-id = "*" is everyone'),
        (CALLERS, "callers: without tls or proxy nobody can be known"),
        (TLS + PROXY + CALLERS, "proxy: behind a TLS proxy there is no TLS in the process: keep one of them"),
        ("[tls]\ncertificate = 'own.pem'", "tls: the setting key is missing"),
        (TLS.replace('"own.pem"', '"no.pem"', 1), "tls.certificate: there is no such file"),
        ("[tls]\ncertificat = 'own.pem'", "tls: there is no setting certificat; did you mean certificate?"),
        (PROXY.replace("10.0.0.0/8", "10.0.0.1/8") + CALLERS, f"proxy.addresses: {NETWORK}"),
        (PROXY.replace("10.0.0.0/8", "0.0.0.0/0") + CALLERS, f"proxy.addresses: {EVERYBODY}"),
        (PROXY.replace("10.0.0.0/8", "::/0") + CALLERS, f"proxy.addresses: {EVERYBODY}"),
        (
            PROXY.replace("10.0.0.0/8", "proxy"),
            "proxy.addresses[1]: expected an address or a network, such as 10.0.0.0/8",
        ),
        ('operations-allowed = ["300.1.1.1"]', f"operations-allowed: {NETWORK}"),
        (PROXY.replace("-", "_"), "proxy.header: expected the name of a header: letters, digits and hyphens"),
        (PROXY + 'carries = "name"', 'proxy.carries: expected "certificate" or "subject"'),
        (
            PROXY + CALLERS + 'contracts = ["3.0"]',
            "callers[0].contracts[0]: expected a contract and its version, such as GetCarePlans 3.0",
        ),
        ("tls = 1", "tls: expected a table, not a whole number"),
        ("operations-port = 65536", "operations-port: expected a whole number of at most 65535"),
        ("source-deadline = 0", "source-deadline: expected a number above 0"),
        ('[[sources]]\nlogical-address = "a"', "sources: each has either a directory or a source"),
        (
            '[[sources]]\nlogical-address = "a"\ndirectory = "x"\nsource = "y:z"',
            "sources: each has either a directory or a source",
        ),
        (
            '[[sources]]\nlogical-address = "a"\ndirectory = "x"\n' * 2,
            "sources: two of them have the same logical-address: each must have its own",
        ),
        (
            'logical-addresses = ["b"]\n[[sources]]\nlogical-address = "a"\ndirectory = "x"',
            "logical-addresses: the sources have said theirs already",
        ),
    ],
)
def test_a_mistake_about_who_may_ask_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "own.pem").touch()

    assert mistake(file(tmp_path, text), ProducerSettings) == sentence
