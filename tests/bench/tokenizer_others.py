#!/usr/bin/env python3
"""Rows of Hugging Face tokenizers (same vocabulary) and tiktoken (o200k or cl100k when it is cached) for bench_tokenizer.

    tokenizer_others.py tokenizer.json FILE...      needs: pip install tokenizers tiktoken
"""
import pathlib
import sys
import time


def best(run, times=3):
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), result


def row(program, path, data, tokens, seconds):
    print(f"{program},{path.name},{len(data)},{tokens},1,{seconds:.4f},{len(data) / 1e6 / seconds:.1f},,")


def main():
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(sys.argv[1])
    try:
        import tiktoken
        other = tiktoken.get_encoding("cl100k_base")
    except Exception as problem:  # its vocabulary comes from the network
        print(f"tiktoken left out: {problem}", file=sys.stderr)
        other = None
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        data = path.read_bytes()
        text = data.decode("utf-8", errors="replace")
        seconds, ids = best(lambda: tokenizer.encode(text, add_special_tokens=False).ids)
        row("tokenizers", path, data, len(ids), seconds)
        if other:
            seconds, ids = best(lambda: other.encode(text, disallowed_special=()))
            row("tiktoken", path, data, len(ids), seconds)


if __name__ == "__main__":
    main()
