"""The card photo, judged (guide, 五, 社会保障卡申领: 制卡人照片).

The guide asks for an electronic photo: white background, bareheaded, no border, colour;
358 x 441 px at 350 DPI; 30K to 50K, jpg; face and both ears visible, nothing over the face,
clothes unlike the background. :func:`judge` says pass, fail or review, rule by rule;
:mod:`validators.photo.fix` mends what pixels allow; :mod:`validators.photo.annotate` shows what
was measured; :mod:`validators.photo.portrait` finds photos among scanned papers.
"""

from validators.photo.judge import judge_photo, judge_print
from validators.photo.limits import CheckOutcome
from validators.photo.models import MODEL_FILES, FaceModels, load_models
from validators.photo.verdict import CONFIRM, PhotoVerdict, RuleVerdict, findings

__all__ = [
    "CONFIRM",
    "MODEL_FILES",
    "CheckOutcome",
    "FaceModels",
    "PhotoVerdict",
    "RuleVerdict",
    "findings",
    "judge_photo",
    "judge_print",
    "load_models",
]
