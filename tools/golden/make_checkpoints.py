"""Writes the small checkpoints of Tests/Golden/checkpoints: one network in every form that is read.

    python tools/golden/make_checkpoints.py Tests/Golden/checkpoints

Needs numpy, safetensors, torch and tensorflow-cpu (PyPI). Inception-I3D at 1/64 of its width, 5 classes, seeded; the
values mean nothing. `reference.safetensors` is the network; the others must load as the same one. Another run gives the
same bytes, but for the storage keys of legacy PyTorch files, which are addresses in memory.
"""
import os
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

EPSILON = 1e-3
CLASSES = 5
MIXED = {
    "Mixed_3b": (64, 96, 128, 16, 32, 32),
    "Mixed_3c": (128, 128, 192, 32, 96, 64),
    "Mixed_4b": (192, 96, 208, 16, 48, 64),
    "Mixed_4c": (160, 112, 224, 24, 64, 64),
    "Mixed_4d": (128, 128, 256, 24, 64, 64),
    "Mixed_4e": (112, 144, 288, 32, 64, 64),
    "Mixed_4f": (256, 160, 320, 32, 128, 128),
    "Mixed_5b": (256, 160, 320, 32, 128, 128),
    "Mixed_5c": (384, 192, 384, 48, 128, 128),
}
SHORT = ("b0", "b1a", "b1b", "b2a", "b2b", "b3b")
LONG = ("branch_0", "branch_1.0", "branch_1.1", "branch_2.0", "branch_2.1", "branch_3.1")
TENSORFLOW = (
    "Branch_0/Conv3d_0a_1x1", "Branch_1/Conv3d_0a_1x1", "Branch_1/Conv3d_0b_3x3",
    "Branch_2/Conv3d_0a_1x1", "Branch_2/Conv3d_0b_3x3", "Branch_3/Conv3d_0b_1x1",
)


def narrow(channels):
    return max(1, round(channels / 64))


def units():
    """(TensorFlow's name, short port's name, long port's name, kernel, cin, cout) of every convolution with batch-norm."""
    yield "Conv3d_1a_7x7", "Conv3d_1a_7x7", "conv3d_1a_7x7", 7, 3, narrow(64)
    yield "Conv3d_2b_1x1", "Conv3d_2b_1x1", "conv3d_2b_1x1", 1, narrow(64), narrow(64)
    yield "Conv3d_2c_3x3", "Conv3d_2c_3x3", "conv3d_2c_3x3", 3, narrow(64), narrow(192)
    cin = narrow(192)
    for block, channels in MIXED.items():
        w = [narrow(c) for c in channels]
        inputs = (cin, cin, w[1], cin, w[3], cin)
        for index, kernel in enumerate((1, 1, 3, 1, 3, 1)):
            name = TENSORFLOW[index]
            if block == "Mixed_5b" and index == 4:  # the published graph misnames this one unit
                name = "Branch_2/Conv3d_0a_3x3"
            yield (f"{block}/{name}", f"{block}.{SHORT[index]}", f"{block.lower()}.{LONG[index]}",
                   kernel, inputs[index], w[index])
        cin = w[0] + w[2] + w[4] + w[5]


def network(rng):
    """Variables by TensorFlow's names, in its layouts."""
    v, cout = {}, 0
    for name, _, _, k, cin, cout in units():
        shape = (1, 1, 1, 1, cout)
        v[f"{name}/conv_3d/w"] = rng.normal(0, (2 / (cin * k**3)) ** 0.5, (k, k, k, cin, cout))
        v[f"{name}/batch_norm/beta"] = rng.normal(0, 0.5, shape)
        v[f"{name}/batch_norm/moving_mean"] = rng.normal(0, 0.5, shape)
        v[f"{name}/batch_norm/moving_variance"] = rng.uniform(0.3, 1.5, shape)
    cin = sum(narrow(MIXED["Mixed_5c"][i]) for i in (0, 2, 4, 5))
    v["Logits/Conv3d_0c_1x1/conv_3d/w"] = rng.normal(0, cin**-0.5, (1, 1, 1, cin, CLASSES))
    v["Logits/Conv3d_0c_1x1/conv_3d/b"] = rng.normal(0, 0.1, CLASSES)
    return {name: value.astype(np.float32) for name, value in v.items()}


def oidhw(filter):
    return torch.from_numpy(np.ascontiguousarray(filter.transpose(4, 3, 0, 1, 2)))


