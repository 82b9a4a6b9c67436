import Engine
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Pipeline
@testable import WebClient

/// Downloads from a server on this machine: every outcome of a transfer, and what is installed afterwards.
@Suite(.hangLimit) struct ModelFetchTests {
    private let folder: TemporaryDirectory
    private let server: HTTPServer
    /// The small golden network as if it were published.
    private let model: PublishedModel
    private let contents: [String: [UInt8]]

    init() throws {
        folder = try TemporaryDirectory()
        server = try HTTPServer()
        var files: [PublishedFile] = []
        var contents: [String: [UInt8]] = [:]
        let names = try FileManager.default.contentsOfDirectory(atPath: GoldenMaterial.path("checkpoints"))
        for name in names.filter({ $0.hasPrefix("model.ckpt.") }).sorted(by: >) {
            let bytes = try GoldenMaterial.bytes("checkpoints/\(name)")
            let id = try GitBlob.id(ofFile: GoldenMaterial.path("checkpoints/\(name)"))
            files.append(PublishedFile(path: "data/\(name)", name: name, blobID: id, size: bytes.count))
            contents["/data/\(name)"] = bytes
            server.serve("/data/\(name)", bytes)
        }
        self.contents = contents
        let card = ModelCard(
            name: "small", summary: "A test's.", classCount: 5, input: "noise", trainingData: "none", quality: ["none"],
            limits: "all", license: "none")
        model = PublishedModel(files: files, card: card, source: server.url)
        largest = try #require(contents.max { $0.value.count < $1.value.count }?.key)
    }

    /// The path of the largest file.
    private let largest: String

    private var bytes: [UInt8] { contents[largest] ?? [] }
    private var catalogue: ModelCatalogue { ModelCatalogue(folder: folder.file("models")) }

    private func fetch(
        _ model: PublishedModel? = nil, replacing: Bool = false, retries: Int = 0,
        report: @escaping @Sendable (TransferProgress) -> Void = { _ in }
    ) async throws -> ModelFetch.Outcome {
        try await ModelFetch(
            model ?? self.model, into: catalogue, replacing: replacing,
            retryDelays: Array(repeating: .zero, count: retries)
        ).run(report: report)
    }

