import Testing

@testable import Engine

@Suite("I3D model")
struct I3DModelTests {
    private let manifest = ModelManifest(name: "random", classCount: 5, inputChannels: 3)

    private func load(_ change: (inout ModelVariables) -> Void) throws -> I3DModel {
        var variables = RandomNetwork.variables(width: 1.0 / 32)
        change(&variables)
        return try I3DModel(variables: variables, manifest: manifest)
    }

    @Test("Widths, classes and channels come from the variables", arguments: [1.0 / 64, 1.0 / 32, 1.0 / 12])
    func widths(_ width: Double) throws {
        let variables = RandomNetwork.variables(width: width, classes: 7, inputChannels: 2)
        let model = try I3DModel(
            variables: variables, manifest: ModelManifest(name: "flow", classCount: 7, inputChannels: 2))
        #expect(model.classCount == 7)
        #expect(model.inputChannels == 2)
    }

    @Test("Any missing variable is named")
    func missing() throws {
        for name in RandomNetwork.variables(width: 1.0 / 32).variables.keys {
            let error = #expect(throws: ModelError.self) { try load { $0.variables[name] = nil } }
            #expect(error?.code == .missingVariable)
            #expect(error?.variable == name)
        }
    }

    @Test("Any variable with a wrong shape is named")
    func wrongShape() throws {
        for (name, variable) in RandomNetwork.variables(width: 1.0 / 32).variables {
            // One more along the last axis; one input channel less for filters whose last axis is arbitrary.
            let error = #expect(throws: ModelError.self) {
                try load { variables in
                    var shape = variable.shape
                    shape[shape.count - (shape.count == 5 && shape[3] > 1 ? 2 : 1)] += 1
                    variables.variables[name] = .init(
                        shape: shape, values: [Float](repeating: 1, count: shape.reduce(1, *)))
                }
            }
            #expect(error?.code == .wrongShape || error?.code == .malformed)
        }
        let error = #expect(throws: ModelError.self) {
            try load { $0.variables["Conv3d_2b_1x1/conv_3d/w"]?.shape = [1, 1, 1, 3, 2] }
        }
        #expect(error?.code == .wrongShape)
        #expect(error?.description.contains("Conv3d_2b_1x1/conv_3d/w") == true)
        #expect(error?.description.contains("[1, 1, 1, 2, any]") == true)
    }

    @Test("Shapes that do not fit their values, non-finite values and negative variances are errors")
    func malformed() {
        #expect(throws: ModelError.self) {
            try load { $0.variables["Conv3d_1a_7x7/conv_3d/w"]?.values.removeLast() }
        }
        #expect(throws: ModelError.self) {
            try load { $0.variables["Conv3d_1a_7x7/conv_3d/w"]?.shape = [7, 7, 7, 3, Int.max] }
        }
        #expect(throws: ModelError.self) {
            try load { $0.variables["Mixed_4f/Branch_0/Conv3d_0a_1x1/batch_norm/beta"]?.values[0] = .infinity }
        }
        #expect(throws: ModelError.self) {
            try load { $0.variables["Conv3d_1a_7x7/batch_norm/moving_variance"]?.values[0] = -1 }
        }
    }

    @Test("A manifest that does not fit the variables is an error")
    func manifests() {
        let variables = RandomNetwork.variables(width: 1.0 / 32)
        for manifest in [
            ModelManifest(name: "m", classCount: 6, inputChannels: 3),
            ModelManifest(name: "m", classCount: 5, inputChannels: 2),
            ModelManifest(name: "m", classCount: 5, inputChannels: 3, labels: ["one"]),
            ModelManifest(name: "m", classCount: 5, inputChannels: 3, inputScale: .nan),
        ] {
            #expect(throws: ModelError.self) { try I3DModel(variables: variables, manifest: manifest) }
        }
    }
}
