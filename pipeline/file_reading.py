"""What one file holds, as it is kept: the same bytes give the same reading."""

from __future__ import annotations

from pipeline.finding import Finding
from pipeline.model import Face, Frozen


class FileReading(Frozen):
    """What one file holds. ``file`` in faces and findings is the name it was read under."""

    sha256: str
    pages: int = 0
    faces: tuple[Face, ...] = ()
    findings: tuple[Finding, ...] = ()

    def renamed(self, file: str) -> FileReading:
        """The same reading for the same bytes under another name."""
        return FileReading(
            sha256=self.sha256,
            pages=self.pages,
            faces=tuple(
                f.model_copy(update={"page": f.page.model_copy(update={"file": file})})
                for f in self.faces
            ),
            findings=tuple(f.model_copy(update={"file": file}) for f in self.findings),
        )
