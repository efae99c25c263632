"""What one file holds, as it is kept: the same bytes give the same reading."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.finding import Finding
from pipeline.model import Face, Frozen


class FileReading(Frozen):
    """What one file holds. ``file`` in faces and findings is the name it was read under;
    ``stages`` are the seconds that reading it took, by stage (:data:`pipeline.stages.STAGES`)."""

    sha256: str
    pages: int = 0
    faces: tuple[Face, ...] = ()
    findings: tuple[Finding, ...] = ()
    stages: Mapping[str, float] = {}

    def renamed(self, file: str) -> FileReading:
        """The same reading for the same bytes under another name."""
        faces = tuple(
            f.model_copy(update={"page": f.page.model_copy(update={"file": file})})
            for f in self.faces
        )
        findings = tuple(f.model_copy(update={"file": file}) for f in self.findings)
        return self.model_copy(update={"faces": faces, "findings": findings})
