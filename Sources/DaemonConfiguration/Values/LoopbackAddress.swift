import Glibc

/// Recognises the numeric addresses that only this machine can reach.
package enum LoopbackAddress {
    /// Returns nil if the text is not a numeric IPv4 or IPv6 address.
    package static func isLoopback(_ address: String) -> Bool? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 {
            return UInt32(bigEndian: four.s_addr) >> 24 == 127
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, address, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
}
