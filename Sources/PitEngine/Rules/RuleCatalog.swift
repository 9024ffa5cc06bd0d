public import PitModel

/// The rules that pitwall comes with, over what it knows itself. A rule of the same name in the configuration takes
/// one's place. A new one is one more entry.
public let ruleCatalog: [Rule] = [
    Rule(
        "ModelDown", #"pitwall_model_health{pitwall_model_health="down"} == 1"#, pending: 15, keepFiring: 60,
        labels: ["severity": "critical"], annotations: ["summary": "{{ $labels.model }} does not answer"],
        inhibits: ["*"]),
    Rule(
        "ModelStale", "pitwall_model_stale == 1", pending: 120, keepFiring: 60, labels: ["severity": "warning"],
        annotations: ["summary": "nothing new is known of {{ $labels.model }}"]),
    Rule(
        "ModelErring", #"pitwall_model_health{pitwall_model_health="erring"} == 1"#, pending: 60, keepFiring: 120,
        labels: ["severity": "critical"],
        annotations: ["summary": "{{ $labels.model }} fails more requests than promised"],
        inhibits: ["ModelSlow"]),
    Rule(
        "ModelSlow", #"pitwall_model_health{pitwall_model_health="slow"} == 1"#, pending: 180, keepFiring: 180,
        labels: ["severity": "warning"], annotations: ["summary": "{{ $labels.model }} is slower than promised"]),
    Rule(
        "ReplicasMissing", "pitwall_model_replicas_up - pitwall_model_replicas_known < 0", pending: 60, keepFiring: 60,
        labels: ["severity": "warning"],
        annotations: ["summary": "{{ $labels.model }} lacks replicas: {{ $value }}"]),
    Rule(
        "ConnectionFailing", "pitwall_connection_up == 0", pending: 120, keepFiring: 60,
        labels: ["severity": "warning"], annotations: ["summary": "{{ $labels.connection }} cannot be read"]),
    // Google's SRE Workbook, chapter 5: 2 % of 30 days' budget in an hour, 5 % in six, 10 % in three days.
    Rule(
        "ErrorBudgetBurnsFast", "pitwall_model_error_budget_fast_burn_rate >= 14.4", keepFiring: 300, clearsAt: 10,
        labels: ["severity": "critical"],
        annotations: ["summary": "{{ $labels.model }} spends its error budget {{ $value }} times too fast"],
        inhibits: ["ErrorBudgetBurnsSlowly", "ErrorBudgetRunsOut"]),
    Rule(
        "ErrorBudgetBurnsSlowly", "pitwall_model_error_budget_slow_burn_rate >= 6", keepFiring: 900, clearsAt: 4.5,
        labels: ["severity": "warning"],
        annotations: ["summary": "{{ $labels.model }} spends its error budget {{ $value }} times too fast"],
        inhibits: ["ErrorBudgetRunsOut"]),
    Rule(
        "ErrorBudgetRunsOut", "pitwall_model_error_budget_steady_burn_rate >= 1", keepFiring: 3600, clearsAt: 0.8,
        labels: ["severity": "info"],
        annotations: ["summary": "{{ $labels.model }} spends its error budget before its time: {{ $value }} times"]),
    Rule(
        "ModelDrifted", "sum by (model) (pitwall_drift_detected) >= 1", keepFiring: 600,
        labels: ["severity": "warning"],
        annotations: ["summary": "{{ $value }} of {{ $labels.model }}'s features drifted"]),
    // Both intervals are of 95 %: that they do not touch happens by chance far less often than once in twenty.
    Rule(
        "AnswersJudgedWorse", "pitwall_label_good_ratio_high - pitwall_other_release_good_ratio_low < 0",
        keepFiring: 600, labels: ["severity": "warning"],
        annotations: ["summary": "people judge the answers of {{ $labels.model }} worse than those of another release"]),
    Rule(
        "ReleaseLosesComparisons", "pitwall_release_win_ratio_high < 0.5", keepFiring: 600,
        labels: ["severity": "warning"],
        annotations: ["summary": "people prefer another release of {{ $labels.model }}: it wins {{ $value }} at most"]),
    Rule(
        "FindingsRise", "sum by (model, detector) (pitwall_exchanges_with_findings_last_hour) >= 20",
        keepFiring: 600, clearsAt: 15, labels: ["severity": "warning"],
        annotations: [
            "summary": "{{ $labels.detector }}: {{ $value }} exchanges of {{ $labels.model }} within an hour"
        ]),
    Rule(
        "ClientFloods", #"pitwall_findings_last_hour{detector="consumption"} >= 3"#, keepFiring: 600,
        labels: ["severity": "warning"],
        annotations: ["summary": "clients of {{ $labels.model }} ask or spend too much, or answers do not end"]),
    Rule(
        "PrivateTextInResponses", #"pitwall_responses_with_findings_last_hour{detector=~"pii|secret"} >= 1"#,
        keepFiring: 600, labels: ["severity": "warning"],
        annotations: [
            "summary": "{{ $labels.detector }} in {{ $value }} responses of {{ $labels.model }} within an hour"
        ]),
]
