"""The painter: a stylizer and its styles, turning photos and a look into paintings."""

from __future__ import annotations

from livestyle.compose import compose
from livestyle.look import Look
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images, Stylizer


class Painter:
    """Paints batches in any look of one style file. Used from the one thread that owns the stylizer.

    Args:
        file: The network's styles.
        stylizer: Runs that network.
    """

    def __init__(self, file: StyleFile, stylizer: Stylizer) -> None:
        self.file = file
        self.stylizer = stylizer
        self._code_of: tuple[Look, int] | None = None
        self._code: Code = file.identity

    def code(self, look: Look, lines: int) -> Code:
        """The style code (K,) of a look in a picture of so many lines; the last one is remembered."""
        if (look, lines) != self._code_of:
            self._code, self._code_of = mixed_code(self.file, look, lines), (look, lines)
        return self._code

    def paint(self, photos: Images, look: Look) -> Images:
        """Paints.

        Args:
            photos: RGB uint8 (N, H, W, 3).
            look: How.

        Returns:
            RGB uint8 (N, H, W, 3).

        Raises:
            StyleError: A style of the look is not in the file.
            BackendError: The device gave up.
        """
        if look.strength == 0:
            return photos
        paintings = self.stylizer.stylize(photos, self.code(look, min(photos.shape[1:3])))
        for photo, painting in zip(photos, paintings, strict=True):
            composed = compose(photo, painting, look)
            if composed is not painting:
                painting[:] = composed
        return paintings
