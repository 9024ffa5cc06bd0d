/// The documents that the demo answers questions from, by their names.
public enum DemoRunbooks {
    public static let documents = [
        "slow-first-token.md": """
        # Slow first token

        ## Causes
        A first token that comes late is most often a queue: num_requests_waiting rises before the time to first token \
        does. Look at the change line first. A release that lowered --max-num-seqs or --gpu-memory-utilization makes \
        batches smaller, and requests wait. A KV cache that is full preempts requests, which are computed again.

        ## What to do
        Roll the release back when the queue began to grow after it. `R` on the model plans that. Otherwise add a \
        replica: the queue is shared by all of them.
        """,
        "kv-cache.md": """
        # The KV cache is full

        When kv_cache_usage_perc stays above 95 % vLLM preempts running requests and computes them again later. \
        Long prompts do it, and many parallel ones. Lower --max-model-len for models that never need it, or give the \
        server more memory by --gpu-memory-utilization. A quantized cache (fp8) holds twice as many tokens.
        """,
        "model-down.md": """
        # A model does not answer

        Check whether the process is there: a server that was killed for memory comes back by itself within two \
        minutes and loads its weights for one. If it does not come back, look at the node's events. \
        Tell the owner of the model; the list stands in owners.md.
        """,
        "drift.md": """
        # Prompts have drifted

        translate-ja gets longer prompts whenever the returns team translates whole threads instead of single mails. \
        That is known and harmless as long as the first token comes in time. Anything else that drifts is shown to the \
        owner of the model with the bucket that moved most.
        """,
        "golden-laps.md": """
        # Golden laps are apart

        The same prompts are answered otherwise than before, by the same model name. Either the weights, the \
        quantization or the chat template changed. Compare the release's artifacts with the one before, read two of \
        the answers side by side, and roll back when they got worse. A release that is meant to answer differently is \
        accepted with `pitwall golden accept`.
        """,
        "owners.md": """
        # Who owns what

        support-chat and summarise: the support team, on call through the alert's page. code-assist: platform, Kenji. \
        translate-ja: returns, Bo. rag-answers and embed-small: search, Cem.
        """,
    ]
}
