import Testing

extension Tag {
    /// Runs the built command as a daemon or on a live stream, which falls behind if it does not get enough processor
    /// time.
    ///
    /// `tools/test.sh` runs these suites first and one by one; `tools/test_suites.py` finds them by this tag, and
    /// requires it.
    @Tag public static var live: Self

    /// Uses a network of the published size, 64 frames of 224x224; left out with sanitizers.
    @Tag public static var slow: Self

    /// Needs the reference material of `SharedMaterial`; skipped without it.
    @Tag public static var shared: Self
}
