"""Settings of the papers: `livestyle train styles --preset NAME`.

The code says more than the paper in each case, so numbers follow the authors' code, and where the two differ, that is
said. Weights are converted to the scale of `losses.plain_style_loss`: Gram matrices divided by C H W.

What remains different:

* The network is `networks.johnson`, whose docstring lists its departures; above all colours have a norm of their own,
  and it ends in a sigmoid. Dumoulin et al. have both. Weights start as PyTorch has them, not as N(0, 0.01).
* Epsilon is 1e-3 in all norms, not 1e-5 (`networks.norm`).
* The loss network is torchvision's VGG-16, not that of Caffe; features are scaled to be as large, about
  (`losses.CAFFE_SCALE`).
* Photos are those given, cut at random sizes and with varied light (`material.PhotoPool`), not COCO or ImageNet
  squeezed to 256 x 256.
* The stroke size is the painting's short side. The code of Johnson et al. takes its long side, that of Dumoulin et al.
  the painting as it is.
* A few pictures of a batch teach the code that paints the photo itself, which strength needs.
"""

from __future__ import annotations

import dataclasses

from livestyle.training.config import StylesConfig

BATCH = 4
GRAM_CHANNELS = (64, 128, 256, 512)
"""Of relu1_2, relu2_2, relu3_3 and relu4_3."""

# Both take the same network, layers and optimiser, and see whole pictures of 256 px.
_COMMON = StylesConfig(
    family="johnson",
    width=32,
    style_layers=("relu1_2", "relu2_2", "relu3_3", "relu4_3"),
    half_layers=(),
    half_share=0.0,
    content_layer="relu3_3",
    loss="plain",
    stroke_px=(256,),  # -style_image_size 256
    photo_px=320,
    crop_px=256,
    seen_px=256,
    small_seen_px=256,
    style_weight=1.0,  # the weights are those of the layers
    content_weight=1.0,
    temporal_weight=0.0,
    grid_weight=0.0,
    identity_weight=1e5,  # ours, on the scale of these losses
    steps=40_000,
    minutes=30 * 24 * 60.0,  # the steps end it
    rate=1e-3,
    code_rate=1e-3,  # scales and shifts are parameters like all others
    warm_up_steps=1,
    decay_from=1.0,
    average_decay=0.0,
)

JOHNSON = dataclasses.replace(
    _COMMON,
    batch=BATCH,
    style_layer_weights=(5.0, 5.0, 5.0, 5.0),
    # The code's strength of 1e-6 is of colours of 0 .. 255, and of a sum over the batch where we take the mean.
    tv_weight=1e-6 * 255**2 * BATCH,
)
"""Johnson, Alahi and Fei-Fei 2016 (1603.08155) as in their code (fast-neural-style, `train.lua`): for one painting."""

JOHNSON_ARXIV = dataclasses.replace(JOHNSON, content_layer="relu2_2")
"""The same with the content layer of the paper's text; the code's default is relu3_3. The text has a TV
weight between 1e-6 and 1e-4, chosen for each painting."""

DUMOULIN = dataclasses.replace(
    _COMMON,
    batch=16,
    pooling="average",
    # 1e-4 for Gram matrices divided by H W alone, so C^2 times that for ours.
    style_layer_weights=tuple(1e-4 * channels**2 for channels in GRAM_CHANNELS),
)
"""Dumoulin, Shlens and Kudlur 2016 (1610.07629) as in their code (magenta, `image_stylization_train`): for many
paintings, a row of scales and shifts each. The loss network has average pooling there, which the paper does not say."""

PRESETS = {"johnson": JOHNSON, "johnson-arxiv": JOHNSON_ARXIV, "dumoulin": DUMOULIN}