    private func listing(_ name: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("models/\(name)"))) ?? []).sorted()
    }

    /// The requests for the largest file.
    private var requests: [HTTPServer.Request] { server.requests.filter { $0.path == largest } }

    private func expectInstalled(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(listing() == ["small"], sourceLocation: location)
        #expect(listing("small") == (model.files.map(\.name) + ["card.json"]).sorted(), sourceLocation: location)
        let checkpoint = try catalogue.open("small")
        #expect(try checkpoint.verify().checksum == "CRC-32C", sourceLocation: location)
        let all = catalogue.installed()
        #expect(all.map(\.name) == ["small"], sourceLocation: location)
        #expect(all.first?.card == model.card, sourceLocation: location)
    }

    @Test func completeFilesAreInstalled() async throws {
        let seen = Mutex<[TransferProgress]>([])
        let outcome = try await fetch { progress in seen.withLock { $0.append(progress) } }
        #expect(outcome == .init(path: folder.file("models/small"), wasInstalled: false))
        try expectInstalled()
        let progress = seen.withLock { $0 }
        let total = contents.values.reduce(0) { $0 + $1.count }
        #expect(progress.allSatisfy { $0.totalBytes == total })
        #expect(progress.last?.bytes == total)
        #expect(progress.last?.fetchedBytes == total)
        #expect(zip(progress, progress.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
        #expect(requests.count == 1)
        #expect(requests.first?.headers["accept-encoding"] == "identity")
        #expect(requests.first?.headers["range"] == nil)
    }

    @Test func installedFilesAreFetchedAgainOnlyOnRequest() async throws {
        _ = try await fetch()
        #expect(try await fetch().wasInstalled)
        #expect(requests.count == 1)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("models/small/extra")))
        #expect(try await !fetch(replacing: true).wasInstalled)
        #expect(requests.count == 2)
        try expectInstalled()
    }

    @Test(arguments: [0, 1, 1000]) func aConnectionThatEndsEarlyIsResumed(_ count: Int) async throws {
        server.serve(largest, bytes, .cut(after: count), .complete)
        _ = try await fetch(retries: 1)
        try expectInstalled()
        #expect(requests.count == 2)
        #expect(requests.last?.headers["range"] == (count == 0 ? nil : "bytes=\(count)-"))
        #expect(requests.last?.headers["if-range"] == (count == 0 ? nil : "\"1\""))
    }

    @Test func laterRunResumesAnEarlierOne() async throws {
        server.serve(largest, bytes, .cut(after: 1234))
        let error = await #expect(throws: ModelError.self) { try await fetch(retries: 2) }
        #expect(error?.code == .unavailable)
        #expect(error?.file == server.url + largest)
        #expect(listing() == [".small.part"])
        let part = try #require(listing(".small.part").first { $0.hasSuffix(".part") })
        #expect(try folder.bytes(of: "models/.small.part/\(part)") == Array(bytes[..<1234]))
        let before = requests.count
        server.serve(largest, bytes)
        _ = try await fetch()
        try expectInstalled()
        #expect(requests.count == before + 1)
        #expect(requests.last?.headers["range"] == "bytes=1234-")
    }

    @Test func serverWithoutRangesSendsTheWholeFile() async throws {
        server.serve(largest, bytes, .cut(after: 1234), .wholeAlways)
        _ = try await fetch()
        try expectInstalled()
        #expect(requests.count == 2)
    }

    @Test func twoVersionsAreNotJoined() async throws {
        var other = bytes
        other[10] ^= 1
        server.serve(largest, other, tag: "\"old\"", .cut(after: 1234), .status(503))
        await #expect(throws: ModelError.self) { try await fetch() }
        server.serve(largest, bytes, tag: "\"new\"")
        _ = try await fetch()
        try expectInstalled()
        #expect(requests.last?.headers["if-range"] == "\"old\"")
    }

    @Test func wrongResumedFileIsFetchedAgainFromItsBeginning() async throws {
        var other = bytes
        other[10] ^= 1
        // The entity tag is the same: the server does not indicate another version.
        server.serve(largest, other, .cut(after: 1234), .status(503))
        await #expect(throws: ModelError.self) { try await fetch() }
        server.serve(largest, bytes)
        _ = try await fetch()
        try expectInstalled()
        #expect(requests.map { $0.headers["range"] }.suffix(2) == ["bytes=1234-", nil])
    }

    @Test(arguments: ["flipped", "longer", "shorter", "page"]) func alteredFilesAreNotInstalled(_ how: String)
        async throws
    {
        var other = bytes
        switch how {
        case "flipped": other[other.count / 2] ^= 0x10
        case "longer": other.append(0)
        case "shorter": other.removeLast()
        default: other = Array("<html>sign in first</html>".utf8)
        }
        server.serve(largest, other)
        let error = await #expect(throws: ModelError.self) { try await fetch() }
        #expect(error?.code == .checksum)
        #expect(error?.file == server.url + largest)
        #expect(listing() == [".small.part"])
        #expect(catalogue.installed().isEmpty)
        // Nothing of it is kept, and the right file is accepted afterwards.
        server.serve(largest, bytes)
        _ = try await fetch()
        #expect(requests.last?.headers["range"] == nil)
        try expectInstalled()
    }

    @Test(arguments: [404, 403, 410, 401]) func refusalsAreFinal(_ status: Int) async throws {
        server.serve(largest, bytes, .status(status))
        let error = await #expect(throws: ModelError.self) { try await fetch(retries: 3) }
        #expect(error?.code == .unavailable)
        #expect(error?.reason.contains("\(status)") == true)
        #expect(requests.count == 1)
    }

    @Test(arguments: [429, 500, 503]) func aBusyServerIsAskedAgain(_ status: Int) async throws {
        server.serve(largest, bytes, .status(status), .status(status), .complete)
        _ = try await fetch(retries: 2)
        try expectInstalled()
        #expect(requests.count == 3)
    }

    @Test func aRefusedConnectionIsOneSentence() async throws {
        server.close()
        let error = await #expect(throws: ModelError.self) { try await fetch(retries: 3) }
        #expect(error?.code == .unavailable)
        #expect(error?.reason == "the host 127.0.0.1 cannot be reached")
    }

    @Test func redirectsAreFollowed() async throws {
        server.serve(largest, [], .redirect("/elsewhere"))
        server.serve("/elsewhere", bytes, .cut(after: 500), .complete)
        _ = try await fetch()
        try expectInstalled()
        #expect(requests.count == 2)
        let ranges = server.requests.filter { $0.path == "/elsewhere" }.map { $0.headers["range"] }
        #expect(ranges == [nil, "bytes=500-"])
    }

    @Test func redirectsToAnotherSchemeAreRefused() async throws {
        server.serve(largest, [], .redirect("ftp://127.0.0.1/elsewhere"))
        let error = await #expect(throws: ModelError.self) { try await fetch() }
        #expect(error?.code == .unavailable)
        #expect(error?.reason.contains("ftp://127.0.0.1/elsewhere") == true)
    }

    @Test func silentServerTimesOut() async throws {
        server.serve(largest, bytes, .stall(after: 100))
        let url = try #require(URL(string: server.url + largest))
        let (outcome, size) = try await withLongerLimits { limit in
            let part = try PartialDownload(folder.file("file-\(limit)"), largestSize: bytes.count)
            let outcome = try await HTTPTransfer(url: url, part: part) { _, _ in }.run(idleLimit: limit)
            return (outcome, try part.size)
        } until: { _, size in
            size == 100
        }
        #expect(outcome == .interrupted(reason: "nothing came for too long"))
        #expect(size == 100)
    }

    /// Why a transfer failed; its error shows no password.
    private func failure(_ address: String, _ proxies: [String: String] = [:]) async throws -> String {
        let part = try PartialDownload(folder.file("file"), largestSize: bytes.count)
        let url = try #require(URL(string: address))
        let error = try await #require(throws: ModelError.self) {
            _ = try await HTTPTransfer(url: url, part: part) { _, _ in }.run(proxies: ProxyEnvironment(proxies))
        }
        #expect(error.code == .unavailable && !error.description.contains("secret"), "\(error)")
        return error.reason
    }

    @Test func serverIsVerified() async throws {
        let front = try TLSFront(to: server.port, TestCertificate(folder))
        let reason = try await failure("https://user:secret@127.0.0.1:\(front.port)\(largest)")
        #expect(reason == "the host 127.0.0.1 does not prove who it is")
        #expect(front.bytesHeard == 0 && server.requests.isEmpty)
    }

    @Test func aProxyThatRefusesIsNamed() async throws {
        server.serve("models.example:443", [], .status(403))
        let reason = try await failure(
            "https://models.example\(largest)", ["https_proxy": "http://user:secret@127.0.0.1:\(server.port)"])
        #expect(reason == "the proxy 127.0.0.1:\(server.port) does not connect to models.example")
    }

    @Test func cancelledTransferKeepsReceivedBytes() async throws {
        server.serve(largest, bytes, .stall(after: 777))
        let expected = 777 + model.files.prefix { "/" + $0.path != largest }.reduce(0) { $0 + ($1.size ?? 0) }
        let (stream, continuation) = AsyncStream.makeStream(of: TransferProgress.self)
        let task = Task { try await fetch { continuation.yield($0) } }
        for await progress in stream where progress.fetchedBytes == expected { break }
        task.cancel()
        let error = await #expect(throws: ModelError.self) { _ = try await task.value }
        #expect(error?.code == .cancelled)
        let name = URL(fileURLWithPath: largest).lastPathComponent
        #expect(try folder.bytes(of: "models/.small.part/\(name).part") == Array(bytes[..<777]))
        server.serve(largest, bytes)
        _ = try await fetch()
        #expect(requests.last?.headers["range"] == "bytes=777-")
        try expectInstalled()
    }

    @Test func aModelIsFetchedByOneProcessAtATime() async throws {
        server.serve(largest, bytes, .stall(after: 777))
        let (stream, continuation) = AsyncStream.makeStream(of: TransferProgress.self)
        let task = Task { try await fetch { continuation.yield($0) } }
        for await progress in stream where progress.fetchedBytes > 0 { break }
        let error = await #expect(throws: ModelError.self) { try await fetch() }
        #expect(error?.code == .cannotWrite)
        #expect(error?.reason == "another saliencyd is installing this model")
        task.cancel()
        _ = try? await task.value
    }

    @Test func damagedTensorsAreNotInstalled() async throws {
        // A file with the published digest, but whose tensors do not match its index.
        var model = model
        let index = try #require(
            model.files.indices.filter { !model.files[$0].name.hasSuffix("index") }
                .max { (model.files[$0].size ?? 0) < (model.files[$1].size ?? 0) })
        let path = "/" + model.files[index].path
        var other = try #require(contents[path])
        other[other.count / 2] ^= 0x10
        model.files[index].blobID = try GitBlob.id(ofFile: folder.write(other, to: "other"))
        server.serve(path, other)
        let error = await #expect(throws: ModelError.self) { try await fetch(model) }
        #expect(error?.code == .checksum)
        #expect(error?.variable != nil)
        #expect(catalogue.installed().isEmpty)
    }

    @Test func folderThatCannotBeCreatedIsNamed() async throws {
        try folder.write([1], to: "models")
        let error = await #expect(throws: ModelError.self) { try await fetch() }
        #expect(error?.code == .cannotWrite)
        #expect(error?.file == folder.file("models"))
    }

    @Test(arguments: ["", "ftp://host/x", "/a/path", "http://", "https://host/x?y=1", "nonsense"])
    func sourcesThatAreNoBaseAreRefused(_ source: String) {
        let error = #expect(throws: ModelError.self) { try ModelFetch(model, into: catalogue, source: source) }
        #expect(error?.code == .invalidRequest)
    }
}
