import Testing

extension Tag {
    /// Runs the built command as a daemon or on a live stream, which falls behind where it gets no processor.
    ///
    /// `tools/test.sh` runs these suites first and one by one; `tools/test_suites.py` finds them by this tag, and demands it.
    @Tag public static var live: Self

    /// Computes with a network of the published size, 64 frames of 224x224: left out under a sanitizer.
    @Tag public static var slow: Self

    /// Needs the reference material of `SharedMaterial`; skipped without.
    @Tag public static var shared: Self
}
