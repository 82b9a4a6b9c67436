"""The rule of docs/methods/default.md, on figures whose outcome is known."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import default_method


def figures(**changes):
    """Figures of five clips, in which all methods but the insensitive one pass and gain the same."""
    values = {
        "weights": {name: [0.3] * 5 for name in default_method.CANDIDATES},
        "classes": {name: [0.4] * 5 for name in default_method.CANDIDATES},
        "pixels": {name: [0.2, 0.3, 0.1, 0.2, 0.4] for name in default_method.CANDIDATES},
        "noise": {name: [0.5] * 5 for name in default_method.CANDIDATES},
    }
    values["weights"][default_method.INSENSITIVE] = [0.9] * 5
    for check, of_methods in changes.items():
        values[check].update({name.replace("_", "-"): v for name, v in of_methods.items()})
    return values


class ChoiceTests(unittest.TestCase):
    def test_the_first_candidate_is_taken_if_all_are_equal(self):
        self.assertEqual(default_method.choose(figures())[0], default_method.CANDIDATES[0])

    def test_the_insensitive_method_is_never_taken_however_much_it_gains(self):
        gain = {"guided_backprop": [0.9] * 5}
        chosen, reasons = default_method.choose(figures(pixels=gain))
        self.assertEqual(chosen, "grad-cam")
        self.assertIn("at most 0.60", reasons[0])

    def test_a_method_that_is_the_same_for_every_class_is_not_taken(self):
        self.assertEqual(
            default_method.choose(figures(classes={"grad_cam": [0.81] * 5}))[0], "guided-grad-cam")

    def test_a_larger_gain_decides_only_beyond_two_standard_errors(self):
        # The differences to the others are 0.1 on every clip: their standard error is 0.
        steady = [0.3, 0.4, 0.2, 0.3, 0.5]
        self.assertEqual(default_method.choose(figures(pixels={"gradient": steady}))[0], "gradient")
        # Differences 0.4, -0.1, 0, 0.1, 0.1: the mean is 0.1, the standard error 0.084.
        unsteady = [0.6, 0.2, 0.1, 0.3, 0.5]
        self.assertEqual(default_method.choose(figures(pixels={"gradient": unsteady}))[0], "grad-cam")

    def test_of_equals_the_one_that_depends_most_on_the_network_is_taken(self):
        self.assertEqual(default_method.choose(figures(weights={"hires_cam": [0.1] * 5}))[0], "hires-cam")

    def test_without_separation_the_weights_exclude_nothing(self):
        values = figures(weights={"guided_backprop": [0.35] * 5}, pixels={"guided_backprop": [0.9] * 5})
        chosen, reasons = default_method.choose(values)
        self.assertEqual(chosen, "guided-backprop")
        self.assertIn("not used", reasons[0])

    def test_there_may_be_none(self):
        same = {name: [0.95] * 5 for name in default_method.CANDIDATES}
        self.assertIsNone(default_method.choose(figures(classes=same))[0])


if __name__ == "__main__":
    unittest.main()
