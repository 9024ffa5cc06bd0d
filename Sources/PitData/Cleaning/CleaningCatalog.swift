/// Every step of cleaning, in the order in which they are usually wanted.
public let cleaningCatalog: [any CleaningStep.Type] = [
    UnicodeStep.self,
    MarkupStep.self,
    WhitespaceStep.self,
    BoilerplateStep.self,
    ReplaceStep.self,
    FilterStep.self,
    ValuesStep.self,
    RedactStep.self,
    LengthStep.self,
    LanguageStep.self,
    QualityStep.self,
    DuplicatesStep.self,
    NormalizeStep.self,
    StopWordsStep.self,
    StemStep.self,
]
