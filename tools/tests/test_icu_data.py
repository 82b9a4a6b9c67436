"""python3 -m unittest discover tools/tests"""

import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import icu_data

HEADER = struct.pack("<HHHHBBBB4s4B", 32, 0x27DA, 20, 0, 0, 0, 2, 0, b"CmnD", 1, 0, 0, 0).ljust(32, b"\0")


class ICUData(unittest.TestCase):
    def test_what_belongs_to_no_language_and_english_stay(self):
        for name in ("root.res", "zone/root.res", "en.res", "zone/en_001.res", "en_US_POSIX.res", "pool.res", "curr/pool.res",
                     "res_index.res", "zoneinfo64.res", "metaZones.res", "supplementalData.res", "coll/ucadata.icu",
                     "nfkc.nrm", "cnvalias.icu", "brkitr/line.brk", "brkitr/word.brk", "icuver.res", "plurals.res"):
            self.assertTrue(icu_data.is_kept(name), name)

    def test_other_languages_and_what_is_not_used_go(self):
        for name in ("de.res", "zone/de_CH.res", "coll/zh.res", "sr_Cyrl_BA.res", "ca_ES_VALENCIA.res", "gb18030-2022.cnv",
                     "brkitr/cjdict.dict", "translit/root.res", "unames.icu", "rfc3491.spp", "brkitr/line_loose_cj.brk"):
            self.assertFalse(icu_data.is_kept(name), name)

    def test_a_package_is_written_as_it_is_read(self):
        content = {"icudt76l/de.res": b"d" * 5, "icudt76l/en.res": b"e" * 32, "icudt76l/root.res": b"r"}
        package = icu_data.packed(HEADER, content)
        header, found = icu_data.items(package)
        self.assertEqual(header, HEADER)
        self.assertEqual(list(found), sorted(content))
        for name, data in content.items():
            self.assertEqual(found[name].rstrip(b"\0"), data)
        count, first_name, first_start = struct.unpack_from("<III", package, 32)
        self.assertEqual((count, first_start % 16), (3, 0))
        self.assertEqual(package[32 + first_name :].split(b"\0")[0], b"icudt76l/de.res")

    def test_trimming_takes_out_what_is_not_kept(self):
        package = icu_data.packed(HEADER, {"icudt76l/de.res": b"d", "icudt76l/en.res": b"e", "icudt76l/big5.cnv": b"c"})
        self.assertEqual(list(icu_data.items(icu_data.trimmed(package))[1]), ["icudt76l/en.res"])

    def test_another_format_is_an_error(self):
        with self.assertRaises(ValueError):
            icu_data.items(b"\0" * 64)


if __name__ == "__main__":
    unittest.main()
