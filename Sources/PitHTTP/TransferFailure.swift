import PitModel

/// Why an exchange failed, and whether the road was to blame, so that another attempt may get through.
struct TransferFailure: Error, Equatable {
    var fault: ConnectorFault
    var isWorthRepeating = false
}
