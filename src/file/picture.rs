//! What a picture says of itself before it is unpacked: its format, its size, which way up it was taken. So that a header
//! that promises more than a machine holds, or a picture that breaks off, is known without a byte of it unpacked.

mod prepare;

pub use prepare::{Prepared, prepared, unpack};

use crate::quantity::format;

/// Most bytes of a picture that is put into a site, encoded. A scan of a diagram has one, a photo of four thousand pixels
/// two to four.
pub const MOST_BYTES: usize = 4 << 20;
/// Most pixels of a side that is put into a site: what every graphics card shows.
pub const MOST_SIDE: u32 = 4096;
/// Most pixels that are unpacked: those of the largest cameras of telephones (108 million), some 500 MB as colours.
pub const MOST_PIXELS: u64 = 120_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        }
    }
}

/// The head of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub format: Format,
    /// As they are stored, before the picture is set upright.
    width: u32,
    height: u32,
    /// How it is set upright: 1 to 8, the values of tag 0x0112 of Exif; 1 is upright already.
    pub orientation: u8,
}

impl Header {
    /// Width and height of the picture set upright, pixels.
    pub fn size(&self) -> (u32, u32) {
        // From 5 on it was taken on its side.
        if self.orientation >= 5 { (self.height, self.width) } else { (self.width, self.height) }
    }

    /// `JPEG, 4 000 x 3 000 px`
    pub fn words(&self) -> String {
        let (width, height) = self.size();
        let [width, height] = [width, height].map(|side| format::number(f64::from(side), 0));
        format!("{}, {width} x {height} px", self.format.name())
    }
}

/// Why a picture is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Empty,
    /// Neither PNG nor JPEG.
    Foreign,
    /// It begins like one and says no size.
    NoHeader,
    NoPixels,
    TooManyPixels {
        width: u32,
        height: u32,
    },
    CutShort,
}

impl Fault {
    /// For scripts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "backdrop-empty",
            Self::Foreign => "backdrop-format",
            Self::NoHeader => "backdrop-header",
            Self::NoPixels => "backdrop-no-pixels",
            Self::TooManyPixels { .. } => "backdrop-too-many-pixels",
            Self::CutShort => "backdrop-cut-short",
        }
    }

    /// What is wrong, to be read after the picture's name.
    pub fn words(self) -> String {
        match self {
            Self::Empty => "is empty".to_owned(),
            Self::Foreign => "is neither a PNG nor a JPEG picture".to_owned(),
            Self::NoHeader => "does not say how large it is".to_owned(),
            Self::NoPixels => "has no pixels".to_owned(),
            Self::TooManyPixels { width, height } => {
                let million = |pixels: f64| format::number(pixels / 1e6, 0);
                format!(
                    "says that it has {} million pixels; up to {} million are unpacked",
                    million(f64::from(width) * f64::from(height)),
                    million(MOST_PIXELS as f64)
                )
            }
            Self::CutShort => "breaks off before its end".to_owned(),
        }
    }

    pub fn hint(self) -> &'static str {
        match self {
            Self::Foreign => "export it as PNG or JPEG",
            Self::TooManyPixels { .. } => "export it with fewer pixels, or cut out the part that is needed",
            Self::Empty | Self::NoHeader | Self::NoPixels | Self::CutShort => {
                "put the original in again, or export it anew"
            }
        }
    }
}

const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Reads the head of a picture and whether it is all there.
///
/// # Errors
/// Why it is not unpacked.
pub fn look(bytes: &[u8]) -> Result<Header, Fault> {
    let header = match bytes {
        [] => return Err(Fault::Empty),
        _ if bytes.starts_with(&PNG) => png(bytes)?,
        [0xFF, 0xD8, 0xFF, ..] => jpeg(bytes)?,
        _ => return Err(Fault::Foreign),
    };
    let Header { width, height, .. } = header;
    if width == 0 || height == 0 {
        return Err(Fault::NoPixels);
    }
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Fault::TooManyPixels { width, height });
    }
    let is_whole = match header.format {
        Format::Png => png_ends(bytes),
        Format::Jpeg => jpeg_ends(bytes),
    };
    if is_whole { Ok(header) } else { Err(Fault::CutShort) }
}

