/// The seconds of a time limit that a test reaches on purpose, from one that suffices on an idle machine to one that
/// suffices on a machine with all cores busy.
private let limits = [1.0, 10, 100]

/// Repeats a test of a time limit with longer limits while the machine was too slow to do everything before the limit.
///
/// - Parameters:
///   - body: does everything with a limit in seconds.
///   - isEnough: whether all that comes before the limit was done.
/// - Returns: the first result that is enough, otherwise that of the longest limit.
public func withLongerLimits<Result>(
    _ body: (Double) throws -> Result, until isEnough: (Result) throws -> Bool
) rethrows -> Result {
    var result = try body(limits[0])
    for limit in limits.dropFirst() where try !isEnough(result) { result = try body(limit) }
    return result
}

/// As the other, for asynchronous tests.
public func withLongerLimits<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Double) async throws -> Result,
    until isEnough: (Result) throws -> Bool
) async rethrows -> Result {
    var result = try await body(limits[0])
    for limit in limits.dropFirst() where try !isEnough(result) { result = try await body(limit) }
    return result
}
