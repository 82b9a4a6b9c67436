/// The names that pickles of one kind may use, and what calling them builds.
protocol PickleGlobals {
    /// A global by its name, if it is an allowed one.
    ///
    /// - Throws: `ModelError.Code.forbiddenPickle` for any other.
    static func global(_ module: String, _ name: String, file: String) throws(ModelError) -> Pickle.Value

    /// What `function(*arguments)` gives.
    static func call(
        _ function: Pickle.Value, _ arguments: [Pickle.Value], _ pickle: inout Pickle, file: String
    ) throws(ModelError) -> Pickle.Value

    /// What a persistent identifier stands for.
    static func storage(_ id: Pickle.Value, _ pickle: inout Pickle, file: String) throws(ModelError) -> Pickle.Value

    /// Sets the state of an object.
    static func build(
        _ object: Pickle.Value, _ state: Pickle.Value, _ pickle: inout Pickle, file: String
    ) throws(ModelError)
}

extension PickleGlobals {
    /// The attributes of a dictionary (`_metadata` of a state dict) are nothing that a tensor needs.
    static func build(
        _ object: Pickle.Value, _ state: Pickle.Value, _ pickle: inout Pickle, file: String
    ) throws(ModelError) {
        guard case .dictionary = object else {
            throw ModelError(
                .forbiddenPickle, "has a pickle that sets the state of an object that is not a dictionary", file: file)
        }
    }
}
