import Decode
import Encode

/// Reads `input` and writes it again as `output`, without heat.
///
/// - Parameter label: the label of the first second.
/// - Returns: the writer's warnings.
@discardableResult
func remake(
    _ input: String, _ output: String, options: WriterOptions = WriterOptions(), label: String? = nil
) throws -> [String] {
    let source = try VideoFileSource(input)
    var options = options
    if label != nil { options.hasLabels = true }
    let writer = try VideoWriter(path: output, source: source.properties, options: options)
    let maker = CanvasMaker(format: writer.format)
    if let label { try writer.writeLabel(label, from: 0, to: 1) }
    while let item = try source.next() {
        switch item {
        case .frame(let frame): try writer.write(maker.canvas(of: frame))
        case .packet(let packet): try writer.write(packet)
        }
    }
    try writer.finish()
    return writer.warnings
}
