import TestSupport
import Testing

@testable import Decode

/// The transports of RTSP.
@Suite(.hangLimit) struct TransportTests {
    private func frames(_ camera: RTSPServer, _ transport: LiveOptions.Transport, limit: Int) throws -> LiveReading {
        var options = LiveOptions.test()
        options.transport = transport
        return LiveReading(
            try LiveSource(StreamAddress("rtsp://127.0.0.1:\(camera.port)/live"), options: options), limit: limit)
    }

    private func setups(_ camera: RTSPServer) -> [String] {
        camera.requests.filter { $0.hasPrefix("SETUP") }
            .map { $0.contains("RTP/AVP/TCP") ? "tcp" : $0.contains("multicast") ? "multicast" : "udp" }
    }

    @Test func automaticUsesTCPIfTheServerSupportsIt() throws {
        var script = RTSPServer.Script()
        script.acceptsUDP = true
        let camera = try RTSPServer(try LiveMaterial.stream(seconds: 2), script: script)
        #expect(try frames(camera, .automatic, limit: 30).frames.count == 30)
        #expect(setups(camera) == ["tcp"])
    }

    @Test func automaticUsesUDPIfTheServerRefusesTCP() throws {
        var script = RTSPServer.Script()
        (script.refusesTCP, script.acceptsUDP) = (true, true)
        let camera = try RTSPServer(try LiveMaterial.stream(seconds: 2), script: script)
        #expect(try frames(camera, .automatic, limit: 30).frames.count == 30)
        #expect(setups(camera) == ["tcp", "udp"])
    }

    @Test(
        .enabled(if: DatagramSender.reachesGroups, "the machine has no route for groups"),
        arguments: [(LiveOptions.Transport.automatic, "239.255.77.2"), (.multicast, "239.255.77.3")])
    func aGroup(transport: LiveOptions.Transport, group: String) throws {
        var script = RTSPServer.Script()
        (script.refusesTCP, script.group) = (true, group)
        let camera = try RTSPServer(try LiveMaterial.stream(seconds: 2), script: script)
        #expect(try frames(camera, transport, limit: 30).frames.count == 30)
        #expect(setups(camera) == (transport == .automatic ? ["tcp", "udp", "multicast"] : ["multicast"]))
    }
}
