//! Pictures under the views: warnings all, since no plan depends on them.

use super::{Check, way};
use crate::file::{backdrop, base64, picture, read};
use crate::site::Site;
use crate::site::backdrop::Under;

/// Both pictures as text, ends of lines and indents included, leave most of the largest file for the site.
const _: () = assert!(2 * base64::length(picture::MOST_BYTES) / 70 * 80 < read::LARGEST_FILE as usize / 4);

impl Check<'_, '_> {
    pub(super) fn backdrops(&mut self, site: &Site) {
        for (under, found) in site.backdrops.iter() {
            let way = match under {
                Under::OneLine => way!["one_line_backdrop"],
                Under::Plan => way!["backdrop"],
            };
            for (code, message, hint) in backdrop::problems(under, found) {
                self.warning(code, &way, message, hint);
            }
        }
    }
}
