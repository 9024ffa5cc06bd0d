import CCurl
import PitModel

/// An easy handle with its buffers. It serves one exchange after another, on the engine's thread alone.
final class Slot {
    /// Bytes of headers that a reply may have, interim replies included.
    static let headerLimit = 128 << 10
    let handle: UnsafeMutableRawPointer
    let reactor: OpaquePointer
    private let room: BodyRoom
    let errorText: UnsafeMutablePointer<CChar>
    /// The shape that the handle is prepared for.
    var shapeID = EngineShared.noShape
    /// Whether the handle was last used for a plain GET, and needs no cleaning before the next one.
    var isPlain = true
    /// Whether its place is one of those for slow hosts.
    var isSlow = false
    var headerList: UnsafeMutablePointer<curl_slist>?
    var connectTo: UnsafeMutablePointer<curl_slist>?
    private(set) var transfer: Transfer?
    private var started = ContinuousClock().now
    private var firstBody: ContinuousClock.Instant?
    private var body = BodyBytes()
    private var received = 0
    private var head = ReplyHead()
    private var isDropping = false
    /// Whether the body waits for room.
    private var isPaused = false
    private var stop: Stop?

    /// Why a callback told libcurl to go no further.
    private enum Stop {
        case tooLarge, headersTooLarge, enough, noRoom
    }

    init?(reactor: OpaquePointer, room: BodyRoom) {
        guard let handle = curl_easy_init() else { return nil }
        (self.handle, self.reactor, self.room) = (handle, reactor, room)
        errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        curl_slist_free_all(connectTo)
        errorText.deallocate()
    }

    func prepare(_ transfer: Transfer, secondsLeft: Double) {
        self.transfer = transfer
        write(transfer.plan, secondsLeft: secondsLeft)
        started = ContinuousClock().now
    }

    /// Forgets the exchange and all that was secret in it.
    func release() -> Transfer? {
        defer { transfer = nil }
        clean()
        body = BodyBytes()
        (received, firstBody, stop, isDropping, isPaused) = (0, nil, nil, false, false)
        head.clear()
        errorText[0] = 0
        return transfer
    }

    /// Lets a body go on that waited for room.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        pit_resume(handle)
    }

    fileprivate func takeBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Taking {
        guard let transfer else { return .end }
        if firstBody == nil {
            firstBody = ContinuousClock().now
            isDropping =
                transfer.plan.dropsRedirects && RedirectRule.isRedirect(pit_info_long(handle, CURLINFO_RESPONSE_CODE))
                && head.has("location")
            if transfer.plan.onBytes == nil, !isDropping { makeRoom(transfer.plan.maxBytes) }
        }
        guard bytes.count <= transfer.plan.maxBytes - received else {
            stop = .tooLarge
            return .end
        }
        let isKept = transfer.plan.onBytes == nil && !isDropping
        if isKept, !room.mayGrow(ObjectIdentifier(self), to: received + bytes.count) {
            // libcurl unpacks on while it is held, and would keep all that comes of it.
            guard !head.has("content-encoding") else {
                stop = .noRoom
                return .end
            }
            isPaused = true
            return .pause
        }
        received += bytes.count
        if isDropping { return .go }
        guard let onBytes = transfer.plan.onBytes else {
            body.append(bytes)
            return .go
        }
        if onBytes(Array(bytes)) { return .go }
        stop = .enough
        return .end
    }

    /// What the server announces is believed up to the limit: one piece of memory then holds the body and goes to the
    /// caller.
    private func makeRoom(_ limit: Int) {
        let announced = Int(pit_info_off(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
        if announced > 0 { body.expect(min(announced, limit)) }
    }

    fileprivate func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Taking {
        head.take(bytes)
        if head.bytes <= Self.headerLimit { return .go }
        stop = .headersTooLarge
        return .end
    }

    /// Turns libcurl's word into a reply or a fault.
    func result(_ code: CURLcode) -> Result<HTTPReply, TransferFailure> {
        guard let transfer else { return .failure(TransferFailure(fault: .cancelled)) }
        switch stop {
        case .tooLarge: return .failure(TransferFailure(fault: .tooLarge(limit: transfer.plan.maxBytes)))
        case .headersTooLarge:
            return .failure(TransferFailure(fault: .malformed("the headers are larger than \(Self.headerLimit) bytes")))
        case .noRoom:
            let fault = ConnectorFault.unreachable("too many large replies came at once")
            return .failure(TransferFailure(fault: fault, isWorthRepeating: true))
        case .enough, nil: break
        }
        guard code == CURLE_OK || stop == .enough else {
            return .failure(
                CurlFault(code, handle: handle, words: String(cString: errorText)).failure(of: transfer.plan))
        }
        return .success(reply())
    }

    private func reply() -> HTTPReply {
        // libcurl counts from the start, the model from when the request was sent: what lies between is the connection.
        let sent = Double(pit_info_off(handle, CURLINFO_PRETRANSFER_TIME_T)) / 1e6
        let first =
            firstBody.map { ($0 - started) / .seconds(1) }
            ?? Double(pit_info_off(handle, CURLINFO_STARTTRANSFER_TIME_T)) / 1e6
        return HTTPReply(
            status: pit_info_long(handle, CURLINFO_RESPONSE_CODE), headers: head.fields, body: body.take(),
            firstByte: max(0, first - sent), total: Double(pit_info_off(handle, CURLINFO_TOTAL_TIME_T)) / 1e6,
            wireBytes: Int(pit_info_off(handle, CURLINFO_SIZE_DOWNLOAD_T)))
    }

    static let receiveBody: pit_receive = { bytes, size, count, context in
        receive(bytes, size * count, context) { $0.takeBody($1) }
    }

    static let receiveHeader: pit_receive = { bytes, size, count, context in
        receive(bytes, size * count, context) { $0.takeHeader($1) }
    }
}

/// What becomes of bytes that came, and of the transfer.
private enum Taking {
    case go, pause, end
}

/// Gives the bytes to their slot; a number other than `length` makes libcurl end the transfer, or hold it and offer the
/// same bytes again.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ length: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (Slot, UnsafeBufferPointer<UInt8>) -> Taking
) -> Int {
    guard length > 0, let bytes, let context else { return length }
    let slot = Unmanaged<Slot>.fromOpaque(context).takeUnretainedValue()
    let taking = bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
        take(slot, UnsafeBufferPointer(start: $0, count: length))
    }
    switch taking {
    case .go: return length
    case .pause: return pit_pausing()
    case .end: return 0
    }
}
