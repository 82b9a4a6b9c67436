import DaemonConfiguration
import Events
import Pipeline

/// A camera's events and their sinks, created from its settings.
final class CameraEventService: Sendable {
    private let events: CameraEvents
    private let dispatcher: EventDispatcher<CameraEvent>

    /// - Returns: nil for a camera without an event condition or without sinks.
    init?(
        _ entry: CameraHandle, clips: LiveClips?, labels: [String], shared: CameraResources.Shared
    ) {
        let settings = entry.settings.events
        guard entry.settings.hasEventCondition else { return nil }
        var sinks: [any EventSink<CameraEvent>] = EventSinks.make(
            file: settings.file, webhook: settings.webhook, trust: settings.trust, hook: settings.hook,
            clock: shared.clock)
        sinks += shared.sinks
        if settings.clips != nil { sinks.append(EventStills(preview: entry.preview, clock: shared.clock)) }
        guard !sinks.isEmpty else { return nil }
        let dispatcher = EventDispatcher(sinks: sinks, warnings: shared.warnings, clock: shared.clock)
        self.dispatcher = dispatcher
        let camera = entry.settings.name
        events = CameraEvents(
            camera: camera, rules: settings.rules(labels: labels, zones: entry.settings.zones),
            clips: settings.clips.map { folder in
                CameraEvents.Clips(folder: folder, postRoll: settings.postRoll) { path, until in
                    _ = clips?.start(path: path, until: until) { result in
                        guard case .failure(let error) = result else { return }
                        shared.warnings.warn(
                            "clip \(camera)", "\(camera): a clip is lost: \(error)", metadata: ["camera": "\(camera)"])
                    }
                }
            }, deliver: { event in dispatcher.add(event) })
    }

    func add(_ window: LiveWindow) {
        events.add(window)
    }

    /// Delivers events until `finish`, and then for a few seconds those still waiting.
    func run() async {
        await dispatcher.deliverUntilFinished()
    }

    /// Called when the camera ends; ends its events.
    func finish() {
        events.end()
        dispatcher.finish()
    }
}

extension EventSettings {
    /// The rules, with the model's class indices for the labels; `Classes.unknown` lists labels that the model does not
    /// have.
    func rules(labels: [String], zones: [ZoneSettings] = []) -> EventRules {
        EventRules(
            classes: onClass?.numbers(labels: labels) ?? .none, onChange: change, massAbove: massAbove,
            massBelow: massBelow,
            zones: zones.compactMap { zone in
                zone.shareAbove.map {
                    EventRules.Zone(
                        name: zone.name, shareAbove: $0, classes: zone.onClass?.numbers(labels: labels) ?? .any)
                }
            }, minimumDuration: duration, quiet: quiet)
    }
}

extension EventSettings.Classes {
    fileprivate func numbers(labels: [String]) -> EventRules.Classes {
        switch self {
        case .any: .any
        case .named(let names): .these(Set(names.compactMap { Self.number(of: $0, labels: labels) }))
        }
    }
}
