/// Every format that judgements are exported in.
public let labelFormatCatalog: [any LabelFormat.Type] = [
    DPOFormat.self,
    KTOFormat.self,
    SFTFormat.self,
    OpenAIFormat.self,
    InstructLabFormat.self,
    LabelStudioFormat.self,
    CSVFormat.self,
]
