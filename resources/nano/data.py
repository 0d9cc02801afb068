#!/usr/bin/env python3
"""Training text for V4-nano from permissively licensed Debian packages: packages in, one shard and a manifest out.

    data.py choose  WORK                 packages.txt: a seeded choice by section and size
    data.py fetch   WORK                 apt-get download into WORK/deb (skips what is there)
    data.py build   WORK                 WORK/text.jsonl (documents), WORK/tasks.jsonl (records), WORK/manifest.json
    data.py pack    WORK OUT [MiB]       OUT/shard.jsonl.xz: documents and records, shuffled, at most MiB

Only files whose licence the package's machine-readable copyright file names as permissive are used; everything
else is dropped, file by file. Splits are by source package: 97 % train, 1.5 % valid, 1.5 % test.
"""
import ast, fnmatch, hashlib, html, json, lzma, os, random, re, subprocess, sys, tempfile
from pathlib import Path

PERMISSIVE = {
    "mit", "expat", "isc", "bsd", "bsd-2", "bsd-3", "bsd-2-clause", "bsd-3-clause", "apache", "apache-2", "apache-2.0",
    "zlib", "boost", "bsl-1", "bsl-1.0", "x11", "curl", "postgresql", "psf", "psf-2", "python", "python-2.0", "0bsd",
    "unlicense", "cc0", "cc0-1.0", "public-domain", "mit-0", "bsd-0-clause", "ncsa", "unicode"}
QUOTA = {  # section: (packages, largest archive in bytes)
    "python": (420, 3_000_000), "golang": (330, 900_000), "rust": (220, 500_000), "doc": (240, 6_000_000),
    "javascript": (60, 500_000), "ruby": (80, 400_000), "libdevel": (60, 900_000)}
CODE = {".py", ".go", ".rs", ".c", ".h", ".cc", ".cpp", ".hpp", ".js", ".ts", ".rb", ".sh", ".java"}
PROSE = {".md", ".rst", ".txt", ".html"}
SKIP = re.compile(r"(^|/)(tests?|testdata|vendor|node_modules|locale|fixtures|dist|_static|_sources)/|\.min\.|_pb2?\.|/zz_generated")


def choose(work):
    available, entry = {}, {}
    for line in subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, errors="replace").stdout.splitlines():
        if not line:
            if entry: available[entry["Package"]] = entry
            entry = {}
        elif line[0] != " " and ":" in line:
            key, value = line.split(":", 1)
            entry[key] = value.strip()
    chosen, rng = [], random.Random(20261125)
    for section, (count, largest) in QUOTA.items():
        names = sorted(n for n, p in available.items() if p.get("Section") == section and 8_000 < int(p.get("Size", 0)) < largest
                       and not re.search(r"-dbg$|-l10n|-all$|lang-pack", n))
        rng.shuffle(names)
        sources = set()
        for name in names:
            source = available[name].get("Source", name).split()[0]
            if source in sources: continue  # one binary of a source is enough
            sources.add(source)
            chosen.append((name, source))
            if len(sources) == count: break
    (work / "packages.txt").write_text("".join(f"{n} {s}\n" for n, s in chosen))
    print(len(chosen), "packages")


def fetch(work):
    (work / "deb").mkdir(exist_ok=True)
    names = [line.split()[0] for line in (work / "packages.txt").read_text().splitlines()]
    have = {p.name.split("_")[0] for p in (work / "deb").glob("*.deb")}
    names = [n for n in names if n not in have]
    for i in range(0, len(names), 40):
        subprocess.run(["apt-get", "download", "-qq", *names[i:i + 40]], cwd=work / "deb", check=False)
        print(i + 40, "of", len(names), flush=True)


def licences(text):
    """[(globs, licence name)] of a machine-readable copyright file, later entries win; None where it is not one."""
    if not re.match(r"Format(-Specification)?:.*(copyright-format|dep5|DEP-?5)", text[:300], re.I | re.S): return None
    rules = []
    for stanza in re.split(r"\n\s*\n", text):
        fields = {m[1].lower(): re.sub(r"\s+", " ", m[2]).strip() for m in re.finditer(r"^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)", stanza, re.M)}
        first = re.search(r"^License:[ \t]*(.*)$", stanza, re.M)
        if "files" in fields and first: rules.append((fields["files"].split(), first[1].strip()))
    return rules or None


