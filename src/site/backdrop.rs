//! Pictures to draw over: a client's one-line diagram to trace, an aerial photo to lay halls on.
//!
//! Each of the two views has one at most. A sheet is traced from one original, and halls are laid on one picture of the
//! ground; several would need an order and a choice of their own before the pointer could mean any of them, and pictures
//! are put together better where pictures are made. No plan takes notice of them.

use std::sync::Arc;

use super::Point;
use crate::quantity::{Unit, format};

/// The view that a backdrop is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Under {
    /// In drawing units, which have no length.
    OneLine,
    /// In metres.
    Plan,
}

impl Under {
    pub const ALL: [Self; 2] = [Self::OneLine, Self::Plan];

    /// As in `the backdrop of the plan`.
    pub fn word(self) -> &'static str {
        match self {
            Self::OneLine => "one-line",
            Self::Plan => "plan",
        }
    }

    /// Largest distance from the middle, and most units of a pixel: a thousand kilometres of plan, as parts may stand.
    const FARTHEST: f64 = 1e6;
}

/// What is painted.
#[derive(Clone, Debug)]
pub enum Picture {
    /// PNG or JPEG as it was given. Shared: history keeps whole documents.
    Encoded(Arc<[u8]>),
    /// Text of a file that should have been base64 and is not: kept, so that saving loses nothing.
    Unreadable(Arc<str>),
}

/// Documents are compared at every step, and nearly always share their pictures: megabytes are looked at only where they
/// do not. (`Arc` does this by itself for what has a size.)
impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Encoded(one), Self::Encoded(other)) => Arc::ptr_eq(one, other) || one == other,
            (Self::Unreadable(one), Self::Unreadable(other)) => Arc::ptr_eq(one, other) || one == other,
            _ => false,
        }
    }
}

impl Picture {
    /// Nothing, of a file that says nothing.
    pub fn none() -> Self {
        Self::Encoded(Arc::from([]))
    }

    /// Bytes of a PNG or JPEG; none where they could not be read.
    pub fn bytes(&self) -> Option<&Arc<[u8]>> {
        match self {
            Self::Encoded(bytes) => Some(bytes),
            Self::Unreadable(_) => None,
        }
    }
}

/// A picture under a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Backdrop {
    pub picture: Picture,
    /// Name of the file it came from, without folder.
    pub name: String,
    /// Where its upper left corner lies: drawing units on the one-line, metres on the plan; x to the right, y down.
    pub at: Point,
    /// Drawing units or metres that a pixel is wide and high.
    pub scale: f64,
    /// Clockwise, about the upper left corner.
    pub turn_degrees: f64,
    /// On the plan: the scale was measured or entered, and is not just what fitted the window.
    pub calibrated: bool,
    /// 0.05 (hardly seen) to 1.
    pub opacity: f64,
    /// The pointer does not move it.
    pub locked: bool,
}

/// The backdrops of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backdrops {
    pub one_line: Option<Backdrop>,
    pub plan: Option<Backdrop>,
}

impl Backdrops {
    pub fn of(&self, under: Under) -> Option<&Backdrop> {
        match under {
            Under::OneLine => self.one_line.as_ref(),
            Under::Plan => self.plan.as_ref(),
        }
    }

    fn slot(&mut self, under: Under) -> &mut Option<Backdrop> {
        match under {
            Under::OneLine => &mut self.one_line,
            Under::Plan => &mut self.plan,
        }
    }

    /// Those that there are, with their views.
    pub fn iter(&self) -> impl Iterator<Item = (Under, &Backdrop)> {
        Under::ALL.into_iter().filter_map(|under| Some((under, self.of(under)?)))
    }
}

/// Least and most of each number of a backdrop, with what it is called and its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub label: &'static str,
    pub min: f64,
    pub max: f64,
    pub unit: Unit,
}

pub const OPACITY: Range = Range { label: "opacity", min: 0.05, max: 1.0, unit: Unit::Share };
pub const SCALE: Range = Range { label: "size of a pixel", min: 1e-6, max: 1e4, unit: Unit::None };
pub const PLACE: Range =
    Range { label: "place", min: -Under::FARTHEST, max: Under::FARTHEST, unit: Unit::None };
