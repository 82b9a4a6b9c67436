extension PublishedModel {
    /// The Inception-I3D checkpoints of arXiv 1705.07750, as its authors publish them.
    public static let all: [PublishedModel] = [
        kinetics(
            "kinetics-rgb", .rgb, 400, pretraining: "ImageNet",
            quality: "71.1 % top-1, 89.3 % top-5 on Kinetics-400; 74.2 % and 91.3 % together with flow",
            folder: "rgb_imagenet", index: ("5ab1058b8f4f89a896c01f67c0a4c96a31548af7", 10_953),
            data: ("2958652e0c9c48a65010c0ebda5c9cfd4edc7c18", 50_818_176)),
        kinetics(
            "kinetics-flow", .flow, 400, pretraining: "ImageNet",
            quality: "63.4 % top-1, 84.9 % top-5 on Kinetics-400; 74.2 % and 91.3 % together with RGB",
            folder: "flow_imagenet", index: ("8217f9450d851d24782aaf1af01c5c3b35b81a35", 10_968),
            data: ("bf56831f663abc3de0d35f193030b73a3df7fb61", 50_730_368)),
        kinetics(
            "kinetics-600", .rgb, 600, pretraining: nil, quality: nil, folder: "rgb_scratch_kin600",
            index: ("d378d8f01215fe92a29cd170f040c284070e9cd5", 19_632),
            data: ("6392a74c3180e706cabada39d8f40a50a48642e5", 103_218_112)),
        kinetics(
            "kinetics-rgb-scratch", .rgb, 400, pretraining: nil, quality: nil, folder: "rgb_scratch",
            index: ("84dd4518e982d9ca6ce1ff02e95fca2e8cbb1f73", nil),
            data: ("fa7df95674dbf3579e7fccd954e51e706b4734c1", nil)),
        kinetics(
            "kinetics-flow-scratch", .flow, 400, pretraining: nil, quality: nil, folder: "flow_scratch",
            index: ("193bc425100f3978c793da66bd9eb54baea8dc6a", nil),
            data: ("1d6a0b68f32544af11111342857e47e30d13afa9", nil)),
    ]

    private enum Input {
        case rgb, flow
    }

    private static let repository = "google-deepmind/kinetics-i3d"
    /// The commit to which the files' blob ids belong.
    private static let commit = "0667e889a5904b4dc122e0ded4c332f49f8df42c"

    private static func kinetics(
        _ name: String, _ input: Input, _ classCount: Int, pretraining: String?, quality: String?, folder: String,
        index: (blobID: String, size: Int?), data: (blobID: String, size: Int?)
    ) -> PublishedModel {
        let checkpoint = "data/checkpoints/\(folder)/"
        let labels =
            classCount == 400
            ? PublishedFile(
                path: "data/label_map.txt", name: "label_map.txt",
                blobID: "cdaafcb1415eee46483561e78cb4747cce76a933", size: 5956)
            : PublishedFile(
                path: "data/label_map_600.txt", name: "label_map_600.txt",
                blobID: "639e9c91fa8a941ea57942872fae55628d590b42", size: 9209)
        let files = [
            labels,
            PublishedFile(
                path: checkpoint + "model.ckpt.index", name: "model.ckpt.index", blobID: index.blobID,
                size: index.size),
            PublishedFile(
                path: checkpoint + "model.ckpt.data-00000-of-00001", name: "model.ckpt.data-00000-of-00001",
                blobID: data.blobID, size: data.size),
        ]
        let frame = input == .rgb ? "RGB" : "TV-L1 optical flow, clipped to ±20 pixels"
        let card = ModelCard(
            name: name,
            summary: "Inception-I3D, \(input == .rgb ? "RGB" : "optical flow"), "
                + "\(classCount) classes of human action (arXiv 1705.07750)",
            classCount: classCount,
            input: "64 frames at 25 a second, \(frame), short side 256, crop 224",
            trainingData: "Kinetics-\(classCount), YouTube clips of about 10 s"
                + (pretraining.map { ", from weights inflated from \($0)" } ?? ", from random weights"),
            quality: quality.map { [$0 + " (as published)"] } ?? ["not published with the checkpoint"],
            limits: "Human actions only: whatever a clip shows, one of the classes is its answer; "
                + "the data has the biases of what people film and upload",
            license: "Apache-2.0", source: "github.com/\(repository), commit \(commit)")
        return PublishedModel(
            files: files, card: card, source: "https://raw.githubusercontent.com/\(repository)/\(commit)")
    }
}
