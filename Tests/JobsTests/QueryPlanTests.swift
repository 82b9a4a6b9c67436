import CSQLite
import Testing

@testable import Jobs

/// No frequent query reads every job or sorts them.
@Suite struct QueryPlanTests {
    private let fixture: LedgerFixture

    init() throws {
        fixture = try LedgerFixture()
        for state in JobState.allCases { _ = try fixture.job(in: state) }
    }

    /// SQLite's query plan for each statement that `body` runs.
    private func plans(_ body: (JobTable) throws -> Void) throws -> [String] {
        try fixture.ledger.connection.read { table in
            var statements: [String] = []
            try withUnsafeMutablePointer(to: &statements) { statements in
                sqlite3_trace_v2(
                    table.database.handle, UInt32(SQLITE_TRACE_STMT),
                    { _, statements, statement, _ in
                        guard let text = sqlite3_expanded_sql(OpaquePointer(statement)) else { return 0 }
                        statements?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
                        sqlite3_free(text)
                        return 0
                    }, statements)
                defer { sqlite3_trace_v2(table.database.handle, 0, nil, nil) }
                try body(table)
            }
            return try statements.filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }.flatMap { sql in
                try table.database.run("EXPLAIN QUERY PLAN \(sql)").compactMap { $0["detail"].text }
            }
        }
    }

    private func expectIndexed(_ what: String, _ body: (JobTable) throws -> Void) throws {
        let plans = try plans(body)
        #expect(!plans.isEmpty, "\(what)")
        for plan in plans {
            // The order of the table or of a suitable index requires reading no more rows than requested.
            #expect(!plan.contains("TEMP B-TREE"), "\(what): \(plans)")
            if plan.contains("SCAN jobs") {
                #expect(what == "all" || plan.contains("USING INDEX"), "\(what): \(plans)")
            }
        }
    }

    @Test func everyFilterUsesAnIndex() throws {
        let states: [Set<JobState>?] = [nil, [.done], [.queued, .running], Set(JobState.allCases)]
        for state in states {
            for dropFolder in [nil, "inbox"] {
                for before in [nil, Int64(5)] {
                    let filter = JobFilter(states: state, dropFolder: dropFolder)
                    let what = state == nil && dropFolder == nil ? "all" : "\(filter) before \(before ?? 0)"
                    try expectIndexed(what) { table in
                        _ = try table.jobs(filter, JobSpan(filter, before: before, table), limit: 100)
                    }
                }
            }
        }
    }

    @Test func queriesForASingleJobUseAnIndex() throws {
        try expectIndexed("id") { _ = try $0.job(3) }
        try expectIndexed("key") { _ = try $0.job(.numbered(1)) }
        try expectIndexed("running") { _ = try $0.running() }
        try expectIndexed("ended") { _ = try $0.ended(after: nil, limit: 10) }
    }

    @Test func theQueueExaminesOnlyQueuedJobs() throws {
        let plans = try plans { table in
            _ = try table.nextOfEachDropFolder(at: fixture.clock.now, except: ["other"])
            _ = try table.nextRetry(at: fixture.clock.now, except: ["other"])
            _ = try table.obstructed()
        }
        #expect(
            plans.contains { $0.contains("jobs_by_watch_and_turn") } && plans.contains { $0.contains("jobs_by_retry") })
        for plan in plans where plan.contains("jobs") {
            #expect(plan.contains("INDEX jobs_") || plan.contains("pauses"), "\(plans)")
        }
    }

    /// Triggers update the counts at every change.
    @Test func countsAreMaintained() throws {
        for plan in try plans({ _ = try $0.counts() }) { #expect(plan == "SCAN job_counts", "\(plan)") }
        try fixture.multiply(to: 50)
        try fixture.ledger.connection.execute(
            "DELETE FROM jobs WHERE id > 40; UPDATE jobs SET state = 'done' WHERE id > 30")
        let counted = try fixture.ledger.connection.read { table in
            try table.database.run("SELECT state, COUNT(*) AS count FROM jobs GROUP BY state")
                .reduce(into: [String: Int]()) { $0[$1["state"].text ?? ""] = $1["count"].integer.map { Int($0) } }
        }
        #expect(
            try fixture.ledger.counts().filter { $0.value > 0 }
                == Dictionary(
                    uniqueKeysWithValues: counted.compactMap { name, count in
                        JobState(rawValue: name).map { ($0, count) }
                    }))
    }
}
