/// The names that pickles of one kind may use, and the results of calling them.
protocol PickleGlobals {
    /// Returns the global with a name, if it is allowed.
    ///
    /// - Throws: `ModelError.Code.forbiddenPickle` if it is not.
    static func global(_ module: String, _ name: String, file: String) throws(ModelError) -> Pickle.Value

    /// Returns the result of `function(*arguments)`.
    static func call(
        _ function: Pickle.Value, _ arguments: [Pickle.Value], _ pickle: inout Pickle, file: String
    ) throws(ModelError) -> Pickle.Value

    /// Returns the storage that a persistent identifier refers to.
    static func storage(_ id: Pickle.Value, _ pickle: inout Pickle, file: String) throws(ModelError) -> Pickle.Value

    /// Sets the state of an object.
    static func build(
        _ object: Pickle.Value, _ state: Pickle.Value, _ pickle: inout Pickle, file: String
    ) throws(ModelError)
}

extension PickleGlobals {
    /// Ignores the attributes of a dictionary, such as `_metadata` of a state dict, because no tensor needs them.
    static func build(
        _ object: Pickle.Value, _ state: Pickle.Value, _ pickle: inout Pickle, file: String
    ) throws(ModelError) {
        guard case .dictionary = object else {
            throw ModelError(
                .forbiddenPickle, "has a pickle that sets the state of an object that is not a dictionary", file: file)
        }
    }
}