def short_names(v):
    """The port with `b1a` and `bn`: all vectors in one storage, one filter in another memory order."""
    vectors = [value.ravel() for name, value in v.items() if name.endswith(("beta", "mean", "variance", "/b"))]
    ones = np.ones(8, np.float32)
    storage = torch.from_numpy(np.concatenate(vectors + [ones]))
    offsets, offset = {}, 0
    for name, value in v.items():
        if name.endswith(("beta", "mean", "variance", "/b")):
            offsets[name], offset = (offset, offset + value.size), offset + value.size
    gamma = storage[offset:]
    d = OrderedDict()
    for tf, short, _, _, _, cout in units():
        d[f"{short}.conv3d.weight"] = oidhw(v[f"{tf}/conv_3d/w"])
        d[f"{short}.bn.weight"] = gamma[:cout]
        for suffix, name in (("bias", "beta"), ("running_mean", "moving_mean"), ("running_var", "moving_variance")):
            d[f"{short}.bn.{suffix}"] = storage[slice(*offsets[f"{tf}/batch_norm/{name}"])]
    stem = d["Conv3d_1a_7x7.conv3d.weight"]
    d["Conv3d_1a_7x7.conv3d.weight"] = stem.contiguous(memory_format=torch.channels_last_3d)
    d["Conv3d_1a_7x7.bn.num_batches_tracked"] = torch.tensor(7)
    d["logits.conv3d.weight"] = torch.nn.Parameter(oidhw(v["Logits/Conv3d_0c_1x1/conv_3d/w"]))
    d["logits.conv3d.bias"] = storage[slice(*offsets["Logits/Conv3d_0c_1x1/conv_3d/b"])]
    return d


def long_names(v, rng):
    """The port with `branch_1.0` and `batch3d`: gammas other than 1 (also negative ones), and all else to match."""
    d = OrderedDict()
    for index, (tf, _, long, _, _, cout) in enumerate(units()):
        w = v[f"{tf}/conv_3d/w"].astype(np.float64)
        beta, mean, variance = (v[f"{tf}/batch_norm/{n}"].ravel().astype(np.float64)
                                for n in ("beta", "moving_mean", "moving_variance"))
        gamma = rng.uniform(0.5, 2, cout).astype(np.float32).astype(np.float64)
        if index % 2:  # what a gamma does to the variance …
            variance = (variance + EPSILON) * gamma**2 - EPSILON
        else:  # … and to filter and mean
            gamma *= rng.choice((-1, 1), cout)
            w, mean = w / gamma, mean / gamma
        values = (w.transpose(4, 3, 0, 1, 2), gamma, beta, mean, variance)
        names = ("conv3d.weight", "batch3d.weight", "batch3d.bias", "batch3d.running_mean", "batch3d.running_var")
        for name, value in zip(names, values):
            d[f"{long}.{name}"] = torch.from_numpy(np.ascontiguousarray(value.astype(np.float32)))
    d["conv3d_0c_1x1.conv3d.weight"] = oidhw(v["Logits/Conv3d_0c_1x1/conv_3d/w"])
    d["conv3d_0c_1x1.conv3d.bias"] = torch.from_numpy(v["Logits/Conv3d_0c_1x1/conv_3d/b"])
    return d


def offset_names(v, mean="moving_mean/average", variance="moving_variance/average"):
    """TensorFlow's names as later implementations of the graph spell them: no unit misnamed, `offset` and moving averages
    (Sonnet 2's, or Haiku's `~/mean_ema/average`)."""
    spelling = (("Mixed_5b/Branch_2/Conv3d_0a_3x3", "Mixed_5b/Branch_2/Conv3d_0b_3x3"), ("beta", "offset"),
                ("moving_mean", mean), ("moving_variance", variance))
    d = OrderedDict()
    for name, value in v.items():
        for old, new in spelling:
            name = name.replace(old, new)
        d[name] = value
    return d


