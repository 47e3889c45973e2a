"""Which language the command line speaks: Swedish or English, side by side in the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Language", "language_of", "with_language_first"]


@dataclass(frozen=True, slots=True)
class Language:
    """Chooses between a Swedish and an English text."""

    code: str
    """`sv` or `en`."""

    def __call__(self, swedish: str, english: str) -> str:
        """Return the text in the chosen language."""
        return swedish if self.code == "sv" else english


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Choose the language: `--lang` on the command line, else the locale; English when neither says.

    Looked at before the commands are made, because their help is in the language too.
    """
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return Language("sv" if arguments[position + 1] == "sv" else "en")
        if argument.startswith("--lang="):
            return Language("sv" if argument == "--lang=sv" else "en")
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return Language("sv" if locale.lower().startswith("sv") else "en")


def with_language_first(arguments: Sequence[str]) -> list[str]:
    """Move `--lang` to the front, where the group takes it: people write it last, too."""
    language: list[str] = []
    others: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "--lang":
            language += [argument, *[value for value in [next(left, None)] if value is not None]]
        elif argument.startswith("--lang="):
            language.append(argument)
        else:
            others.append(argument)
    return language + others
