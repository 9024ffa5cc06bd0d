public import PitGrid
public import PitModel

/// What a command asks for. Plain data, so that a test compares effects with `==`.
public indirect enum Effect: Equatable, Sendable {
    // The console's own business.
    case open(screen: String, subject: String? = nil)
    case back
    case ask(Question)
    case toast(Notice)
    // What must be done outside.
    case perform(OperationRequest, on: ConnectionName, reason: String, expecting: Expectation)
    case act(Act.Kind, subject: String, text: String)
    /// The same of several at once, with a note beside each where there is one.
    case acts(Act.Kind, subjects: [String], text: String = "", note: String = "")
    case load(HistoryQuery)
    /// Wants exchanges, newest first.
    case read(InteractionQuery)
    /// A person's word on a finding; nil takes an earlier one back.
    case label(FindingKey, isTrue: Bool?)
    // What is judged.
    /// Wants a queue's page for this person, now and after each act.
    case openQueue(String)
    /// Begins to judge five, and to come back: the console's own business, as looking at a screen over this one is.
    case pitStop
    case look(screen: String)
    /// What one key says of an item: to be on the disk before the page after it arrives.
    case judge(LabelAct)
    case createQueue(LabelQueue)
    /// Asks the server that answers now for another answer to an item of a queue; and stops asking.
    case answerAgain(LabelItem, queue: String)
    case stopAnswer
    /// Makes a queue of a run's worst cases.
    case queueWorst(WorstCases, name: String, rubric: String)
    case loadAlert(AlertQuery)
    /// Wants runs of evaluations, or one of them.
    case evaluate(EvaluationQuery)
    /// Wants datasets, or what is in one of them.
    case survey(DatasetQuery)
    /// Has a dataset's tokens counted by a served model; and stops that.
    case countTokens(dataset: String, on: PromptTrial.Target)
    case stopTokens
    /// Wants a model version's review.
    case review(ModelVersionID)
    /// What a person decided about a version: kept, and told to the registry, before it is shown.
    case decide(ReviewDraft)
    /// Asks the documents a question; what is found comes as `Event.knowledge`, and again when a model has answered.
    case lookUp(String)
    /// Wants runs of training: all, one, or several side by side.
    case loadRuns(RunQuery)
    /// Wants prompts: the list, or one with its versions.
    case readPrompts(PromptQuery)
    /// A version that a person wrote.
    case savePrompt(PromptDraft)
    /// What was written and never kept is wanted no more.
    case dropPromptDraft(String)
    /// Puts a version to served models; and stops their answers.
    case tryPrompt(PromptTrial)
    case stopPromptTrial
    /// Wants runs of pipelines, or one of them with its steps and its log; and what is asked of them.
    case loadPipelines(PipelineQuery)
    case startPipeline(RunKey, [String: String])
    case stopPipeline(RunKey, reason: String)
    case retryPipeline(RunKey, reason: String)
    case startTraining(String, [String: String])
    case stopTraining(String, reason: String)
    case registerTraining(String, model: String, source: String?)
    /// Calls a person who looks elsewhere: by the desktop, and by the bell.
    case call(SafeText, isRinging: Bool, isShown: Bool)
    /// Names the window.
    case title(SafeText)
    // What is asked of deployments.
    /// Begins to plan: the console's own business until it is known of which deployment.
    case propose(Proposal)
    case plan(DeploymentRequest)
    /// A plan that a person has confirmed, the reason in it.
    case deploy(DeploymentPlan)
    case settle(OperationWord, operation: String)
    /// The automatic guard is to leave this release alone.
    case stopGuard(DeploymentID)
    case inspect(DeploymentQuery)
    /// Nil goes live again.
    case rewind(to: Timestamp?)
    /// Nil polls all.
    case poll(ConnectionName?)
    case theme(String)
    case copy(String)
    /// Opens a text in the person's own editor; it comes back as `Event.edited`, with the same name.
    case edit(String, question: String)
    case redraw
    case suspend
    case quit
}

/// A short message to the person.
public struct Notice: Equatable, Sendable {
    public enum Kind: String, Equatable, Sendable { case ok, notice, warn, fail }
    public var kind: Kind
    public var text: String
    public var detail: String?
    public init(_ kind: Kind, _ text: String, detail: String? = nil) {
        (self.kind, self.text, self.detail) = (kind, text, detail)
    }
}

/// Something that is asked before something is done.
public struct Question: Equatable, Sendable {
    /// One line to fill in.
    public struct Field: Equatable, Sendable {
        public var id: String
        public var label: String
        public var value: String
        public var placeholder: String
        /// Values that left and right go through.
        public var choices: [String]
        public var isRequired: Bool
        public var lines: Lines
        public init(
            _ id: String, _ label: String, value: String = "", placeholder: String = "", choices: [String] = [],
            isRequired: Bool = false, lines: Lines = .one
        ) {
            (self.id, self.label, self.value, self.placeholder) = (id, label, value, placeholder)
            (self.choices, self.isRequired, self.lines) = (choices, isRequired, lines)
        }

        /// How many lines a value has: one, one until there are more, or several. What can have several can be written in
        /// the person's own editor.
        public enum Lines: Equatable, Sendable { case one, growing, several }
    }

    /// What the screen's `answer` is told.
    public var id: String
    public var title: String
    /// What will happen, in words.
    public var body: [String]
    public var fields: [Field]
    /// The word on the button that does it.
    public var verb: String
    /// The request as it will be sent, shown on demand.
    public var preview: [String]
    /// Whether it is refused in read-only and in the past.
    public var isMutating: Bool

    public init(
        _ id: String, title: String, body: [String] = [], fields: [Field] = [], verb: String, preview: [String] = [],
        isMutating: Bool = true
    ) {
        (self.id, self.title, self.body, self.fields) = (id, title, body, fields)
        (self.verb, self.preview, self.isMutating) = (verb, preview, isMutating)
    }
}
