/// One setting of saliency methods: its name, its allowed values, and its property of `MethodSettings`.
///
/// `MethodSetting+table.swift` has all of them. The command line, the configuration, `--methods` of `compare`, the keys
/// of jobs and errors use that table.
public struct MethodSetting: Sendable {
    /// The name in options and in the configuration: "max-sigma".
    public let key: String
    /// What help shows for the value: "sigma".
    public let valueName: String
    /// The allowed words; nil if the value is not one of a list of words.
    public var words: [String]? { makeWords() }
    /// The purpose of the setting, for help.
    public var help: String { makeHelp() }
    /// The default, as users write it; nil if it depends on the method or the clip.
    public var standard: String? { makeStandard() }

    private let makeWords: @Sendable () -> [String]?
    private let makeHelp: @Sendable () -> String
    private let makeStandard: @Sendable () -> String?
    private let parse: @Sendable (String, inout MethodSettings) -> String?
    private let write: @Sendable (MethodSettings) -> String?
    private let check: @Sendable (MethodSettings) -> String?
    private let fill: @Sendable (MethodSettings, inout MethodSettings) -> Void
    private let move: @Sendable (MethodSettings, inout MethodSettings) -> Void
    private let isInEveryKey: Bool

    /// A setting that is nil if the method's own value applies.
    ///
    /// - Parameter standard: the method's own value; nil if it depends on the method or the clip.
    init<Value>(
        _ key: String, _ form: SettingForm<Value>, ifSet path: WritableKeyPath<MethodSettings, Value?> & Sendable,
        standard: @escaping @autoclosure @Sendable () -> Value?, valueName: String,
        help: @escaping @autoclosure @Sendable () -> String
    ) {
        self.key = key
        self.valueName = valueName
        makeWords = form.words
        makeHelp = help
        makeStandard = { standard().map(form.text) }
        parse = { text, settings in
            guard let value = form.value(text), form.isAllowed(value) else { return form.refusal(text) }
            settings[keyPath: path] = value
            return nil
        }
        write = { settings in settings[keyPath: path].map(form.text) }
        check = { settings in
            settings[keyPath: path].flatMap { form.problem(with: $0) }
        }
        fill = { source, target in target[keyPath: path] = source[keyPath: path] ?? standard() }
        move = { source, target in target[keyPath: path] = source[keyPath: path] }
        isInEveryKey = false
    }

    /// A setting that always has a value.
    ///
    /// - Parameter isInEveryKey: whether the keys of jobs contain it even if it has its default, as they did in the
    ///   first versions.
    init<Value>(
        _ key: String, _ form: SettingForm<Value>, at path: WritableKeyPath<MethodSettings, Value> & Sendable,
        isInEveryKey: Bool = false, valueName: String, help: @escaping @autoclosure @Sendable () -> String
    ) {
        self.key = key
        self.valueName = valueName
        makeWords = form.words
        makeHelp = help
        makeStandard = { form.text(MethodSettings()[keyPath: path]) }
        parse = { text, settings in
            guard let value = form.value(text), form.isAllowed(value) else { return form.refusal(text) }
            settings[keyPath: path] = value
            return nil
        }
        write = { settings in form.text(settings[keyPath: path]) }
        check = { settings in
            form.problem(with: settings[keyPath: path])
        }
        move = { source, target in target[keyPath: path] = source[keyPath: path] }
        fill = move
        self.isInEveryKey = isInEveryKey
    }

    /// Sets the value to one that a user wrote.
    ///
    /// - Returns: the error as the part of a sentence after the setting's name; nothing is set in that case. Nil if
    ///   there is no error.
    public func read(_ text: String, into settings: inout MethodSettings) -> String? { parse(text, &settings) }

    /// The value as users write it; nil if none is set and there is no default.
    public func text(in settings: MethodSettings) -> String? { write(settings) }

    /// Whether the value differs from the default; for a value that may be nil, whether it is set.
    public func isSet(in settings: MethodSettings) -> Bool { write(settings) != write(MethodSettings()) }

    /// The entry in the keys of jobs; nil if they do not contain the setting.
    package func entry(in settings: MethodSettings) -> String? {
        isInEveryKey || isSet(in: settings) ? write(settings) : nil
    }

    /// The error in the value that applies to every method; nil if there is none.
    public func problem(in settings: MethodSettings) -> String? { check(settings) }

    /// Sets the effective value of `source` in `target`: the method's own if none is set.
    func resolve(_ source: MethodSettings, into target: inout MethodSettings) { fill(source, &target) }

    /// Copies the value of `source`, set or not, to `target`.
    public func copy(from source: MethodSettings, into target: inout MethodSettings) { move(source, &target) }
}

extension MethodSetting: Hashable, CustomStringConvertible {
    public var description: String { key }

    public static func == (first: Self, second: Self) -> Bool { first.key == second.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
