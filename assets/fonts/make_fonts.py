#!/usr/bin/env python3
"""Makes the three font files of this folder.

    pip install fonttools brotli
    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    python make_fonts.py package/web DEJAVU_FOLDER

DEJAVU_FOLDER holds DejaVuSans.ttf of DejaVu 2.37 (Debian: fonts-dejavu-core).

The text fonts are Inter with Latin, Greek and the signs the program writes. Tabular figures are made the
default, because the window's text layout applies no OpenType features and columns of numbers must align.
The symbol font holds what Inter lacks, taken from DejaVu Sans, and the media signs that neither has, drawn here.
"""

import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TEXT_RANGES = [
    (0x0020, 0x007E),  # basic Latin
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A
    (0x0218, 0x021B),  # Romanian
    (0x02C6, 0x02DD),  # modifiers
    (0x0391, 0x03C9),  # Greek: sigma, delta, eta in formulas
    (0x1E80, 0x1E85),
    (0x2000, 0x206F),  # dashes, quotes, ellipsis, thin and narrow spaces
    (0x2070, 0x209C),  # superscripts, subscripts
    (0x20A0, 0x20BF),  # currencies, with the bitcoin sign
    (0x2116, 0x2122),  # numero, trade mark
    (0x2126, 0x2126),  # ohm
    (0x2150, 0x215E),  # fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2300, 0x23FF),
    (0x25A0, 0x25FF),  # squares, triangles, circles
    (0x2600, 0x27BF),
]

SYMBOLS = "✔✖✕⚙☰⌂⟲⟳☐☑☒⚑⚐⚡☁❄✎✂⇄⇅⚖⛁☎✉"

FAMILY = "Wattshift Sans"
SYMBOL_FAMILY = "Wattshift Symbols"
VERSION = "Version 1.000"
# 1970 in the seconds since 1904 that fonts count.
EPOCH = 2_082_844_800


def rename(font, family, style):
    full = f"{family} {style}"
    post_script = full.replace(" ", "")
    names = font["name"]
    origin = names.getDebugName(0)
    licence = names.getDebugName(13)
    licence_url = names.getDebugName(14)
    names.names = []
    records = {
        0: origin,
        1: family if style in ("Regular", "Bold") else full,
        2: style if style in ("Regular", "Bold") else "Regular",
        3: f"{post_script};1.000",
        4: full,
        5: VERSION,
        6: f"{family.replace(' ', '')}-{style}",
        13: licence,
        14: licence_url,
        16: family,
        17: style,
    }
    for identifier, text in records.items():
        names.setName(text, identifier, 3, 1, 0x409)


def make_text_font(source, target, style):
    font = TTFont(source)
    # A copy: the tables share one mapping, which is changed below.
    cmap = dict(font.getBestCmap())
    figures = tabular_figures(font)
    for table in font["cmap"].tables:
        if table.isUnicode():
            for code in range(ord("0"), ord("9") + 1):
                table.cmap[code] = figures[cmap[code]]
    widths = {font["hmtx"][figures[cmap[code]]][0] for code in range(ord("0"), ord("9") + 1)}
    assert len(widths) == 1, f"figures are not tabular: {widths}"
    # A figure space is as wide as a figure, so that blanks align too.
    space = cmap.get(0x2007)
    if space:
        font["hmtx"][space] = (widths.pop(), 0)

    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in TEXT_RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    rename(font, FAMILY, style)
    font["OS/2"].achVendID = "    "
    save(font, target)


def tabular_figures(font):
    """Which glyph replaces which under the feature `tnum`."""
    table = font["GSUB"].table
    mapping = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for subtable in table.LookupList.Lookup[index].SubTable:
                    subtable = getattr(subtable, "ExtSubTable", subtable)
                    mapping.update(subtable.mapping)
    return mapping


def polygon(pen, points):
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def bar(pen, left, right, bottom=0, top=1480):
    polygon(pen, [(left, bottom), (left, top), (right, top), (right, bottom)])


def triangle(pen, blunt, tip, bottom=0, top=1480):
    middle = (bottom + top) / 2
    points = [(blunt, bottom), (blunt, top), (tip, middle)]
    # Outer contours of TrueType run clockwise.
    polygon(pen, points if tip > blunt else points[::-1])


MEDIA = {
    0x23EA: lambda pen: (triangle(pen, 860, 140), triangle(pen, 1600, 880)),
    0x23E9: lambda pen: (triangle(pen, 140, 860), triangle(pen, 880, 1600)),
    0x23ED: lambda pen: (triangle(pen, 180, 1260), bar(pen, 1300, 1560)),
    0x23EE: lambda pen: (bar(pen, 180, 440), triangle(pen, 1560, 480)),
    0x23F5: lambda pen: triangle(pen, 260, 1540),
    0x23F8: lambda pen: (bar(pen, 300, 700), bar(pen, 1040, 1440)),
    0x23F9: lambda pen: bar(pen, 200, 1540, 70, 1410),
}
MEDIA_ADVANCE = 1740


def make_symbol_font(source, target):
    donor = TTFont(source)
    cmap = donor.getBestCmap()
    glyph_set = donor.getGlyphSet()
    names = donor["name"]
    glyphs = {}
    metrics = {}
    characters = {}

    def add(name, code, draw, advance):
        pen = TTGlyphPen(None)
        draw(pen)
        glyphs[name] = pen.glyph()
        characters[code] = name
        metrics[name] = advance

    empty = TTGlyphPen(None)
    bar(empty, 200, 1000, 0, 1400)
    glyphs[".notdef"] = empty.glyph()
    metrics[".notdef"] = 1200
    for character in SYMBOLS:
        code = ord(character)
        recording = DecomposingRecordingPen(glyph_set)
        if code not in cmap:
            sys.exit(f"the donor has no {character} U+{code:04X}")
        glyph_set[cmap[code]].draw(recording)
        add(f"uni{code:04X}", code, recording.replay, glyph_set[cmap[code]].width)
    for code, draw in MEDIA.items():
        add(f"uni{code:04X}", code, draw, MEDIA_ADVANCE)

    builder = FontBuilder(donor["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (advance, table[name].xMin) for name, advance in metrics.items()})
    ascent, descent = donor["hhea"].ascent, donor["hhea"].descent
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    builder.setupPost()
    builder.setupNameTable({})
    font = builder.font
    for identifier in (0, 13, 14):
        font["name"].setName(names.getDebugName(identifier), identifier, 3, 1, 0x409)
    rename(font, SYMBOL_FAMILY, "Regular")
    save(font, target)


def save(font, target):
    font.flavor = None
    # The same input gives the same bytes.
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = EPOCH
    font.save(target)
    print(f"{target}: {Path(target).stat().st_size:,} bytes, {len(TTFont(target).getBestCmap())} characters")


def main():
    inter, dejavu = map(Path, sys.argv[1:3])
    here = Path(__file__).parent
    make_text_font(inter / "Inter-Regular.woff2", here / "WattshiftSans-Regular.ttf", "Regular")
    make_text_font(inter / "Inter-SemiBold.woff2", here / "WattshiftSans-SemiBold.ttf", "SemiBold")
    make_symbol_font(dejavu / "DejaVuSans.ttf", here / "WattshiftSymbols-Regular.ttf")


if __name__ == "__main__":
    main()