def tensorflow(v, folder):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    tf1 = tf.compat.v1
    tf1.disable_eager_execution()

    def save(variables, path, devices=1, **options):
        session = tf1.Session(config=tf1.ConfigProto(device_count={"CPU": devices}))
        session.run(tf1.global_variables_initializer())
        tf1.train.Saver(variables, write_version=tf1.train.SaverDef.V2, **options).save(
            session, str(path), write_meta_graph=False, write_state=False)
        tf1.reset_default_graph()

    # The network: three data files, two optimizer slots, a step counter.
    variables = {}
    for index, (name, value) in enumerate(v.items()):
        with tf.device(f"/cpu:{index % 3}"):
            variables[f"RGB/inception_i3d/{name}"] = tf1.Variable(value)
    for name in ("Conv3d_1a_7x7/batch_norm/beta", "Logits/Conv3d_0c_1x1/conv_3d/b"):
        variables[f"RGB/inception_i3d/{name}/Momentum"] = tf1.Variable(np.zeros_like(v[name]))
    variables["global_step"] = tf1.Variable(np.int64(1000))
    save(variables, folder / "model.ckpt", devices=3, sharded=True)

    # The same network with the names of Sonnet 2, and its moving averages' sums.
    variables = {f"inception_i3d/{name}": tf1.Variable(value) for name, value in offset_names(v).items()}
    for name in ("moving_mean", "moving_variance"):
        for part, value in (("counter", np.int64(7)), ("hidden", np.zeros((1, 1, 1, 1, 1), np.float32))):
            variables[f"inception_i3d/Conv3d_1a_7x7/batch_norm/{name}/{part}"] = tf1.Variable(value)
    save(variables, folder / "offset.ckpt")

    # Element types.
    values = np.array([[1, -2, 0.5], [3, 0.25, -65504]])
    types = {"half": tf.float16, "bfloat16": tf.bfloat16, "float": tf.float32, "double": tf.float64, "int": tf.int64}
    save({name: tf1.Variable(tf.cast(tf.constant(values), type)) for name, type in types.items()}, folder / "types.ckpt")

    # A variable in two slices.
    with tf1.variable_scope("", partitioner=tf1.fixed_size_partitioner(2)):
        sliced = tf1.get_variable("sliced", [4, 2], initializer=tf1.ones_initializer(), use_resource=False)
    save({"sliced": sliced}, folder / "sliced.ckpt")


def pickles(folder):
    """Small files for what the networks do not have."""
    values = torch.tensor([[1, -2, 0.5], [3, 0.25, -65504]])
    types = OrderedDict((str(t).split(".")[1], values.to(t)) for t in
                        (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64))
    types["transposed"] = values.t()
    types["part"] = values.repeat(3, 1)[1:4:2, 1:]
    # The names make them variables of a network, else the file would be refused.
    types = OrderedDict((f"{name}.Conv3d_1a_7x7.conv3d.weight", value) for name, value in types.items())
    torch.save(types, folder / "types.pt")
    torch.save({"model": types, "epoch": 3, "loss": 0.5, "best": True, "none": None, "history": [1, (2, 3), "x"]},
               folder / "protocol4.pt", pickle_protocol=4)
    torch.save(types, folder / "types.pth", _use_new_zipfile_serialization=False)
    with zipfile.ZipFile(folder / "types.pt") as source:
        for name, method, wide in (("deflated.pt", zipfile.ZIP_DEFLATED, False), ("zip64.pt", zipfile.ZIP_STORED, True)):
            with zipfile.ZipFile(folder / name, "w", method) as target:
                for entry in source.infolist():
                    info = zipfile.ZipInfo(entry.filename)
                    info.compress_type = method
                    with target.open(info, "w", force_zip64=wide) as file:
                        file.write(source.read(entry))


def main():
    folder = Path(sys.argv[1])
    rng = np.random.default_rng(20170522)
    v = network(rng)
    save_file(v, folder / "reference.safetensors")
    torch.save(short_names(v), folder / "short_names.pt")
    torch.save(long_names(v, rng), folder / "long_names_gamma.pth", _use_new_zipfile_serialization=False)
    nested = OrderedDict(
        (f"module.{name}", value) for name, value in short_names(v).items() if not name.endswith("bn.weight"))
    torch.save({"epoch": 3, "arch": "i3d", "state_dict": nested, "best": 0.5}, folder / "nested.pth",
               pickle_protocol=4, _use_new_zipfile_serialization=False)
    save_file(offset_names(v), folder / "offset.safetensors")
    haiku = offset_names(v, "~/mean_ema/average", "~/var_ema/average")
    tensors = OrderedDict((name, torch.from_numpy(value)) for name, value in haiku.items())
    torch.save(tensors, folder / "offset.pt")
    torch.save({"state_dict": tensors}, folder / "offset.pth", _use_new_zipfile_serialization=False)
    pickles(folder)
    tensorflow(v, folder)
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:8} {file.name}")


main()
