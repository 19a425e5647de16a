"""The tables as Markdown, and all that was measured as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from livestyle.evaluation.judge import FIGURES
from livestyle.evaluation.results import Estimate, Results
from livestyle.evaluation.tables import STROKES
from livestyle.training.metrics import SHORT_SIDE_PX

PEER = "peer"
STEADY_FIGURES = ("error", "times", "boil", "sharpness", "style")
HEADINGS = {
    "colour": "colour (bound)",
    "error": "warping error",
    "times": "over the input's",
    "sharpness": "sharpness over the input's",
}
DIGITS = {
    "masses": 2,
    "colours": 2,
    "fine": 2,
    "grid2": 1,
    "grid4": 1,
    "colour": 1,
    "error": 4,
    "times": 2,
    "boil": 2,
    "sharpness": 2,
}
"""Decimals shown; 3 by default."""
UNITS = {"times": "x", "sharpness": "x"}
EXPLANATION = """\
Means, with the 95 % bootstrap interval over styles and photos in brackets. Less is better but for *sharpness*. Photos,
clips and pictures here took no part in training. Distances are of pictures at a short side of 256 px, on VGG-16 in
float32; `livestyle/training/metrics.py` defines them.

* *style*: distance of Gram matrices at the layers that are trained on; *style_ho*: at layers that never are;
  *style_128*: style at a short side of 128 px, as pixel noise can win *style*. A blend of photo and painting does well
  on them, so they are read with *swd*: sliced Wasserstein distance of features.
* *content*: distance of features from the photo's; *lpips*: perceptual distance from the photo.
* *colour*: sliced Wasserstein distance in CIE L\\*a\\*b\\*, as a bound only: a colour-matched photo does well on it.
* *masses*, *colours*, *fine*: the spreads of coarse L\\*, of chroma and of fine L\\* over the painting's own, at a
  short side of 360 px: 1 is as strong in light and dark, colour and strokes as the painting.
* *grid2*, *grid4*: the strongest spectral line at periods of 2 and 4 px over its neighbourhood; a photo has about 2.5.
* *warping error*: RMS difference between a frame and the one before moved along the flow; blur wins on it, so it is
  read with *sharpness* (energy of the Laplacian) and *style* of the same frames. *boil*: that error over sqrt(2) times
  the RMS of the clip's own fine detail: at 1 all texture is drawn anew in every frame.
"""
STROKE_NOTE = """
At stroke s the strokes are those of the painting hung s times as high as the picture, so it is held against the
painting at a short side of 256 s px. Each column should be lowest where the stroke is its own."""


@dataclass
class Report:
    """All results of a run.

    Attributes:
        ours: Names of the style files.
        photos: Names of the photos.
        per_style: How many of them each painting meets, and how many it meets for the controls.
        painted_by: Candidate -> what it was run by.
        named: Paintings with a style of their own: `tables.likeness`.
        unseen: Any picture as a style: the same.
        strokes: `tables.strokes`.
        sizes: `tables.sizes`.
        known: `tables.steadiness` of clips with known flow.
        clips: The same of real clips.
        notes: Why something is missing, a sentence each.
    """

    ours: Sequence[str]
    photos: Sequence[str]
    per_style: tuple[int, int]
    painted_by: Mapping[str, str]
    named: Results = field(default_factory=lambda: Results([]))
    unseen: Results = field(default_factory=lambda: Results([]))
    strokes: Results = field(default_factory=lambda: Results([]))
    sizes: Results = field(default_factory=lambda: Results([]))
    known: Results = field(default_factory=lambda: Results([]))
    clips: Results = field(default_factory=lambda: Results([]))
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as `json.dumps` takes it: the records, and the summaries that the tables show."""
        parts = {
            "named": self.named,
            "unseen": self.unseen,
            "strokes": self.strokes,
            "sizes": self.sizes,
            "known": self.known,
            "clips": self.clips,
        }
        return {
            "photos": list(self.photos),
            "photos for each painting, and for its controls": list(self.per_style),
            "painted by": dict(self.painted_by),
            "notes": self.notes,
            "summary": {name: _summary(results) for name, results in parts.items()},
            "records": {name: [asdict(record) for record in results.records] for name, results in parts.items()},
        }

    def to_markdown(self) -> str:
        """The tables."""
        parts = [
            ("Its own paintings", [*_likeness(self.named, self.ours), *_worst(self.named, self.ours)]),
            ("Any picture", [*_likeness(self.unseen, self.ours), *_worst(self.unseen, self.ours)]),
            ("Holding still under known flow", _known(self.known)),
            ("Holding still on clips", _steady(self.clips)),
            ("Stroke size", _strokes(self.strokes)),
            ("Processing size", _sizes(self.sizes)),
            *((f"Each painting, by {name}", _each(self.named, name)) for name in self.ours),
        ]
        each, controlled = self.per_style
        measured = f"Measured on {len(self.photos)} photos in rotation: {each} a painting, {controlled} for controls."
        painted_by = [f"{name}: {what}." for name, what in self.painted_by.items()]
        lines = ["# Evaluation", "", EXPLANATION, measured, *painted_by, *self.notes]
        for title, body in parts:
            if body:
                lines += ["", f"## {title}", *body]
        return "\n".join(lines) + "\n"


