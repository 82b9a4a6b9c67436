extension LedgerError {
    static func notFound(_ id: Job.ID, _ path: String) -> LedgerError {
        LedgerError(.notFound, path, "there is no job \(id)")
    }

    static func wrongState(_ job: Job, _ transition: JobTransition, _ path: String) -> LedgerError {
        if job.state == transition.target {
            return LedgerError(.wrongState, path, "job \(job.id) is \(job.state.rawValue) already")
        }
        let origins = transition.origins.map(\.rawValue).joined(separator: ", ")
        return LedgerError(
            .wrongState, path,
            "job \(job.id) is \(job.state.rawValue) and cannot become \(transition.target.rawValue); "
                + "that takes a job that is \(origins)")
    }
}
