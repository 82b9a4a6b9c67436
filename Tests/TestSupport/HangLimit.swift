import Testing

/// When a test that waits for something that does not come is ended, so that it fails instead of hanging. It says nothing
/// about speed: with all cores busy, what takes a second alone may take minutes.
public enum HangLimit {
    /// Of one wait, in seconds.
    public static let wait = 240
}

extension Trait where Self == TimeLimitTrait {
    /// Of a whole test: longer than one wait, which says better what did not come.
    public static var hangLimit: Self { .timeLimit(.minutes(10)) }
}
