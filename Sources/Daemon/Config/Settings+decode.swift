import Decode
import Encode
import Engine
import Foundation
import Pipeline

extension Settings {
    static let defaultState = "/var/lib/saliencyd"

    /// - Parameter needsWork: whether settings that say nothing of folders and cameras are a mistake, such as a file that was cut short.
    /// - Throws: `SettingsError` for all values that are not allowed, and keys that mean nothing.
    init(_ source: SettingsReader, needsWork: Bool = true) throws(SettingsError) {
        var reader = source
        model = try reader.text("model", default: BuiltInModel.motion.rawValue)
        labels = try reader.path("labels")
        state = try reader.path("state", default: Self.defaultState)
        ledger = try LedgerSettings(&reader)
        engine = EngineSettings(
            threads: try reader.int("engine.threads", 1...ThreadPool.mostThreads),
            memory: try reader.choice("engine.memory", default: .fast),
            jobs: try reader.int("engine.jobs", 1...64, default: 1),
            pictureMemory: try reader.int("engine.picture-memory", (64 << 20)...(1 << 44)))
        http = HTTPSettings(
            isEnabled: try reader.flag("http.enabled", default: true),
            address: try reader.text("http.address", default: "127.0.0.1"),
            port: try reader.int("http.port", 0...65535, default: 8787), tokenFile: try reader.path("http.token-file"),
            largestUpload: try reader.int("http.largest-upload", 1...(1 << 40), default: 4 << 30))
        http.tokens = try reader.sections("http.tokens", example: TokenSettings.example) {
            name, reader throws(SettingsError) in
            try TokenSettings(named: name, &reader)
        }
        logging = LoggingSettings(
            level: try reader.choice("logging.level", default: .info),
            format: try reader.choice("logging.format", default: .automatic))
        mqtt = try MQTTSettings.read(&reader)
        holds = HoldBook.Limits(
            quietHours: try reader.quietHours("quiet-hours"), freeSpace: try reader.bytes("free-space", default: 0))
        watches = try reader.sections("folders", example: DropFolderSettings.example) {
            name, reader throws(SettingsError) in
            try DropFolderSettings(named: name, &reader)
        }
        cameras = try reader.sections("cameras", example: CameraSettings.example) {
            name, reader throws(SettingsError) in
            try CameraSettings(named: name, &reader)
        }
        try reader.refuseUnknown()
        try check(&reader)
        try checkFolders(&reader)
        try reader.finish()
        guard !needsWork || reader.isSaid("folders") || reader.isSaid("cameras") else {
            throw SettingsError(
                origin: reader.tree.origin,
                reason: "names neither folders nor cameras; `folders: {}` says that there are meant to be none")
        }
    }

    private func check(_ reader: inout SettingsReader) throws(SettingsError) {
        let isLocal = LoopbackAddress.isLoopback(http.address)
        if isLocal == nil {
            try reader.refuse(
                "http.address", "has to be a numeric address such as 127.0.0.1 or ::1, not \(http.address)")
        }
        if http.isEnabled, isLocal == false, http.allTokens.isEmpty, reader.isRight("http.token-file"),
            !reader.hasProblem(below: "http.tokens")
        {
            try reader.refuse(
                "http.address",
                "other machines can reach \(http.address), so http.token-file or http.tokens has to name a token")
        }
    }
}

extension LedgerSettings {
    init(_ reader: inout SettingsReader) throws(SettingsError) {
        self = .usual
        if try reader.text("ledger.keep-age") != nil {
            keepAge = try reader.number("ledger.keep-age", Self.ages, or: Self.all)
        }
        if try reader.text("ledger.keep-jobs") != nil {
            keepJobs = try reader.int("ledger.keep-jobs", Self.numbers, or: Self.all)
        }
    }
}