fn big_endian(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

/// PNG (ISO/IEC 15948), 11.2.2: the first chunk is IHDR, of 13 bytes, and begins with width and height.
fn png(bytes: &[u8]) -> Result<Header, Fault> {
    let is_head = bytes.get(12..16) == Some(b"IHDR") && big_endian(bytes, 8) == Some(13);
    match (is_head, big_endian(bytes, 16), big_endian(bytes, 20)) {
        (true, Some(width), Some(height)) => {
            Ok(Header { format: Format::Png, width, height, orientation: 1 })
        }
        _ => Err(Fault::NoHeader),
    }
}

/// True where the chunks, each length, name, contents and checksum, go on to IEND.
fn png_ends(bytes: &[u8]) -> bool {
    let mut at = PNG.len();
    while let Some(length) = big_endian(bytes, at) {
        let next = at.saturating_add(12).saturating_add(length as usize);
        if next > bytes.len() {
            return false;
        }
        if bytes.get(at + 4..at + 8) == Some(b"IEND") {
            return true;
        }
        at = next;
    }
    false
}

/// A segment of a JPEG (ITU-T T.81, annex B): its marker, and what is in it.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        // A marker may have fill bytes before it.
        while bytes.get(at) == Some(&0xFF) && bytes.get(at + 1) == Some(&0xFF) {
            at += 1;
        }
        let (first, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if first != 0xFF {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let inside = bytes.get(at + 4..at + 2 + length.max(2))?;
        at += 2 + length.max(2);
        Some((marker, inside))
    })
}

/// Start of scan: what follows is the picture itself.
const SCAN: u8 = 0xDA;

fn jpeg(bytes: &[u8]) -> Result<Header, Fault> {
    let mut orientation = 1;
    for (marker, inside) in segments(bytes) {
        match marker {
            0xE1 => orientation = exif_orientation(inside).unwrap_or(orientation),
            // Frames; the four left out are tables and arithmetic conditioning.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let [_, high, low, wide, narrow, ..] = *inside else { return Err(Fault::NoHeader) };
                let (height, width) = (u16::from_be_bytes([high, low]), u16::from_be_bytes([wide, narrow]));
                let (width, height) = (u32::from(width), u32::from(height));
                return Ok(Header { format: Format::Jpeg, width, height, orientation });
            }
            SCAN => break,
            _ => {}
        }
    }
    Err(Fault::NoHeader)
}

/// True where the scan ends with its marker. A picture inside the head (a camera's preview) has one of its own.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let head: usize =
        segments(bytes).take_while(|(marker, _)| *marker != SCAN).map(|(_, inside)| inside.len() + 4).sum();
    bytes.get(head..).is_some_and(|scan| scan.windows(2).any(|two| two == [0xFF, 0xD9]))
}

