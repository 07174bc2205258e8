//! Values of every shape the format can hold, for the tests that nothing is lost on the way.

use rand::Rng as _;

use crate::quantity::Date;
use crate::quantity::random::stream;
use crate::site::{Address, Object};

/// The source of a test's values.
pub struct Random(rand_chacha::ChaCha8Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(stream(seed, "file samples"))
    }

    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.0.next_u64() % count as u64).unwrap()
    }
}

/// A type that can be drawn at random, awkward values included.
pub trait Sample: Sized {
    fn sample(random: &mut Random) -> Self;
}

impl Sample for f64 {
    fn sample(random: &mut Random) -> Self {
        const AWKWARD: [f64; 10] =
            [0.0, -0.0, 1.0, 0.1, -1.5, 5e-324, f64::MIN_POSITIVE, f64::MAX, 148.26e12, 1.0 / 3.0];
        let bits = Self::from_bits(random.0.next_u64());
        if random.below(3) == 0 && bits.is_finite() { bits } else { AWKWARD[random.below(AWKWARD.len())] }
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Sample for $type {
            fn sample(random: &mut Random) -> Self {
                [Self::MIN, Self::MAX, 0, 1, 7, random.0.next_u64() as Self][random.below(6)]
            }
        }
    )*};
}
integers!(u16, u32, u64, i16);

impl Sample for bool {
    fn sample(random: &mut Random) -> Self {
        random.below(2) == 0
    }
}

impl Sample for String {
    fn sample(random: &mut Random) -> Self {
        const PIECES: [&str; 12] =
            ["", "T1", "a\nb", "\"", "\\", "// not a comment", "₿", "\u{0}", "r#\"", "\t\r", "(x: 1)", "é🙂"];
        (0..random.below(4)).map(|_| PIECES[random.below(PIECES.len())]).collect()
    }
}

impl Sample for Date {
    fn sample(random: &mut Random) -> Self {
        [Self::MIN, Self::MAX, Self::constant(2028, 2, 29), Self::constant(2026, 1, 1)][random.below(4)]
    }
}

impl Sample for jiff::civil::DateTime {
    fn sample(random: &mut Random) -> Self {
        Date::sample(random).at([0, 1, 23][random.below(3)], [0, 15, 59][random.below(3)], 0, 0)
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(random: &mut Random) -> Self {
        (random.below(2) == 0).then(|| T::sample(random))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(random: &mut Random) -> Self {
        (0..random.below(3)).map(|_| T::sample(random)).collect()
    }
}

impl Sample for Address {
    fn sample(random: &mut Random) -> Self {
        let object = [
            Object::Component("T1".into()),
            Object::Offer("a.b".into()),
            Object::Loan("x".into()),
            Object::Bitcoin,
            Object::Plan,
            Object::CapexYear(2027),
            Object::HostingFrom(Date::constant(2027, 1, 1)),
            Object::FirmFrom("feed".into(), Date::constant(2028, 7, 1)),
        ][random.below(8)]
        .clone();
        Self::new(object, "field")
    }
}
