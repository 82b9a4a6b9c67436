import Decode
import Encode
import Engine
import FoundationEssentials
import Pipeline

extension Settings {
    static let defaultState = "/var/lib/saliencyd"

    /// - Parameter needsWork: whether settings that say nothing of folders and cameras are a mistake, such as a file that was cut short.
    /// - Throws: `SettingsError` for all values that are not allowed, and unknown keys.
    package init(_ source: SettingsReader, needsWork: Bool = true) throws(SettingsError) {
        var reader = source
        model = try reader.text("model", default: BuiltInModel.motion.rawValue)
        labels = try reader.path("labels")
        state = try reader.path("state", default: Self.defaultState)
        ledger = try LedgerSettings(&reader)
        engine = EngineSettings(
            threads: try reader.int("engine.threads", 1...ThreadPool.maximumThreads),
            memory: try reader.choice("engine.memory", default: .fast),
            jobs: try reader.int("engine.jobs", 1...64, default: 1),
            frameMemory: try reader.int("engine.frame-memory", (64 << 20)...(1 << 44)))
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
        holds = HoldLimits(
            quietHours: try reader.quietHours("quiet-hours"), freeSpace: try reader.bytes("free-space", default: 0))
        dropFolders = try reader.sections("folders", example: DropFolderSettings.example) {
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
                reason: "names neither folders nor cameras; write `folders: {}` if none are meant")
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
