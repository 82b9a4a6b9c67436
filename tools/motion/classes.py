"""The classes of the built-in motion model, in the order of its logits."""

from __future__ import annotations

LABELS: tuple[str, ...] = (
    "still scene",
    "moving left",
    "moving right",
    "moving up",
    "moving down",
    "approaching",
    "receding",
    "rotating",
    "oscillating",
    "appearing",
    "vanishing",
    "camera panning",
    "camera zooming",
)

STILL = LABELS.index("still scene")
PAN = LABELS.index("camera panning")
ZOOM = LABELS.index("camera zooming")

# Heading of each translation, degrees, 0 = right, 90 = down.
HEADINGS = {
    LABELS.index("moving right"): 0.0,
    LABELS.index("moving down"): 90.0,
    LABELS.index("moving left"): 180.0,
    LABELS.index("moving up"): 270.0,
}

# Classes with a mover, and so with a place that the network should look at. In a still scene nothing moves,
# in a pan or zoom everything does: "on the mover" has no meaning there.
LOCALISED: tuple[int, ...] = tuple(i for i in range(len(LABELS)) if i not in (STILL, PAN, ZOOM))
