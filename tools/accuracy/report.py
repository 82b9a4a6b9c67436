"""The comparison of several clips, as two tables."""

from __future__ import annotations

from pathlib import Path

from . import compare
from .answers import Answer, Network
from .compare import Compared, Difference, Reference
from .explained import converted, explained
from .frames import Unsupported

FRAMES = ("clip", "size", "resized", "frames", "equal", "largest", "mean", "beyond", "plain: equal", "largest", "mean")
ANSWERS = ("clip", "saliencyd", "logits", "first 5", "plain frames", "nearest frames", "moved")


def row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join([row(heads), "|---" * len(heads) + "|", *map(row, rows)])


def levels(difference: Difference) -> tuple[str, str, str]:
    # Cut off, not rounded: 100.0 % means all.
    share = int(difference.equal * 1000) / 10
    return f"{share:.1f} %", str(difference.largest), f"{difference.mean:.3f}"


class Report:
    """Rows of the tables, and what is not as it should be."""

    def __init__(self, logit_bound: float) -> None:
        self.logit_bound = logit_bound
        self.frames: list[tuple[str, ...]] = []
        self.answers: list[tuple[str, ...]] = []
        self.faults: list[str] = []

    def add_frames(self, name: str, reference: Reference, frames: Compared) -> None:
        shown = str(len(set(reference.chosen)))
        self.frames.append(
            (name, reference.size, reference.resized, shown, *levels(frames.defined), str(frames.beyond),
             *levels(frames.plain)))
        if frames.beyond:
            self.faults.append(f"{name}: {frames.beyond} samples are farther from the definition than the bound")

    def add_answers(self, name: str, ours: Answer, same_frames: Answer, others: dict[str, Answer], moved: str) -> None:
        """`others`: for the references' own frames, with what they are."""
        error, is_same = ours.error(same_frames), (ours.best[:5] == same_frames.best[:5]).all()
        texts = [others[what].text if what in others else "" for what in ("plain frames", "nearest frames")]
        self.answers.append((name, ours.text, f"{error:.1e}", "same" if is_same else "other", *texts, moved))
        if error > self.logit_bound:
            self.faults.append(f"{name}: the logits differ by {error:.1e} of their norm, more than {self.logit_bound:.0e}")
        for what, answer in {"the same frames": same_frames, **others}.items():
            if answer.best[0] != ours.best[0]:
                self.faults.append(f"{name}: saliencyd answers {ours.text}, PyTorch {answer.text} for {what}")

    def text(self) -> str:
        return "\n\n".join([table(FRAMES, self.frames), table(ANSWERS, self.answers), *self.faults])


def measure(saliencyd: Path, clips: list[Path], model: str, folder: Path, logit_bound: float) -> int:
    """Prints the tables; returns the exit status."""
    network = Network(converted(saliencyd, model, folder))
    report = Report(logit_bound)
    for path in clips:
        print(path.name, flush=True)
        own = explained(saliencyd, path, model, folder)
        ours, same_frames = network.labelled(own.logits), network.answer(own.clip)
        others: dict[str, Answer] = {}
        moved = ""
        try:
            reference = compare.reference(path, len(own.clip))
        except Unsupported as reason:
            print(f"  {reason}", flush=True)
        else:
            report.add_frames(path.name, reference, compare.compared(reference, own.clip))
            moved = str(reference.moved)
            others["plain frames"] = network.answer(reference.clip(reference.chosen))
            others["nearest frames"] = (
                network.answer(reference.clip(reference.nearest)) if reference.moved else others["plain frames"])
        report.add_answers(path.name, ours, same_frames, others, moved)
    print("\n" + report.text())
    return 1 if report.faults else 0
