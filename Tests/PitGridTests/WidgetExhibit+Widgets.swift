import PitGrid

extension WidgetExhibit {
    struct Served: Sendable {
        var name: String
        var health: String
        var rate: Double?
        var trend: [Double?]
        var ttft: Double?
        var cache: Double?
    }

    static let fleet: [Served] = [
        Served(name: "support-chat", health: "ok", rate: 38.2, trend: [2, 3, 5, 6, 5, 6], ttft: 0.412, cache: 0.71),
        Served(name: "code-assist", health: "slow", rate: 12.9, trend: [5, 5, 4, nil, 3, 3], ttft: 1.9, cache: 0.98),
        Served(name: "要約モデル-本番環境", health: "ok", rate: 4, trend: [1, 1, 1, 1], ttft: 0.2, cache: 0.05),
        Served(name: "summarise", health: "down", rate: nil, trend: [], ttft: nil, cache: nil),
        Served(
            name: "tiny 🦙 on the edge of the network, with a name that goes on", health: "ok", rate: 0.02,
            trend: [0, 0, 0, 1], ttft: 0.09, cache: 0),
    ]

    static let fleetTable = Table<Served>(
        [
            TableColumn("model", "MODEL", width: .flex(min: 10), priority: 9, sortKey: { .text($0.name) }) {
                TableCell("\($0.name)")
            },
            TableColumn("health", "HEALTH", width: .fixed(6), priority: 8) {
                TableCell("\($0.health)", $0.health == "ok" ? .ok : $0.health == "slow" ? .warn : .fail)
            },
            TableColumn(
                "rate", "REQ/S", width: .range(5, 14), align: .right, priority: 5, sortsDescendingFirst: true,
                sortKey: { .number($0.rate) }
            ) {
                TableCell([
                    .padded(Segment("\(Figures.short($0.rate))"), columns: 5, .right), .text(Segment(" ")),
                    .sparkline(Sparkline($0.trend), columns: 6),
                ])
            },
            TableColumn("ttft", "TTFT p95", width: .fixed(8), align: .right, priority: 7, sortKey: { .number($0.ttft) })
            {
                TableCell("\(Figures.duration($0.ttft))")
            },
            TableColumn("cache", "KV", width: .fixed(10), priority: 3, sortKey: { .number($0.cache) }) {
                TableCell([.meter(Meter($0.cache), columns: 5), .text(Segment(" \(Figures.percent($0.cache))"))])
            },
            TableColumn("wide", "NOTE", width: .fixed(8), priority: 1, isWide: true) { _ in TableCell("a note", .dim) },
        ], prefix: "fleet", identity: { $0.name })

    static func settled(_ table: Table<Served>, sort: String? = nil, select: String) -> (TableState, [Int]) {
        var state = TableState(sortColumn: sort, isDescending: true)
        let order = table.order(fleet, state)
        state.select(id: select)
        state.settle(count: order.count) { fleet[order[$0]].name }
        return (state, order)
    }

    static let text: [[Segment]] = [
        [Segment("12:04:31 ", .dim), Segment("WARN ", .warn), Segment("support-chat: the page has 3 bad lines")],
        [Segment("12:04:32 ", .dim), Segment("INFO ", .ok), Segment("poll of 12 targets done; 需要更多的时间 to answer")],
        [
            Segment("12:05:00 ", .dim), Segment("FAIL ", .fail),
            Segment("a-very-long-word-that-does-not-fit-into-any-line-of-the-narrow-screens-we-test"),
        ],
        [],
        [Segment("12:05:01 ", .dim), Segment("INFO ", .ok), Segment("the last line, with a poll in it")],
    ]

    static let silence = Dialog(
        "Silence HighTTFT on support-chat",
        body: [
            [Segment("No one is notified of "), Segment("2 alerts", .warn, strong: true), Segment(" that match:")],
            [Segment("  alertname=\"HighTTFT\", model=\"support-chat\"", .key)],
        ],
        fields: [
            FormField(
                "for", "For", .duration(presets: FormField.usualDurations), hint: "up and down step", initial: "2h"),
            FormField("scope", "Scope", .choice(["this model", "all models"])),
            FormField("severity", "severity=page", .toggle, initial: "true"),
            FormField("why", "Why", .text(placeholder: "what others should know"), isRequired: true),
        ], buttons: [Dialog.Button("cancel", "Cancel", .cancel), Dialog.Button("act", "Silence", .act)])

    static let palette = Picker(
        "Commands",
        [
            Picker.Item("open", "Open the model", detail: "enter"),
            Picker.Item("silence", "Silence the alert", detail: "x", refusal: "no alert is selected"),
            Picker.Item("theme", "Theme", detail: "T"),
            Picker.Item("zh", "打开 the log", detail: "6"),
            Picker.Item("rewind", "Rewind a step", detail: "["),
        ])

    static let tree = Tree(
        [
            TreeNode(
                "prod", [Segment("prod")], detail: [Segment("2", .dim)],
                children: [
                    TreeNode("chat", [Segment("support-chat", .ok)], detail: [Segment("4/4")]),
                    TreeNode(
                        "日本", [Segment("日本語モデル")], detail: [Segment("1/2", .warn)],
                        children: [
                            TreeNode("replica", [Segment("replica-0")])
                        ]),
                ]),
            TreeNode("dev", [Segment("dev")], children: [TreeNode("x", [Segment("x")])]),
        ], prefix: "tree")

    private static let small = Size(22, 6)
    private static let middle = Size(64, 14)
    private static let line = [Size(18, 1), Size(72, 1)]

