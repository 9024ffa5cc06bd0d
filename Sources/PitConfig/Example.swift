public import PitModel

/// The commented example that `pitwall init --print` writes. A test reads it back, comments taken away too, so
/// that it stays true.
public enum ConfigExample {
    public static func text(kinds: [ConnectorInfo], profiles: [String]) -> String {
        head + connections(kinds, profiles) + tail
    }

    private static let head = """
        # pitwall configuration: $XDG_CONFIG_HOME/pitwall/config.yaml, or --config FILE.
        # Two nouns: `connections` are the servers pitwall talks to, `models` are what you serve.
        # Check it with: pitwall check. It is read again whenever it changes.


        """

    private static func connections(_ kinds: [ConnectorInfo], _ profiles: [String]) -> String {
        var text = "connections:\n"
        for kind in kinds {
            text += "  # \(kind.title): \(kind.summary)\n"
            text += "  - name: my-\(kind.id)\n    kind: \(kind.id)\n"
            text +=
                kind.isFile
                ? "    path: /var/log/llm/exchanges.jsonl\n"
                : "    url: http://127.0.0.1:\(kind.usualPorts.first ?? 8000)\n"
            if kind.isCluster {
                text += "    # context: prod   # in place of the url, with kubeconfig: [FILE]; or in_cluster: true\n"
            }
            for option in kind.options { text += "    # \(option.name): \(option.example)   # \(option.help)\n" }
        }
        text += """
              # Every connection understands these, too:
              - name: everything
                kind: \(kinds.first?.id ?? "metrics")
                url: https://metrics.example.com/prefix
                interval: 15s          # between polls
                timeout: 10s           # for one request
                max_bytes: 32MiB       # of one reply
                auth:                  # one of bearer, basic, header; a secret is named, never written here
                  bearer: {env: METRICS_TOKEN}
                  # basic: {user: ana, password: {file: ~/.secrets/metrics}}
                  # header: {name: X-API-Key, value: {command: [pass, show, metrics]}}
                tls:
                  ca: /etc/ssl/private-ca.pem
                  # certificate: /etc/ssl/client.pem
                  # key: /etc/ssl/client.key
                  # server_name: metrics.internal
                headers: {X-Team: serving}
                proxy: none            # none, env (the default), or a proxy's url
                # unix_socket: /run/metrics.sock

            """
        text += "\n# Profiles: \(profiles.joined(separator: ", ")). Without one it is detected.\n"
        return text
    }

