import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

struct FlowTests {
    private let options = WindowOptions(
        preparation: FramePreparation(width: 32, height: 24), length: 4, stride: 4, rate: .native)

    /// Folders `x` and `y` of grey images: image n has the value 10 n + 1 in x, and 10 n + 2 in y.
    private func folders(_ directory: TemporaryDirectory, x: Int, y: Int, size: String = "32x24") throws {
        for (axis, count, offset) in [("x", x, 1), ("y", y, 2)] {
            try FileManager.default.createDirectory(atPath: directory.file(axis), withIntermediateDirectories: false)
            for n in 0..<count {
                try MediaFactory.ffmpeg([
                    "-f", "lavfi", "-i", "color=c=black:s=\(size):d=0.04,format=gray,lutyuv=y=\(10 * n + offset)",
                    "-frames:v", "1", "-update", "1", directory.file("\(axis)/flow_\(n + 1).png"),
                ])
            }
        }
    }

    @Test func foldersArePairedByNaturalOrder() throws {
        let directory = try TemporaryDirectory()
        try folders(directory, x: 11, y: 11)
        let source = try FlowWindowSource(directory.path, options: options)
        #expect((source.properties.width, source.properties.height) == (32, 24))
        var windows: [Window] = []
        while let window = try source.next() { windows.append(window) }
        #expect(windows.map(\.firstSample) == [0, 4, 8])
        #expect(windows.map(\.paddedCount) == [0, 0, 1])
        for window in windows {
            for frame in window.frames {
                #expect((frame.channels, frame.width, frame.height) == (2, 32, 24))
                let n = frame.sourceIndex
                let pair = [UInt8(10 * n + 1), UInt8(10 * n + 2)]
                let expected = [[UInt8]](repeating: pair, count: 32 * 24).flatMap(\.self)
                #expect(frame.bytes == expected)
            }
        }
        #expect(source.warnings.isEmpty)
    }

    @Test func foldersMustMatch() throws {
        let directory = try TemporaryDirectory()
        try folders(directory, x: 3, y: 2)
        #expect {
            try FlowWindowSource(directory.path, options: options)
        } throws: {
            ($0 as? MediaError)?.description.contains("3 images in x but 2 in y") == true
        }
        #expect(throws: MediaError.self) { try FlowWindowSource(directory.path + "/x", options: options) }
    }

    @Test func unreadablePairsAreSkipped() throws {
        let directory = try TemporaryDirectory()
        try folders(directory, x: 5, y: 5)
        try directory.write([1, 2, 3], to: "y/flow_3.png")
        let source = try FlowWindowSource(directory.path, options: options)
        let window = try #require(try source.next())
        #expect(window.frames.map { $0.bytes[0] } == [1, 11, 31, 41])
        #expect(try source.next() == nil)
        #expect(source.warnings.map(\.kind) == [.skippedFrames])
    }

    @Test func arraysKeepTheirValues() throws {
        let directory = try TemporaryDirectory()
        let values = (0..<420).map { (index: Int) -> Float in Float(index) * 0.01 - 1 }
        let path = directory.file("flow.npy")
        try NumPyFile.write(path, shape: [6, 5, 7, 2], floats: values)
        let source = try FlowWindowSource(path, options: options)
        var frames: [ClipFrame] = []
        while let window = try source.next() { frames += window.frames.dropLast(window.paddedCount) }
        #expect(frames.count == 6)
        let read = frames.flatMap { frame -> [Float] in
            if case .floats(let floats) = frame.pixels { return floats }
            return []
        }
        #expect(read == values)

        let bytes = directory.file("bytes.npy")
        try NumPyFile.write(bytes, shape: [1, 2, 2, 2], bytes: [1, 2, 3, 4, 5, 6, 7, 8])
        let window = try #require(try FlowWindowSource(bytes, options: options).next())
        #expect(window.frames[0].bytes == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(window.paddedCount == 3)

        let rgb = directory.file("rgb.npy")
        try NumPyFile.write(rgb, shape: [1, 2, 2, 3], bytes: Array(repeating: 0, count: 12))
        #expect(throws: MediaError.self) { try FlowWindowSource(rgb, options: options) }
    }
}
