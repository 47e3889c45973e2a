"""The report's page in a real browser: filter, folding, printing, keyboard, contrast, and nothing fetched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from pytest_httpserver import HTTPServer

from riv_careplans.validation.report import Report
from tests.report_samples import CLEAN, DOCUMENTS, HOSTILE, HOSTILE_NAME, PRODUCER, look, written

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium to look at the page with"),
]

CONTRAST = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  let seen = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || ["SCRIPT", "OPTION"].includes(element.tagName)) continue;
    const [one, other] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    seen += 1;
    if (ratio < 4.5) poor.push(`${element.tagName} ${element.className} ${element.textContent.slice(0, 30)} ${ratio}`);
  }
  return { poor, seen };
}"""

UNNAMED = """() => [...document.querySelectorAll("input, select, button, a, summary, [role=img], output")]
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML)"""


@dataclass
class Visit:
    """A page that is being looked at, and all that it says or asks for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def shown(self) -> list[str]:
        """The codes of the findings that can be seen."""
        locator = self.page.locator(".finding:visible .code")
        return [text.strip() for text in locator.all_inner_texts()]

    def sections(self) -> list[str]:
        """The headings of the sections that can be seen."""
        return [text.strip() for text in self.page.locator(".file:visible h2").all_inner_texts()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


class Visitor:
    """Opens reports in the browser."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._contexts: list[Any] = []

    def __call__(self, report: Report, *, language: Literal["sv", "en"] = "sv", **context: Any) -> Visit:
        file = self._folder / f"{len(self._contexts)}.html"
        file.write_text(written("html", report, look(language)), encoding="utf-8", newline="")
        opened = self._browser.new_context(**context)
        self._contexts.append(opened)
        visit = Visit(opened.new_page())
        visit.page.on("console", lambda message: visit.said.append(message.text))
        visit.page.on("pageerror", lambda error: visit.said.append(str(error)))
        visit.page.on("request", lambda request: visit.asked.append(request.url))
        visit.page.on("dialog", lambda dialog: visit.said.append(dialog.message))
        visit.page.goto(file.as_uri())
        return visit

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Visitor]:
    visitor = Visitor(browser, tmp_path)
    yield visitor
    visitor.close()


@pytest.mark.parametrize("report", [DOCUMENTS, PRODUCER, CLEAN], ids=["documents", "producer", "clean"])
def test_the_page_fetches_nothing_and_says_nothing_to_the_console(visit: Visitor, report: Report) -> None:
    seen = visit(report)

    assert [url for url in seen.asked if not url.startswith("file:")] == []
    assert len(seen.asked) == 1
    assert seen.said == []


def test_the_policy_of_the_page_lets_no_other_script_run_and_nothing_be_fetched(
    visit: Visitor, httpserver: HTTPServer
) -> None:
    seen = visit(Report.of((HOSTILE,)))

    seen.page.evaluate(
        """async (address) => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'taken'";
          document.body.append(script);
          const picture = document.createElement("img");
          picture.src = address;
          document.body.append(picture);
          await fetch(address).catch(() => null);
          await picture.decode().catch(() => null);
        }""",
        httpserver.url_for("/picture.png"),
    )

    assert "taken" not in seen.page.title()
    assert httpserver.log == []
    assert any("Content Security Policy" in line for line in seen.said)


def test_a_name_that_means_harm_is_text(visit: Visitor) -> None:
    seen = visit(Report.of((HOSTILE,)))

    heading = seen.page.locator(".file h2").inner_text()

    assert "<script>alert(1)</script>" in heading
    assert "\\x1b[31m\\u202e" in heading
    assert HOSTILE_NAME not in heading
    assert seen.said == []


def test_the_filter_narrows_by_severity_code_and_text(visit: Visitor) -> None:
    seen = visit(DOCUMENTS)
    page = seen.page
    state = page.locator("#filter output")

    assert len(seen.shown()) == 7
    assert state.inner_text() == "Visar 7 av 7 fynd."

    page.get_by_label("4 fel").press("Space")
    assert seen.shown() == ["CP-011", "CP-020", "CP-011"]
    assert state.inner_text() == "Visar 3 av 7 fynd."
    assert seen.sections() == ["svar/wrong.xml", "fråga med blanksteg.xml"]

    page.get_by_label("Kod").select_option("CP-011")
    assert seen.shown() == ["CP-011", "CP-011"]

    page.get_by_label("Text, fil eller plats").fill("BLANKSTEG tidsfiltret")
    assert seen.shown() == ["CP-011"]
    assert seen.sections() == ["fråga med blanksteg.xml"]

    page.get_by_label("Text, fil eller plats").fill("finns inte någonstans")
    assert seen.shown() == []
    assert state.inner_text() == "Visar 0 av 7 fynd."

    page.get_by_role("button", name="Visa allt").click()
    page.locator("#filter output", has_text="Visar 7 av 7 fynd.").wait_for()
    assert len(seen.shown()) == 7
    assert "svar/huge.xml" in seen.sections()
    assert seen.said == []


def test_the_page_can_be_read_without_its_script(visit: Visitor) -> None:
    seen = visit(DOCUMENTS, java_script_enabled=False)

    assert len(seen.shown()) == 7
    assert seen.page.locator("#filter").is_hidden()
    assert seen.page.get_by_text("Avbruten: allt hann inte undersökas.").is_visible()


def test_a_code_leads_to_what_it_means(visit: Visitor) -> None:
    seen = visit(DOCUMENTS, language="en")

    seen.page.get_by_role("link", name="CP-006").click()

    assert seen.page.locator(".rule:target h3").inner_text() == "CP-006a goal that is ended says how it went"


def test_the_keyboard_reaches_everything_and_folds_a_section(visit: Visitor) -> None:
    seen = visit(DOCUMENTS)
    page = seen.page

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till resultatet"
    page.locator(".file summary").first.focus()
    page.keyboard.press("Enter")

    assert page.locator(".file").first.get_attribute("open") is None
    assert "XSD-003" not in seen.shown()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_every_text_stands_out_from_what_is_behind_it(visit: Visitor, scheme: str, media: str) -> None:
    seen = visit(DOCUMENTS, color_scheme=scheme)
    seen.page.emulate_media(media=media, color_scheme=scheme)

    contrast = seen.page.evaluate(CONTRAST)

    assert contrast["seen"] > 60
    assert contrast["poor"] == []


@pytest.mark.parametrize("report", [DOCUMENTS, PRODUCER], ids=["documents", "producer"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_control_and_picture_has_a_name_and_the_page_a_language(
    visit: Visitor, report: Report, language: Literal["sv", "en"]
) -> None:
    page = visit(report, language=language).page

    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator("h1").count() == 1


def test_print_shows_what_is_folded_and_leaves_the_controls_out(visit: Visitor) -> None:
    seen = visit(DOCUMENTS)
    page = seen.page
    page.locator(".file summary").first.click()
    assert "XSD-003" not in seen.shown()

    page.emulate_media(media="print")

    assert page.locator("#filter").is_hidden()
    assert page.locator(".message").first.evaluate("one => one.getBoundingClientRect().height") > 0


@pytest.mark.parametrize("width", [320, 768])
def test_a_narrow_window_needs_no_scrolling_sideways(visit: Visitor, width: int) -> None:
    page = visit(DOCUMENTS, viewport={"width": width, "height": 800}).page

    assert page.evaluate("document.documentElement.scrollWidth") <= width
