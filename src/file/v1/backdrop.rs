//! Pictures under the views. `backdrop` is that of the plan, which the format had from its beginning.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Point;
use crate::file::base64;
use crate::file::mirror::{Mirror, Step, Visit, Walk, record};
use crate::site;
use crate::site::backdrop::Picture;

record! {
    Backdrop {
        name: String = String::new(),
        at: Point = Point(0.0, 0.0),
        metres_per_pixel: f64 = 1.0,
        turn_degrees: f64 = 0.0,
        calibrated: bool = false,
        opacity: f64 = 0.5,
        locked: bool = false,
        image_base64: Image = Image(Picture::none()),
    }
}

record! {
    OneLineBackdrop {
        name: String = String::new(),
        at: Point = Point(0.0, 0.0),
        units_per_pixel: f64 = 1.0,
        turn_degrees: f64 = 0.0,
        opacity: f64 = 0.5,
        locked: bool = false,
        image_base64: Image = Image(Picture::none()),
    }
}

impl Mirror for Backdrop {
    type Site = site::Backdrop;

    fn from_site(site: &site::Backdrop) -> Self {
        let site::Backdrop { picture, name, at, scale, turn_degrees, calibrated, opacity, locked } = site;
        Self {
            name: name.clone(),
            at: Point::from_site(at),
            metres_per_pixel: *scale,
            turn_degrees: *turn_degrees,
            calibrated: *calibrated,
            opacity: *opacity,
            locked: *locked,
            image_base64: Image(picture.clone()),
        }
    }

    fn into_site(self) -> site::Backdrop {
        let Self { name, at, metres_per_pixel, turn_degrees, calibrated, opacity, locked, image_base64 } =
            self;
        site::Backdrop {
            picture: image_base64.0,
            name,
            at: at.into_site(),
            scale: metres_per_pixel,
            turn_degrees,
            calibrated,
            opacity,
            locked,
        }
    }
}

impl Mirror for OneLineBackdrop {
    type Site = site::Backdrop;

    fn from_site(site: &site::Backdrop) -> Self {
        // Drawing units have no length to calibrate by.
        let site::Backdrop { picture, name, at, scale, turn_degrees, calibrated: _, opacity, locked } = site;
        Self {
            name: name.clone(),
            at: Point::from_site(at),
            units_per_pixel: *scale,
            turn_degrees: *turn_degrees,
            opacity: *opacity,
            locked: *locked,
            image_base64: Image(picture.clone()),
        }
    }

    fn into_site(self) -> site::Backdrop {
        let Self { name, at, units_per_pixel, turn_degrees, opacity, locked, image_base64 } = self;
        site::Backdrop {
            picture: image_base64.0,
            name,
            at: at.into_site(),
            scale: units_per_pixel,
            turn_degrees,
            calibrated: false,
            opacity,
            locked,
        }
    }
}

/// The bytes of a picture as base64 (RFC 4648, section 4), white space passed over. Other text is kept as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Image(pub Picture);

impl Image {
    /// The text without ends of lines.
    pub fn text(&self) -> String {
        match &self.0 {
            Picture::Encoded(bytes) => base64::encode(bytes),
            Picture::Unreadable(text) => text.to_string(),
        }
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(match base64::decode(&text) {
            Some(bytes) => Picture::Encoded(Arc::from(bytes)),
            None => Picture::Unreadable(Arc::from(text)),
        }))
    }
}

impl Walk for Image {
    fn walk(&self, _: &mut Vec<Step>, _: &mut Visit) {}
}

#[cfg(test)]
impl crate::file::sample::Sample for Image {
    fn sample(random: &mut crate::file::sample::Random) -> Self {
        let text = String::sample(random);
        Self(match random.below(3) {
            0 => Picture::none(),
            1 => Picture::Encoded(Arc::from(text.repeat(60).into_bytes())),
            // Never base64: a letter that it has not.
            _ => Picture::Unreadable(Arc::from(format!("{text}*"))),
        })
    }
}
