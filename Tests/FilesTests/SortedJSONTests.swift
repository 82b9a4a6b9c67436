import Files
import Foundation
import Testing

@Suite struct SortedJSONTests {
    private struct Value: Encodable {
        var zonePath = "/a/b"
        var area = 0.5
    }

    private func text(_ value: some Encodable, _ form: JSONEncoder.Form = []) throws -> String {
        String(decoding: try JSONEncoder.sorted(form).encode(value), as: UTF8.self)
    }

    @Test("Keys are sorted, and slashes in paths are not escaped")
    func forms() throws {
        #expect(try text(Value()) == #"{"area":0.5,"zonePath":"/a/b"}"#)
        #expect(try text(Value(), .snakeCase) == #"{"area":0.5,"zone_path":"/a/b"}"#)
        #expect(try text(Value(), .pretty) == "{\n  \"area\" : 0.5,\n  \"zonePath\" : \"/a/b\"\n}")
    }

    @Test("Infinities are an error unless they are to be encoded as text")
    func infinities() throws {
        let values = [Double.infinity, -.infinity, .nan]
        #expect(throws: EncodingError.self) { try text(values) }
        #expect(try text(values, .nonFinite) == #"["inf","-inf","nan"]"#)
    }
}
