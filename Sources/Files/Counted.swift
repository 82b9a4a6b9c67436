extension BinaryInteger {
    /// A count with its noun, for messages: "1 window", "2 windows".
    ///
    /// - Parameter plural: the plural of nouns that do not form it with "s".
    public func counted(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
