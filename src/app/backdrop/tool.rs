//! What can be done with a backdrop, with its words and keys.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::app::command::{Menu, Situation};
use crate::site::backdrop::Under;

/// A command of backdrops with nothing to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Opens or closes the panel.
    Show,
    /// Asks for a picture.
    Put,
    Calibrate,
    Lock,
    TakeOut,
    Layer,
}

impl Doing {
    pub fn menu(self) -> Menu {
        if self == Self::Layer { Menu::View } else { Menu::Edit }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Show => "Backdrop…",
            Self::Put => "Put a picture under the view…",
            Self::Calibrate => "Calibrate the backdrop",
            Self::Lock => "Lock or unlock the backdrop",
            Self::TakeOut => "Take out the backdrop",
            Self::Layer => "Backdrop layer",
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Show => {
                "Shows what can be done with the picture under the one-line or the plan, or hides it"
            }
            Self::Put => {
                "Puts a PNG or JPEG under the one-line, to trace it, or under the plan; or drop one there"
            }
            Self::Calibrate => "Scales the picture of the plan by two points and the distance between them",
            Self::Lock => "Keeps the picture where it is, or lets it be moved again",
            Self::TakeOut => "Takes the picture out of the site and its file",
            Self::Layer => "Shows, dims or hides the pictures under the one-line and the plan",
        }
    }

    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::Show => (Modifiers::NONE, Key::B),
            Self::Put => (Modifiers::SHIFT, Key::B),
            Self::Calibrate => (Modifiers::ALT, Key::B),
            Self::Layer => (Modifiers::ALT, Key::Num0),
            Self::Lock | Self::TakeOut => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    pub fn is_enabled(self, now: &Situation) -> bool {
        match self {
            Self::Show | Self::Put => now.backdrop_view.is_some(),
            Self::Calibrate => now.has_backdrop && now.backdrop_view == Some(Under::Plan),
            Self::Lock | Self::TakeOut => now.has_backdrop,
            Self::Layer => now.has_document,
        }
    }
}
