import Foundation

extension StreamServer.Connection {
    /// The steps of 20 ms in which a stream is played between two checks of its end.
    private static var checkInterval: Int { 10 }

    /// Reads a request's head; nil if the client leaves before its end.
    public func request() -> String? {
        var text = ""
        while !text.contains("\r\n\r\n") {
            guard let bytes = receive() else { return nil }
            text += String(decoding: bytes, as: UTF8.self)
        }
        return text
    }

    /// Answers with a head and a body, which is empty by default.
    public func answer(_ status: String, _ headers: [String] = [], body: String = "") {
        let head = ["HTTP/1.1 \(status)", "Connection: close", "Content-Length: \(body.utf8.count)"] + headers
        send(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    }

    /// Begins an answer of unknown length.
    public func beginAnswer(type: String = "video/mp2t") {
        send(Array("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nConnection: close\r\n\r\n".utf8))
    }

    /// Sends a stream in real time, like a camera.
    ///
    /// - Parameters:
    ///   - seconds: the playing time of `bytes`.
    ///   - isEnough: ends the stream early if true; it is asked every `checkInterval` steps.
    /// - Returns: whether the client stayed until the end.
    @discardableResult
    public func play(
        _ bytes: some RandomAccessCollection<UInt8>, seconds: Double, until isEnough: () -> Bool = { false }
    ) -> Bool {
        let start = ContinuousClock.now
        var rest = bytes[...]
        var step = 0
        while !rest.isEmpty {
            let played = (.now - start) / .seconds(1) / seconds
            let sent = bytes.count - rest.count
            let due = min(bytes.count, Int(Double(bytes.count) * played) + 1)
            guard send(rest.prefix(due - sent)) else { return false }
            rest = rest.dropFirst(due - sent)
            // Real time of the stream.
            usleep(20_000)
            step += 1
            if step.isMultiple(of: Self.checkInterval), isEnough() { return true }
        }
        return true
    }
}
