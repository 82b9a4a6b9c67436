import Files
import Glibc

/// What a path comes to: the same for all names of one folder or file, whether they lead through links, mounts or dots.
package struct FolderPlace: Sendable, Hashable {
    private struct Node: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// The deepest part of the path that is there, then the folders above it up to the root.
    private let nodes: [Node]
    /// The names below it, of what is not there yet.
    private let rest: [String]

    /// Blocks: looks at the folders.
    ///
    /// - Parameter path: a whole one.
    package init(_ path: String) {
        var names = path.split(separator: "/").map(String.init)
        var rest: [String] = []
        var real = Self.real("/" + names.joined(separator: "/"))
        while real == nil, let last = names.popLast() {
            rest.insert(last, at: 0)
            real = Self.real("/" + names.joined(separator: "/"))
        }
        var above = (real ?? "/").split(separator: "/").map(String.init)
        var nodes: [Node] = []
        while true {
            var status = stat()
            if stat(("/" + above.joined(separator: "/")).fileBytes, &status) == 0 {
                nodes.append(Node(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
            }
            guard above.popLast() != nil else { break }
        }
        self.nodes = nodes
        self.rest = rest
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.nodes.first == other.nodes.first && one.rest == other.rest
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(nodes.first)
        hasher.combine(rest)
    }

    /// Whether it is the other place, or lies in it.
    func isIn(_ other: Self) -> Bool {
        guard let node = other.nodes.first else { return false }
        if other.rest.isEmpty { return nodes.contains(node) }
        return nodes.first == node && rest.starts(with: other.rest)
    }

    /// Without links; nil where nothing is there.
    package static func real(_ path: String) -> String? {
        guard let real = realpath(path.fileBytes, nil) else { return nil }
        defer { free(real) }
        return FileName.string(UnsafePointer(real))
    }
}
