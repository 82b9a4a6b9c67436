/// One setting of saliency methods: its name, what it may be, and where it stands in `MethodSettings`.
///
/// `MethodSetting+table.swift` has all of them. Command line, configuration, `--methods` of `compare`, keys of jobs and errors read that table.
public struct MethodSetting: Sendable {
    /// As options and the configuration call it: "max-sigma".
    public let key: String
    /// What stands for the value in help: "sigma".
    public let valueName: String
    /// The words it may be; nil where it is no word of a list.
    public var words: [String]? { makeWords() }
    /// What it does, for help.
    public var help: String { makeHelp() }
    /// As users write it, what holds where nothing is set; nil where that depends on the method or the clip.
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

    /// A setting that is nil where the method's own holds.
    ///
    /// - Parameter standard: what the method's own is; nil where that depends on the method or the clip.
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
    /// - Parameter isInEveryKey: whether keys of jobs name it where it is the standard too, as they did from the beginning.
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

    /// Sets it to what a user wrote.
    ///
    /// - Returns: What is wrong with it, as what follows the setting's name in a sentence; nothing is set then.
    public func read(_ text: String, into settings: inout MethodSettings) -> String? { parse(text, &settings) }

    /// As users write it; nil where nothing is set and there is no standard.
    public func text(in settings: MethodSettings) -> String? { write(settings) }

    /// Whether it is something else than the standard; what may be nil, whether it is set.
    public func isSet(in settings: MethodSettings) -> Bool { write(settings) != write(MethodSettings()) }

    /// What keys of jobs say of it; nil where they do not name it.
    package func entry(in settings: MethodSettings) -> String? {
        isInEveryKey || isSet(in: settings) ? write(settings) : nil
    }

    /// What is wrong with its value, whatever the method; nil if nothing is.
    public func problem(in settings: MethodSettings) -> String? { check(settings) }

    /// Sets in `target` what holds in `source`: the method's own where nothing is set.
    func resolve(_ source: MethodSettings, into target: inout MethodSettings) { fill(source, &target) }

    /// Sets in `target` what is set in `source`.
    public func copy(from source: MethodSettings, into target: inout MethodSettings) { move(source, &target) }
}

extension MethodSetting: Hashable, CustomStringConvertible {
    public var description: String { key }

    public static func == (first: Self, second: Self) -> Bool { first.key == second.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
