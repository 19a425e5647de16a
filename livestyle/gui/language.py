"""The words of the window, in the language of the system.

The code is written in English: `tr("Saved to {path}", path=path)`. Every text stands once in a file of the folder
`languages`, with what it is in the other languages: `"Off": {"de": "Aus", ...}`. Where a text has a number `n` in it, a
list has the singular and the plural. What the show says, which knows no Qt, is recognized by its sentence: `told`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent / "languages"
LANGUAGES = ("de", "fr", "es", "ja", "zh")
"""Those that every text is in, beside English."""
WITHOUT_PLURAL = ("ja", "zh")
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Forms = str | list[str]
"""A text in a language; or its singular and plural, where a language has them."""

WORDS, SENTENCES = "words", "sentences"
"""The contexts of Qt's translation: what is looked up as it stands, and what is recognized."""


def tr(text: str, **values: object) -> str:
    """A text in the language of the window.

    Args:
        text: In English, with a name in braces for each value. All of a sentence: other languages have another order.
        **values: What stands for the names. The number `n` decides between singular and plural.
    """
    n = values.get("n", -1)
    translated = QCoreApplication.translate(WORDS, text, "", n if isinstance(n, int) else -1)
    return translated.format(**values) if values else translated


def told(sentence: str) -> str:
    """A sentence of the show, or of an error, in the language of the window; as it is if it is not known."""
    # The name of a file in it may have bytes that are no text: Qt would take none of it.
    return QCoreApplication.translate(SENTENCES, sentence.encode(errors="replace").decode())


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it."""
    return QLocale().toString(float(value), "f", digits)


class Language(QTranslator):
    """One language.

    Args:
        code: One of `LANGUAGES`, or "en".
        texts: English -> the same in this language.
    """

    def __init__(self, code: str, texts: Mapping[str, Forms], parent: QCoreApplication | None = None) -> None:
        super().__init__(parent)
        self._code = code
        self._texts = texts

    def isEmpty(self) -> bool:
        """Qt asks before it installs."""
        return False

    def translate(
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803 (Qt's name for it)
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """What Qt asks for each text, its own too; what is not known stays as it is."""
        text = sourceText or ""
        if context == WORDS:
            return self._text(text, n) or text
        if context == SENTENCES:
            return self._recognized(text) or text
        return text

    def _text(self, text: str, n: int = -1) -> str | None:
        forms = self._texts.get(text)
        return forms[is_plural(self._code, n)] if isinstance(forms, list) else forms

    def _recognized(self, sentence: str) -> str | None:
        if (known := self._text(sentence)) is not None:
            return known
        for text, pattern in self._patterns:
            if (found := pattern.fullmatch(sentence)) is not None:
                values = {name: self._recognized(value) or value for name, value in found.groupdict().items()}
                n = values.get("n", "")
                forms = self._text(text, int(n) if n.isdecimal() else -1)
                return None if forms is None else forms.format(**values)
        return None

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """The texts with values in them, those with the most words of their own first."""
        texts = sorted((text for text in self._texts if PLACEHOLDER.search(text)), key=lambda text: -len(bare(text)))
        return [(text, _pattern(text)) for text in texts if len(bare(text)) >= LEAST_LETTERS]


LEAST_LETTERS = 7
"""A text with fewer letters of its own is no sentence, and would be recognized everywhere."""


def bare(text: str) -> str:
    """A text without its placeholders."""
    return PLACEHOLDER.sub("", text)


def is_plural(code: str, n: int) -> bool:
    """Whether a language has so many of something in the plural."""
    if code in WITHOUT_PLURAL:
        return False
    return n not in ((0, 1) if code == "fr" else (1,))


def _pattern(text: str) -> re.Pattern[str]:
    # Every second piece is the name of a value.
    pieces = PLACEHOLDER.split(text)
    return re.compile("".join(f"(?P<{p}>.+)" if i % 2 else re.escape(p) for i, p in enumerate(pieces)), re.DOTALL)


def read_texts() -> dict[str, dict[str, Forms]]:
    """All texts: English -> code of a language -> the same in it."""
    texts: dict[str, dict[str, Forms]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        texts.update(json.loads(path.read_text(encoding="utf-8")))
    return texts


def texts_in(code: str) -> dict[str, Forms]:
    """All texts of one language: English -> the same in it. English itself has only those with a plural."""
    return {text: forms[code] for text, forms in read_texts().items() if code in forms}


def language_of(languages: list[str]) -> str:
    """The code of the first language that there is, of those that the system names: "de-AT", "en"; else English."""
    codes = (language.replace("_", "-").split("-")[0] for language in languages)
    return next((code for code in codes if code in ("en", *LANGUAGES)), "en")


def speak(app: QCoreApplication) -> None:
    """Makes an application, and Qt's own dialogs in it, speak the language that the system is set to."""
    code = language_of(QLocale.system().uiLanguages())
    app.installTranslator(Language(code, texts_in(code), app))
    dialogs = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # Qt asks the one that was installed last first.
    if dialogs.load(f"qtbase_{'zh_CN' if code == 'zh' else code}", folder):
        app.installTranslator(dialogs)