def _summary(results: Results) -> dict[str, dict[str, Any]]:
    figures = list(dict.fromkeys(name for record in results.records for name in record.figures))
    summary: dict[str, dict[str, Any]] = {}
    for method in results.methods:
        means = {figure: results.mean(method, figure) for figure in figures}
        summary[method] = {figure: asdict(mean) for figure, mean in means.items() if mean is not None}
    return summary


def _likeness(results: Results, ours: Sequence[str]) -> list[str]:
    """A row a method; below the peer, each of ours over it; then the controls."""
    if not results.records:
        return []
    known = [figure for figure in FIGURES if any(figure in r.figures for r in results.records)]
    own = [name for name in ours if name in results.methods]
    rows = []
    for method in [*own, *(m for m in results.methods if m not in own)]:
        cells = [_cell(results.mean(method, figure), figure) for figure in known]
        rows.append([method, str(results.count(method)), *cells])
        if method == PEER:
            for name in own:
                ratios = [_cell(results.ratio(name, PEER, figure), "times", "x") for figure in known]
                rows.append([f"*{name} over the peer*", "", *ratios])
    return _table(["", "pictures", *(HEADINGS.get(f, f) for f in known)], rows)


def _worst(results: Results, ours: Sequence[str]) -> list[str]:
    """A sentence for each of ours: its worst painting, by itself and beside the peer."""
    lines = []
    for name in ours:
        styles, peers = results.by_style(name, "style"), results.by_style(PEER, "style")
        if not styles:
            continue
        worst = max(styles, key=lambda s: styles[s])
        sentence = f"Worst of {name}: {worst}, style {styles[worst]:.3f}"
        if ratios := {s: styles[s] / peers[s] for s in styles if s in peers}:
            worst = max(ratios, key=lambda s: ratios[s])
            behind = sum(ratio > 1 for ratio in ratios.values())
            sentence += f"; beside the peer: {worst}, {ratios[worst]:.2f}x ({styles[worst]:.3f} to {peers[worst]:.3f})"
            sentence += f"; above the peer on {behind} of {len(ratios)}"
        lines += ["", sentence + "."]
    return lines


def _each(results: Results, method: str) -> list[str]:
    """A row a painting."""
    figures = [f for f in FIGURES if results.by_style(method, f)]
    means = {figure: results.by_style(method, figure) for figure in figures}
    beside = {f"{f} over the peer": (results.by_style(PEER, f), means[f]) for f in ("style", "swd") if f in means}
    beside = {title: pair for title, pair in beside.items() if pair[0]}
    rows = []
    for style in sorted(means.get("style", {})):
        cells = [f"{means[f][style]:.{DIGITS.get(f, 3)}f}" for f in figures]
        rows.append([style, *cells, *(f"{own[style] / peers[style]:.2f}x" for peers, own in beside.values())])
    return _table(["", *(HEADINGS.get(f, f) for f in figures), *beside], rows)


def _known(results: Results) -> list[str]:
    """A row a flow and method."""
    figures = [figure for figure in STEADY_FIGURES if figure != "boil"]
    rows = [[flow, *row] for flow in results.scenes for row in _rows(results.at(flow), figures)]
    return _table(["flow", "", "clips", *(HEADINGS.get(f, f) for f in figures)], rows)


def _steady(results: Results) -> list[str]:
    return _table(["", "clips", *(HEADINGS.get(f, f) for f in STEADY_FIGURES)], _rows(results, STEADY_FIGURES))


def _strokes(results: Results) -> list[str]:
    figures = [f"at {scale:g}" for scale in STROKES]
    seen = [f"style, painting at {round(SHORT_SIDE_PX * scale)} px" for scale in STROKES]
    table = _table(["", "pictures", *seen], _rows(results, figures))
    return [*table, STROKE_NOTE] if table else []


def _sizes(results: Results) -> list[str]:
    figures = ("style", "swd", "content")
    return _table(["", "pictures", *figures], _rows(results, figures))


def _rows(results: Results, figures: Sequence[str]) -> list[list[str]]:
    """A row a method: its name, how many records it has, its means."""
    return [
        [method, str(results.count(method)), *(_cell(results.mean(method, f), f, UNITS.get(f, "")) for f in figures)]
        for method in results.methods
    ]


def _cell(estimate: Estimate | None, figure: str, unit: str = "") -> str:
    if estimate is None:
        return ""
    digits = DIGITS.get(figure, 3)
    return f"{estimate.value:.{digits}f}{unit} ({estimate.low:.{digits}f}-{estimate.high:.{digits}f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table after an empty line; nothing without rows."""
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return ["", "| " + " | ".join(head) + " |", "|---" * len(head) + "|", *body] if body else []
