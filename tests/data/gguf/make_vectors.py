#!/usr/bin/env python3
"""Writes vectors.safetensors: random blocks of each GGUF format and what the `gguf` package (PyPI, MIT) makes of them.

Run once:  pip install gguf numpy && python3 make_vectors.py
The scales (f16) of each block are made finite and of moderate size; every other byte is random.
"""
import json
import struct

import numpy as np
from gguf import quants
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T

random = np.random.default_rng(20260731)
half_places = {"Q8_0": [0], "Q2_K": [80, 82], "Q4_K": [0, 2], "IQ2_XXS": [0], "MXFP4": []}

tensors = {}
for name, places in half_places.items():
    kind = T[name]
    elements, size = GGML_QUANT_SIZES[kind]
    count = 8 if elements == 256 else 32
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    for at in places:
        scales = random.normal(0, 0.05, count).astype(np.float16)
        blocks[:, at:at + 2] = scales.view(np.uint8).reshape(count, 2)
    if name == "MXFP4":
        blocks[:, 0] = random.integers(100, 150, count)
    values = quants.dequantize(blocks.reshape(-1), kind).astype(np.float32).reshape(-1)
    assert np.isfinite(values).all() and values.size == count * elements
    tensors[name + ".blocks"] = ("U8", list(blocks.shape), blocks.tobytes())
    tensors[name + ".values"] = ("F32", [values.size], values.tobytes())

header, data = {}, b""
for name, (dtype, shape, raw) in sorted(tensors.items(), key=lambda t: (t[1][0] != "F32", t[0])):
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open("vectors.safetensors", "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + data)
