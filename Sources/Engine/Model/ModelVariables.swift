import Files

/// A network's variables by their canonical names (`I3DArchitecture`), independent of the checkpoint format.
///
/// Checkpoint readers produce it (they rename, transpose and fold as their format requires); `I3DModel` is made from
/// it.
public struct ModelVariables: Sendable {
    /// Dense, row-major float32.
    public struct Variable: Sendable, Equatable {
        public var shape: [Int]
        public var values: [Float]

        public init(shape: [Int], values: [Float]) {
            self.shape = shape
            self.values = values
        }
    }

    public var variables: [String: Variable]

    public init(_ variables: [String: Variable]) {
        self.variables = variables
    }

    public subscript(name: String) -> Variable? { variables[name] }
}

extension ModelVariables {
    /// The SHA-256 of the variables, in lower-case hexadecimal: the same for the same network in any checkpoint format.
    ///
    /// The hash covers, for every variable in ascending order of the UTF-8 bytes of its name: the name, a zero byte,
    /// the number of axes and their sizes as 64-bit integers, and the values as float32; all little-endian.
    public var contentHash: String {
        var hash = SHA256()
        let ordered = variables.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (name, variable) in ordered {
            hash.update(Array(name.utf8) + [0])
            ([variable.shape.count] + variable.shape).map(Int64.init).withUnsafeBytes { hash.update($0) }
            variable.values.withUnsafeBytes { hash.update($0) }
        }
        return hash.hexDigest()
    }

    /// The number of values in all variables.
    public var parameterCount: Int {
        variables.values.reduce(0) { $0 + $1.values.count }
    }
}
