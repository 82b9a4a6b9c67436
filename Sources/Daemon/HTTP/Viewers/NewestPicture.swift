import Pipeline
import Synchronization

/// The picture that a viewer is to get next.
final class NewestPicture: Sendable {
    private struct State {
        var picture: PreviewPicture?
        var isDue = false
        var isQuiet = false
    }

    private let state = Mutex(State())

    /// A newer one takes the place of one that was not taken.
    func offer(_ picture: PreviewPicture) {
        state.withLock { $0 = State(picture: picture, isDue: true) }
    }

    /// Has the viewer get the last picture once more if none came since the last call, so that both sides learn whether the
    /// other is there.
    func repeatWhenQuiet() {
        state.withLock { state in
            state.isDue = state.isDue || state.isQuiet
            state.isQuiet = true
        }
    }

    /// Nil if none is due.
    func take() -> PreviewPicture? {
        state.withLock { state in
            guard state.isDue else { return nil }
            state.isDue = false
            return state.picture
        }
    }
}
