#!/usr/bin/env python3
"""Prints Sources/PitGrid/TextWidth+Generated.swift from the Unicode data that this Python has."""
import unicodedata


def ranges(test):
    found, start = [], None
    for code in range(0x110000):
        if test(code):
            start = code if start is None else start
        elif start is not None:
            found.append((start, code - 1))
            start = None
    return found


def is_reserved_wide(code):
    """What is not assigned yet is narrow, but for the blocks kept for ideographs and emoji."""
    blocks = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
              (0x20000, 0x2FFFD), (0x30000, 0x3FFFD))
    return any(low <= code <= high for low, high in blocks)


def is_wide(code):
    # Python says F of what is not assigned.
    if unicodedata.category(chr(code)) in ("Cn", "Co", "Cs"):
        return is_reserved_wide(code)
    return unicodedata.east_asian_width(chr(code)) in "WF" and not is_zero(code)


def is_zero(code):
    if code == 0xAD:
        return False
    return unicodedata.category(chr(code)) in ("Mn", "Me", "Cf") or 0x1160 <= code <= 0x11FF or code == 0x200B


def show(name, doc, found):
    print(f"    /// {doc}")
    print(f"    static let {name}: [ClosedRange<UInt32>] = [")
    line = "       "
    for low, high in found:
        item = f" 0x{low:04X}...0x{high:04X},"
        if len(line) + len(item) > 116:
            print(line)
            line = "       "
        line += item
    print(line)
    print("    ]")


print("// Made by Tests/Tools/width_table.py; not edited by hand.")
print(f"// Unicode {unicodedata.unidata_version}.")
print()
print("enum WidthTable {")
show("wide", "East Asian Wide and Fullwidth: two columns.", ranges(is_wide))
print()
show("zero", "Combining marks and format characters: no column of their own.", ranges(is_zero))
print("}")
