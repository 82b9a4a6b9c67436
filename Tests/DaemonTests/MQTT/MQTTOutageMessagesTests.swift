import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

@Suite struct MQTTOutageMessagesTests {
    @Test func anHourOfOutageIsAtMostALinePerMinute() {
        var outage = MQTTOutageMessages()
        var lines: [String] = []
        for second in 0..<3600 {
            if let line = outage.ended("cannot be reached", at: Double(second)) { lines.append(line) }
        }
        #expect(lines.count == 60 && lines[0] == "disconnected: cannot be reached")
        #expect(lines[59] == "disconnected for 59 min, 3541 tries; last: cannot be reached")
        #expect(outage.returned(at: 3600) == "back after 60 min")
        #expect(outage.returned(at: 3601) == nil)
    }

    /// A connection that is lost every second does not cause a line every second.
    @Test func anUnstableConnectionIsALinePerMinuteToo() {
        var outage = MQTTOutageMessages()
        var lines: [String] = []
        for second in 0..<600 {
            if let line = outage.ended("ended the connection", at: Double(second)) { lines.append(line) }
            if let line = outage.returned(at: Double(second) + 0.5) { lines.append(line) }
        }
        #expect(lines.count == 20 && lines[1] == "back after 0 s")
    }

    @Test func theFirstConnectionIsNotAReturn() {
        var outage = MQTTOutageMessages()
        #expect(outage.returned(at: 1) == nil)
    }
}
