import Testing

@testable import Pipeline

@Suite struct CaptureClockTests {
    private let own = 1_800_000_000.0

    @Test(arguments: [0, 9.5, -9.5, 0.3]) func clockNearTheLocalClockIsAccepted(ahead: Double) {
        var clock = CaptureClock()
        let (date, warning) = clock.date(own: own, camera: own + ahead)
        #expect(date == own + ahead && warning == nil)
    }

    @Test func missingClockIsIgnored() {
        var clock = CaptureClock()
        let (date, warning) = clock.date(own: own, camera: nil)
        #expect(date == own && warning == nil)
    }

    @Test(arguments: [-1_799_900_000.0, -3600, 172_800, 11, .nan, .infinity])
    func distantClockIsRejectedWithOneWarning(ahead: Double) {
        var clock = CaptureClock()
        let first = clock.date(own: own, camera: own + ahead)
        let second = clock.date(own: own + 1, camera: own + 1 + ahead)
        #expect(first.date == own && second.date == own + 1)
        #expect(first.warning?.contains("2027-01-15T08:00:00.000Z") == true && second.warning == nil)
    }

    /// A camera whose clock drifts away, and one whose clock is set.
    @Test func decisionCanChange() {
        var clock = CaptureClock()
        let dates = stride(from: 0.0, through: 12, by: 1).map { clock.date(own: own, camera: own - $0).date - own }
        #expect(dates == [0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, 0, 0])
        #expect(clock.date(own: own, camera: own - 8).date == own)
        #expect(clock.date(own: own, camera: own - 4).date == own - 4)
    }
}
