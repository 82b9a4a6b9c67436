import DaemonConfiguration
import Media

/// Creates the sinks that the settings of a camera or a drop folder name.
package enum EventSinks {
    package static func make<Delivered: Event>(
        file: String?, webhook: SecretAddress?, trust: TLSTrust, hook: String?, clock: any Clock<Duration>
    ) -> [any EventSink<Delivered>] {
        var sinks: [any EventSink<Delivered>] = []
        if let file { sinks.append(EventFile<Delivered>(path: file)) }
        // The configuration has checked the address.
        if let webhook, let address = WebhookAddress(webhook.text) {
            sinks.append(Webhook<Delivered>(address, trust: trust, clock: clock))
        }
        if let hook { sinks.append(EventHook<Delivered>(path: hook, clock: clock)) }
        return sinks
    }
}
