#!/usr/bin/env python3
"""Write engine/unicode_ranges.inc: for every code point the class the pre-tokeniser asks for.

Source: the Unicode Character Database (Unicode licence) through the package unicodedata2. The classes were compared
with Hugging Face tokenizers 0.23 on every code point: it knows Unicode 16, so install unicodedata2==16.0.0.
Classes: 0 other, 1 letter, 2 mark, 3 number, 4 punctuation or symbol, 5 white space, 6 CR or LF, 7 the CJK and kana
ranges that have a step of their own; bit 3: a word character in the sense of regular expressions.
"""
import sys
import unicodedata2 as unicodedata

WHITE = {9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
CLASSES = {"L": 1, "M": 2, "N": 3, "P": 4, "S": 4}
# Letters by Other_Alphabetic that are neither letters nor marks by category: circled and squared letters.
ALPHABETIC = [(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)]


def bits(code):
    category = unicodedata.category(chr(code))
    if code in (10, 13):
        kind = 6
    elif code in WHITE:
        kind = 5
    elif 0x4E00 <= code <= 0x9FA5 or 0x3040 <= code <= 0x30FF:
        kind = 7
    else:
        kind = CLASSES.get(category[0], 0)
    word = (category[0] in "LM" or category in ("Nd", "Nl", "Pc") or code in (0x200C, 0x200D)
            or any(first <= code <= last for first, last in ALPHABETIC))
    return kind | (8 if word else 0)


def main():
    ranges, last = [], None
    for code in range(0x110000):
        value = bits(code)
        if value != last:
            ranges.append(code << 4 | value)
            last = value
    print(f"// Written by resources/tokenizer/make_unicode_classes.py from Unicode {unicodedata.unidata_version}.")
    print("// Each number: first code point << 4 | class, up to the next.")
    for at in range(0, len(ranges), 14):
        print(",".join(f"0x{value:x}" for value in ranges[at:at + 14]) + ",")


if __name__ == "__main__":
    sys.exit(main())
