"""Models as the engine reads them: safetensors with the published names, and a manifest in the metadata."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANIFEST_KEY = "saliencyd.manifest"


@dataclass(frozen=True)
class Manifest:
    """What a model expects and answers; the keys are those that docs/models.md describes."""

    name: str
    classCount: int
    inputChannels: int = 3
    clipLength: int = 64
    pictureSize: int = 224
    shortSide: int = 256
    framesPerSecond: float = 25
    inputScale: float = 2 / 255
    inputOffset: float = -1
    labels: list[str] = field(default_factory=list)
    license: str | None = None

    def json(self) -> str:
        return _json({key: value for key, value in asdict(self).items() if value is not None})


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def save(path: Path, variables: Mapping[str, NDArray[np.float32]], manifest: Manifest, half: bool = True) -> None:
    """Writes the file whole or not at all; the same network gives the same bytes."""
    kind, dtype = ("F16", np.dtype("<f2")) if half else ("F32", np.dtype("<f4"))
    header: dict[str, Any] = {"__metadata__": {"format": "saliencyd-i3d", MANIFEST_KEY: manifest.json()}}
    blobs, end = [], 0
    for name in sorted(variables):
        with np.errstate(over="ignore"):
            values = np.ascontiguousarray(variables[name], dtype)
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds a value that {kind} cannot")
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [end, end + values.nbytes]}
        blobs.append(values.tobytes())
        end += values.nbytes
    text = _json(header).encode()
    text += b" " * (-len(text) % 8)
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    os.replace(part, path)


def load(path: Path) -> tuple[dict[str, NDArray[np.float32]], Manifest]:
    """Variables as float32, and the manifest: Kinetics' one where the file has none, as the engine does."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    variables = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        variables[name] = _floats(data[begin:end], entry["dtype"], name).reshape(entry["shape"])
    try:
        stem = variables["Conv3d_1a_7x7/conv_3d/w"]
        classes = variables["Logits/Conv3d_0c_1x1/conv_3d/w"].shape[-1]
    except KeyError as missing:
        raise ValueError(
            f"{path} has no variable {missing}: convert the checkpoint with `saliencyd model convert` first"
        ) from None
    if MANIFEST_KEY in metadata:
        return variables, Manifest(**json.loads(metadata[MANIFEST_KEY]))
    return variables, Manifest(path.stem, classes, stem.shape[3])


def _floats(data: bytes, kind: str, name: str) -> NDArray[np.float32]:
    if kind == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    types = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
    if kind not in types:
        raise ValueError(f"{name} has values of type {kind}, which are no real numbers")
    return np.frombuffer(data, types[kind]).astype(np.float32)


def rounded(variables: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """As float16 keeps them."""
    return {name: values.astype(np.float16).astype(np.float32) for name, values in variables.items()}


def network_hash(variables: Mapping[str, NDArray[np.float32]]) -> str:
    """The network's SHA-256 as `saliencyd model verify` prints it; docs/models.md says what is hashed."""
    digest = hashlib.sha256()
    for name in sorted(variables):
        values = np.ascontiguousarray(variables[name], "<f4")
        shape = values.shape if name.endswith("/conv_3d/w") else (values.size,)
        digest.update(name.encode() + b"\0" + struct.pack(f"<{1 + len(shape)}q", len(shape), *shape))
        digest.update(values.tobytes())
    return digest.hexdigest()
