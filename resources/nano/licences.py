#!/usr/bin/env python3
"""The compact manifest that goes with the weights, and the copyright list made from it.

    licences.py WORK MODEL      reads WORK/manifest.json (data.py), writes manifest.json and NOTICE into MODEL

A package's row is [name, version, source, licences, files, bytes, sha256, split]; licences are indices into "licences".
Hashes of the weights are those of the files as they lie in MODEL: run it again after export.py.
"""
import hashlib, json, sys
from pathlib import Path

FIELDS = ["name", "version", "source", "licences", "files", "bytes", "sha256", "split"]


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def compact(work, model):
    packages = json.loads((work / "manifest.json").read_text())["packages"]
    names = sorted({l for p in packages for l in p["licences"]})
    rows = [[p["name"], p["version"], p["source"], [names.index(l) for l in p["licences"]], p["files"], p["bytes_used"], p["sha256"], p["split"]] for p in packages]
    files = [f for f in ("config.json", "tokenizer.json", "model.safetensors") if (model / f).is_file()]
    total = {"packages": len(rows), "files": sum(r[4] for r in rows), "bytes": sum(r[5] for r in rows)}
    for split in ("train", "valid", "test"): total[split] = sum(r[7] == split for r in rows)
    head = {"schema": "lectern.nano-manifest/1", "origin": "Debian 12 (bookworm) binary packages; only files that the package's machine-readable copyright file places under a permissive licence",
            "weights": {f: {"bytes": (model / f).stat().st_size, "sha256": sha256(model / f)} for f in files},
            "weights licence": "GPL-3.0-or-later", "total": total, "licences": names, "fields": FIELDS}
    text = json.dumps(head, indent=1, ensure_ascii=False)[:-2] + ',\n "packages": [\n' + ",\n".join("  " + json.dumps(r, ensure_ascii=False) for r in rows) + "\n ]\n}\n"
    json.loads(text)
    (model / "manifest.json").write_text(text)
    return packages, total


def notice(packages, total, model):
    by = {}
    for p in packages:
        if p["split"] == "train": by.setdefault(", ".join(p["licences"]), []).append(f"{p['source']} {p['version']}")
    lines = ["V4-nano, the model built into Lectern", "", "Weights: Copyright the authors of Lectern, GPL-3.0-or-later. Not made or endorsed by DeepSeek.", "",
             f"Trained on text of {total['train']} Debian 12 packages. Only files under the permissive licences named here were used; file by",
             "file, as each package's copyright file says. The copyright notices stand in /usr/share/doc/PACKAGE/copyright of the package",
             "and at https://sources.debian.org/copyright/. Versions and hashes of the archives: manifest.json beside this file.", ""]
    for licence in sorted(by, key=lambda l: (-len(by[l]), l)):
        lines += [f"{licence}:", *wrapped(sorted(set(by[licence]))), ""]
    (model / "NOTICE").write_text("\n".join(lines))


def wrapped(names, width=118):
    line, out = " ", []
    for i, name in enumerate(names):
        piece = " " + name + ("," if i + 1 < len(names) else "")
        if len(line) + len(piece) > width: out.append(line); line = " "
        line += piece
    return out + [line]


if __name__ == "__main__":
    if len(sys.argv) != 3: sys.exit(__doc__)
    work, model = map(Path, sys.argv[1:])
    packages, total = compact(work, model)
    notice(packages, total, model)
    print(total, (model / "manifest.json").stat().st_size, "bytes of manifest,", (model / "NOTICE").stat().st_size, "of notice")
