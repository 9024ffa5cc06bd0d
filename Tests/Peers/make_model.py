#!/usr/bin/env python3
"""Writes a language model of random weights, a megabyte large: it answers with word salad, and at once.

    make_model.py OUT.gguf

For tests of what talks to an inference server. Nothing is downloaded. Needs numpy and gguf (PyPI).
"""
import sys

import gguf
import numpy as np

WIDTH, HEADS, LAYERS, INNER = 64, 4, 2, 128
WORDS = "a an and are at be by can do for from go has have he in is it not of on or she that the they this to was we".split()
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def vocabulary():
    """Every token with its score and kind: controls, bytes, letters, and each word with its beginnings."""
    kind = gguf.TokenType
    rows = [("<unk>", 0.0, kind.UNKNOWN)]
    rows += [(text, 0.0, kind.CONTROL) for text in ("<s>", "</s>", "<|im_start|>", "<|im_end|>")]
    rows += [(f"<0x{byte:02X}>", 0.0, kind.BYTE) for byte in range(256)]
    pieces = ["\u2581"] + [chr(code) for code in range(33, 127)]
    pieces += ["\u2581" + word[:length] for word in WORDS for length in range(1, len(word) + 1)]
    rows += [(piece, -float(rank), kind.NORMAL) for rank, piece in enumerate(dict.fromkeys(pieces))]
    return rows


def main():
    rows, rng = vocabulary(), np.random.default_rng(7)

    def noise(*shape, scale):
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    out = gguf.GGUFWriter(sys.argv[1], "llama")
    out.add_name("tiny-random")
    out.add_context_length(4096)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_vocab_size(len(rows))
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("llama")
    out.add_token_list([text.encode() for text, _, _ in rows])
    out.add_token_scores([score for _, score, _ in rows])
    out.add_token_types([kind for _, _, kind in rows])
    out.add_bos_token_id(1)
    out.add_eos_token_id(4)
    out.add_unk_token_id(0)
    out.add_add_bos_token(True)
    out.add_chat_template(CHAT)
    out.add_tensor("token_embd.weight", noise(len(rows), WIDTH, scale=1))
    out.add_tensor("output.weight", noise(len(rows), WIDTH, scale=0.3))
    out.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            out.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDTH, dtype=np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            out.add_tensor(f"blk.{layer}.{name}.weight", noise(WIDTH, WIDTH, scale=WIDTH**-0.5))
        for name in ("ffn_gate", "ffn_up"):
            out.add_tensor(f"blk.{layer}.{name}.weight", noise(INNER, WIDTH, scale=WIDTH**-0.5))
        out.add_tensor(f"blk.{layer}.ffn_down.weight", noise(WIDTH, INNER, scale=INNER**-0.5))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    main()
