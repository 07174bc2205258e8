//! Pictures unpacked and made small enough for a site file, within limits that their heads were held to before.

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::{Format, Header, MOST_BYTES, MOST_SIDE, look};
use crate::quantity::format;

/// Sides and qualities a large picture is tried with, until it is small enough.
const TRIES: [(u32, u8); 5] = [(MOST_SIDE, 85), (MOST_SIDE, 70), (3072, 75), (2048, 75), (1024, 60)];

/// Most memory a picture takes while it is unpacked, bytes: the most pixels in colour with transparency, and some room.
const MOST_MEMORY: u64 = 640 << 20;
/// A picture as it goes into a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    pub bytes: Arc<[u8]>,
    /// Width and height, upright, pixels.
    pub size: (f64, f64),
    /// What was done to it, in words.
    pub note: Option<String>,
}

/// Unpacks a picture whose head was looked at, and sets it upright.
///
/// # Errors
/// What the decoder says.
pub fn unpack(bytes: &[u8], header: Header) -> Result<DynamicImage, String> {
    let format = match header.format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut image = reader.decode().map_err(|error| error.to_string())?;
    image.apply_orientation(Orientation::from_exif(header.orientation).unwrap_or(Orientation::NoTransforms));
    Ok(image)
}

/// A picture with at most so many bytes and pixels a side: as it is where it keeps to both.
///
/// # Errors
/// Why it cannot be shown, and what would mend it.
pub fn prepared(name: &str, bytes: Vec<u8>) -> Result<Prepared, String> {
    let header = look(&bytes).map_err(|fault| format!("{name} {}; {}", fault.words(), fault.hint()))?;
    // Also what is kept as it is must be one that can be shown.
    let image = unpack(&bytes, header).map_err(|why| format!("{name} cannot be unpacked: {why}"))?;
    let (width, height) = header.size();
    if bytes.len() <= MOST_BYTES && width.max(height) <= MOST_SIDE {
        let size = (f64::from(width), f64::from(height));
        return Ok(Prepared { bytes: Arc::from(bytes), size, note: None });
    }
    let large = bytes.len();
    drop(bytes);
    let (smaller, size) = shrunk(image, header.format)
        .ok_or_else(|| format!("{name} cannot be made small enough; export it with fewer pixels"))?;
    let side = |side: u32| format::number(f64::from(side), 0);
    let megabytes = |bytes: usize| format::number(bytes as f64 / f64::from(1 << 20), 1);
    let note = format!(
        "it was made smaller for the site file: {} x {} px and {} MB became {} x {} px and {} MB",
        side(width),
        side(height),
        megabytes(large),
        side(size.0),
        side(size.1),
        megabytes(smaller.len())
    );
    let size = (f64::from(size.0), f64::from(size.1));
    Ok(Prepared { bytes: Arc::from(smaller), size, note: Some(note) })
}

/// Encoded anew within both limits. Drawings stay PNG while they can: JPEG blurs thin lines.
fn shrunk(mut image: DynamicImage, format: Format) -> Option<(Vec<u8>, (u32, u32))> {
    let mut is_png = format == Format::Png;
    for (side, quality) in TRIES {
        if image.width().max(image.height()) > side {
            image = at_most(&image, side);
        }
        let size = (image.width(), image.height());
        if std::mem::take(&mut is_png) {
            let mut bytes = Vec::new();
            image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).ok()?;
            if bytes.len() <= MOST_BYTES {
                return Some((bytes, size));
            }
            // From here on without transparency, which JPEG has not.
            image = DynamicImage::ImageRgb8(on_white(&image));
        }
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        DynamicImage::ImageRgb8(on_white(&image)).write_with_encoder(encoder).ok()?;
        if bytes.len() <= MOST_BYTES {
            return Some((bytes, size));
        }
    }
    None
}

/// With its longer side of so many pixels.
fn at_most(image: &DynamicImage, side: u32) -> DynamicImage {
    // A filter takes 16 bytes a pixel of an image in between; beyond this size plain averages must do.
    const FILTERED: u64 = 24_000_000;
    let (width, height) = (image.width(), image.height());
    if width.max(height) < 2 * side && u64::from(width) * u64::from(height) <= FILTERED {
        image.resize(side, side, FilterType::Triangle)
    } else {
        image.thumbnail(side, side)
    }
}

fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let over = |ink: u8| {
            let mixed = (u32::from(ink) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GenericImageView as _;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// Noise, which no encoder makes small.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1_u32;
        let bytes = (0..width * height * 3).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, bytes.collect()).unwrap())
    }

    #[test]
    fn a_small_picture_stays_as_it_is_and_a_large_one_is_made_smaller_and_says_so() {
        let small = encoded(&noise(40, 30), ImageFormat::Jpeg);
        let found = prepared("a.jpg", small.clone()).unwrap();
        assert_eq!((found.bytes.to_vec(), found.size, found.note), (small, (40.0, 30.0), None));
        // More than the limit of bytes: noise of 1.7 million pixels is 5 MB.
        let large = encoded(&noise(1500, 1150), ImageFormat::Png);
        assert!(large.len() > MOST_BYTES);
        let found = prepared("a.png", large).unwrap();
        assert!(found.bytes.len() <= MOST_BYTES);
        assert_eq!(found.size, (1500.0, 1150.0), "as many pixels as can be kept");
        assert_eq!(look(&found.bytes).unwrap().format, Format::Jpeg);
        assert!(found.note.unwrap().contains("MB became"));
        // More than the limit of a side: a plan in black and white stays PNG.
        let wide = DynamicImage::ImageLuma8(image::GrayImage::from_fn(6000, 40, |x, _| {
            image::Luma([if x % 60 < 2 { 0 } else { 255 }])
        }));
        let found = prepared("wide.png", encoded(&wide, ImageFormat::Png)).unwrap();
        assert_eq!((found.size.0, look(&found.bytes).unwrap().format), (4096.0, Format::Png));
    }

    #[test]
    fn what_is_see_through_lies_on_white() {
        let glass = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, image::Rgba([0, 0, 0, 128])));
        assert_eq!(on_white(&glass).get_pixel(0, 0).0, [127, 127, 127]);
    }

    #[test]
    fn what_is_no_picture_is_refused_with_what_to_do() {
        let foreign = prepared("print.pdf", b"%PDF-1.7".to_vec()).unwrap_err();
        assert!(
            foreign.contains("print.pdf is neither a PNG nor a JPEG") && foreign.contains("export"),
            "{foreign}"
        );
        let bomb = prepared("bomb.png", super::super::tests::png_of(100_000, 100_000)).unwrap_err();
        assert!(bomb.contains("10\u{202f}000 million pixels"), "{bomb}");
        // The head is whole and nothing is in it.
        let hollow = prepared("hollow.png", super::super::tests::png_of(64, 64)).unwrap_err();
        assert!(hollow.contains("hollow.png cannot be unpacked"), "{hollow}");
        let photo = encoded(&noise(64, 64), ImageFormat::Jpeg);
        let cut = prepared("cut.jpg", photo[..photo.len() / 2].to_vec()).unwrap_err();
        assert!(cut.contains("breaks off"), "{cut}");
    }

    /// Every way a camera may have been held: the corner that was red is where it belongs.
    #[test]
    fn a_photo_is_set_upright() {
        let mut image = RgbImage::from_pixel(64, 32, Rgb([255, 255, 255]));
        for (x, y) in (0..16).flat_map(|x| (0..16).map(move |y| (x, y))) {
            image.put_pixel(x, y, Rgb([255, 0, 0]));
        }
        let plain = encoded(&DynamicImage::ImageRgb8(image), ImageFormat::Jpeg);
        // Where the stored upper left corner is seen (CIPA DC-008, table of tag 0x0112).
        let seen = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)];
        for (orientation, (right, down)) in (1_u8..).zip(seen) {
            let mut exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
            exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
            exif.truncate(2 + 0x22);
            let photo = [&plain[..2], &exif, &plain[2..]].concat();
            let header = look(&photo).unwrap();
            assert_eq!(header.orientation, orientation);
            let upright = unpack(&photo, header).unwrap();
            assert_eq!(upright.dimensions(), header.size());
            let (width, height) = upright.dimensions();
            let pixel = upright.get_pixel(right * (width - 1), down * (height - 1));
            assert!(pixel.0[0] > 200 && pixel.0[1] < 90, "{orientation}: {pixel:?}");
        }
    }
}
