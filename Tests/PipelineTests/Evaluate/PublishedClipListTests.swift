import Engine
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// Lists of clips as public datasets have them.
@Suite struct PublishedClipListTests {
    private let folder: TemporaryDirectory
    private static let manifest = ModelManifest(
        name: "m", classCount: 4, inputChannels: 3,
        labels: ["apply eye makeup", "brush hair", "passing American football (in game)", "ride, bike"])

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func list(_ text: String, _ name: String = "list.csv") throws -> [ClipList.Clip] {
        try ClipList(text: text, path: folder.file(name), root: folder.path, manifest: Self.manifest).clips
    }

    private func touch(_ paths: String...) throws {
        for path in paths {
            let parent = (folder.file(path) as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try folder.write([0], to: path)
        }
    }

    @Test("Kinetics: names with six digits, in the root or in a folder of the class")
    func kinetics() throws {
        try touch("brush_hair/-abc_DEF12_000010_000020.mkv", "brush hair/xyz_000000_000010.mp4")
        let clips = try list(
            """
            label,youtube_id,time_start,time_end,split,is_cc
            brush hair,-abc_DEF12,10,20,val,0
            "brush hair",xyz,0.0,10.0,val,0
            passing American football (in game),gone,123456,123466,val,0\r
            "ride, bike",q,7,17,val,1

            """)
        #expect(clips.map(\.label) == [1, 1, 2, 3])
        #expect(
            clips.map(\.name) == [
                "-abc_DEF12_000010_000020", "xyz_000000_000010", "gone_123456_123466", "q_000007_000017",
            ])
        #expect(
            clips.map(\.path) == [
                folder.file("brush_hair/-abc_DEF12_000010_000020.mkv"), folder.file("brush hair/xyz_000000_000010.mp4"),
                // What is not there is named by the most usual place.
                folder.file("gone_123456_123466.mp4"), folder.file("q_000007_000017.mp4"),
            ])
    }

    @Test(
        "A byte order mark before the first word is skipped",
        arguments: [
            ("label,youtube_id,time_start,time_end,split\r\nbrush hair,q,7,17,validate\r\n", "l.csv"),
            ("a.avi brush hair\n", "l.txt"),
        ])
    func byteOrderMark(_ text: String, _ name: String) throws {
        #expect(try list("\u{FEFF}" + text, name) == list(text, name))
    }

    @Test("UCF-101: the folder is the class, whatever number follows")
    func ucf() throws {
        let clips = try list(
            "ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi 1\r\nApplyEyeMakeup/v_ApplyEyeMakeup_g01_c02.avi\r\n",
            "testlist01.txt")
        #expect(clips.map(\.label) == [0, 0])
        #expect(clips[0].name == "ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi")
        #expect(clips[0].path == folder.file("ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi"))
    }

    @Test("HMDB-51: the clips for testing of one file, or of all files of a split")
    func hmdb() throws {
        let text = "a_0.avi 1 \nb_1.avi 2 \nc [x]_2.avi 0 \n".replacing("c [x]", with: "c[x]")
        let clips = try list(text, "brush_hair_test_split1.txt")
        #expect(clips.map(\.name) == ["brush_hair/b_1.avi"] && clips.map(\.label) == [1])
        try touch("videos/brush_hair/b_1.avi")
        try folder.write(Array(text.utf8), to: "brush_hair_test_split1.txt")
        try folder.write(Array("d.avi 2\n".utf8), to: "apply_eye_makeup_test_split1.txt")
        try folder.write(Array("e.avi 2\n".utf8), to: "apply_eye_makeup_test_split2.txt")
        let all = try ClipList(path: folder.path, root: folder.file("videos"), manifest: Self.manifest).clips
        #expect(all.map(\.name) == ["apply_eye_makeup/d.avi", "brush_hair/b_1.avi"])
        #expect(all[1].path == folder.file("videos/brush_hair/b_1.avi"))
        let second = try ClipList(path: folder.path, split: 2, manifest: Self.manifest).clips
        #expect(second.map(\.name) == ["apply_eye_makeup/e.avi"])
        #expect(throws: (any Error).self) { try ClipList(path: folder.path, split: 3, manifest: Self.manifest) }
    }

    @Test(
        "A malformed line is named, and no line leads out of the root",
        arguments: [
            ("label,youtube_id,time_start,time_end\nbrush hair,a,x,1\n", "l.csv", "line 2 is not a label"),
            ("label,youtube_id,time_start,time_end\nbrush hair,../a,0,1\n", "l.csv", "line 2 is not a label"),
            ("label,youtube_id,time_start,time_end\nbrush hair,a,0\n", "l.csv", "line 2 is not a label"),
            ("label,youtube_id,time_start,time_end\nbrush hair,a,-1,1\n", "l.csv", "line 2 is not a label"),
            ("label,youtube_id,time_start,time_end\nno such,a,0,1\n", "l.csv", "line 2: "),
            ("label,youtube_id\nbrush hair,a\n", "l.csv", "line 1 is a header without the column time_start"),
            ("youtube_id,time_start,time_end,split\na,0,1,test\n", "l.csv", "header without the column label"),
            ("label,youtube_id,time_start,time_end\n", "l.csv", "names no clip"),
            ("label,youtube_id,time_start,time_end\nbrush hair,a,0,1\nbrush hair,a,0,1\n", "l.csv", "line 3 names"),
            ("A/v_A_g01_c01.avi\nb.avi 1\n", "t.txt", "line 2 is not CLASS"),
            ("a.avi 3\n", "brush_hair_test_split1.txt", "line 1 is not a clip's name"),
            ("../a.avi 2\n", "brush_hair_test_split1.txt", "line 1 is not a clip's name"),
        ])
    func mistakes(_ text: String, _ name: String, _ mention: String) {
        let error = #expect(throws: (any Error).self) { try list(text, name) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(mention), "\(error.map { "\($0)" } ?? "")")
    }

    @Test("Fields of CSV may be quoted")
    func fields() {
        #expect(PublishedClipList.fields(#"a,"b, c","d ""e"" f",,g"#) == ["a", "b, c", #"d "e" f"#, "", "g"])
    }
}
