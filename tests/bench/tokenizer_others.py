#!/usr/bin/env python3
"""The tokenizer beside Hugging Face tokenizers (same vocabulary, same ids) and tiktoken (cl100k_base, its own ids).

    tokenizer_others.py build/bin/bench_tokenizer tokenizer.json FILE...

Each file is one document. The programs take turns; a row has the best of its runs, and how often Lectern on as many
threads is faster. Needs: pip install tokenizers tiktoken. tiktoken fetches its vocabulary unless TIKTOKEN_CACHE_DIR
names a folder that holds it (the package litellm carries one in litellm_core_utils/tokenizers).
"""
import csv
import pathlib
import subprocess
import sys
import time

import tokenizers

ROUNDS = 3


def lectern(bench, vocabulary, path):
    """Best seconds and tokens by number of threads."""
    printed = subprocess.run([bench, vocabulary, path, "--runs", "3"], capture_output=True, text=True, check=True).stdout
    return {int(row["threads"]): (float(row["seconds"]), int(row["tokens"])) for row in csv.DictReader(printed.splitlines())}


def timed(encode, text):
    begin = time.perf_counter()
    count = len(encode(text))
    return time.perf_counter() - begin, count


def peers(vocabulary):
    tokenizer = tokenizers.Tokenizer.from_file(vocabulary)
    yield f"tokenizers {tokenizers.__version__}", lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    try:
        import tiktoken
        other = tiktoken.get_encoding("cl100k_base")
        yield f"tiktoken {tiktoken.__version__} cl100k", lambda text: other.encode(text, disallowed_special=())
    except Exception as problem:  # not installed, or no vocabulary at hand
        print(f"tiktoken left out: {problem}", file=sys.stderr)


def main():
    bench, vocabulary, *files = sys.argv[1:]
    others = list(peers(vocabulary))
    print("program,file,bytes,tokens,threads,seconds,megabytes_per_second,lectern_is_faster_by")
    for path in map(pathlib.Path, files):
        text = path.read_bytes().decode()
        size, best = len(text.encode()), {}
        for _ in range(ROUNDS):
            runs = {("lectern", threads): run for threads, run in lectern(bench, vocabulary, path).items()}
            runs |= {(name, 1): timed(encode, text) for name, encode in others}
            best = {key: min(run, best.get(key, run)) for key, run in runs.items()}
        for (name, threads), (seconds, tokens) in best.items():
            faster = seconds / best["lectern", threads][0]
            print(f"{name},{path.name},{size},{tokens},{threads},{seconds:.4f},{size / 1e6 / seconds:.1f},{faster:.1f}", flush=True)
        if best["lectern", 1][1] != best[others[0][0], 1][1]:
            sys.exit(f"{path}: Lectern and Hugging Face give different numbers of tokens")


if __name__ == "__main__":
    main()
