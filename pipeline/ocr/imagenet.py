"""What the text detector expects of a picture's colours: ImageNet's mean and spread.

Source: the model's own ``inference.yml``; the order is red, green, blue, as PaddleOCR feeds it.
"""

from __future__ import annotations

from typing import Final

MEAN: Final = (0.485, 0.456, 0.406)
SPREAD: Final = (0.229, 0.224, 0.225)
"""In parts of a colour's full light."""
FULL: Final = 255.0
