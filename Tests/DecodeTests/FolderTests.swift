import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

struct FolderTests {
    /// Numbered images of one colour each: image n has the red value n, and the number `n * step + start` in its name.
    private func folder(
        _ directory: TemporaryDirectory, count: Int, type: String = "png", size: String = "64x48",
        name: (Int) -> String
    ) throws {
        for n in 0..<count {
            try MediaFactory.ffmpeg(
                [
                    "-f", "lavfi", "-i",
                    "color=c=0x\(String(format: "%02X", n * 20))4060:s=\(size):d=0.04,format=rgb24",
                    "-frames:v", "1", "-update", "1",
                ] + (type == "jpg" ? ["-q:v", "1", "-pix_fmt", "yuvj444p"] : []) + [directory.file(name(n))])
        }
    }

    private func reds(_ source: any FrameSource) throws -> [Int] {
        let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
        return try Reading(source).frames.map { Int(try converter.convert($0).bytes[0]) }
    }

    @Test func naturalOrder() {
        let sorted = [
            "a", "a0", "a00", "a1", "a01", "a2", "a9", "a10", "a010", "a10b2", "a10b11", "a99999999999999999999",
            "a100000000000000000000", "b1",
        ]
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let result = sorted.shuffled(using: &random).sorted(by: NaturalOrder.precedes)
            #expect(
                result.filter { !["a0", "a00", "a1", "a01", "a10", "a010"].contains($0) }
                    == sorted.filter { !["a0", "a00", "a1", "a01", "a10", "a010"].contains($0) })
            #expect(
                result == [
                    "a", "a0", "a00", "a01", "a1", "a2", "a9", "a010", "a10", "a10b2", "a10b11",
                    "a99999999999999999999",
                    "a100000000000000000000", "b1",
                ])
        }
        for a in sorted {
            for b in sorted { #expect(!(NaturalOrder.precedes(a, b) && NaturalOrder.precedes(b, a))) }
        }
    }

    @Test(arguments: ["png", "bmp", "jpg", "webp"])
    func imagesComeInNaturalOrderWithGaps(type: String) throws {
        if type == "webp" && !MediaFactory.hasEncoder("libwebp") {
            print("skipped: this build of ffmpeg has no encoder libwebp")
            return
        }
        let directory = try TemporaryDirectory()
        try folder(directory, count: 8, type: type) { "img_\([1, 2, 3, 9, 10, 11, 100, 1000][$0]).\(type)" }
        let source = try SourceOpener.open(directory.path)
        let p = source.properties
        #expect((p.width, p.height, p.estimatedFrameCount) == (64, 48, 8))
        #expect(p.averageFrameRate == Rational(25, 1) && p.duration == 0.32)
        let values = try reds(source)
        // JPEG and WebP are lossy.
        let tolerance = type == "png" || type == "bmp" ? 0 : 4
        #expect(values.count == 8)
        #expect(zip(values, 0..<8).allSatisfy { abs($0 - $1 * 20) <= tolerance }, "\(values)")
        #expect(source.warnings.isEmpty)
    }

    @Test func otherFilesAreMentionedAndBadImagesSkipped() throws {
        let directory = try TemporaryDirectory()
        try folder(directory, count: 4) { "img_0000\($0).png" }
        try directory.write(Array("broken".utf8), to: "img_00004.png")
        try directory.write([], to: "img_00005.png")
        try directory.write(Array(try directory.bytes(of: "img_00000.png").prefix(40)), to: "img_00006.png")
        try directory.write([1, 2, 3], to: "cover.png")
        try directory.write([1, 2, 3], to: "notes-1.txt")
        try directory.write([1, 2, 3], to: ".hidden1.png")
        let source = try SourceOpener.open(directory.path)
        let reading = try Reading(source)
        #expect(reading.frames.map(\.index) == [0, 1, 2, 3])
        #expect(reading.frames.map(\.time) == [0, 0.04, 0.08, 0.12])
        #expect(reading.count(.skippedFrames) == 3)
        #expect(reading.count(.ignoredFiles) == 2)
        let text = reading.warnings.map(\.message).joined(separator: "\n")
        #expect(text.contains("img_00004.png") && text.contains("notes-1.txt") && !text.contains(".hidden"))
    }

    @Test func framesAreScaledToTheFirstSize() throws {
        let directory = try TemporaryDirectory()
        try folder(directory, count: 2) { "a\($0).png" }
        try folder(directory, count: 2, size: "100x30") { "b\($0).png" }
        try folder(directory, count: 2, type: "jpg") { "c\($0).jpg" }
        let reading = try Reading(try SourceOpener.open(directory.path))
        #expect(reading.frames.count == 6)
        #expect(reading.frames.allSatisfy { $0.width == 64 && $0.height == 48 })
        #expect(reading.count(.changedFrames) == 2)
        let text = reading.warnings.map(\.message).joined()
        #expect(text.contains("first at b0.png: from 64x48 rgb24 to 100x30 rgb24"), "\(text)")
    }

    @Test func framesPerSecondIsAnOption() throws {
        let directory = try TemporaryDirectory()
        try folder(directory, count: 3) { "a\($0).png" }
        var options = SourceOptions()
        options.frameRate = 30000.0 / 1001
        let source = try SourceOpener.open(directory.path, options: options)
        #expect(source.properties.averageFrameRate == Rational(30000, 1001))
        #expect(try Reading(source).frames.map(\.pts) == [0, 1, 2])
        for rate in [0, -1, .nan, .infinity, 1e9] {
            options.frameRate = rate
            #expect(throws: MediaError.self) { try SourceOpener.open(directory.path, options: options) }
        }
    }

    @Test func arraysAreReadBitForBit() throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: 2)
        for (t, h, w) in [(5, 224, 224), (3, 17, 33), (1, 1, 1)] {
            let bytes = (0..<t * h * w * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
            let path = directory.file("clip-\(h).npy")
            try NumPyFile.write(path, shape: [t, h, w, 3], bytes: bytes)
            let source = try SourceOpener.open(path)
            #expect((source.properties.width, source.properties.height) == (w, h))
            let converter = try FrameConverter(source: source.properties, preparation: .unchanged(source.properties))
            let frames = try Reading(source).frames
            #expect(frames.count == t)
            #expect(try frames.flatMap { try converter.convert($0).bytes } == bytes)
        }
    }

    @Test func otherArraysAreRefused() throws {
        let directory = try TemporaryDirectory()
        for (name, shape) in [("a", [2, 4, 4]), ("b", [2, 4, 4, 2]), ("c", [0, 4, 4, 3]), ("d", [1, 0, 4, 3])] {
            let path = directory.file("\(name).npy")
            try NumPyFile.write(path, shape: shape, bytes: Array(repeating: 0, count: shape.reduce(1, *)))
            #expect(throws: MediaError.self) { try SourceOpener.open(path) }
        }
        let floats = directory.file("f.npy")
        try NumPyFile.write(floats, shape: [1, 2, 2, 3], floats: Array(repeating: 0, count: 12))
        #expect {
            try SourceOpener.open(floats)
        } throws: {
            ($0 as? MediaError)?.code == .notMedia
        }
    }
}
