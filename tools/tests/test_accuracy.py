"""python3 -m unittest discover tools/tests"""

import pathlib
import sys
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from accuracy import filters, sampling


class Sampling(unittest.TestCase):
    TIMES = [0, 1 / 30, 2 / 30, 3 / 30, 4 / 30, 5 / 30, 6 / 30]

    def test_a_sample_shows_the_last_frame_that_is_not_later(self):
        # 0, 40, 80, 120, 160 and 200 ms; frames at 0, 33, 67, 100, 133, 167 and 200 ms.
        self.assertEqual(sampling.last_not_later(self.TIMES, 25, 6, 0.001), [0, 1, 2, 3, 4, 6])

    def test_a_stamp_that_is_rounded_up_is_not_later(self):
        self.assertEqual(sampling.last_not_later([0, 0.0401, 0.0801], 25, 3, 0.0001), [0, 1, 2])
        self.assertEqual(sampling.last_not_later([0, 0.0402, 0.0802], 25, 3, 0.0001), [0, 0, 1])

    def test_samples_after_the_end_show_the_last_frame(self):
        self.assertEqual(sampling.last_not_later([0, 0.04], 25, 4, 0.001), [0, 1, 1, 1])

    def test_the_nearest_frame_is_the_later_one_in_a_tie(self):
        self.assertEqual(sampling.nearest(self.TIMES, 25, 6), [0, 1, 2, 4, 5, 6])
        self.assertEqual(sampling.nearest([0, 0.02, 0.06], 25, 2), [0, 2])


    def test_stamps_of_presentation_are_taken_where_they_increase(self):
        self.assertEqual(sampling.in_order([(0, 5), (2, 3), (4, 9)]), [0, 2, 4])

    def test_frames_of_avi_have_stamps_of_decoding(self):
        # As FFmpeg gives them for I B P B in AVI.
        self.assertEqual(sampling.in_order([(1, 1), (2, 2), (4, 3), (3, 4)]), [1, 2, 3, 4])
        self.assertEqual(sampling.in_order([(None, 1), (2, 2)]), [1, 2])

    def test_there_may_be_no_stamps_that_increase(self):
        self.assertIsNone(sampling.in_order([(1, 1), (1, None)]))
        self.assertIsNone(sampling.in_order([]))


class Geometry(unittest.TestCase):
    def test_the_short_side_is_resized_and_the_centre_cut_out(self):
        self.assertEqual(sampling.geometry(1920, 1080, Fraction(1)), sampling.Geometry(455, 256, 115, 16))
        self.assertEqual(sampling.geometry(320, 426, Fraction(1)), sampling.Geometry(256, 341, 16, 58))

    def test_pixels_are_made_square(self):
        self.assertEqual(sampling.geometry(340, 256, Fraction(64, 51)), sampling.Geometry(427, 256, 101, 16))

    def test_a_frame_of_the_networks_size_is_not_resized(self):
        self.assertEqual(sampling.geometry(224, 224, Fraction(1)), sampling.Geometry(224, 224, 0, 0))
        self.assertEqual(sampling.geometry(224, 224, Fraction(2)).width, 512)


class Filters(unittest.TestCase):
    def weights(self, axis, sample, widened=True):
        """By source sample, without those of weight 0."""
        indices, weights = axis.taps(sample, 1, widened)
        total = {}
        for index, weight in zip(indices[0], weights[0]):
            if weight:
                total[index] = total.get(index, 0) + round(weight, 9)
        return total

    def test_twice_as_many_samples_lie_at_quarters(self):
        axis = filters.Axis(4, 8, 4)
        self.assertEqual(self.weights(axis, 2), {0: 0.25, 1: 0.75})
        self.assertEqual(self.weights(axis, 3), {1: 0.75, 2: 0.25})
        # The edge continues.
        self.assertEqual(self.weights(axis, 0), {0: 1})
        self.assertEqual(self.weights(axis, 7), {3: 1})

    def test_half_as_many_samples_need_a_wider_triangle(self):
        axis = filters.Axis(8, 4, 8)
        self.assertEqual(self.weights(axis, 1), {1: 0.125, 2: 0.375, 3: 0.375, 4: 0.125})
        self.assertEqual(self.weights(axis, 1, widened=False), {2: 0.5, 3: 0.5})

    def test_chroma_lies_at_the_left_luma_sample(self):
        # Luma sample 2 is chroma sample 1; luma sample 3 is between chroma samples 1 and 2.
        axis = filters.Axis(4, 8, 4, 0.25)
        self.assertEqual(self.weights(axis, 2), {1: 1})
        self.assertEqual(self.weights(axis, 3), {1: 0.5, 2: 0.5})

    def test_weights_add_up_to_one(self):
        for axis in (filters.Axis(1080, 256, 1080), filters.Axis(240, 256, 240), filters.Axis(85, 97, 84.5, 0.25)):
            for widened in (True, False):
                for weights in axis.taps(0, axis.resized, widened)[1]:
                    self.assertAlmostEqual(sum(weights), 1, places=12)

    def test_an_axis_that_is_not_resized_is_exact(self):
        self.assertEqual(filters.Axis(256, 256, 256).inexactness(0, 2, 1 << 12), [0, 0])

    def test_dropped_coefficients_count(self):
        # The outermost of the wide triangle are below libswscale's cutoff.
        self.assertAlmostEqual(filters._small([0.001, 0.0005, 0.3]), 0.0015)
        self.assertEqual(filters._small([0.01, 0.5]), 0)


if __name__ == "__main__":
    unittest.main()
