/// The two forms of ISO 639-2 codes: for 20 languages a bibliographic one ("ger") stands beside the terminological one ("deu").
enum LanguageCode {
    private static let bibliographic = [
        "bod": "tib", "ces": "cze", "cym": "wel", "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per", "fra": "fre",
        "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac", "mri": "mao", "msa": "may", "mya": "bur", "nld": "dut",
        "ron": "rum", "slk": "slo", "sqi": "alb", "zho": "chi",
    ]

    /// The languages of which QuickTime's list, as FFmpeg has it, knows the bibliographic code alone.
    private static let quickTime: Set<String> = [
        "bod", "deu", "ell", "fas", "hye", "isl", "kat", "mkd", "msa", "mya", "nld", "sqi", "zho",
    ]

    /// The code that a QuickTime file holds.
    static func inQuickTime(_ code: String) -> String {
        quickTime.contains(code) ? bibliographic[code] ?? code : code
    }

    static func isSame(_ first: String, _ second: String) -> Bool {
        (bibliographic[first] ?? first) == (bibliographic[second] ?? second)
    }
}
