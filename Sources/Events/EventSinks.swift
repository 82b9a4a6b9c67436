import DaemonConfiguration
import Media

/// The sinks that settings name, of cameras and of drop folders alike.
package enum EventSinks {
    package static func make<Told: Event>(
        file: String?, webhook: SecretAddress?, trust: TLSTrust, hook: String?, clock: any Clock<Duration>
    ) -> [any EventSink<Told>] {
        var sinks: [any EventSink<Told>] = []
        if let file { sinks.append(EventFile<Told>(path: file)) }
        // The configuration has checked the address.
        if let webhook, let address = WebhookAddress(webhook.text) {
            sinks.append(Webhook<Told>(address, trust: trust, clock: clock))
        }
        if let hook { sinks.append(EventHook<Told>(path: hook, clock: clock)) }
        return sinks
    }
}
