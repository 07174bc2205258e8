//! Pictures unpacked and on the graphics card: each once, by what it is and not by frame, in several sizes, so that thin
//! lines of a large drawing stay lines from afar.

use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use image::DynamicImage;

use crate::file::picture::{Fault, MOST_SIDE, look, unpack};
use crate::jobs::Worker;
use crate::site::backdrop::Picture;

/// Pictures that are kept unpacked: those of both views, and one back for undo.
const KEPT: usize = 4;
/// The smallest size of a picture has at least half so many pixels a side.
const SMALLEST: usize = 512;
/// Size of the frame in the place of a picture that cannot be shown, pixels.
const NO_SIZE: (f64, f64) = (800.0, 600.0);

/// How a picture is seen.
#[derive(Clone)]
pub enum Look {
    /// It is being unpacked.
    Waiting,
    /// In sizes, the largest first, each half the one before.
    Ready(Arc<[TextureHandle]>),
    /// Why it cannot be shown.
    Broken(Arc<str>),
}

/// A picture in its sizes, or why there is none.
pub struct Unpacked {
    asked: Asked,
    sizes: Result<Vec<ColorImage>, String>,
}

/// A picture in one of its two looks.
#[derive(Clone)]
struct Asked {
    bytes: Arc<[u8]>,
    /// Light on dark; see [`light_on_dark`].
    inverted: bool,
}

impl Asked {
    /// Asked at every frame, and of shared bytes nearly always.
    fn is(&self, other: &Self) -> bool {
        let is_same = Arc::ptr_eq(&self.bytes, &other.bytes) || self.bytes == other.bytes;
        self.inverted == other.inverted && is_same
    }
}

struct Kept {
    asked: Asked,
    size: (f64, f64),
    look: Look,
}

/// The pictures in hand.
#[derive(Default)]
pub struct Pictures {
    kept: Vec<Kept>,
    /// What the worker is at.
    asked: Option<Asked>,
}

impl Pictures {
    /// How a picture is seen, light on dark if `inverted`, and its size in pixels. One that is not unpacked yet is given to the worker, or unpacked here
    /// where there is none.
    pub fn look(
        &mut self,
        picture: &Picture,
        inverted: bool,
        worker: Option<&mut Worker<Unpacked>>,
        ctx: &Context,
    ) -> (Look, (f64, f64)) {
        let Picture::Encoded(bytes) = picture else {
            return (Look::Broken("its text in the file is damaged".into()), NO_SIZE);
        };
        let asked = Asked { bytes: Arc::clone(bytes), inverted };
        let place = self.kept.iter().position(|kept| kept.asked.is(&asked)).unwrap_or_else(|| {
            let (size, look) = match look(bytes) {
                Ok(header) => {
                    let (width, height) = header.size();
                    ((f64::from(width), f64::from(height)), Look::Waiting)
                }
                Err(fault) => (NO_SIZE, Look::Broken(fault.words().into())),
            };
            if self.kept.len() >= KEPT {
                self.kept.remove(0);
            }
            self.kept.push(Kept { asked: asked.clone(), size, look });
            self.kept.len() - 1
        });
        let is_asked = self.asked.as_ref().is_some_and(|known| known.is(&asked));
        if matches!(self.kept[place].look, Look::Waiting) && !is_asked {
            self.asked = Some(asked.clone());
            let most_side = ctx.input(|input| input.max_texture_side).min(MOST_SIDE as usize);
            let job = move || Unpacked { sizes: sizes(&asked, most_side), asked };
            match worker {
                Some(worker) => worker.submit(0, move |_| job()),
                None => self.take(Ok(job()), ctx),
            }
        }
        let kept = &self.kept[place];
        (kept.look.clone(), kept.size)
    }

    /// Takes what the worker unpacked; an error is the text of a panic.
    pub fn take(&mut self, outcome: Result<Unpacked, String>, ctx: &Context) {
        let (asked, sizes) = match outcome {
            Ok(Unpacked { asked, sizes }) => (asked, sizes),
            // Nobody is asked any more whether it can be shown: the next frame would break off again.
            Err(panic) => match self.asked.clone() {
                Some(asked) => (asked, Err(panic)),
                None => return,
            },
        };
        if self.asked.as_ref().is_some_and(|known| known.is(&asked)) {
            self.asked = None;
        }
        let Some(kept) = self.kept.iter_mut().find(|kept| kept.asked.is(&asked)) else { return };
        kept.look = match sizes {
            Ok(sizes) => {
                let load = |image| ctx.load_texture("backdrop", image, TextureOptions::LINEAR);
                Look::Ready(sizes.into_iter().map(load).collect())
            }
            Err(why) => Look::Broken(why.into()),
        };
    }
}

/// A picture with its longer side at most so many pixels, and halves of it.
fn sizes(asked: &Asked, most_side: usize) -> Result<Vec<ColorImage>, String> {
    let header = look(&asked.bytes).map_err(Fault::words)?;
    let mut image = unpack(&asked.bytes, header)?;
    let most_side = u32::try_from(most_side).unwrap_or(MOST_SIDE).max(1);
    if image.width().max(image.height()) > most_side {
        image = image.thumbnail(most_side, most_side);
    }
    if asked.inverted {
        let mut rgba = image.into_rgba8();
        rgba.pixels_mut().for_each(|pixel| pixel.0 = light_on_dark(pixel.0));
        image = DynamicImage::ImageRgba8(rgba);
    }
    let mut sizes = Vec::new();
    loop {
        let rgba = image.to_rgba8();
        let (width, height) = (rgba.width(), rgba.height());
        let size = [width as usize, height as usize];
        sizes.push(ColorImage::from_rgba_unmultiplied(size, &rgba));
        if size[0].max(size[1]) <= SMALLEST {
            return Ok(sizes);
        }
        image = DynamicImage::ImageRgba8(rgba).thumbnail_exact((width / 2).max(1), (height / 2).max(1));
    }
}

/// A colour with its lightness (of HSL: the mean of the largest and the smallest part) turned round and its hue kept: black
/// lines on paper become light ones on dark, and a red one stays red.
fn light_on_dark([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    let parts = [red, green, blue].map(i16::from);
    let (largest, smallest) = (red.max(green).max(blue), red.min(green).min(blue));
    let by = 255 - i16::from(largest) - i16::from(smallest);
    let [red, green, blue] = parts.map(|part| u8::try_from((part + by).clamp(0, 255)).unwrap_or_default());
    [red, green, blue, alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_becomes_dark_and_colours_keep_their_hue() {
        for (from, to) in [
            ([255, 255, 255, 255], [0, 0, 0, 255]),
            ([0, 0, 0, 40], [255, 255, 255, 40]),
            ([200, 0, 0, 255], [255, 55, 55, 255]),
            ([255, 0, 0, 255], [255, 0, 0, 255]),
            ([20, 60, 180, 255], [75, 115, 235, 255]),
        ] {
            assert_eq!(light_on_dark(from), to);
            assert_eq!(light_on_dark(to), from, "twice is none");
        }
    }
}
