// Prints results of Foundation that depend on ICU: they must be the same with all of ICU's data and with a part (tools/check_icu.sh).

import Foundation

let moments = stride(from: 0.0, to: 2.0e9, by: 4.0e7).map(Date.init(timeIntervalSince1970:))

// Time zones and calendars: quiet hours, the tables of `saliencyd jobs`, dates in the ledger.
for name in TimeZone.knownTimeZoneIdentifiers {
    guard let zone = TimeZone(identifier: name) else {
        print(name, "is unknown")
        continue
    }
    let offsets = moments.map { zone.secondsFromGMT(for: $0) / 60 }
    print(name, offsets, zone.abbreviation() ?? "-", zone.localizedName(for: .standard, locale: .current) ?? "-")
}
for identifier: Calendar.Identifier in [.gregorian, .iso8601, .buddhist, .hebrew] {
    var calendar = Calendar(identifier: identifier)
    calendar.timeZone = TimeZone(identifier: "America/New_York") ?? .gmt
    for moment in moments {
        print(identifier, calendar.dateComponents([.era, .year, .month, .day, .hour, .weekday], from: moment))
    }
}
print(TimeZone.current.identifier, Locale.current.identifier, Calendar.current.firstWeekday)

let formatter = DateFormatter()
formatter.locale = Locale(identifier: "en_US_POSIX")
formatter.timeZone = TimeZone(identifier: "Europe/Berlin")
for format in ["yyyy-MM-dd HH:mm:ss.SSS", "EEEE d MMMM y", "EEE MMM zzz", "HH:mm zzzz"] {
    formatter.dateFormat = format
    print(moments.map(formatter.string(from:)))
    print(formatter.date(from: formatter.string(from: moments[3])) ?? "-")
}
print(moments.map { $0.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) })

// Regular expressions, as used by Yams.
for (pattern, text) in [
    ("^([-+]?)(0b[0-1_]+|[0-9][0-9_]*(?::[0-5]?\\d)+)$", "-12:30"), ("^(~||null|Null|NULL)$", "Null"),
    ("\\b\\p{L}+\\b", "naïve Äpfel straße"), ("(?i)ÄPFEL", "äpfel"), ("[[:alpha:]--[äö]]+", "räum"),
] {
    let expression = try NSRegularExpression(pattern: pattern)
    let found = expression.matches(in: text, range: NSRange(text.startIndex..., in: text))
    print(pattern, found.map { NSStringFromRange($0.range) })
}

// Text: sort order, case, folding, normalisation forms, numbers.
let words = ["zebra", "Äpfel", "apple", "Ångström", "file10", "file9", "straße", "ıI", "日本", "한국", "עברית"]
print(words.sorted { $0.localizedStandardCompare($1) == .orderedAscending })
print(words.sorted { $0.localizedCaseInsensitiveCompare($1) == .orderedAscending })
print(words.map { $0.localizedUppercase + $0.localizedLowercase + $0.localizedCapitalized })
print(words.map { $0.folding(options: [.diacriticInsensitive, .caseInsensitive, .widthInsensitive], locale: nil) })
print(words.map { $0.decomposedStringWithCompatibilityMapping.unicodeScalars.count })
print(words.map { $0.range(of: "PF", options: .caseInsensitive) != nil })
print(String(format: "%.2f %d %@ %'d", 1.5, 7, "x" as NSString, 1234))
print(1234567.25.formatted(), 0.256.formatted(.percent), 1234567.formatted(.number.notation(.scientific)))
for style: NumberFormatter.Style in [.decimal, .percent, .scientific, .currency, .spellOut, .ordinal] {
    let numbers = NumberFormatter()
    numbers.numberStyle = style
    print(numbers.string(from: 1234.5) ?? "-", numbers.string(from: -7) ?? "-")
}
print(ByteCountFormatter.string(fromByteCount: 1_234_567, countStyle: .file))
print(
    Locale.current.localizedString(forLanguageCode: "de") ?? "-",
    Locale(identifier: "en_US").currency?.identifier ?? "-")
print(URL(string: "http://bücher.example/ü?q=ä")?.absoluteString ?? "-")
let encodings: [String.Encoding] = [.utf8, .utf16, .utf32, .isoLatin1, .ascii, .windowsCP1252, .macOSRoman]
print(
    encodings.map { "Äpfel".data(using: $0, allowLossyConversion: true).map { String(describing: Array($0)) } ?? "-" })
