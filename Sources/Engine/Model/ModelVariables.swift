/// A network's variables by their canonical names (`I3DArchitecture`), whatever file form they came from.
///
/// Readers of checkpoints produce it (renaming, transposing and folding as their form needs); the network consumes it.
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
