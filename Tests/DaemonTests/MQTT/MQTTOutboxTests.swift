import Foundation
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService
@testable import MQTT

@Suite struct MQTTOutboxTests {
    private let outbox = MQTTOutbox()

    private func drain() -> [MQTTOutbox.Item] {
        var items: [MQTTOutbox.Item] = []
        while let item = outbox.next() { items.append(item) }
        return items
    }

    private func texts(_ items: [MQTTOutbox.Item]) -> [String] {
        items.map { "\($0.message.topic)=\(String(decoding: $0.message.payload, as: UTF8.self))" }
    }

    @Test func onlyTheNewestPayloadOfARetainedTopicIsKept() {
        for number in 0..<10_000 { outbox.set("a", Array("\(number)".utf8)) }
        outbox.set("b", [])
        #expect(texts(drain()) == ["a=9999", "b="] && outbox.dropped == 0)
        outbox.set("a", Array("9999".utf8))
        #expect(outbox.next() == nil, "the same again is no change")
    }

    @Test func theOldestMessagesAreDroppedAndCounted() {
        for number in 0..<(MQTTOutbox.capacity + 5) { outbox.add("e", Array("\(number)".utf8)) }
        let items = drain()
        #expect(outbox.dropped == 5 && items.count == MQTTOutbox.capacity)
        #expect(texts(items).first == "e=5" && texts(items).last == "e=\(MQTTOutbox.capacity + 4)")
    }

    @Test func sentMessagesAreNotDropped() throws {
        outbox.add("e", Array("first".utf8))
        let first = try #require(outbox.next())
        for number in 0..<MQTTOutbox.capacity { outbox.add("e", Array("\(number)".utf8)) }
        #expect(outbox.dropped == 1)
        #expect(texts(drain()).first == "e=1")
        outbox.delivered(first)
        outbox.reset()
        #expect(texts(drain()).first == "e=1" && outbox.published == 1)
    }

    @Test func unconfirmedMessagesAreSentAgainInOrder() {
        outbox.set("z", Array("1".utf8))
        outbox.set("a", Array("1".utf8))
        for number in 0..<4 { outbox.add("e", Array("\(number)".utf8)) }
        let items = drain()
        #expect(texts(items) == ["z=1", "a=1", "e=0", "e=1", "e=2", "e=3"])
        for item in [items[0], items[1], items[2], items[4]] { outbox.delivered(item) }
        outbox.reset()
        // A restarted broker has no retained messages.
        #expect(texts(drain()) == ["z=1", "a=1", "e=1", "e=3"])
    }

    @Test func aClearedTopicIsRemovedOnceConfirmed() throws {
        outbox.clear("never set")
        #expect(outbox.next() == nil)
        outbox.set("a", Array("1".utf8))
        outbox.clear("a")
        let item = try #require(outbox.next())
        #expect(item.message == MQTTMessage(topic: "a", payload: [], isRetained: true))
        outbox.reset()
        let again = try #require(outbox.next())
        #expect(again.message.payload.isEmpty)
        outbox.delivered(again)
        outbox.reset()
        #expect(outbox.next() == nil && outbox.isEmpty)
    }

    /// The confirmation of an older payload does not apply to a newer one.
    @Test func aTopicSetDuringItsClearingIsKept() throws {
        outbox.set("a", Array("1".utf8))
        outbox.clear("a")
        let clearing = try #require(outbox.next())
        outbox.set("a", Array("2".utf8))
        outbox.delivered(clearing)
        #expect(texts(drain()) == ["a=2"])
        outbox.reset()
        #expect(texts(drain()) == ["a=2"])
    }
}
