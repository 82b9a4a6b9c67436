"""Writes the small network in Tests/Golden/checkpoints in NumPy's formats.

    python tools/golden/make_numpy_checkpoints.py Tests/Golden/checkpoints

Requires numpy and safetensors (PyPI), and reference.safetensors from make_checkpoints.py, which contains the network
that each file must be loaded as. A second run with the same version of NumPy (2.4.6) writes the same bytes.
"""

import pickle
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

COLLECTIONS = {"kernel": "params", "bias": "params", "mean": "batch_stats", "var": "batch_stats"}
FLAX = {
    "conv_3d/w": "Conv_0/kernel", "conv_3d/b": "Conv_0/bias", "batch_norm/beta": "BatchNorm_0/bias",
    "batch_norm/moving_mean": "BatchNorm_0/mean", "batch_norm/moving_variance": "BatchNorm_0/var",
}


def flax(network):
    """Returns nested dictionaries as Flax saves them.

    A unit of an Inception block is one key, such as `Branch_0/Conv3d_0a_1x1`.
    """
    tree = {"params": {}, "batch_stats": {}}
    for name, value in network.items():
        unit, leaf = name.rsplit("/", 2)[0], "/".join(name.rsplit("/", 2)[1:])
        unit = unit.replace("Mixed_5b/Branch_2/Conv3d_0a_3x3", "Mixed_5b/Branch_2/Conv3d_0b_3x3")
        module, variable = FLAX[leaf].split("/")
        keys = unit.split("/", 1) if unit.startswith("Mixed") else [unit]
        node = tree[COLLECTIONS[variable]]
        for key in [*keys, module]:
            node = node.setdefault(key, {})
        node[variable] = value
    return tree


def main():
    folder = Path(sys.argv[1])
    network = load_file(folder / "reference.safetensors")
    tree = flax(network)
    (folder / "flax.pickle").write_bytes(pickle.dumps(tree, protocol=4))
    # In protocol 5 arrays are stored as buffers, including those in Fortran order. The training counter and the note are
    # not part of the network.
    tree["params"]["Mixed_3b"]["Branch_1/Conv3d_0b_3x3"]["Conv_0"]["kernel"] = np.asfortranarray(
        network["Mixed_3b/Branch_1/Conv3d_0b_3x3/conv_3d/w"])
    tree["step"], tree["note"] = np.int64(1000), "trained"
    (folder / "flax5.pickle").write_bytes(pickle.dumps({"state": tree}, protocol=5))
    (folder / "forbidden.pickle").write_bytes(pickle.dumps({"params": tree["params"], "path": Path("/")}, protocol=4))
    arrays = {f"RGB/inception_i3d/{name}": value for name, value in network.items()}
    arrays["RGB/inception_i3d/Conv3d_1a_7x7/conv_3d/w"] = np.asfortranarray(network["Conv3d_1a_7x7/conv_3d/w"])
    np.savez(folder / "network.npz", global_step=np.int64(1000), **arrays)
    np.savez_compressed(folder / "compressed.npz", **arrays)
    values = np.array([[1, -2, 0.5], [3, 0.25, -65504]])
    types = {f"{t}/Conv3d_1a_7x7/conv_3d/w": values.astype(t) for t in ("float16", "float32", "float64", "int64")}
    types["big/Conv3d_1a_7x7/conv_3d/w"] = values.astype(">f4")
    types["transposed/Conv3d_1a_7x7/conv_3d/w"] = values.astype("f4").T
    np.savez(folder / "types.npz", **types)
    (folder / "types.pickle").write_bytes(pickle.dumps(types, protocol=4))


main()