def permissive(name):
    # "A or B" needs one permissive choice, "A and B" all of them.
    for choice in re.split(r"\s+or\s+|\s*\|\s*", name.lower()):
        parts = [p.strip(" ,~+") for p in re.split(r"\s+and\s+|,", choice) if p.strip(" ,")]
        if parts and all(p in PERMISSIVE or re.fullmatch(r"(bsd|expat|mit|apache)[-~. ].*", p) and "gpl" not in p for p in parts): return True
    return False


def licence_of(rules, path):
    found = None
    for globs, name in rules:
        if any(fnmatch.fnmatch(path, g) or fnmatch.fnmatch(path.split("/")[-1], g) or path.endswith("/" + g) or g == "*" for g in globs): found = name
    return found


def plain(path, raw):
    try: text = raw.decode("utf-8")
    except UnicodeDecodeError: return None
    if path.endswith(".html"):
        text = re.sub(r"(?is)<(script|style|nav|head)\b.*?</\1>", " ", text)
        text = re.sub(r"(?i)<h([1-6])[^>]*>", lambda m: "\n\n" + "#" * int(m[1]) + " ", text)
        text = re.sub(r"(?i)<(p|div|li|tr|br|pre|dt|dd|table|ul|ol)\b[^>]*>", "\n", text)
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
        text = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n\s*\n+", "\n\n", text))
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if not 200 < len(text) < 200_000 or max(map(len, lines)) > 2000 or "\0" in text: return None
    if sum(len(l) > 300 for l in lines) > len(lines) // 4 and not path.endswith(".html"): return None
    if re.search(r"(?i)generated (by|from)|do not edit", "\n".join(lines[:8])): return None
    letters = sum(c.isalpha() or c.isspace() for c in text[:20000])
    if letters < 0.55 * len(text[:20000]): return None
    return re.sub(r"[\w.+-]+@[\w-]+\.[\w.]+", "name@example.org", text)


def first_sentence(doc):
    doc = re.sub(r"\s+", " ", doc.strip().split("\n\n")[0])
    m = re.match(r"(.*?[.!?])(\s|$)", doc)
    sentence = (m[1] if m else doc).strip()
    words = sentence.split()
    ok = 4 <= len(words) <= 25 and sentence.isascii() and sentence[0].isalpha() and not re.search(r"[`{}<>\[\]|:]{2}|https?:|TODO|FIXME|@", sentence)
    return sentence if ok else None


def describe_python(text):
    try: tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError): return
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno - node.lineno < 40:
            doc = ast.get_docstring(node)
            sentence = doc and first_sentence(doc)
            if not sentence: continue
            string = node.body[0]
            body = lines[node.lineno - 1:string.lineno - 1] + lines[string.end_lineno:node.end_lineno]
            if len(body) >= 3: yield node.name, "\n".join(body), sentence


