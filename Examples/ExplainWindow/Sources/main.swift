import Engine

let checkpoint = try Checkpoint.open(BuiltInModel.motion.rawValue)
let model = try I3DModel(variables: checkpoint.load(), manifest: checkpoint.manifest)
let manifest = model.manifest
let shape = ClipShape(
    frames: manifest.clipLength, height: manifest.frameSize, width: manifest.frameSize,
    channels: manifest.inputChannels)
let session = try EngineSession(model: model, shape: shape, pool: ThreadPool())

// A clip of bytes: a bright square of 28 pixels that moves to the right by 2 pixels a frame.
for frame in 0..<shape.frames {
    var pixels = [UInt8](repeating: 60, count: shape.elementsPerFrame)
    for row in 42..<70 {
        let first = (row * shape.width + 8 + 2 * frame) * shape.channels
        for sample in first..<first + 28 * shape.channels { pixels[sample] = 220 }
    }
    try session.setFrame(frame, bytes: pixels.span)
}

let explanation = try GradCAM().explain(session, target: .top1)
for answer in explanation.topK(1, labels: manifest.labels) {
    print("\(answer.label ?? "class \(answer.index)"): \(Int((100 * answer.probability).rounded())) %")
}
let (map, plane) = (explanation.map, shape.height * shape.width)
let peak = map.values.indices.max { map.values[$0] < map.values[$1] } ?? 0
print("peak: frame \(peak / plane), row \(peak % plane / map.width), column \(peak % map.width)")
