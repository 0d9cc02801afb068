#!/usr/bin/env python3
"""plot.py CSV... > figure.svg: tokens a second against context, from the CSV of bench_engine alone.

One panel for prefill and one for decode, both axes logarithmic. A line is a file (its label: model, device and what the file
name says), dashed in the same colour the floor that the file's own ceilings allow.
"""
import csv
import html
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 440, 300, 62, 46, 46, 34
COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#7b4b94", "#8a6d1d", "#4a4a4a"]


def read(path):
    lines = pathlib.Path(path).read_text().splitlines()
    ceilings = next((line[1:].strip() for line in lines if line.startswith("#")), "")
    rows = list(csv.DictReader(line for line in lines if line and not line.startswith("#")))
    if not rows or "floor_ms_per_token" not in rows[0]:
        sys.exit(f"plot.py: {path} has no floor_ms_per_token column: give it a CSV of bench_engine.")
    return ceilings, rows


def short(tokens):
    return f"{tokens // 1048576}M" if tokens % 1048576 == 0 else f"{tokens // 1024}K"


def main(paths):
    if not paths:
        sys.exit(__doc__)
    files = [(pathlib.Path(path).stem, *read(path)) for path in paths]
    every = [row for _, _, rows in files for row in rows]
    depths = sorted({int(row["depth"]) for row in every})
    out = []
    total_width = 2 * (LEFT + WIDTH) + GAP + 14
    total_height = TOP + HEIGHT + BOTTOM + 18 * len(files) + 18
    out.append(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total_width} {total_height}" font-family="sans-serif" font-size="12">')
    out.append(f'<rect width="{total_width}" height="{total_height}" fill="white"/>')
    for panel, stage in enumerate(("prefill", "decode")):
        left = LEFT + panel * (LEFT + WIDTH + GAP)
        rates = [float(r["tokens_per_second"]) for r in every if r["stage"] == stage]
        floors = [1000 / float(r["floor_ms_per_token"]) for r in every if r["stage"] == stage and float(r["floor_ms_per_token"]) > 0]
        low, high = math.floor(math.log10(min(rates + floors))), math.ceil(math.log10(max(rates + floors)))
        span = (math.log2(depths[-1]) - math.log2(depths[0])) or 1

        def x(depth):
            return left + 14 + (WIDTH - 28) * (math.log2(depth) - math.log2(depths[0])) / span

        def y(rate):
            return TOP + HEIGHT * (1 - (math.log10(rate) - low) / (high - low))

        out.append(f'<text x="{left}" y="{TOP - 22}" font-size="14" font-weight="bold">{stage}: tokens a second at that depth</text>')
        for power in range(low, high + 1):
            for step in range(1, 10):
                value = step * 10 ** power
                if value > 10 ** high:
                    break
                out.append(f'<line x1="{left}" x2="{left + WIDTH}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{"#bbb" if step == 1 else "#eee"}"/>')
            out.append(f'<text x="{left - 6}" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10 ** power:g}</text>')
        for depth in depths:
            out.append(f'<text x="{x(depth):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{short(depth)}</text>')
        out.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 36}" text-anchor="middle">context in tokens</text>')
        for (_, _, rows), colour in zip(files, COLOURS * len(files)):
            chosen = sorted((r for r in rows if r["stage"] == stage), key=lambda r: int(r["depth"]))
            measured = [(x(int(r["depth"])), y(float(r["tokens_per_second"]))) for r in chosen]
            bound = [(x(int(r["depth"])), y(1000 / float(r["floor_ms_per_token"]))) for r in chosen if float(r["floor_ms_per_token"]) > 0]
            for points, style in ((bound, 'stroke-dasharray="5 4" stroke-width="1.2"'), (measured, 'stroke-width="2"')):
                out.append(f'<polyline fill="none" stroke="{colour}" {style} points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
            for (a, b), r in zip(measured, chosen):
                out.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"><title>{short(int(r["depth"]))}: {r["tokens_per_second"]} tokens/s</title></circle>')
    for i, ((name, ceilings, _), colour) in enumerate(zip(files, COLOURS * len(files))):
        height = TOP + HEIGHT + BOTTOM + 16 + 18 * i
        out.append(f'<rect x="{LEFT}" y="{height - 9}" width="18" height="4" fill="{colour}"/>')
        out.append(f'<text x="{LEFT + 26}" y="{height}">{html.escape(name)} ({html.escape(ceilings)}); dashed: its floor</text>')
    out.append("</svg>")
    print("\n".join(out))


main(sys.argv[1:])