def describe_comments(text, comment, function):
    """Go and Rust: comment lines straight above a function."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        m = re.match(function, line)
        if not m or i == 0 or not lines[i - 1].lstrip().startswith(comment): continue
        top = i
        while top and lines[top - 1].lstrip().startswith(comment): top -= 1
        doc = "\n".join(l.lstrip()[len(comment):].strip() for l in lines[top:i])
        indent = len(line) - len(line.lstrip())
        end = next((j for j in range(i, min(i + 40, len(lines))) if lines[j].startswith(" " * indent + "}") or lines[j].startswith("\t" * indent + "}")), None)
        sentence = first_sentence(doc)
        if end and end - i >= 2 and sentence: yield m[1], "\n".join(lines[i:end + 1]), sentence


def titles(text):
    for m in re.finditer(r"(?m)^#{1,4} +(.{4,60})\n+((?:(?!#).*\n){3,25})", text):
        body = m[2].strip()
        if 150 < len(body) < 2000: yield m[1].strip(), body


def split_of(source):
    h = int(hashlib.sha256(source.encode()).hexdigest(), 16) % 1000
    return "test" if h < 15 else "valid" if h < 30 else "train"


def build(work):
    seen, manifest, tasks = set(), [], 0
    with open(work / "text.jsonl", "w") as out, open(work / "tasks.jsonl", "w") as records:
        for deb in sorted((work / "deb").glob("*.deb")):
            name, version = deb.stem.split("_")[:2]
            field = subprocess.run(["dpkg-deb", "-f", str(deb), "Source"], capture_output=True, text=True).stdout.split()
            source = field[0] if field else name
            with tempfile.TemporaryDirectory() as folder:
                if subprocess.run(["dpkg-deb", "-x", str(deb), folder], capture_output=True).returncode: continue
                copyright = Path(folder, "usr/share/doc", name, "copyright")
                if not copyright.is_file(): continue
                rules = licences(copyright.read_text(errors="replace"))
                row = {"name": name, "version": version.replace("%3a", ":"), "source": source, "licences": [], "files": 0, "bytes_used": 0,
                       "sha256": hashlib.sha256(deb.read_bytes()).hexdigest(), "split": split_of(source)}
                used = set()
                for path in sorted(Path(folder).rglob("*")) if rules else []:
                    relative = str(path.relative_to(folder))
                    if path.is_symlink() or not path.is_file() or path.suffix not in CODE | PROSE or SKIP.search(relative): continue
                    if row["bytes_used"] > 6_000_000: break
                    short = re.sub(r"^usr/(lib/python3(\.\d+)?/dist-packages|share/gocode/src/[^/]+/[^/]+/[^/]+|share/cargo/registry/[^/]+|share/doc/[^/]+|include)/", "", relative)
                    licence = licence_of(rules, short)
                    if not licence or not permissive(licence): continue
                    text = plain(relative, path.read_bytes())
                    if text is None: continue
                    digest = hashlib.sha256(re.sub(r"\s+", "", text).encode()).digest()
                    if digest in seen: continue
                    seen.add(digest); used.add(licence)
                    row["files"] += 1; row["bytes_used"] += len(text.encode())
                    kind = "code" if path.suffix in CODE else "docs"
                    out.write(json.dumps({"path": f"{name}/{short}", "kind": kind, "split": row["split"], "text": text}) + "\n")
                    found = (describe_python(text) if path.suffix == ".py" else describe_comments(text, "//", r"func (?:\([^)]*\) )?(\w+)\(") if path.suffix == ".go"
                             else describe_comments(text, "///", r"\s*(?:pub(?:\([a-z]+\))? )?fn (\w+)") if path.suffix == ".rs" else ())
                    for function, body, sentence in found:
                        if len(body) < 2500:
                            tasks += 1
                            records.write(json.dumps({"family": "describe", "split": row["split"], "name": function, "text": body, "answer": sentence}) + "\n")
                    if kind == "docs":
                        for title, body in titles(text):
                            tasks += 1
                            records.write(json.dumps({"family": "title", "split": row["split"], "text": body, "answer": title}) + "\n")
                if row["files"]: row["licences"] = sorted(used); manifest.append(row)
    (work / "manifest.json").write_text(json.dumps({"packages": manifest}, indent=1) + "\n")
    print(len(manifest), "packages", sum(r["files"] for r in manifest), "files", sum(r["bytes_used"] for r in manifest) / 1e6, "MB", tasks, "records")


def pack(work, out, mib=40):
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    lines = (work / "text.jsonl").read_text().splitlines()
    records = (work / "tasks.jsonl").read_text().splitlines()
    rng.shuffle(lines); rng.shuffle(records)
    lines += records[:60000]
    target = out / "shard.jsonl.xz"
    while True:
        data = ("\n".join(lines) + "\n").encode()
        with lzma.open(target, "wb", preset=4) as f: f.write(data)
        size = target.stat().st_size
        print(len(lines), "lines", len(data) / 1e6, "MB ->", size / 2**20, "MiB", flush=True)
        if size <= float(mib) * 2**20: break
        rng.shuffle(lines)
        lines = lines[:int(len(lines) * float(mib) * 2**20 / size * 0.98)]
    print(hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    if len(sys.argv) < 3: sys.exit(__doc__)
    command, work = sys.argv[1], Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    {"choose": choose, "fetch": fetch, "build": build}.get(command, lambda w: pack(w, Path(sys.argv[3]), *sys.argv[4:]))(work)
