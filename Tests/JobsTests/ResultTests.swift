import Testing

@testable import Jobs

@Suite struct ResultTests {
    private static let result = JobResult(
        length: 12.48, seconds: 3.25,
        answer: JobResult.Prediction(label: "walking", index: 3, probability: 0.62))

    @Test func aDoneJobKeepsItsResult() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        #expect(job.result == nil)
        let done = try fixture.ledger.finish(job.id, warnings: [], result: Self.result)
        #expect(done.result == Self.result)
        #expect(try fixture.ledger.job(job.id) == done)
        let again = try fixture.ledger.admit(.numbered(0), again: true)
        #expect(again.job.result == nil)
    }

    /// JSON has no non-finite numbers.
    @Test func nonFiniteNumbersAreLeftOut() throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .running)
        let result = JobResult(
            length: .nan, seconds: .infinity, answer: JobResult.Prediction(label: nil, index: 0, probability: .nan))
        #expect(try fixture.ledger.finish(job.id, warnings: [], result: result).result == JobResult())
    }

    @Test(arguments: ["", "null", "[]", #"{"length": "long"}"#])
    func aDamagedResultIsNamed(text: String) throws {
        let fixture = try LedgerFixture()
        let job = try fixture.job(in: .done)
        try fixture.ledger.connection.execute("UPDATE jobs SET result = '\(text)'")
        let error = ledgerError { _ = try fixture.ledger.job(job.id) }
        #expect(error?.code == .damaged && error?.description.contains("result") == true)
    }
}
