//! Which of power, cooling, fibre and the backdrop is shown.

use crate::site::{Layer, Link, Medium};

/// How a layer of the drawing is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    #[default]
    Shown,
    Dimmed,
    Hidden,
}

impl Seen {
    pub fn next(self) -> Self {
        match self {
            Self::Shown => Self::Dimmed,
            Self::Dimmed => Self::Hidden,
            Self::Hidden => Self::Shown,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Dimmed => "dimmed",
            Self::Hidden => "hidden",
        }
    }

    /// Share of its ink that is left.
    pub fn ink(self) -> f32 {
        match self {
            Self::Shown => 1.0,
            Self::Dimmed => 0.28,
            Self::Hidden => 0.0,
        }
    }
}

/// Each layer as it is seen; halls always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    pub power: Seen,
    pub cooling: Seen,
    pub fibre: Seen,
    /// The picture under the view.
    pub backdrop: Seen,
}

impl Layers {
    /// Layers that can be dimmed and hidden, with their words.
    pub const ALL: [(Layer, &'static str); 3] =
        [(Layer::Power, "Power"), (Layer::Cooling, "Cooling"), (Layer::Fibre, "Fibre")];

    pub fn of(&self, layer: Layer) -> Seen {
        match layer {
            Layer::Power => self.power,
            Layer::Cooling => self.cooling,
            Layer::Fibre => self.fibre,
            Layer::Load => Seen::Shown,
        }
    }

    /// Shown, dimmed, hidden in turn.
    pub fn step(&mut self, layer: Layer) {
        match layer {
            Layer::Power => self.power = self.power.next(),
            Layer::Cooling => self.cooling = self.cooling.next(),
            Layer::Fibre => self.fibre = self.fibre.next(),
            Layer::Load => {}
        }
    }

    /// A link is seen no better than its medium and either of its ends.
    pub fn of_link(&self, link: &Link, ends: [Layer; 2]) -> Seen {
        let medium = match link.medium {
            Medium::Power { .. } => self.power,
            Medium::Liquid { .. } | Medium::Air { .. } => self.cooling,
            Medium::Fibre { .. } => self.fibre,
        };
        ends.into_iter().map(|layer| self.of(layer)).fold(medium, Seen::max)
    }
}
