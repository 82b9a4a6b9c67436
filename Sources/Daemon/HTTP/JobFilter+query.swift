import Jobs

extension JobFilter {
    /// What `state`, `folder` and `name` ask for.
    init(_ query: QueryItems) throws(APIError) {
        self.init(
            states: try query.choices("state", of: JobState.self), watch: try query.text("folder"),
            name: try query.text("name"))
    }

    /// The same for a change of many jobs.
    ///
    /// - Parameters:
    ///   - usual: the state that is meant where none is named.
    ///   - allowed: the states that the change may start from.
    /// - Throws: 400 where nothing is named, so that a slip does not change every job; 422 for other states.
    init(_ query: QueryItems, usual: JobState, allowed: [JobState]) throws(APIError) {
        try self.init(query)
        guard !isEmpty else {
            throw .badRequest("Which jobs are meant is said by at least one of state, folder and name.")
        }
        let states = self.states ?? [usual]
        guard states.isSubset(of: allowed) else {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            throw .unprocessable("This can be asked of jobs whose state is one of \(names).")
        }
        self.states = states
    }
}
