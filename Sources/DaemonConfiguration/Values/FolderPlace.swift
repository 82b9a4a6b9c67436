import Files
import Glibc

/// The identity of a path: equal for all paths to one folder or file, whether they contain links, mounts or dots.
package struct FolderPlace: Sendable, Hashable {
    private struct Node: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// The deepest existing part of the path, then the folders above it up to the root.
    private let nodes: [Node]
    /// The names below that part, which do not exist yet.
    private let rest: [String]

    /// Blocks, because it accesses the folders.
    ///
    /// - Parameter path: an absolute path.
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

    /// Whether this is the other place or inside it.
    func isIn(_ other: Self) -> Bool {
        guard let node = other.nodes.first else { return false }
        if other.rest.isEmpty { return nodes.contains(node) }
        return nodes.first == node && rest.starts(with: other.rest)
    }

    /// The path without symbolic links; nil if it does not exist.
    package static func real(_ path: String) -> String? {
        guard let real = realpath(path.fileBytes, nil) else { return nil }
        defer { free(real) }
        return FileName.string(UnsafePointer(real))
    }
}
