"""Makes every Python process that finds this on its path read by tape: what Prefect starts cannot
be handed an engine. Nothing is imported until :mod:`flows.worker` is."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Replaced(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "flows.worker":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        assert spec is not None and spec.loader is not None
        execute = spec.loader.exec_module

        def executed(module: ModuleType) -> None:
            execute(module)
            # A child begins with the replacement itself, which is then half way imported here.
            if "tests.many.replay" not in sys.modules:
                from tests.many.replay import start

                module.__dict__["start"] = start

        spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Replaced())
