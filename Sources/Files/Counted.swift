extension BinaryInteger {
    /// A number of things for people: "1 window", "2 windows".
    ///
    /// - Parameter plural: of nouns that do not take an s.
    public func counted(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