    static let widgets: [WidgetExhibit] =
        tables + [
            WidgetExhibit("widget-tree", [small, middle]) { area, frame in
                var state = TreeState(expanded: ["prod", "日本"])
                state.table.select(id: "日本")
                tree.settle(&state)
                tree.draw(state, in: area, on: &frame)
            },
            WidgetExhibit("widget-text", [small, Size(44, 5), middle]) { area, frame in
                TextView(text).draw(TextViewState(), in: area, on: &frame)
            },
            WidgetExhibit("widget-text-follow-search", [small, Size(44, 5)]) { area, frame in
                var state = TextViewState(follows: true)
                state.query = "POLL"
                TextView(text).draw(state, in: area, on: &frame)
            },
            WidgetExhibit("widget-dialog", [small, Size(50, 12), Size(80, 20)]) { area, frame in
                silence.draw(silence.open(), in: area, on: &frame)
            },
            WidgetExhibit("widget-dialog-fields", [small, Size(80, 20)]) { area, frame in
                var state = silence.open(onFields: true)
                _ = silence.handle("shift-tab", &state)
                silence.focus(3, &state)
                silence.draw(state, in: area, on: &frame)
            },
            WidgetExhibit("widget-dialog-typed", [Size(60, 12)]) { area, frame in
                let dialog = Dialog.confirm(
                    "Drop prod?", body: [[Segment("This cannot be undone.", .fail)]], act: "Drop", isDangerous: true,
                    typed: "prod")
                var state = dialog.open(onFields: true)
                for key in ["p", "r"] as [Key] { _ = dialog.handle(key, &state) }
                dialog.draw(state, in: area, on: &frame)
            },
            WidgetExhibit("widget-picker", [small, middle]) { area, frame in
                palette.draw(PickerState(), in: area, on: &frame)
            },
            WidgetExhibit("widget-picker-query", [small, middle]) { area, frame in
                palette.draw(PickerState(query: "the", selected: 1), in: area, width: 50, height: 9, on: &frame)
            },
        ] + lines

    private static let tables: [WidgetExhibit] = [
        WidgetExhibit("widget-table", [small, Size(48, 5), middle, Size(110, 9)]) { area, frame in
            var table = fleetTable
            table.isWide = area.width > 100
            let (state, order) = settled(table, select: "code-assist")
            table.draw(fleet, order: order, state: state, in: area, on: &frame)
        },
        WidgetExhibit("widget-table-sorted-marked", [small, Size(80, 5)]) { area, frame in
            var table = fleetTable
            table.showsMarks = true
            table.isFocused = false
            table.isDimmed = { $0.health == "slow" }
            var (state, order) = settled(table, sort: "rate", select: "summarise")
            state.marked = ["support-chat", "summarise"]
            table.draw(fleet, order: order, state: state, in: area, on: &frame)
        },
        WidgetExhibit("widget-table-empty", [small, Size(60, 8)]) { area, frame in
            var table = fleetTable
            table.emptyText = ["no models", "name one under `models:` in config.yaml"]
            table.draw([], state: TableState(), in: area, on: &frame)
        },
    ]

    private static let lines: [WidgetExhibit] = [
        WidgetExhibit("widget-tabs", [Size(10, 1), Size(30, 1), Size(72, 1)]) { area, frame in
            let tabs = ["Fleet", "Alerts", "Connections", "Log"].enumerated().map { index, name in
                Tabs.Tab(
                    "\(index + 1)", "\(name)", badge: name == "Alerts" ? Segment("2", .fail) : nil, commandID: "go")
            }
            Tabs(tabs, selected: 1).draw(in: area, on: &frame)
        },
        WidgetExhibit("widget-hints", [Size(18, 1), Size(48, 1), Size(90, 1)]) { area, frame in
            KeyHints(
                [
                    KeyHints.Hint("enter", "open", priority: 9, commandID: "open"),
                    KeyHints.Hint("/", "filter", priority: 8), KeyHints.Hint("s", "sort", priority: 3),
                    KeyHints.Hint("x", "silence", priority: 5, isRefused: true),
                    KeyHints.Hint(":", "command", priority: 7), KeyHints.Hint("?", "help", priority: 10),
                ], trailing: [Segment("2s ago", .dim)]
            ).draw(in: area, on: &frame)
        },
        WidgetExhibit("widget-field", line) { area, frame in
            let state = TextFieldState("a filter that is longer than 這個 field")
            TextField(prompt: "/ ").draw(state, in: area, on: &frame)
        },
        WidgetExhibit("widget-field-empty", [Size(30, 1)]) { area, frame in
            TextField(prompt: "/ ", placeholder: "type to filter").draw(TextFieldState(), in: area, on: &frame)
        },
        WidgetExhibit("widget-progress", line) { area, frame in
            Progress(0.42, label: "reading", note: "12/40").draw(in: area, on: &frame)
        },
        WidgetExhibit("widget-progress-unknown", line) { area, frame in
            Progress(nil, label: "reading").draw(in: area, on: &frame)
        },
        WidgetExhibit("widget-meter", line) { area, frame in Meter(0.9).draw(in: area, on: &frame) },
        WidgetExhibit("widget-badge", line) { area, frame in
            Badge("READ-ONLY", .warn).draw(in: area, align: .right, on: &frame)
        },
        WidgetExhibit("widget-toasts", [Size(22, 6), Size(80, 8)]) { area, frame in
            ToastStack(
                [
                    Toast(.ok, "the first, which does not fit"), Toast(.notice, "copied support-chat"),
                    Toast(.fail, "Alertmanager refused: 401", detail: "set auth.token in the configuration of am-prod"),
                ], limit: 2
            ).draw(in: area, on: &frame)
        },
    ]
}
