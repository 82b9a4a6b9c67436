import TestSupport
import Testing

/// Routing of paths in all notations.
@Suite(.hangLimit) struct RoutingTests {
    /// Unnecessary percent-encoding does not change the path (RFC 3986, section 6.2.2.2).
    @Test(arguments: ["/%61pi/v1/jobs", "/api/%76%31/jobs", "/api/v1/jobs?#part", "/api/v1/jobs?limit=%31"])
    func encodedPathsAreEquivalent(_ target: String) async throws {
        #expect(try await ServedAPI().get(target).status == 200)
    }

    /// An empty number must not turn a change of one job into a change of many.
    @Test func emptySegmentsAreNotFound() async throws {
        let api = try await ServedAPI()
        try await api.admit(1)
        for target in ["/", "//", "/api/v1/jobs/", "/api//v1/jobs", "//api/v1/jobs", "/healthz/", "/api%2Fv1/jobs"] {
            try await api.get(target).expectError(404, "not_found", mention: "nothing at this path")
        }
        try await api.post("/api/v1/jobs//cancel?state=queued").expectError(404, "not_found")
        #expect(try await api.get("/api/v1/jobs/1").json()["state"] as? String == "queued")
    }

    @Test(arguments: [
        ("GET", "/api/v1/jobs/retry", "POST"), ("POST", "/api/v1/jobs/1", "GET, HEAD"),
        ("PUT", "/healthz", "GET, HEAD"),
        ("DELETE", "/api/v1/jobs/pause", "GET, HEAD, POST"), ("GET", "/api/v1/folders/inbox/files/a.mp4", "POST"),
    ]) func methodsThatAPathHasAreNamed(_ method: String, _ target: String, _ allowed: String) async throws {
        let answer = try await ServedAPI().request(method, target)
        try answer.expectError(405, "method_not_allowed", mention: allowed)
        #expect(answer.headers["allow"] == allowed)
    }

    @Test func headHasNoBody() async throws {
        let api = try await ServedAPI()
        for (target, status) in [
            ("/healthz", 200), ("/none", 404), ("/api/v1/jobs/7", 404), ("/api/v1/jobs/retry", 405),
        ] {
            let answer = try await api.request("HEAD", target)
            #expect(answer.status == status && answer.text.isEmpty, "\(target)")
            #expect(answer.headers["cache-control"] == "no-store", "\(target)")
        }
    }

    @Test func namesAreDecodedOnce() async throws {
        let api = try await ServedAPI()
        let name = "a%252F%3F%23.mp4"
        let path = try #require(
            try await api.post("/api/v1/folders/inbox/files/\(name)", "x").json()["path"] as? String)
        #expect(path.hasSuffix("/inbox/a%2F?#.mp4"))
    }

    /// The path of earlier versions.
    @Test func theFormerPathOfFoldersIsAnswered() async throws {
        let api = try await ServedAPI()
        #expect(try await api.get("/api/v1/watches").text == api.get("/api/v1/folders").text)
        #expect(try await api.get("/api/v1/watches/inbox/files").status == 200)
    }
}