extension DropFolderSettings {
    init(named name: String, _ reader: inout SettingsReader) throws(SettingsError) {
        let key = "folders.\(name)"
        let watched = try reader.path("\(key).folder")
        self.name = name
        folder = watched ?? ""
        let beside = (folder as NSString).deletingLastPathComponent
        output = try reader.path("\(key).output", default: "\(beside)/\(name)-annotated")
        failed = try reader.path("\(key).failed", default: "\(beside)/\(name)-failed")
        source = try reader.choice("\(key).source", default: .keep)
        done = try reader.path("\(key).done", default: "\(beside)/\(name)-done")
        settle = try reader.number("\(key).settle", 0...86_400, default: 5)
        rescan = try reader.number("\(key).rescan", 1...86_400, default: 30)
        attempts = try reader.int("\(key).attempts", 1...100, default: 3)
        backoff = try reader.number("\(key).backoff", 0...3600, default: 10)
        longestVideo = try reader.number("\(key).longest-video", 1...1e8, default: 90_000)
        jobTimeout = try reader.number("\(key).job-timeout", 1...1e8, default: 172_800)
        largestFile = try reader.int("\(key).largest-file", 1...(1 << 60), default: 1 << 38)
        priority = try reader.int("\(key).priority", -1000...1000, default: 0)
        container = try reader.choice("\(key).container", default: .mp4)
        annotation = try AnnotationSettings(below: key, &reader, container: container)
        names = NamePatterns(
            include: try reader.patterns("\(key).include"), exclude: try reader.patterns("\(key).exclude"))
        hasSubfolders = try reader.flag("\(key).subfolders", default: false)
        reannotates = try reader.flag("\(key).reannotate", default: false)
        quietHours = try reader.quietHours("\(key).quiet-hours")
        events = try JobEventSettings(below: "\(key).events", &reader)
        if watched == nil { throw reader.missing("\(key).folder", in: key) }
    }
}

extension AnnotationSettings {
    /// - Parameter isLive: leaves the stride to the caller; a camera's windows are not measured, and its sound goes by its own keys.
    init(
        below key: String, _ reader: inout SettingsReader, container: OutputContainer, isLive: Bool = false
    ) throws(SettingsError) {
        sampling.window = try reader.int("\(key).window", 1...4096)
        if !isLive { sampling.stride = try reader.int("\(key).stride", 1...(sampling.window ?? 4096)) }
        if let rate = try reader.text("\(key).fps") {
            switch FrameRateOption(argument: rate) {
            case .native: sampling.rate = .native
            case .framesPerSecond(let value): sampling.rate = .framesPerSecond(value)
            case nil: try reader.refuse("\(key).fps", "has to be native or a rate up to 1000, not \(rate)")
            }
        }
        sampling.shortSide = try reader.int("\(key).short-side", 32...4096)
        sampling.fit = try reader.choice("\(key).fit", default: .crop)
        if let text = try reader.text("\(key).background") {
            if let color = BackgroundColor(text) {
                sampling.background = color
            } else {
                try reader.refuse("\(key).background", "has to be a colour such as white or #RRGGBB, not \(text)")
            }
        }
        saliency.method = try reader.choice("\(key).method", default: .guidedBackprop)
        saliency.settings = try reader.methodSettings(below: key)
        saliency.target = try reader.text("\(key).target", default: "top1")
        saliency.sign = try reader.choice("\(key).sign", default: .absolute)
        // What goes with a method or a sign that is itself wrong is not known.
        let (hasMethod, hasSign) = (reader.isRight("\(key).method"), reader.isRight("\(key).sign"))
        if hasMethod, hasSign, let problem = saliency.problem {
            try reader.refuse("\(key).\(problem.setting)", problem.reason)
        }
        drawing.colormap = try reader.choice("\(key).colormap", default: .standard(for: saliency.sign))
        if hasSign, let problem = drawing.colormap.problem(for: saliency.sign) {
            try reader.refuse("\(key).colormap", problem)
        }
        drawing.opacity = try reader.number("\(key).opacity", 0...1, default: 0.7)
        drawing.burnsLabels = try reader.flag("\(key).burn-labels", default: false)
        drawing.hasLegend = try reader.flag("\(key).legend", default: false)
        drawing.outlinesCrop = try reader.flag("\(key).outline", default: true)
        video.crf = try reader.int("\(key).crf", 0...(container == .webm ? 63 : 51))
        video.preset = try reader.choice("\(key).preset", default: .veryfast)
        sampling.stream = try reader.int("\(key).stream", SamplingRequest.streams)
        if !isLive {
            video.isFragmented = try reader.flag("\(key).fragmented", default: false)
            audio = try reader.choice("\(key).audio", default: .compatible)
            trustWindows = try reader.int("\(key).trust-windows", 0...WindowTrust.windowsRange.upperBound, default: 0)
        }
    }
}
