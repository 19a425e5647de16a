"""Every text that a user sees is in every language; the tests name those that are missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QTranslator
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

import livestyle
from livestyle.gui import language
from livestyle.gui.actions import ACTIONS, described
from livestyle.gui.language import (
    LANGUAGES,
    PLACEHOLDER,
    SENTENCES,
    WORDS,
    Language,
    bare,
    is_plural,
    language_of,
    number,
    read_texts,
    speak,
    texts_in,
    told,
    tr,
)
from livestyle.gui.remote.controls import CONTROLS

ROOT = Path(livestyle.__path__[0])
TEXTS = read_texts()
SAID = re.compile(r"[A-Z●].*[a-z]", re.DOTALL)
"""What a text for people begins with, and has in it. What stands in code for the program only begins otherwise."""
NOT_SAID = frozenset(
    {
        # No words: keys, names that code has, rules of a style sheet.
        *(
            "Space",
            "Fusion",
            "User-Agent",
            "ShowItems",
            "AnyButton",
            "Note",
            "Pitch",
            "QSlider#mix{}::sub-page:horizontal { background: {}; }\n",
        ),
        # Before there is a window, or never: a wrong use by code, or by the command line.
        *("The window can't be opened, a library is missing ({}).{}", "The show stands still: it can't be measured."),
        *("The demo scene can't be {}x{} pixels at {} frames a second.", "The demo scene is not open."),
        "{}x{} pixels are too many for the demo scene: make it smaller.",
        "A colour is red, green and blue, (255, 255, 255) for white, not {}.",
    }
)
SENTENCE = re.compile(r"[A-Z{].*[a-z]{3,} [a-z]+.*\.", re.DOTALL)
"""What is told by the show and by errors: it begins as a sentence does, and ends with a full stop."""


def template(node: ast.expr) -> str | None:
    """A text as it stands in code, with "{}" for each value in it."""
    if isinstance(node, ast.Constant):
        return PLACEHOLDER.sub("{}", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def outermost(tree: ast.AST, leave_out: set[ast.AST]) -> Iterator[ast.expr]:
    """All texts of a module, but for those inside of others."""
    for node in ast.iter_child_nodes(tree):
        if node in leave_out:
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        else:
            yield from outermost(node, leave_out)


def of_no_user(tree: ast.Module) -> set[ast.AST]:
    """Docstrings, what is logged, and the names of keys."""
    nodes: set[ast.AST] = set()
    for node in ast.walk(tree):
        if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
            isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        ):
            nodes.add(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("Action", "Output"):
            nodes.add(node.args[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_numbered":
            nodes.update(node.args[1:2])
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("_NAMES"):
            nodes.add(node)
    return nodes


def texts_of_gui() -> dict[str, str]:
    """Texts in the code of the window -> where they stand."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "gui").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        in_tr = {
            call.args[0]
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "tr" and call.args
        }
        for node in outermost(tree, of_no_user(tree)):
            text = template(node)
            if text and (node in in_tr or SAID.match(text)):
                found[text] = f"{path.name}:{node.lineno}"
    return found


