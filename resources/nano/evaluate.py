#!/usr/bin/env python3
"""Measures an exported model with the program's own engine on the CPU, beside baselines on the same items.

    evaluate.py MODEL WORK [--lectern BIN] [--long FILES…] [--smollm2 GGUF] [--log LOG] [--quick] [--out FOLDER]

MODEL   the folder that ships: config.json, tokenizer.json, model.safetensors
WORK    what data.py left: tasks.jsonl, text.jsonl; only packages of its test split are asked about
--long  text that was never trained on, for recall: files or .deb packages under the GPL (default: apt-get download git-doc)
--log   the trainer's log, for the figures of the weights before they were stored

Writes OUT/evaluation.json and OUT/evaluation.md (default: beside MODEL); --readme FILES get the table between their marks. Every prompt and answer stays in the folder --keep names, and
what was answered there is not asked again: a run that ended goes on. Needs Python 3.11, NumPy; torch only for equality.py, which it calls where torch is there.
"""
import argparse, gzip, json, os, random, re, subprocess, sys, tempfile, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
from baselines import (Order5, bleu4, bm25, heading_recall, identifier_sentence, interval, lead3, rouge_l, sentences, textrank, texts_of, xz_bits)
from tasks import NOT_FOUND, fill, facts

HERE = Path(__file__).resolve().parent
CHARACTERS = 2.9  # a token, about; what was really read is reported