pub const TURN: Range = Range { label: "turn", min: -360.0, max: 360.0, unit: Unit::Degrees };

impl Range {
    /// Why a number cannot be.
    pub fn problem_with(&self, value: f64) -> Option<String> {
        let Self { label, min, max, unit } = *self;
        let shown = |value: f64| match unit {
            Unit::Share => percent(value),
            Unit::None => format!("{value}"),
            unit => format::with_unit(value, unit),
        };
        let holds = (min..=max).contains(&value);
        (!holds)
            .then(|| format!("its {label} is {}; it can be {} to {}", shown(value), shown(min), shown(max)))
    }
}

/// `30 %`
pub fn percent(share: f64) -> String {
    format!("{} %", format::number(share * 100.0, 0))
}

impl Backdrop {
    /// The first number that cannot be, in words.
    pub fn problem(&self) -> Option<String> {
        let Self { picture: _, name: _, at, scale, turn_degrees, calibrated: _, opacity, locked: _ } = self;
        let numbers =
            [(PLACE, at.x), (PLACE, at.y), (SCALE, *scale), (TURN, *turn_degrees), (OPACITY, *opacity)];
        numbers.into_iter().find_map(|(range, value)| range.problem_with(value))
    }

    /// From a pixel, counted from the upper left corner, to the view: turned, scaled and moved.
    pub fn to_view(&self, pixel: Point) -> Point {
        let turn = self.turn_degrees.to_radians();
        let (sin, cos) = (libm::sin(turn), libm::cos(turn));
        Point {
            x: self.at.x + self.scale * (cos * pixel.x - sin * pixel.y),
            y: self.at.y + self.scale * (sin * pixel.x + cos * pixel.y),
        }
    }

    /// The pixel at a place of the view; the inverse of [`Backdrop::to_view`].
    pub fn to_pixel(&self, at: Point) -> Point {
        let turn = self.turn_degrees.to_radians();
        let (sin, cos) = (libm::sin(turn), libm::cos(turn));
        let (x, y) = ((at.x - self.at.x) / self.scale, (at.y - self.at.y) / self.scale);
        Point { x: cos * x + sin * y, y: cos * y - sin * x }
    }

    /// With a pixel kept where it is, turned and scaled otherwise.
    #[must_use]
    pub fn about(&self, pixel: Point, scale: f64, turn_degrees: f64) -> Self {
        let kept = self.to_view(pixel);
        let next = Self { scale, turn_degrees, ..self.clone() };
        let moved = next.to_view(pixel);
        let at = Point { x: next.at.x + kept.x - moved.x, y: next.at.y + kept.y - moved.y };
        Self { at, ..next }
    }

    /// Scaled about the first of two places of the view, so that what is seen at them is so many metres apart.
    ///
    /// # Errors
    /// Why two such places give no scale.
    pub fn calibrated(&self, from: Point, to: Point, metres: f64) -> Result<Self, String> {
        let apart = libm::hypot(to.x - from.x, to.y - from.y);
        if !(metres > 0.0 && metres <= Under::FARTHEST) {
            return Err("a distance is more than 0 and at most 1,000 km".to_owned());
        }
        // Two clicks on one pixel say nothing.
        if !(apart.is_finite() && apart > self.scale) {
            return Err("the two points are at one place; choose two that are far apart".to_owned());
        }
        let scale = self.scale * (metres / apart);
        if let Some(why) = SCALE.problem_with(scale) {
            return Err(format!("with a distance of {} {why}", format::with_unit(metres, Unit::Metre)));
        }
        let about = self.to_pixel(from);
        Ok(Self { calibrated: true, ..self.about(about, scale, self.turn_degrees) })
    }
}

/// What is done to a backdrop.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A picture where there was none, or in the place of another.
    Put(Box<Backdrop>),
    /// Moved, scaled or turned.
    Place {
        at: Point,
        scale: f64,
        turn_degrees: f64,
    },
    /// Two places of the plan are so many metres apart; see [`Backdrop::calibrated()`].
    Calibrate {
        from: Point,
        to: Point,
        metres: f64,
    },
    Opacity(f64),
    Lock(bool),
    TakeOut,
}

