from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.errors import StyleError
from livestyle.look import Look


def test_an_unknown_style_is_refused_at_once(controls) -> None:
    with pytest.raises(StyleError, match="no style 'wilt'"):
        replace(controls, look=Look((("wilt", 1.0),)))