class Program:
    """Our engine, one process for a whole list of jobs."""
    def __init__(self, lectern, model, keep):
        self.lectern, self.model, self.keep = str(lectern), str(model), keep
        self.environment = dict(os.environ, XDG_CONFIG_HOME=keep, XDG_DATA_HOME=keep, XDG_CACHE_HOME=keep)

    def run(self, *words):
        begin = time.time()
        process = subprocess.Popen([self.lectern, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        out, err = process.communicate()
        if process.returncode not in (0, 1, 3): sys.exit(f"lectern {' '.join(map(str, words))}: code {process.returncode}\n{err}")
        return out, time.time() - begin

    def complete(self, name, jobs):
        """[job] -> [answer], in order; see `lectern engine complete`."""
        if not jobs: return []
        begin = time.time()
        source, target = Path(self.keep, name + ".jobs.jsonl"), Path(self.keep, name + ".answers.jsonl")
        asked = "".join(json.dumps(j) + "\n" for j in jobs)
        done = source.is_file() and source.read_text() == asked and target.is_file() and target.read_text().count("\n") == len(jobs)
        source.write_text(asked)
        if not done: self.run("engine", "complete", self.model, "--jobs", source, "--out", target)
        answers = [json.loads(line) for line in target.read_text().splitlines()]
        assert len(answers) == len(jobs), (name, len(answers), len(jobs))
        print(f"{time.time() - begin:6.1f} s  {name}: {len(jobs)} jobs", flush=True)
        return answers


def held_out(work, split="test"):
    by = {"describe": [], "title": []}
    with open(work / "tasks.jsonl") as f:
        for line in f:
            if f'"split": "{split}"' in line[:60]:
                record = json.loads(line)
                by[record["family"]].append(record)
    for records in by.values(): random.Random(11).shuffle(records)
    return by


def compare(names, scores):
    return {name: interval(scores[name]) for name in names if scores.get(name)}


def describe(program, records, smollm2):
    answers = program.complete("describe", [{"turns": [fill("describe", text=r["text"], name=r["name"])], "max_output": 40} for r in records])
    said = {"model": [a["text"].strip() for a in answers],
            "identifier": [identifier_sentence(r["name"]) for r in records],
            "lead-3": [lead3(r["text"].split("\n")) for r in records],
            "textrank": [textrank([l for l in r["text"].split("\n") if len(l.split()) > 1] or [r["text"]]) for r in records]}
    result = {measure: compare(said, {k: [f(s, r["answer"]) for s, r in zip(v, records)] for k, v in said.items()})
              for measure, f in (("bleu", bleu4), ("rouge_l", rouge_l))}
    if smollm2:
        some = records[:smollm2.items]
        replies = [smollm2.describe(r) for r in some]
        for measure, f in (("bleu", bleu4), ("rouge_l", rouge_l)):
            result[measure]["smollm2"] = interval([f(s, r["answer"]) for s, r in zip(replies, some)])
            result[measure]["model on the same"] = interval([f(s, r["answer"]) for s, r in zip(said["model"], some)])
    result["examples"] = [{"name": r["name"], "author": r["answer"], "model": s} for r, s in list(zip(records, said["model"]))[:12]]
    return result


def titles(program, records):
    answers = program.complete("title", [{"turns": [fill("title", text=r["text"])], "max_output": 24} for r in records])
    said = {"model": [a["text"].strip() for a in answers], "lead-3": [lead3(sentences(r["text"])) for r in records],
            "textrank": [textrank(sentences(r["text"])) for r in records], "first words": [" ".join(r["text"].split()[:5]) for r in records]}
    return {"rouge_l": compare(said, {k: [rouge_l(s, r["answer"]) for s, r in zip(v, records)] for k, v in said.items()}),
            "exact": compare(["model"], {"model": [100.0 * (s.lower() == r["answer"].lower()) for s, r in zip(said["model"], records)]}),
            "examples": [{"author": r["answer"], "model": s} for r, s in list(zip(records, said["model"]))[:8]]}


def summaries(program, records):
    """The program's extractive summary of sections against lead-3 and TextRank: three sentences each, no model."""
    rows = {"pipeline": [], "lead-3": [], "textrank": []}
    for first in range(0, len(records), 30):
        some = records[first:first + 30]
        with tempfile.TemporaryDirectory() as folder:
            for i, r in enumerate(some): Path(folder, f"{i:02}.md").write_text(r["text"] + "\n")
            out, _ = program.run("summarize", folder, "--engine", "none", "--by", "document", "--length", "long", "--json", "--session", Path(program.keep, f"s{first}.lectern"))
            picked = {}
            for s in json.loads(out)["summary"]: picked.setdefault(s.get("group", ""), []).append(s["text"])
        for i, r in enumerate(some):
            units = sentences(r["text"])
            said = {"pipeline": " ".join(picked.get(f"{i:02}.md", [])[:3]), "lead-3": lead3(units), "textrank": textrank(units, 3)}
            scores = {k: heading_recall(v, r["answer"]) for k, v in said.items()}
            if scores["lead-3"] is not None:
                for k, v in scores.items(): rows[k].append(v)
    return compare(rows, rows)


def pointing(program, records, count):
    rng, jobs, golds, first = random.Random(5), [], [], []
    for _ in range(count):
        chosen = rng.sample(records, rng.randint(2, 6))
        right = rng.randrange(len(chosen))
        shown = ["\n".join(r["text"].split("\n")[:6]) for r in chosen]
        listing = "\n\n".join(f"[{i + 1}] {text}" for i, text in enumerate(shown))
        jobs.append({"turns": [fill("point", text=listing, question=chosen[right]["answer"])], "choices": [f"[{i + 1}]" for i in range(len(chosen))]})
        golds.append(right)
        first.append(100.0 * (bm25(chosen[right]["answer"], shown) == right))
    answers = program.complete("point", jobs)
    return {"model": interval([100.0 * (a["text"] == f"[{g + 1}]") for a, g in zip(answers, golds)]), "bm25": interval(first),
            "chance": interval([100.0 / len(j["choices"]) for j in jobs])}


def recall(program, text, lengths):
    """Facts planted at eleven depths of text never trained on; every question stands alone behind the same context."""
    result = {}
    for length, contexts in lengths.items():
        rng, jobs, kinds = random.Random(length), [], []
        for c in range(contexts):
            depths = list(range(c % 2, 11, 2))  # of eleven; two contexts meet all of them
            planted, absent = facts(rng, len(depths))
            room = int(length * CHARACTERS) - sum(len(s) + 2 for s, _, _ in planted)
            at = rng.randrange(max(1, len(text) - room))
            filler, context, last = text[at:at + room], "", 0
            for depth, (sentence, _, _) in zip(depths, planted):
                place = room * depth // 10
                place = filler.rfind("\n", last, place) + 1 or place  # a line of its own, as the trainer plants it
                context += filler[last:place] + "\n" + sentence + "\n"
                last = place
            context += filler[last:]
            for depth, (_, question, value) in zip(depths, planted):
                jobs.append({"context": context, "turns": [fill("recall", question=question)], "max_output": 16})
                kinds.append((depth, value))
            jobs.append({"context": context, "turns": [fill("recall", question=absent)], "max_output": 16})
            kinds.append((None, NOT_FOUND))
        answers = program.complete(f"recall-{length}", jobs)
        hits = [(d, 100.0 * (a["text"].strip() == v)) for (d, v), a in zip(kinds, answers)]
        result[str(length)] = {"tokens": round(sum(a["input_uncached"] + a["input_cached"] for a in answers) / len(answers)),
                               "found": interval([h for d, h in hits if d is not None]), "absent said": interval([h for d, h in hits if d is None]),
                               "by depth": {str(d * 10): round(sum(h for e, h in hits if e == d) / max(1, sum(e == d for e, _ in hits)), 1) for d in range(11)}}
        if length == 2048:  # the same questions behind the last lines alone: what is not looked up must not be known
            alone = program.complete("recall-cut", [{**j, "context": j["context"][-450:]} for j, k in zip(jobs, kinds) if k[0] is not None and k[0] <= 8][:60])
            golds = [v for d, v in kinds if d is not None and d <= 8][:60]
            result["without the context"] = interval([100.0 * (a["text"].strip() == v) for a, v in zip(alone, golds)])
    return result


def bits(program, work, count):
    train = ("\n".join(texts_of(work / "text.jsonl", "train", "code", 5e6)) + "\n".join(texts_of(work / "text.jsonl", "train", "docs", 5e6))).encode()
    order5, result = Order5(train), {}
    for kind in ("code", "docs", "prose"):
        texts = prose(count, program.keep) if kind == "prose" else texts_of(work / "text.jsonl", "test", kind, 1e9)[:count]
        texts = [t[:6000] for t in texts]
        answers = program.complete("bits-" + kind, [{"score": t} for t in texts])
        def whole(values): return sum(v * len(t.encode()) for v, t in zip(values, texts)) / sum(len(t.encode()) for t in texts)
        rows = {"model": [a["nats"] / 0.6931471805599453 / a["bytes"] for a in answers], "order5": [order5.bits(t.encode()) for t in texts], "xz": [xz_bits(t) for t in texts]}
        result[kind] = {name: {**interval(values), "whole": whole(values)} for name, values in rows.items()}
    return result


def prose(count, keep):
    """Two GPL manuals in English prose, never trained on."""
    text = package_text(downloaded(["debian-faq", "developers-reference"], keep), "*.txt.gz")
    blocks = [text[i:i + 6000] for i in range(0, len(text) - 6000, 6000)]
    random.Random(3).shuffle(blocks)
    return blocks[:count]


def quotes(program, folder, lectern_sample):
    """Every quote of a summary and a review with the model, compared with the bytes of the file it names."""
    checked = wrong = generated = uncited = 0
    for command, subject in (("review", lectern_sample), ("summarize", folder)):
        out, _ = program.run(command, subject, "--engine", program.model, "--json", "--session", Path(program.keep, command + ".lectern"))
        report = json.loads(out)
        sentences_ = report["summary"] + report["answer"]
        for s in sentences_:
            if s["origin"] == "generated":
                generated += 1
                uncited += not s["evidence"] or not s.get("demo")
        evidence = [e for s in sentences_ for e in s["evidence"]] + [e for f in report["findings"] for e in f["evidence"]]
        for e in evidence:
            path = Path(subject, e["file"])
            if path.suffix == ".pdf" or not path.is_file() or not e["quote"]: continue
            checked += 1
            wrong += path.read_bytes()[e["bytes"][0]:e["bytes"][1]].decode(errors="replace") != e["quote"]
    return {"quotes": checked, "wrong": wrong, "generated": generated, "generated without place or mark": uncited, "verbatim": 100.0 * (1 - wrong / max(1, checked))}


def speed(program, lengths):
    result = {}
    for length in lengths:
        out, seconds = program.run("engine", "bench", program.model, "--depths", length, "--json")
        row = json.loads(out)["rows"][0]
        status = subprocess.run([sys.executable, "-c", "import resource,subprocess,sys; subprocess.run(sys.argv[1:],capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
                                 program.lectern, "engine", "bench", program.model, "--depths", str(length)], capture_output=True, text=True) if length <= 8192 else None
        result[str(length)] = {"read": row["prefill_tokens_per_second"], "write": row["decode_tokens_per_second"], "seconds": round(seconds, 1)}
        if status: result[str(length)]["peak MB"] = round(int(status.stdout) / 1024)
        print(f"        speed at {length}: {row['prefill_tokens_per_second']:.0f} read, {row['decode_tokens_per_second']:.0f} written a second", flush=True)
    return result


def stored(log):
    """The trainer's own figures: bits per byte before and with the stored roundings."""
    found = re.search(r"held-out bits per byte: ([\d.]+) with stored roundings: ([\d.]+)", log.read_text()) if log and log.is_file() else None
    return {"bf16": float(found[1]), "stored": float(found[2]), "loss": 100 * (float(found[2]) / float(found[1]) - 1)} if found else None


def downloaded(packages, keep):
    have = {n: next(Path(keep).glob(n + "_*.deb"), None) for n in packages}
    missing = [n for n, f in have.items() if f is None]
    if missing: subprocess.run(["apt-get", "download", "-qq", *missing], cwd=keep, check=True, stderr=subprocess.DEVNULL)
    return [next(Path(keep).glob(n + "_*.deb")) for n in packages]


def package_text(packages, pattern):
    pieces = []
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg-deb", "-x", str(package), folder], check=True)
            for p in sorted(Path(folder).rglob(pattern)):
                if p.is_symlink() or not p.is_file() or re.search(r"\.(de|es|fr|it|ja|nl|pl|pt|ru|zh[-\w]*)\.", p.name): continue
                pieces.append(gzip.decompress(p.read_bytes()).decode(errors="replace") if p.suffix == ".gz" else p.read_text(errors="replace"))
    random.Random(2).shuffle(pieces)
    return "\n\n".join(pieces)


def long_text(given, keep):
    """Plain text out of files and packages that nobody trained on."""
    packages = [Path(p) for p in given if p.endswith(".deb")] if given else downloaded(["git-doc"], keep)
    files = [f for p in map(Path, given or []) if p.suffix != ".deb" for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.is_file()]
    return package_text(packages, "*.txt") + "\n\n".join(f.read_text(errors="replace") for f in files)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("model", type=Path); a.add_argument("work", type=Path)
    a.add_argument("--lectern", type=Path, default=HERE.parent.parent / "build/bin/lectern")
    a.add_argument("--long", nargs="*"); a.add_argument("--smollm2"); a.add_argument("--log", type=Path)
    a.add_argument("--out", type=Path); a.add_argument("--keep", type=Path); a.add_argument("--quick", action="store_true", help="few items, wide intervals: two minutes");
    a.add_argument("--share", type=float, default=1.0, help="of the items, for a machine with other work"); a.add_argument("--readme", type=Path, nargs="*", default=[])
    a = a.parse_args()
    begin, out = time.time(), a.out or a.model
    keep = a.keep or Path(tempfile.mkdtemp(prefix="nano-evaluation-"))
    keep.mkdir(parents=True, exist_ok=True)
    program = Program(a.lectern, a.model, str(keep))
    share = 0.0 if a.quick else a.share
    def some(full, quick): return quick if a.quick else max(quick, round(full * share))
    by = held_out(a.work)
    smollm2 = None
    if a.smollm2:
        from smollm2 import SmolLM2
        smollm2 = SmolLM2(a.smollm2, some(60, 6), a.work / "smollm2-answers.json")
    sections = Path(keep, "sections"); sections.mkdir(exist_ok=True)
    for i, r in enumerate(by["title"][:20]): (sections / f"{i:02}.md").write_text(f"# {r['answer']}\n\n{r['text']}\n")
    sample = Path(keep, "sample")
    subprocess.run(["cp", "-r", str(HERE.parent / "sample"), str(sample)], check=True) if not sample.is_dir() else None
    lengths = {1024: some(40, 8), 2048: some(40, 8), 8192: some(16, 2)} | ({} if a.quick else {4096: some(24, 2), 32768: some(4, 2), 131072: some(2, 1)})
    evaluation = {"schema": "lectern.nano-evaluation/1", "quick": a.quick, "share": share, "machine": {"cores": os.cpu_count(), "load at the start": os.getloadavg()[0]},
                  "quotes": quotes(program, sections, sample),
                  "describe": describe(program, by["describe"][:some(764, 60)], smollm2),
                  "title": titles(program, by["title"][:some(198, 40)]),
                  "summary": summaries(program, by["title"][:some(198, 60)]),
                  "point": pointing(program, by["describe"], some(300, 40)),
                  "recall": recall(program, long_text(a.long, str(keep)), lengths),
                  "bits": bits(program, a.work, some(60, 8)),
                  "speed": speed(program, [1024, 8192] if a.quick else [1024, 2048, 4096, 8192, 32768] + [131072] * (share == 1)),
                  "stored": stored(a.log)}
    if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode == 0:
        done = subprocess.run([sys.executable, str(HERE / "equality.py"), str(a.model), "--lectern", str(a.lectern), "--json", "--prompts", str(some(64, 8))], capture_output=True, text=True)
        evaluation["equality"] = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {"problem": done.stderr[-400:]}
    evaluation["seconds"] = round(time.time() - begin)
    from gates import card, gates, into_readme, markdown
    evaluation["gates"] = gates(evaluation)
    evaluation["card"] = card(evaluation)
    (out / "evaluation.json").write_text(json.dumps(evaluation, indent=1, ensure_ascii=False) + "\n")
    (out / "evaluation.md").write_text(markdown(evaluation))
    for file in a.readme: into_readme(evaluation, file)
    print(markdown(evaluation))


if __name__ == "__main__":
    main()