/// Changes a backdrop and names the step.
///
/// # Errors
/// Why it cannot be so, or that there is none.
pub(super) fn change(backdrops: &mut Backdrops, under: Under, change: &Change) -> Result<String, String> {
    let word = under.word();
    let slot = backdrops.slot(under);
    let missing = || format!("there is no backdrop under the {word}; put a picture there first");
    if let Change::Put(backdrop) = change {
        if let Some(why) = backdrop.problem() {
            return Err(format!("{} cannot be the backdrop of the {word}: {why}", backdrop.name));
        }
        let name = &backdrop.name;
        let label = match slot {
            Some(_) => format!("Replace the backdrop of the {word} by {name}"),
            None => format!("Put {name} under the {word}"),
        };
        *slot = Some(backdrop.as_ref().clone());
        return Ok(label);
    }
    if *change == Change::TakeOut {
        slot.take().ok_or_else(missing)?;
        return Ok(format!("Take out the backdrop of the {word}"));
    }
    let before = slot.as_ref().ok_or_else(missing)?;
    let mut next = before.clone();
    let label = match change {
        Change::Put(_) | Change::TakeOut => String::new(),
        Change::Place { at, scale, turn_degrees } => {
            (next.at, next.scale, next.turn_degrees) = (*at, *scale, *turn_degrees);
            let is_scaled = before.scale != *scale;
            // A size of a pixel that is entered is one that is known.
            next.calibrated |= under == Under::Plan && is_scaled;
            let doing = match (is_scaled, before.turn_degrees != *turn_degrees) {
                (true, _) => "Scale",
                (false, true) => "Turn",
                (false, false) => "Move",
            };
            format!("{doing} the backdrop of the {word}")
        }
        Change::Calibrate { from, to, metres } => {
            if under == Under::OneLine {
                return Err("the one-line has no lengths to calibrate by; drag a corner to scale".to_owned());
            }
            next = before.calibrated(*from, *to, *metres)?;
            format!("Calibrate the backdrop of the {word} by {}", format::with_unit(*metres, Unit::Metre))
        }
        Change::Opacity(opacity) => {
            next.opacity = *opacity;
            format!("Make the backdrop of the {word} {} opaque", percent(*opacity))
        }
        Change::Lock(locked) => {
            next.locked = *locked;
            format!("{} the backdrop of the {word}", if *locked { "Lock" } else { "Unlock" })
        }
    };
    if let Some(why) = next.problem() {
        return Err(format!("the backdrop of the {word} cannot be so: {why}"));
    }
    *slot = Some(next);
    Ok(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;
    use crate::site::drawing::same_but_for_places;
    use crate::site::edit::{Edit, apply};
    use proptest::prelude::*;

    fn backdrop() -> Backdrop {
        Backdrop {
            picture: Picture::Encoded(Arc::from([1, 2, 3])),
            name: "aerial.jpg".into(),
            at: Point { x: -40.0, y: 12.0 },
            scale: 0.5,
            turn_degrees: 0.0,
            calibrated: false,
            opacity: 0.5,
            locked: false,
        }
    }

    fn done(site: &Site, change: Change) -> Result<(Site, String), String> {
        apply(site, &Edit::Backdrop { under: Under::Plan, change })
    }

    fn with_backdrop() -> Site {
        done(&Site::empty("x"), Change::Put(Box::new(backdrop()))).unwrap().0
    }

    proptest! {
        /// Whatever the order of the points, the turn and the scale, what was seen at them is as far apart as entered, the
        /// first stays where it is, and the way from one to the other keeps its direction.
        #[test]
        fn two_points_end_up_as_far_apart_as_entered(
            x in -5e3..5e3_f64, y in -5e3..5e3_f64, scale in 1e-2..50.0_f64, turn in -360.0..360.0_f64,
            one in (0.0..4e3_f64, 0.0..4e3_f64), other in (0.0..4e3_f64, 0.0..4e3_f64), metres in 1.0..5e3_f64,
        ) {
            prop_assume!((one.0 - other.0).hypot(one.1 - other.1) > 2.0);
            let start = Backdrop { at: Point { x, y }, scale, turn_degrees: turn, ..backdrop() };
            let pixels = [one, other].map(|(x, y)| Point { x, y });
            for [first, second] in [pixels, [pixels[1], pixels[0]]] {
                let (from, to) = (start.to_view(first), start.to_view(second));
                let Ok(next) = start.calibrated(from, to, metres) else {
                    let scale = scale * metres / (to.x - from.x).hypot(to.y - from.y);
                    prop_assert!(SCALE.problem_with(scale).is_some());
                    continue;
                };
                let (kept, moved) = (next.to_view(first), next.to_view(second));
                let apart = (moved.x - kept.x).hypot(moved.y - kept.y);
                prop_assert!((apart / metres - 1.0).abs() < 1e-9, "{apart} {metres}");
                prop_assert!((kept.x - from.x).hypot(kept.y - from.y) < 1e-6);
                let before = (to.y - from.y).atan2(to.x - from.x);
                let after = (moved.y - kept.y).atan2(moved.x - kept.x);
                prop_assert!((before - after).sin().abs() < 1e-6 && (before - after).cos() > 0.0);
                prop_assert!(next.calibrated && next.turn_degrees == turn);
                let back = next.to_pixel(next.to_view(second));
                prop_assert!((back.x - second.x).hypot(back.y - second.y) < 1e-6);
            }
        }
    }

    #[test]
    fn each_change_has_its_name_and_none_plans_anew() {
        let mut site = with_backdrop();
        let place = |x, scale, turn_degrees| Change::Place { at: Point { x, y: 0.0 }, scale, turn_degrees };
        let calibrate =
            Change::Calibrate { from: Point::default(), to: Point { x: 30.0, y: 40.0 }, metres: 100.0 };
        for (change, wanted) in [
            (place(5.0, 0.5, 0.0), "Move the backdrop of the plan"),
            (place(5.0, 0.5, 12.0), "Turn the backdrop of the plan"),
            (place(5.0, 0.25, 12.0), "Scale the backdrop of the plan"),
            (calibrate, "Calibrate the backdrop of the plan by 100 m"),
            (Change::Opacity(0.3), "Make the backdrop of the plan 30 % opaque"),
            (Change::Lock(true), "Lock the backdrop of the plan"),
            (Change::Lock(false), "Unlock the backdrop of the plan"),
            (Change::Put(Box::new(backdrop())), "Replace the backdrop of the plan by aerial.jpg"),
            (Change::TakeOut, "Take out the backdrop of the plan"),
        ] {
            let (next, label) = done(&site, change).unwrap();
            assert_eq!(label, wanted);
            assert!(next != site && same_but_for_places(&site, &next), "{label}");
            // No copy of the bytes a step.
            let bytes =
                |site: &Site| site.backdrops.plan.as_ref().and_then(|one| one.picture.bytes().cloned());
            if let (Some(before), Some(after)) = (bytes(&site), bytes(&next))
                && !label.starts_with("Replace")
            {
                assert!(Arc::ptr_eq(&before, &after));
            }
            site = next;
        }
        assert_eq!(site.backdrops, Backdrops::default());
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        let site = with_backdrop();
        let refused = |change: Change| done(&site, change).unwrap_err();
        for value in [f64::NAN, f64::INFINITY, 0.0, -1.0, 1e12] {
            assert!(refused(Change::Opacity(value)).contains("opacity"), "{value}");
            let scale = Change::Place { at: Point::default(), scale: value, turn_degrees: 0.0 };
            assert!(refused(scale).contains("size of a pixel"), "{value}");
            let to = Point { x: 3.0, y: 4.0 };
            let calibrate = Change::Calibrate { from: Point::default(), to, metres: value };
            assert!(refused(calibrate).contains("distance"), "{value}");
        }
        let far = Change::Place { at: Point { x: 1e9, y: 0.0 }, scale: 1.0, turn_degrees: 0.0 };
        assert!(refused(far).contains("place"));
        let same = Change::Calibrate { from: Point::default(), to: Point::default(), metres: 5.0 };
        assert!(refused(same).contains("two points"));
        for x in [f64::NAN, f64::INFINITY] {
            let to = Point { x, y: 0.0 };
            assert!(
                refused(Change::Calibrate { from: Point::default(), to, metres: 5.0 }).contains("points")
            );
        }
        let nothing = apply(&site, &Edit::Backdrop { under: Under::OneLine, change: Change::Lock(true) });
        assert!(nothing.unwrap_err().contains("no backdrop under the one-line"));
    }
}
