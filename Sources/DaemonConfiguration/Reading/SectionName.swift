/// Checks the names of sections that users name: cameras, folders, tokens and zones.
package enum SectionName {
    static let rule = "names are made of letters, digits, - and _"

    /// Whether a name consists of 1 to 64 ASCII letters, digits, `-` and `_`.
    package static func isRight(_ name: String) -> Bool {
        let letters = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return letters && (1...64).contains(name.utf8.count)
    }
}
