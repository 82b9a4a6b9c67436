import Concurrency
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Streams that begin with sound, and announce their video later.
@Suite(.hangLimit) struct SoundFirstTests {
    /// Sound alone, more than is read to recognise a stream, and then sound and video.
    private static func stream(_ container: String) throws -> [UInt8] {
        let sound = try LiveMaterial.stream("a.\(container)", seconds: 1, sound: 8, ["-map", "1:a"])
        let both = try LiveMaterial.stream(
            "b.\(container)", seconds: 2, sound: 2,
            ["-map", "1:a", "-map", "0:v", "-output_ts_offset", "8"])
        // FLV has one header of nine bytes, followed by four bytes.
        return container == "flv" ? sound + both.dropFirst(13) : sound + both
    }

    @Test(arguments: ["ts", "flv"])
    func videoIsAwaited(container: String) throws {
        let server = try HTTPServer()
        server.serve("/live", try Self.stream(container))
        let source = try LiveSource(StreamAddress(server.url + "/live"), options: .test())
        #expect(source.properties.width == 96 && source.properties.height == 64)
        let reading = LiveReading(source)
        #expect(reading.error == nil)
        #expect(reading.frames.count == 50 && reading.gaps == [] && reading.isIncreasing)
        #expect(reading.packets.count > 70)
    }

    @Test func soundAloneTimesOut() throws {
        let sound = try LiveMaterial.stream(seconds: 1, sound: 1, ["-map", "1:a"])
        let server = try StreamServer { connection in
            connection.beginHTTP()
            while connection.send(sound) {}
        }
        let error = withLongerLimits { limit in
            #expect(throws: MediaError.self) {
                _ = try LiveSource(StreamAddress("http://127.0.0.1:\(server.port)/"), options: .test(open: limit))
            }
        } until: { error in
            // A machine that is too slow has not recognised the stream yet.
            error?.reason.hasPrefix("sent no video") == true
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.reason.hasPrefix("sent no video until the timeout") == true, "\(String(describing: error))")
    }

    @Test func waitingForVideoEndsWithCancellation() throws {
        let sound = try LiveMaterial.stream(seconds: 1, sound: 8, ["-map", "1:a"])
        let cancellation = Cancellation()
        let server = try StreamServer { connection in
            connection.beginHTTP()
            connection.send(sound)
            cancellation.cancel()
            connection.hold()
        }
        let error = #expect(throws: MediaError.self) {
            _ = try LiveSource(
                StreamAddress("http://127.0.0.1:\(server.port)/"), options: .test(), cancellation: cancellation)
        }
        #expect(error?.code == .cancelled)
    }
}
