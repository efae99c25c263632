"""Pages a second of reading against a plain loop of PaddleOCR.predict over the same files.

Both run one after the other on the same machine in the same run, models loaded before the clock
starts; only the ratio means anything. The plain loop gives whole-image lines, in one process with
one thread as here; what it does not do (find sheets, turn, flatten, extract, check) it is not
charged for.
"""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from flows.counter import result_of
from flows.reading import Reader
from pipeline.intake.source import SourceFile
from pipeline.ocr.weights import locate
from pipeline.settings import load_settings

PAPERS = Path(__file__).parents[2] / "samples" / "papers"
COUNT = 24
WANTED_RATIO = 1.3


def _plain_loop(files: list[str], answer: multiprocessing.Queue[float]) -> None:
    from paddleocr import PaddleOCR

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
        engine_config={"intra_op_num_threads": 1},
    )
    engine.predict(files[0])
    began = time.perf_counter()
    for file in files:
        engine.predict(file)
    answer.put(time.perf_counter() - began)


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_reading_is_faster_than_a_plain_loop() -> None:
    files = sorted(PAPERS.glob("*.jpg"))
    files = files[:: max(1, len(files) // COUNT)][:COUNT]
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[float] = context.Queue()
    child = context.Process(target=_plain_loop, args=([str(f) for f in files], answer))
    child.start()
    plain = answer.get(timeout=1500)
    child.join()
    with Reader(load_settings()) as reader:
        sources = [SourceFile(f.name, f) for f in files]
        list(reader.stream(sources[: reader.workers] * 2))  # load the models in every process
        began = time.perf_counter()
        for source, reading in zip(sources, reader.stream(sources), strict=True):
            result_of(source.name, reading)
        ours = time.perf_counter() - began
        workers = reader.workers
    print(  # noqa: T201  a benchmark's result
        f"\nplain loop {len(files) / plain:.2f} pages/s; read {len(files) / ours:.2f} pages/s with "
        f"{workers} processes; ratio {plain / ours:.2f}"
    )
    assert plain / ours >= WANTED_RATIO