def sentences_of(room: str) -> dict[str, str]:
    """Sentences for the user from where no Qt is known -> where they stand."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / room).rglob("*.py")) or [ROOT / room]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        failures = {
            call.args[0]
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "see_log"
        }
        for node in outermost(tree, of_no_user(tree)):
            text = template(node)
            if text and (node in failures or SENTENCE.fullmatch(text)):
                found[text] = f"{path.name}:{node.lineno}"
    return found


KNOWN = {PLACEHOLDER.sub("{}", text) for text in TEXTS}


def missing(found: dict[str, str]) -> list[str]:
    """Texts that no file has. What is begun in the background is told if it fails, as a whole sentence."""
    known = KNOWN | NOT_SAID | {text.removesuffix(" failed") for text in KNOWN}
    return [f"{where}: {text!r}" for text, where in found.items() if text not in known]


def test_every_text_of_the_window_is_in_the_files_of_languages() -> None:
    assert missing(texts_of_gui()) == []


def test_every_action_is_in_the_files_of_languages() -> None:
    texts = {text for action in ACTIONS.values() for text in (action.does, action.label, action.also) if text}
    texts |= {control.does for control in CONTROLS.values()}
    assert sorted(text for text in texts - {"?"} if text not in TEXTS) == []


@pytest.mark.parametrize(
    "room",
    [
        *("live", "sources", "listening", "stylizer/first_time.py"),
        *("sinks/virtual_camera.py", "sinks/stream.py", "sinks/mjpeg.py"),
    ],
)
def test_every_sentence_of_the_show_is_in_the_files_of_languages(room: str) -> None:
    assert missing(sentences_of(room)) == []


def test_whatever_is_wrong_with_a_style_file_is_a_whole_sentence() -> None:
    raised = [
        (ast.unparse(call.func), template(call.args[0]))
        for name in ("document", "file", "kept")
        for call in ast.walk(ast.parse((ROOT / "styles" / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args
    ]
    reasons = [text for error, text in raised if error == "ValueError" and text]
    assert len(reasons) > 10
    assert [each for each in reasons if f"The style file {{}} is damaged: {each}." not in KNOWN] == []
    # Of files of textures the command line alone tells.
    told_whole = [
        text.replace("The {} file", "The style file") for error, text in raised if error == "StyleError" and text
    ]
    assert [each for each in told_whole if "The style file" in each and each not in KNOWN] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_in_every_language(code: str) -> None:
    assert sorted(text for text, forms in TEXTS.items() if not forms.get(code)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_translations_have_the_same_values_in_them(code: str) -> None:
    wrong = []
    for text, forms in TEXTS.items():
        for form in forms[code] if isinstance(forms[code], list) else [forms[code]]:
            if sorted(set(PLACEHOLDER.findall(form))) != sorted(set(PLACEHOLDER.findall(text))):
                wrong.append(form)
    assert wrong == []


def test_a_text_with_a_number_in_it_has_a_plural_where_the_language_has_one() -> None:
    for text, forms in TEXTS.items():
        has_number = "n" in PLACEHOLDER.findall(text)
        for code in ("en", *LANGUAGES):
            if has_number:
                assert isinstance(forms[code], list if is_plural(code, 2) else str), (text, code)


# ---- looking up ------------------------------------------------------------------------------------------------------


@pytest.fixture
def german(qapp) -> Iterator[Language]:
    texts = {
        "Off": "Aus",
        "Saved to {path}": "Gespeichert in {path}",
        "{error} Trying again.": "{error} Es wird erneut versucht.",
        "{name} has ended.": "{name} ist zu Ende.",
        "{n} pictures": ["{n} Bild", "{n} Bilder"],
        "Saw {n} pictures.": ["{n} Bild gesehen.", "{n} Bilder gesehen."],
    }
    spoken = Language("de", texts, qapp)
    qapp.installTranslator(spoken)
    yield spoken
    qapp.removeTranslator(spoken)


def test_without_a_language_texts_are_english(qapp) -> None:
    assert tr("Off") == "Off"
    assert tr("Saved to {path}", path="a") == "Saved to a"
    assert told("clip.mp4 has ended.") == "clip.mp4 has ended."


def test_texts_are_looked_up_and_filled_in(german) -> None:
    assert tr("Off") == "Aus"
    assert tr("Saved to {path}", path="a{b}") == "Gespeichert in a{b}"
    assert tr("Nothing of that kind") == "Nothing of that kind"
    assert [tr("{n} pictures", n=n) for n in (0, 1, 2)] == ["0 Bilder", "1 Bild", "2 Bilder"]


def test_sentences_are_recognized(german) -> None:
    assert told("clip.mp4 has ended.") == "clip.mp4 ist zu Ende."
    assert told("clip.mp4 has ended. Trying again.") == "clip.mp4 ist zu Ende. Es wird erneut versucht."
    assert told("Saved to ~/Videos/a {b}.mp4") == "Gespeichert in ~/Videos/a {b}.mp4"
    assert told("Saw 1 pictures.") == "1 Bild gesehen."
    assert told("Something else.") == "Something else."


def test_qts_own_words_are_left_to_qt(german) -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_zero_is_singular_in_french_and_nothing_has_a_plural_in_japanese() -> None:
    assert [is_plural("fr", n) for n in (0, 1, 2)] == [False, False, True]
    assert [is_plural("en", n) for n in (0, 1, 2)] == [True, False, True]
    assert not is_plural("ja", 2)


@pytest.mark.parametrize(
    ("languages", "code"),
    [
        (["de-AT", "de", "en"], "de"),
        (["pt-BR", "es-MX"], "es"),
        (["zh-Hans-CN", "zh"], "zh"),
        (["en-GB", "de"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_there_is_is_spoken(languages: list[str], code: str) -> None:
    assert language_of(languages) == code


def test_an_application_speaks_the_language_of_the_system(qapp, monkeypatch) -> None:
    class German:
        @staticmethod
        def system() -> German:
            return German()

        def uiLanguages(self) -> list[str]:  # noqa: N802
            return ["de-CH", "de"]

    installed: list[QTranslator] = []
    monkeypatch.setattr(language, "QLocale", German)
    monkeypatch.setattr(type(qapp), "installTranslator", lambda _, each: installed.append(each))
    speak(qapp)
    ours, qts = installed
    assert ours.translate(WORDS, "Record") == texts_in("de")["Record"] != "Record"
    assert qts.translate("QPlatformTheme", "Cancel") == "Abbrechen"


@pytest.mark.parametrize(
    "reason", ["it holds no styles", "it has no tensor 'code.calm'", "the codes of calm do not fit"]
)
def test_what_is_wrong_with_a_style_file_is_said_in_one_language(qapp, reason: str) -> None:
    spoken = Language("de", texts_in("de"), qapp)
    said = spoken.translate(SENTENCES, f"The style file a.safetensors is damaged: {reason}.")
    assert said.startswith("Die Stildatei a.safetensors ist beschädigt: ")
    assert not re.search(r"\b(it|the|has|of)\b", said)


def test_numbers_have_as_many_digits_as_are_asked_for(qapp) -> None:
    assert [number(0.4567, digits) for digits in (0, 1, 2)] == ["0", "0.5", "0.46"]


# ---- what is shown ---------------------------------------------------------------------------------------------------


class Marking(Language):
    """Knows every text, and marks it, so that one that was not looked up stands out."""

    def translate(self, context, sourceText, disambiguation=None, n=-1) -> str:  # noqa: N803
        if context != WORDS or not sourceText or "\ue000" in sourceText or not re.search("[A-Za-z]", bare(sourceText)):
            return sourceText or ""
        return f"\ue000{sourceText}\ue001"


@pytest.fixture
def marked(qapp) -> Iterator[None]:
    marking = Marking("en", {}, qapp)
    qapp.installTranslator(marking)
    yield
    qapp.removeTranslator(marking)


def shown_by(widget: QWidget) -> list[str]:
    texts = [widget.toolTip(), widget.accessibleName(), widget.windowTitle()]
    if isinstance(widget, QLabel | QAbstractButton):
        texts.append(widget.text())
    if isinstance(widget, QComboBox):
        texts += [widget.placeholderText(), *(widget.itemText(row) for row in range(widget.count()))]
    return texts


def test_all_that_the_window_shows_is_looked_up(marked, window, qtbot) -> None:
    data = {
        each
        for name in window.model.names
        for style in [window.model.catalog.find(name)]
        for each in (style.title, ", ".join(filter(None, (style.artist, style.year))))
    }
    data |= {"livestyle", "demo", "✕", "?"}
    window.panel.source_button._fill()
    widgets = [w for w in window.findChildren(QWidget) if w is not window.bar.status]
    plain = {
        text
        for widget in widgets
        for text in shown_by(widget)
        if re.search("[A-Za-z]", text) and text not in data and "\ue000" not in text
    }
    plain |= {
        action.text()
        for action in window.panel.source_button.menu().actions()
        if action.text() not in ("", *data) and "\ue000" not in action.text()
    }
    plain -= {"Integrated Webcam", "Studio && Stage"}
    plain = {text for text in plain if not re.fullmatch(r"\d+x\d+", text)}
    assert sorted(plain) == []


def test_the_list_of_keys_is_looked_up(marked) -> None:
    assert [does for does in map(described, ACTIONS) if "\ue000" not in does] == []


def test_the_name_of_a_file_that_is_no_text_can_be_told(qapp) -> None:
    assert told("There is no file \udcff.mp4: check its name.") == "There is no file ?.mp4: check its name."
