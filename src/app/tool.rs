//! What can be done with the drawing, with its words and keys, and what the drawing asks for in return.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::backdrop::Doing;
use super::canvas::align::{Line, Way};
use super::command::{Menu, Situation};
use super::state::Next;
use crate::site::drawing::Replacement;
use crate::site::{ComponentId, Layer};

/// A command of the drawing with nothing to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// A site with nothing drawn yet.
    Blank,
    Find,
    /// Puts a part in that the selected one is joined to.
    Next,
    Split,
    Replace,
    Rename,
    Group,
    Ungroup,
    /// Selects what is inside of the selected group.
    IntoGroup,
    Lock,
    Turn,
    Flip,
    Align(Line),
    Distribute(Way),
    /// Shows the drawing in rows before it is put so.
    Arrange,
    /// Takes the places that are shown.
    PlaceGhosts,
    Layer(Layer),
    /// Something to do with the picture under a view.
    Backdrop(Doing),
    Minimap,
    Steps,
}

/// What the drawing and its dialogs ask for, with what was entered.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    BeginRename(ComponentId),
    /// The field of the name has been shown.
    NameShown,
    TypeName(String),
    TakeName(String),
    LeaveName,
    /// A typical part is put in beside another and joined to it.
    NextBy {
        part: ComponentId,
        by: ComponentId,
    },
    /// A typical part is put into a link.
    SplitBy {
        link: String,
        part: ComponentId,
    },
    /// A typical part takes the place of one of the site.
    ReplaceBy {
        part: ComponentId,
        by: ComponentId,
    },
    /// It does so after what goes with the old one was said.
    Replace(Box<Replacement>),
    /// Back so many steps, or forward again.
    GoToStep(isize),
    LeaveGhosts,
    SayLocked(ComponentId),
    /// The file was changed by another program: what is shown is saved over it, or under a name that is asked for, and
    /// what had to wait for that goes on; or the file is read.
    KeepMine {
        path: PathBuf,
        next: Option<Next>,
    },
    SaveElsewhere {
        next: Option<Next>,
    },
    ReadTheirs(PathBuf),
}

impl Tool {
    pub fn menu(self) -> Menu {
        match self {
            Self::Blank => Menu::File,
            Self::Backdrop(doing) => doing.menu(),
            Self::Steps => Menu::Edit,
            Self::Layer(_) | Self::Minimap => Menu::View,
            _ => Menu::Drawing,
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Blank => "New blank site",
            Self::Find => "Find…",
            Self::Next => "Add a part joined to this…",
            Self::Split => "Put a part into the link…",
            Self::Replace => "Replace by another kind…",
            Self::Rename => "Rename",
            Self::Group => "Group",
            Self::Ungroup => "Ungroup",
            Self::IntoGroup => "Go into the group",
            Self::Lock => "Lock or unlock",
            Self::Turn => "Turn a quarter",
            Self::Flip => "Flip left to right",
            Self::Align(Line::Left) => "Align left",
            Self::Align(Line::Centre) => "Align centres",
            Self::Align(Line::Right) => "Align right",
            Self::Align(Line::Top) => "Align tops",
            Self::Align(Line::Middle) => "Align middles",
            Self::Align(Line::Bottom) => "Align bottoms",
            Self::Distribute(Way::Across) => "Distribute across",
            Self::Distribute(Way::Down) => "Distribute down",
            Self::Arrange => "Arrange the drawing…",
            Self::PlaceGhosts => "Take the places shown",
            Self::Layer(Layer::Power) => "Power layer",
            Self::Layer(Layer::Cooling) => "Cooling layer",
            Self::Layer(Layer::Fibre) => "Fibre layer",
            Self::Layer(Layer::Load) => "Halls",
            Self::Backdrop(doing) => doing.text(),
            Self::Minimap => "Overview",
            Self::Steps => "History…",
        }
    }

