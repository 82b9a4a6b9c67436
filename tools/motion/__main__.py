"""python -m motion train | evaluate | finetune: see docs/train.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import torch

from . import checkpoint, export
from .checkpoint import Manifest
from .dataset import ClipShape
from .difficulty import DIFFICULTIES
from .evaluate import Quality, evaluate, randomised
from .finetune import Options, finetune, load
from .network import InceptionI3D
from .train import Recipe, Trainer
from .videos import ClipList, read_list, readable


def train_command(args: argparse.Namespace) -> None:
    """Trains from a seed, exports, evaluates the exported file and writes its card."""
    recipe = Recipe(seed=args.seed).scaled(args.scale)
    trainer = Trainer(recipe, args.out, args.device)
    if trainer.resume():
        print(f"going on from step {trainer.step}")
    model = trainer.run(args.workers)
    path = args.out / f"{export.NAME}.safetensors"
    export.export(model.cpu(), recipe, path)
    shape = recipe.stages[-1].shape
    quality, control = measure(path, shape, args)
    (args.out / "card.json").write_text(export.card(path, recipe, args.held_out, quality, control), encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")


def evaluate_command(args: argparse.Namespace) -> None:
    _, manifest = checkpoint.load(args.model)
    measure(args.model, ClipShape(manifest.clipLength, manifest.pictureSize), args)


def measure(path: Path, shape: ClipShape, args: argparse.Namespace) -> tuple[Quality, Quality]:
    """The exported network's figures and those of the same network with random weights."""
    variables, _ = checkpoint.load(path)
    model = InceptionI3D.from_canonical(variables).to(args.device)
    quality = evaluate([model], args.held_out, args.clips, shape, args.workers, args.difficulty)
    print(quality.report(), flush=True)
    controls = randomised(model, args.held_out, shape, args.difficulty)
    control = evaluate(controls, args.held_out, args.clips, shape, args.workers, args.difficulty)
    print(
        f"random weights: top-1 {control.top1:.1%}, pointing game {control.pointing:.1%} "
        f"({control.pointing_elsewhere:.1%} elsewhere), energy in the mask {control.energy:.1%} "
        f"({control.energy_elsewhere:.1%} elsewhere)"
    )
    return quality, control


def finetune_command(args: argparse.Namespace) -> None:
    """Reads and checks everything first; what is wrong with the lists is said before the network is touched."""
    if args.out.resolve() == args.model.resolve() or args.out.exists() and args.out.samefile(args.model):
        raise ValueError(f"{args.out} is the network to begin with; give --out another name")
    names = args.labels.read_text(encoding="utf-8").splitlines() if args.labels else None
    train = read_list(args.list, names)
    held_out = read_list(args.held_out_list, train.labels) if args.held_out_list else None
    model, manifest = load(args.model, train.labels, args.out)
    train = decodable(train, manifest, args.list)
    held_out = decodable(held_out, manifest, args.held_out_list) if held_out else None
    options = Options(
        args.epochs, args.batch, args.head_rate, args.trunk_rate, flip=args.flip, seed=args.seed,
        device=args.device, workers=args.workers,
    )  # fmt: skip
    finetune(model, manifest, train, held_out, options)
    checkpoint.save(args.out, model.cpu().canonical(), manifest, half=not args.float32)
    print(f"{args.out}: {args.out.stat().st_size} bytes")


def decodable(clips: ClipList, manifest: Manifest, path: Path) -> ClipList:
    """The clips that can be decoded; names the others."""
    good, bad = readable(clips, manifest)
    for sentence in bad:
        print(f"motion: left out: {sentence}", file=sys.stderr)
    if not good.entries:
        raise ValueError(f"{path}: no clip can be decoded")
    if bad:
        print(f"{len(good.entries)} of {len(clips.entries)} clips of {path} can be decoded")
    return good


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="motion", description="Trains models for saliencyd.")
    verbs = parser.add_subparsers(required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--threads", type=int, default=2, help="for arithmetic; clips are made beside it (2)")
    common.add_argument("--workers", type=int, default=2, help="processes that make or decode clips (2)")
    common.add_argument("--device", default="cpu", help="cpu or cuda (cpu)")
    held_out = argparse.ArgumentParser(add_help=False)
    held_out.add_argument("--held-out", type=int, default=2, metavar="SEED", help="seed of the held-out clips (2)")
    held_out.add_argument("--clips", type=int, default=1300, help="held-out clips (1300)")
    held_out.add_argument("--difficulty", choices=DIFFICULTIES, default="plain", help="of the held-out clips (plain)")

    train = verbs.add_parser("train", parents=[common, held_out], help=train_command.__doc__)
    train.add_argument("--out", type=Path, required=True, help="folder for checkpoint, model and card; resumes there")
    train.add_argument("--seed", type=int, default=1, help="of weights and training clips (1)")
    train.add_argument("--scale", type=float, default=1, help="factor on the number of steps (1)")
    train.set_defaults(run=train_command)

    judge = verbs.add_parser("evaluate", parents=[common, held_out], help="top-1 and localisation of a motion model")
    judge.add_argument("model", type=Path)
    judge.set_defaults(run=evaluate_command)

    tune = verbs.add_parser("finetune", parents=[common], help="fits an I3D checkpoint to your own classes")
    tune.add_argument("model", type=Path, help="safetensors, as `saliencyd model convert` writes it")
    tune.add_argument("list", type=Path, help="lines `path<tab>label`, as `saliencyd evaluate` reads them")
    tune.add_argument("--out", type=Path, required=True, help="the new safetensors file")
    tune.add_argument("--held-out-list", type=Path, help="clips to judge by after every epoch")
    tune.add_argument("--labels", type=Path, help="names of the classes, one a line, in the order of their numbers")
    tune.add_argument("--epochs", type=int, default=Options.epochs)
    tune.add_argument("--batch", type=int, default=Options.batch)
    tune.add_argument("--head-rate", type=float, default=Options.head_rate)
    tune.add_argument("--trunk-rate", type=float, default=Options.trunk_rate, help="0 trains the head alone")
    tune.add_argument("--flip", action="store_true", help="mirror half of the clips; not if left and right matter")
    tune.add_argument("--float32", action="store_true", help="write float32 instead of float16")
    tune.add_argument("--seed", type=int, default=1)
    tune.set_defaults(run=finetune_command)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    args = parse(arguments)
    torch.set_num_threads(args.threads)
    try:
        args.run(args)
    except (ValueError, OSError, subprocess.SubprocessError) as error:
        print(f"motion: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
