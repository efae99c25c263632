"""Two ways to read a folder of scans, each in as many single-threaded processes as cores.

The *plain* way is PaddleOCR's own ``predict`` from file to lines: the same weights, ONNX Runtime,
long side 960 at most. *Ours* is what an OCR process of the flow does with a file, from bytes to
checked fields. Models are loaded and a file is read before the clock starts. CPU seconds are those
of the process, so that they say something on a busy machine, too.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

WAIT_S = 3600.0
KIBI = 1024

ReadPage = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class LoopResult:
    """One pass over the files: CPU seconds by file, wall seconds of all, the largest process's
    peak memory in MB."""

    cpu_s: dict[str, float]
    wall_s: float
    peak_mb: float


def plain_reader() -> ReadPage:
    """PaddleOCR, ready."""
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR

    from pipeline.ocr.weights import locate
    from pipeline.settings import load_settings

    weights = locate(load_settings())
    engine = PaddleOCR(
        engine="onnxruntime",
        text_detection_model_name="PP-OCRv6_small_det",
        text_detection_model_dir=str(weights.detector),
        text_recognition_model_name="PP-OCRv6_small_rec",
        text_recognition_model_dir=str(weights.recogniser),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_side_len=960,
        text_det_limit_type="max",
        engine_config={"intra_op_num_threads": 1},
    )
    return lambda path: engine.predict(str(path))


def our_reader() -> ReadPage:
    """What a process of the flow does with a file, ready."""
    from flows import worker
    from pipeline.intake.source import SourceFile
    from pipeline.settings import load_settings

    worker.start(load_settings())
    return lambda path: worker.read_file(SourceFile(path.name, path), None)


READERS: dict[str, Callable[[], ReadPage]] = {"plain": plain_reader, "ours": our_reader}


def run_loop(kind: str, files: Sequence[Path], processes: int) -> LoopResult:
    """Read the files once, warm. Raises RuntimeError where a process dies."""
    context = multiprocessing.get_context("spawn")
    ready, results, go = context.Queue(), context.Queue(), context.Event()
    os.environ["OMP_NUM_THREADS"] = "1"
    children = [
        context.Process(target=_work, args=(kind, list(files[i::processes]), ready, go, results))
        for i in range(min(processes, len(files)))
    ]
    for child in children:
        child.start()
    for _ in children:
        _next(ready, children)
    go.set()
    rows: list[tuple[dict[str, float], float, float]] = [_next(results, children) for _ in children]
    for child in children:
        child.join()
    cpu = {name: seconds for own, _, _ in rows for name, seconds in own.items()}
    return LoopResult(cpu, max(wall for _, wall, _ in rows), max(peak for _, _, peak in rows))


def _work(
    kind: str,
    files: list[Path],
    ready: Queue[int],
    go: Event,
    results: Queue[tuple[dict[str, float], float, float]],
) -> None:
    read = READERS[kind]()
    for file in files:  # every shape of picture has occurred once
        read(file)
    ready.put(1)
    go.wait()
    began = time.perf_counter()
    cpu = {}
    for file in files:
        start = time.process_time()
        read(file)
        cpu[file.name] = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBI
    results.put((cpu, time.perf_counter() - began, peak))


def _next(answers: Queue[T], children: Sequence[SpawnProcess]) -> T:
    """The next answer; RuntimeError where a child ended without one."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            return answers.get(timeout=1.0)
        except queue.Empty:
            if any(child.exitcode for child in children):
                break
    raise RuntimeError("a process of the loop ended before it had read its files")