/// Tag 0x0112 of the first directory of a segment of Exif (CIPA DC-008, 4.6.4); `None` where there is none that holds.
fn exif_orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let long = |at: usize| {
        let four: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let directory = long(4)? as usize;
    let entries = usize::from(short(directory)?);
    let entry = |index: usize| directory.checked_add(2 + 12 * index);
    let found = (0..entries).filter_map(entry).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(found.checked_add(8)?)?).ok().filter(|value| (1..=8).contains(value))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A PNG's head with that size and a chunk that ends it; nothing between.
    pub fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = PNG.to_vec();
        bytes.extend(13_u32.to_be_bytes());
        bytes.extend(b"IHDR");
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(0_u32.to_be_bytes());
        bytes.extend(b"IEND\0\0\0\0");
        bytes
    }

    fn jpeg_of(width: u16, height: u16, exif: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        let mut segment = |marker: u8, inside: &[u8]| {
            bytes.extend([0xFF, marker]);
            bytes.extend(u16::try_from(inside.len() + 2).unwrap().to_be_bytes());
            bytes.extend(inside);
        };
        segment(0xE1, exif);
        let mut frame = vec![8];
        frame.extend(height.to_be_bytes());
        frame.extend(width.to_be_bytes());
        frame.extend([1, 1, 0x11, 0]);
        segment(0xC0, &frame);
        segment(SCAN, &[1, 1, 0, 0, 63, 0]);
        bytes.extend([0x55, 0xFF, 0xD9]);
        bytes
    }

    fn exif(order: &[u8; 2], orientation: u16) -> Vec<u8> {
        let is_little = order == b"II";
        let two = |value: u16| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let four = |value: u32| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut bytes = b"Exif\0\0".to_vec();
        bytes.extend(order);
        bytes.extend(two(42));
        bytes.extend(four(8));
        bytes.extend(two(1));
        bytes.extend(two(0x0112));
        bytes.extend(two(3));
        bytes.extend(four(1));
        bytes.extend(two(orientation));
        bytes
    }

    #[test]
    fn sizes_are_known_from_the_head_and_bombs_are_refused_by_it() {
        assert_eq!(look(&png_of(640, 480)).unwrap().size(), (640, 480));
        assert_eq!(look(&png_of(640, 480)).unwrap().words(), "PNG, 640 x 480 px");
        let found = look(&png_of(100_000, 100_000)).unwrap_err();
        assert_eq!(found, Fault::TooManyPixels { width: 100_000, height: 100_000 });
        assert!(found.words().contains("10\u{202f}000 million"), "{}", found.words());
        assert_eq!(look(&png_of(u32::MAX, u32::MAX)).unwrap_err().code(), "backdrop-too-many-pixels");
        assert_eq!(look(&png_of(25_000, 20_000)).unwrap_err().code(), "backdrop-too-many-pixels");
        assert_eq!(look(&jpeg_of(65_535, 65_535, b"")).unwrap_err().code(), "backdrop-too-many-pixels");
        for nothing in [png_of(0, 5), png_of(5, 0), jpeg_of(0, 9, b""), jpeg_of(9, 0, b"")] {
            assert_eq!(look(&nothing), Err(Fault::NoPixels));
        }
        assert_eq!(look(b""), Err(Fault::Empty));
        for foreign in [&b"GIF89a"[..], b"BM", b"<svg/>", b"\xFF\xD8", b"\x89PNG"] {
            assert_eq!(look(foreign), Err(Fault::Foreign));
        }
        for headless in [&PNG[..], b"\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT", b"\xFF\xD8\xFF\xE0\0\x04ab"] {
            assert_eq!(look(headless), Err(Fault::NoHeader));
        }
    }

    #[test]
    fn a_photo_taken_on_its_side_is_as_wide_as_it_is_seen() {
        for order in [b"II", b"MM"] {
            for orientation in 1..=8 {
                let header = look(&jpeg_of(400, 300, &exif(order, orientation))).unwrap();
                let wanted = if orientation < 5 { (400, 300) } else { (300, 400) };
                assert_eq!((header.size(), u16::from(header.orientation)), (wanted, orientation));
            }
        }
        // What is no orientation is none.
        for metadata in [&exif(b"II", 9)[..], &exif(b"MM", 0), b"Exif\0\0II", b"Exif\0\0XX****", &[0; 400]] {
            assert_eq!(look(&jpeg_of(400, 300, metadata)).unwrap().orientation, 1);
        }
        let mut far = exif(b"II", 6);
        far[10..14].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(look(&jpeg_of(400, 300, &far)).unwrap().orientation, 1);
    }

    proptest! {
        /// Cut anywhere, or changed anywhere, a picture is looked at in bounded time and never breaks the reader.
        #[test]
        fn any_bytes_are_looked_at(cut in 0_usize..200, at in 0_usize..200, byte: u8, noise: Vec<u8>) {
            for whole in [png_of(64, 48), jpeg_of(64, 48, &exif(b"MM", 6))] {
                let mut bytes = whole.clone();
                let at = at % bytes.len();
                bytes[at] = byte;
                let _ = look(&bytes);
                let cut = cut % whole.len();
                prop_assert!(look(&whole[..cut]).is_err(), "{}", cut);
                let _ = look(&[&whole[..cut], &noise].concat());
            }
            let _ = look(&noise);
        }
    }
}
