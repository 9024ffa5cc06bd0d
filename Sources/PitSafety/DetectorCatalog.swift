/// Every detector there is. A new one is a file in `Detectors/` and a line here.
public let detectorCatalog: [any Detector.Type] = [
    InjectionDetector.self,
    JailbreakDetector.self,
    PrivateDataDetector.self,
    SecretDetector.self,
    LeakageDetector.self,
    EncodedDetector.self,
    OutputDetector.self,
    TerminalDetector.self,
    ConsumptionDetector.self,
    DuplicateDetector.self,
]
