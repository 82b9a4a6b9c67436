/// The size of an activation in time and space, without its channels.
struct Size3D: Hashable, Sendable {
    let frames: Int
    let height: Int
    let width: Int

    var count: Int { frames * height * width }
    var plane: Int { height * width }
}

/// Three numbers along time, height and width.
struct Kernel3D: Hashable, Sendable {
    let frames: Int
    let height: Int
    let width: Int

    init(_ frames: Int, _ height: Int, _ width: Int) {
        self.frames = frames
        self.height = height
        self.width = width
    }

    static func cube(_ edge: Int) -> Kernel3D { Kernel3D(edge, edge, edge) }

    var count: Int { frames * height * width }
}