    /// What the command does, in a sentence.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Blank => "Starts a site with nothing drawn yet",
            Self::Next => {
                "Lists what the selected part can be joined to, puts it in beside it and joins them"
            }
            Self::Find => "Finds a part as you type, shows and selects it; among assumptions, a number",
            Self::Split => "Lists what can be put into the selected link, which then runs through it",
            Self::Replace => "Lists kinds to put in the place of the selected part; links that fit stay",
            Self::Rename => "Gives the selected part another name, where it stands",
            Self::Group => {
                "Makes a group of the selected parts and groups: they are selected and moved together"
            }
            Self::Ungroup => "Takes the outermost of the selected groups off; a single part leaves its group",
            Self::IntoGroup => {
                "Selects a part or group inside of the selected one, as a double click on it; Escape goes out again"
            }
            Self::Lock => "Keeps the selected parts where they are, or lets them go again",
            Self::Turn => "Turns the selected symbols a quarter clockwise",
            Self::Flip => "Changes left and right of the selected symbols",
            Self::Align(Line::Left) => "Brings the selected parts to the leftmost of their left sides",
            Self::Align(Line::Centre) => "Brings the selected parts under each other by their centres",
            Self::Align(Line::Right) => "Brings the selected parts to the rightmost of their right sides",
            Self::Align(Line::Top) => "Brings the selected parts to the highest of their tops",
            Self::Align(Line::Middle) => "Brings the selected parts beside each other by their middles",
            Self::Align(Line::Bottom) => "Brings the selected parts to the lowest of their bottoms",
            Self::Distribute(Way::Across) => "Makes the gaps from left to right equal; the outermost stay",
            Self::Distribute(Way::Down) => "Makes the gaps from top to bottom equal; the outermost stay",
            Self::Arrange => "Shows the drawing in rows, near to each other, before it is put so",
            Self::PlaceGhosts => "Puts the parts where the arrangement shows them; one step to undo",
            Self::Layer(Layer::Power) => "Shows, dims or hides the parts and links of power",
            Self::Layer(Layer::Cooling) => "Shows, dims or hides the parts and links of cooling",
            Self::Layer(Layer::Fibre) => "Shows, dims or hides the parts and links of fibre",
            Self::Layer(Layer::Load) => "Halls are always shown",
            Self::Backdrop(doing) => doing.tooltip(),
            Self::Minimap => {
                "Shows the whole drawing small in a corner, where not all of it is in sight, or not"
            }
            Self::Steps => "Lists what was done and undone, to go to any of it",
        }
    }

    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        const COMMAND: Modifiers = Modifiers::COMMAND;
        let (modifiers, key) = match self {
            Self::Find => (COMMAND, Key::F),
            Self::Next => (Modifiers::NONE, Key::N),
            Self::Split => (Modifiers::NONE, Key::I),
            Self::Replace => (Modifiers::SHIFT, Key::A),
            Self::Rename => (Modifiers::NONE, Key::F2),
            Self::Group => (COMMAND, Key::G),
            Self::Ungroup => (COMMAND.plus(Modifiers::SHIFT), Key::G),
            Self::Lock => (COMMAND, Key::L),
            Self::Turn => (Modifiers::NONE, Key::R),
            Self::Flip => (Modifiers::SHIFT, Key::R),
            Self::Align(Line::Left) => (Modifiers::ALT, Key::ArrowLeft),
            Self::Align(Line::Centre) => (Modifiers::ALT, Key::C),
            Self::Align(Line::Right) => (Modifiers::ALT, Key::ArrowRight),
            Self::Align(Line::Top) => (Modifiers::ALT, Key::ArrowUp),
            Self::Align(Line::Middle) => (Modifiers::ALT, Key::M),
            Self::Align(Line::Bottom) => (Modifiers::ALT, Key::ArrowDown),
            Self::Distribute(Way::Across) => (Modifiers::ALT, Key::H),
            Self::Distribute(Way::Down) => (Modifiers::ALT, Key::V),
            Self::Arrange => (COMMAND.plus(Modifiers::SHIFT), Key::A),
            // One of the two at most can be given: see `is_enabled`.
            Self::PlaceGhosts | Self::IntoGroup => (Modifiers::NONE, Key::Enter),
            Self::Layer(Layer::Power) => (Modifiers::ALT, Key::Num7),
            Self::Layer(Layer::Cooling) => (Modifiers::ALT, Key::Num8),
            Self::Layer(Layer::Fibre) => (Modifiers::ALT, Key::Num9),
            Self::Backdrop(doing) => return doing.shortcut(),
            Self::Blank | Self::Layer(Layer::Load) => return None,
            Self::Minimap => (Modifiers::NONE, Key::M),
            Self::Steps => (COMMAND, Key::H),
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }

    pub fn is_enabled(self, now: &Situation) -> bool {
        match self {
            Self::Blank => true,
            Self::Backdrop(doing) => doing.is_enabled(now),
            Self::Find | Self::Arrange | Self::Layer(_) | Self::Minimap => now.has_document,
            Self::Steps => now.can_undo || now.can_redo,
            Self::PlaceGhosts => now.has_ghosts,
            Self::Split => now.has_link,
            Self::Next | Self::Replace | Self::Rename => now.parts == 1,
            Self::Lock | Self::Turn | Self::Flip => now.parts > 0,
            Self::Group | Self::Align(_) => now.parts > 1,
            Self::Distribute(_) => now.parts > 2,
            Self::Ungroup => now.has_group,
            Self::IntoGroup => now.is_group && !now.has_ghosts,
        }
    }
}