    private static let tail = """
        models:
          - name: support-chat
            metrics: my-metrics      # a connection, a list of them (one each replica), or in full:
            # metrics:
            #   - connection: my-prometheus
            #     profile: vllm
            #     match: {model_name: support-chat, namespace: "~prod-.*"}   # ~ regular expression, ! not
            alerts: {model: support-chat}      # alerts with these labels are this model's
            endpoints: [my-openai]             # where it answers
            slo: {ttft_p95: 500ms, itl_p95: 60ms, e2e_p95: 20s, errors: 1%, availability: 99.9%}
            # interactions: {from: my-file, served_as: [support-chat-v14], sample: 10%}
            release: v14                       # shown until a connection knows better
            # deployment: prod/support-chat
            # registry: models:/support-chat
            # traces: experiment 7

        console:
          theme: pitwall      # pitwall themes lists them
          color: auto         # auto, truecolor, 256, 16, none
          glyphs: auto        # auto, unicode, ascii
          time: local         # local, utc
          mouse: true
          read_only: false
          # author: ana
          # notify: {severity: [critical, error], by: [title, desktop]}   # and bell; also alerts, models

        store:
          max_size: 1GiB      # of polled data; what people did is kept for good
          max_age: 15d

        drift:
          window: 1h          # what is compared: the last hour
          reference: auto     # with: auto, before 7d, same-hour 7, release, baseline NAME
          interval: 1m        # how often
          limit: 0.2          # of the corrected PSI
          # embeddings: {connection: my-server, model: bge-m3}   # compares responses by /v1/embeddings, too
          # enabled: false

        rules:
          interval: 15s
          # off: [ModelStale]  # built-in rules that are not wanted, or all
          own:
            - alert: SlowFirstToken
              expr: pitwall_model_ttft_p95_seconds{model="support-chat"} > 2
              for: 5m
              keep_firing_for: 5m
              clears_at: 1.5               # once it fires, it goes on until the value is below this
              severity: warning
              labels: {team: serving}
              summary: first token after {{ $value }} s on {{ $labels.model }}
            - alert: QueueLong             # any metric of a connection: rate(...), increase(...), quantile(0.95, ...)
              expr: sum by (model_name) (vllm:num_requests_waiting) > 50
              for: 2m
              # connection: my-metrics
              # inhibits: [SlowFirstToken]   # about the same model, while this one fires

        alerts:
          share_acknowledgements: true   # others see them, as silences of the alert's Alertmanager
          forgotten_after: 4h            # what was acknowledged so long ago and still fires stands out

        receivers:            # pitwall's own alerts are sent on, once each, and once more when resolved
          - name: paging
            alertmanager: my-alertmanager  # whom that pages is its business
          # - name: chat
          #   webhook: https://chat.example.com/hook   # POST in the form of Alertmanager's webhooks; auth, tls, ... too
          #   severity: [critical, error]
          #   resolved: false
          # - name: script
          #   command: [/usr/local/bin/page, serving]  # the same JSON on its standard input
          #   alerts: [ModelDown]
          #   models: [support-chat]

        interactions:         # exchanges with models, where a connection tells of them
          max_rows: 100000    # the oldest go
          max_bytes: 256MiB
          max_text: 64KiB     # of one prompt or response; what is longer is cut, and that is said
          sample: 100%        # the same ones again; a model can have its own
          # redact: [email, phone, card, iban, secret]   # taken out before anything is kept

        detectors:            # what is looked for in them; `pitwall scan FILE` tries it
          # use: [injection, jailbreak, pii, secret, leakage, encoded, output, terminal, consumption, duplicate]
          least_score: 0.5    # findings less sure than this are left out
          requests_per_minute: 120     # of one client; more is a flood
          tokens_per_minute: 200000
          prompt_tokens: 32000
          duplicates: 20      # prompts hardly changed within an hour
          guard_sample: 100%  # how many exchanges connections of kind fms-detector or guard-model are asked about
          guard_budget: 20s   # what they did not get to within one reading is said to be not checked
          # canaries: [zephyr-41-lima]   # words of system prompts that no response may say

        # knowledge:            # documents that `pitwall ask` and `:ask` answer from; Markdown and plain text
        #   path: ~/runbooks    # or beside this file
        #   answers: {connection: my-openai, model: support-chat}
        #   embeddings: {connection: my-openai, model: bge-m3}   # where a server has /v1/embeddings: found by meaning, too

        # labeling:             # how people judge
        #   mask: true          # stars out what is private until `v` reveals it
        #   rubrics: rubrics    # a folder beside this file; the usual one is found without it
        #   judges:             # models asked first, where a rubric says `prelabels: true`; `get agreement` holds them to people
        #     - {name: critic, connection: my-openai, model: some-judge, per_minute: 30}
        #   sync:               # where judgements are kept, and others' read; connections of kind mlflow, phoenix, langfuse
        #     - my-mlflow
        #     - {to: my-langfuse, from: [my-file], read: false}   # traces that another connection reads

        # governance:           # what must hold before an alias of a registered model moves to a version
        #   policies:
        #     - name: production
        #       models: ['support-*']
        #       alias: champion
        #       requires:       # also image_digest, no_findings with kinds: [secret]
        #         - description
        #         - {requirement: evaluation, suite: support, not_older_than: 7d}
        #         - {requirement: labels, count: 100, good: 0.8}
        #         - {requirement: licence, allowed: [apache-2.0, mit]}
        #         - {requirement: no_alerts, severity: critical}
        #       approvers: [ana, bo, cem]
        #       approvals: 2    # of whom none asks for the move: pitwall review approve MODEL --version N

        # deployments:          # where a connection holds some; any connection takes allow: [rollback, scale]
        #   approvals: 2        # a second person must agree: pitwall approve ID
        #   verify: {for: 10m, before: 30m, error: 5%}   # how long a proof may take, and how often it may err
        #   freeze:             # nothing new is brought then; going back stays possible
        #     - {reason: weekend, names: ['prod/*'], days: [fri, sat, sun], from: '18:00', to: '08:00'}   # UTC
        #     - {reason: the year's end, since: 2026-12-23T00:00:00Z, until: 2027-01-02T00:00:00Z}
        #   guard:              # off unless written: rolls back by itself after a release that burns the error budget
        #     - {names: ['prod/*'], burn_rate: 14, for: 2m, watch: 1h, countdown: 60s, at_most: 1, per: 1d}

        # training:             # programs that train, started by `pitwall train start lora --set lr=0.01` or from screen 9
        #   - name: lora
        #     command: [python3, train.py, '--lr', '{lr}', '--data', '{data}']
        #     directory: /srv/train
        #     parameters:
        #       lr: {type: number, default: 0.001, min: 0}       # number, whole, text, flag
        #       data: {default: chat.jsonl, choices: [chat.jsonl, code.jsonl]}
        #     timeout: 6h
        #     connection: tracking                               # of kind mlflow; it is told where to log
        #     model: support-chat                                # under its charts it is told
        #     gpus: 1                                            # and what an hour of one costs, for budgets of sweeps
        #     gpu_price: 2.80 EUR
        #   - name: lora-cluster
        #     job:                # runs in a cluster; or manifest: with a Job or a TrainJob in place of image and command
        #       connection: prod
        #       namespace: ml
        #       image: registry.example.com/train:1
        #       command: [python3, train.py, '--lr', '{lr}']
        #       gpus: 4           # also cpu, memory, service_account
        #     parameters: {lr: 0.001}
        #   - name: nightly       # or pipeline: {connection: kubeflow, name: train}
        #     jenkins: {connection: ci, job: ml/train}
        #     parameters: {LR: 0.001}

        # golden: {every: 10m, prompts: ["When are you open?"], models: [support-chat]}   # asked again and again at temperature 0
        # share: {path: ~/team/pitwall}   # rubrics, rules, policies, suites and queues that a team shares

        # keys: {fleet.sort: [S], refresh: [ctrl-r]}

        # A profile of your own maps a server's metric names to pitwall's vocabulary.
        # profiles:
        #   - id: my-server
        #     detect: [myserver_]
        #     model_label: model
        #     sources:
        #       - {quantity: waiting, kind: gauge, names: [myserver_queue_length]}
        #       - {quantity: ttft, kind: histogram, names: [myserver_first_token_ms], scale: 0.001}

        """
}
