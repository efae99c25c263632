"""The PP-OCR models as OpenVINO runs them: with what comes before and after them in the graph.

Each function reads a model and gives one that takes what the engine has and gives what it needs.
Results are those of the model as it was published but for rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr import imagenet
from pipeline.ocr.ctc import RANKED
from pipeline.ocr.line_picture import DIRECTION_SIZE_PX

GROUP = 128
"""Classes that are looked at together when the likeliest are searched: the likeliest few of all are
in the few groups with the likeliest members, which takes a quarter of sorting them all."""
TWICE = 2
"""By how much each of the detector's last two steps enlarges its map."""
TAIL = ("Sigmoid", "Add", "ConvolutionBackpropData", "Relu", "Add", "ConvolutionBackpropData")
"""How the detector ends, from its output backwards."""


def detector_graph(core: Any, path: Path) -> Any:
    """Bytes in (1 x H x W x 3, BGR), the map out (1 x 1 x H x W): the log-odds of each pixel."""
    from openvino import Layout, Type
    from openvino.preprocess import ColorFormat, PrePostProcessor

    steps = PrePostProcessor(_without_enlarging(core.read_model(path)))
    tensor = steps.input().tensor()
    tensor.set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(ColorFormat.BGR)
    prepare = steps.input().preprocess().convert_element_type(Type.f32)
    prepare.convert_color(ColorFormat.RGB).mean([imagenet.FULL * m for m in imagenet.MEAN])
    prepare.scale([imagenet.FULL * s for s in imagenet.SPREAD])
    steps.input().model().set_layout(Layout("NCHW"))
    return steps.build()


def _without_enlarging(detector: Any) -> Any:
    """The detector, whose last two steps enlarge the map twice each, working them out where its
    map is small and putting the pixels in their places once: the same sums in a seventh of the
    time, a sixth of the whole detector's. Gives log-odds: their sigmoid, a tenth of the time,
    is needed in the few boxes only.

    Raises RuntimeError where the detector ends otherwise.
    """
    from openvino import Model
    from openvino import opset13 as ops

    _, bias, last, _, first_bias, first = _tail(detector.output(0).get_node())
    weights, last_weights = (
        np.asarray(step.input_value(1).get_node().get_data(), np.float32) for step in (first, last)
    )
    inner = weights.shape[1]
    # A kernel of 2 x 2 and as large a stride: every pixel of the output comes of one pixel.
    apart = weights.transpose(2, 3, 1, 0).reshape(TWICE * TWICE * inner, -1, 1, 1)
    together = np.zeros((TWICE, TWICE, TWICE, TWICE, TWICE, TWICE, inner), np.float32)
    for y, x in np.ndindex(TWICE, TWICE):  # of the four pixels that the first step made of one
        together[y, :, x, :, y, x] = last_weights[:, 0].transpose(1, 2, 0)
    map_ = ops.relu(
        ops.add(
            _pixel_by_pixel(first.input_value(0), apart),
            np.tile(_constant(first_bias), TWICE * TWICE).reshape(1, -1, 1, 1),
        )
    )
    scale = TWICE * TWICE
    map_ = _pixel_by_pixel(map_, together.reshape(scale * scale, -1, 1, 1))
    map_ = ops.depth_to_space(
        ops.add(map_, _constant(bias).reshape(1, 1, 1, 1)), "depth_first", scale
    )
    return Model([map_.output(0)], detector.get_parameters(), "detector")


def _tail(result: Any) -> list[Any]:
    """The nodes of ``TAIL``, from the output backwards."""
    nodes, node = [], result
    for kind in TAIL:
        node = node.input_value(0).get_node()
        while node.get_type_name() == "Identity":
            node = node.input_value(0).get_node()
        if node.get_type_name() != kind:
            raise RuntimeError(f"the detector ends otherwise: {node.get_type_name()}, not {kind}")
        nodes.append(node)
    return nodes


def _constant(add: Any) -> NDArray[np.float32]:
    """What a node adds to each channel."""
    return np.asarray(add.input_value(1).get_node().get_data(), np.float32).reshape(-1)


def _pixel_by_pixel(map_: Any, weights: NDArray[np.float32]) -> Any:
    """A convolution of 1 x 1 (weights: out x in x 1 x 1)."""
    from openvino import opset13 as ops

    kernel = ops.constant(np.ascontiguousarray(weights))
    return ops.convolution(map_, kernel, [1, 1], [0, 0], [0, 0], [1, 1])


def recogniser_graph(core: Any, path: Path) -> Any:
    """Pixels from -1 to 1 in (1 x 3 x 48 x W, BGR). Out, of each column: the likeliest classes'
    chances, their places in the likeliest groups laid end to end, the numbers of those groups
    (1 x columns x RANKED each), and a space's chance (1 x columns x 1).

    No bytes: they would pad a line with 127 where nought is 127.5, and faint lines read otherwise.
    """
    from openvino import Model
    from openvino import opset13 as ops

    model = core.read_model(path)
    chances = model.output(0).get_node().input_value(0)
    count = chances.get_partial_shape()[2].get_length()
    whole = -(-count // GROUP)
    rest = np.array([0, 0, whole * GROUP - count], dtype=np.int64)
    padded = ops.pad(chances, np.zeros(3, dtype=np.int64), rest, "constant", np.float32(0))
    grouped = ops.reshape(padded, np.array([0, -1, whole, GROUP], dtype=np.int64), True)
    peaks = ops.reduce_max(grouped, np.array([3], dtype=np.int64))
    groups = ops.topk(peaks, np.int64(RANKED), 2, "max", "value", index_element_type="i32")
    members = ops.gather(grouped, groups.output(1), np.int64(2), 2)
    likely = ops.reshape(members, np.array([0, 0, RANKED * GROUP], dtype=np.int64), True)
    top = ops.topk(likely, np.int64(RANKED), 2, "max", "value", index_element_type="i32")
    space = ops.gather(chances, np.array([-1], dtype=np.int64), np.int64(2))
    outputs = [top.output(0), top.output(1), groups.output(1), space.output(0)]
    return Model(outputs, model.get_parameters(), "recogniser")


def direction_graph(core: Any, path: Path) -> Any:
    """Bytes in (1 x 48 x 192 x 3, BGR), chances of upright and of on its head out (1 x 2)."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    width, height = DIRECTION_SIZE_PX
    model = core.read_model(path)
    model.reshape([1, 3, height, width])
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().preprocess().convert_element_type(Type.f32).mean(127.5).scale(127.5)
    steps.input().model().set_layout(Layout("NCHW"))
    return steps.build()
