"""The Unicode tables of examples/label/text_width_tables.hpp.   usage: make_width_tables.py > text_width_tables.hpp

Needs the PyPI package unicodedata2 (written with 18.0.0). Code points that no version has given out go with what
stands before them.
"""
import textwrap

import unicodedata2 as u

# Formats that are seen: the soft hyphen, and the signs that stand under or over the numbers after them.
VISIBLE = {0xAD, *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def category(c):
    return u.category(chr(c))


def is_zero(c):
    jamo = 0x1160 <= c <= 0x11FF or 0xD7B0 <= c <= 0xD7FB  # Hangul vowels and finals join the initial
    return jamo or (category(c) in ("Mn", "Me", "Cf") and c not in VISIBLE)


def is_wide(c):
    return u.east_asian_width(chr(c)) in "WF" and not is_zero(c)


def is_spacing(c):
    return category(c) == "Mc"


def changes(member):
    """Where membership changes, ascending, beginning outside."""
    found, inside, gap = [], False, None
    for c in range(0x110000):
        if category(c) == "Cn":
            gap = c if gap is None else gap
            continue
        if member(c) != inside:
            found.append(gap if inside and gap is not None else c)
            inside = not inside
        gap = None
    return found + [gap] * inside


def table(name, says, member):
    found = changes(member)
    numbers = textwrap.fill(", ".join(map(str, found)), 98, initial_indent="  ", subsequent_indent="  ")
    return f"/// {says}\ninline constexpr std::array<std::int32_t, {len(found)}> {name} = {{\n{numbers}}};\n"


print(f"""// SPDX-License-Identifier: Apache-2.0
/// @file
/// Unicode {u.unidata_version}: what takes two columns of a terminal, and what none. Written by
/// tests/golden/label/make_width_tables.py; `text_width.hpp` reads it. A class is the ascending list
/// of the code points at which membership changes, beginning outside.
#pragma once

#include <array>
#include <cstdint>

namespace label::detail {{

// clang-format off
""")
print(table("wide_changes", "East Asian wide and fullwidth, and what is an emoji by itself: two columns.", is_wide))
print(table("zero_changes", "Marks and formats that take no column of their own.", is_zero))
print(table("spacing_changes", "Marks that take a column and yet belong to the letter before.", is_spacing))
print("""// clang-format on

}  // namespace label::detail""")
