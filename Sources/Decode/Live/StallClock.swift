import Media

/// How long a stream has brought no picture, counting only the time that its reader waited for one.
struct StallClock {
    private var interrupt: Interrupt
    /// In seconds.
    let limit: Double
    private var spent = Duration.zero
    private var entered = ContinuousClock.now

    init(_ interrupt: Interrupt, limit: Double) {
        self.interrupt = interrupt
        self.limit = limit
    }

    /// The reader begins to wait.
    mutating func enter() {
        entered = .now
        interrupt.setDeadline(in: limit - spent / .seconds(1))
    }

    /// The reader has something, though no picture.
    mutating func leave() {
        spent += .now - entered
        // Whatever the reader does elsewhere is not interrupted.
        interrupt.setDeadline(in: nil)
    }

    /// The stream goes on by another connection.
    mutating func move(to interrupt: Interrupt) {
        leave()
        self.interrupt = interrupt
        enter()
    }

    /// A picture came.
    mutating func reset() {
        spent = .zero
        enter()
    }
}
