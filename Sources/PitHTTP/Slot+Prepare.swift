import CCurl
import PitModel

extension Slot {
    /// Writes the plan into the handle: all of it when the shape is new to it, else what differs between requests.
    func write(_ plan: TransferPlan, secondsLeft: Double) {
        if !isPlain || shapeID != plan.shapeID || plan.shapeID == EngineShared.noShape {
            curl_easy_reset(handle)
            writeAlways()
            writeShape(plan.shape)
            shapeID = plan.shapeID
        }
        pit_set_text(handle, CURLOPT_URL, plan.url)
        pit_set_long(handle, CURLOPT_TIMEOUT_MS, Seconds.milliseconds(secondsLeft))
        pit_set_long(
            handle, CURLOPT_CONNECTTIMEOUT_MS, Seconds.milliseconds(min(max(0.001, plan.connectTimeout), secondsLeft)))
        // Told by the length that the server announces; the callback sees to the rest.
        pit_set_off(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(max(1, plan.maxBytes)))
        writeMethod(plan)
        for line in plan.headers { headerList = curl_slist_append(headerList, line) }
        pit_set_list(handle, CURLOPT_HTTPHEADER, headerList)
        if let place = plan.connectTo {
            connectTo = curl_slist_append(nil, place)
            pit_set_list(handle, CURLOPT_CONNECT_TO, connectTo)
        }
    }

    /// Takes the request's headers, which may hold a secret, out of the handle.
    func clean() {
        pit_set_list(handle, CURLOPT_HTTPHEADER, nil)
        curl_slist_free_all(headerList)
        headerList = nil
        if connectTo != nil {
            pit_set_list(handle, CURLOPT_CONNECT_TO, nil)
            curl_slist_free_all(connectTo)
            connectTo = nil
        }
        if !isPlain {
            // The body of a request lies in the handle, too.
            curl_easy_reset(handle)
            (shapeID, isPlain) = (EngineShared.noShape, true)
        }
    }

    private func writeAlways() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        pit_reactor_adopt(reactor, handle)
        pit_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        pit_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Without it, ending a transfer whose host's name is being looked up would hold up all others until the
        // resolver gives up.
        pit_set_long(handle, CURLOPT_QUICK_EXIT, 1)
        pit_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        pit_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        // A page of metrics in one reading: each costs a system call and a call back.
        pit_set_long(handle, CURLOPT_BUFFERSIZE, 100_000)
        pit_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        pit_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        pit_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        pit_set_pointer(handle, CURLOPT_PRIVATE, context)
        pit_set_receive(handle, CURLOPT_WRITEFUNCTION, Self.receiveBody)
        pit_set_pointer(handle, CURLOPT_WRITEDATA, context)
        pit_set_receive(handle, CURLOPT_HEADERFUNCTION, Self.receiveHeader)
        pit_set_pointer(handle, CURLOPT_HEADERDATA, context)
    }

    private func writeShape(_ shape: TransferShape) {
        pit_set_text(handle, CURLOPT_USERAGENT, shape.userAgent)
        let version = shape.isHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        pit_set_long(handle, CURLOPT_HTTP_VERSION, Int(version))
        if let ca = shape.ca {
            pit_set_text(handle, CURLOPT_CAINFO, ca)
            // The system's authorities are replaced, not added to.
            pit_set_text(handle, CURLOPT_CAPATH, nil)
        }
        if let ca = shape.caText {
            writeBlob(CURLOPT_CAINFO_BLOB, ca)
            pit_set_text(handle, CURLOPT_CAINFO, nil)
            pit_set_text(handle, CURLOPT_CAPATH, nil)
        }
        if let certificate = shape.certificateText { writeBlob(CURLOPT_SSLCERT_BLOB, certificate) }
        if let key = shape.keyText { writeBlob(CURLOPT_SSLKEY_BLOB, key.value) }
        if let certificate = shape.certificate { pit_set_text(handle, CURLOPT_SSLCERT, certificate) }
        if let key = shape.key { pit_set_text(handle, CURLOPT_SSLKEY, key) }
        pit_set_long(handle, CURLOPT_SSL_VERIFYPEER, shape.isInsecure ? 0 : 1)
        pit_set_long(handle, CURLOPT_SSL_VERIFYHOST, shape.isInsecure ? 0 : 2)
        if let path = shape.unixSocket { pit_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, path) }
        switch shape.proxy {
        case .none: pit_set_text(handle, CURLOPT_PROXY, "")
        case .environment: break
        case .url(let url): pit_set_text(handle, CURLOPT_PROXY, url)
        }
    }

    private func writeBlob(_ option: CURLoption, _ text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { _ = pit_set_blob(handle, option, $0.baseAddress, $0.count) }
    }

    private func writeMethod(_ plan: TransferPlan) {
        guard plan.method != .get || !plan.body.isEmpty else { return }
        isPlain = false
        if !plan.body.isEmpty || plan.method != .delete {
            pit_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(plan.body.count))
            plan.body.withUnsafeBytes { bytes in
                // libcurl copies; an empty body is said by a pointer to something of no length.
                let start = bytes.baseAddress ?? UnsafeRawPointer(errorText)
                _ = pit_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
        }
        pit_set_text(handle, CURLOPT_CUSTOMREQUEST, plan.method.rawValue)
    }
}
