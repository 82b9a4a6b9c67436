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
        self.assertNotIn("guided-backprop", reasons[0].partition(": ")[2])

    def test_weights_exclude_a_method_only_beyond_two_standard_errors(self):
        gain = {"guided_grad_cam": [0.9] * 5}
        # The middle is 0.6 on every clip. Beyond it by 0.02 on average, with a standard error of 0.009, and of 0.015.
        certain = {"guided_grad_cam": [0.62, 0.65, 0.62, 0.59, 0.62]}
        self.assertEqual(default_method.choose(figures(weights=certain, pixels=gain))[0], "grad-cam")
        uncertain = {"guided_grad_cam": [0.62, 0.67, 0.62, 0.57, 0.62]}
        self.assertEqual(default_method.choose(figures(weights=uncertain, pixels=gain))[0], "guided-grad-cam")

    def test_a_method_that_is_the_same_for_every_class_is_not_taken(self):
        self.assertEqual(
            default_method.choose(figures(classes={"grad_cam": [0.81] * 5}))[0], "guided-grad-cam")

    def test_a_gain_counts_as_far_as_it_can_be_relied_on(self):
        # The others' mean is 0.24 with a standard error of 0.051.
        steady = [0.2, 0.3, 0.2, 0.3, 0.2]
        self.assertEqual(default_method.choose(figures(pixels={"gradient": steady}))[0], "gradient")
        # A mean of 0.3, but with a standard error of 0.145.
        unsteady = [0.8, 0.4, 0.3, -0.1, 0.1]
        self.assertEqual(default_method.choose(figures(pixels={"gradient": unsteady}))[0], "grad-cam")

    def test_a_choice_that_depends_on_one_clip_is_found(self):
        values = figures(pixels={"gradient": [0.0, 0.3, 0.3, 0.3, 0.3]})
        self.assertEqual(default_method.choose(values)[0], "grad-cam")
        self.assertEqual(default_method.choices_without_one(values), ["gradient"] + ["grad-cam"] * 4)

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
