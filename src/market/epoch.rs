//! Difficulty epochs: where the chain stands in its present one, and what the next retarget will bring.

use super::bitcoin;
use crate::quantity::{Date, date};
use crate::site::BitcoinAssumptions;

/// Blocks of one difficulty.
pub const RETARGET_BLOCKS: u32 = 2_016;
/// Seconds the blocks of an epoch are meant to take: two weeks.
pub const TARGET_TIMESPAN: f64 = 1_209_600.0;
/// No retarget moves the difficulty by more than this factor, either way.
pub const LARGEST_FACTOR: f64 = 4.0;

/// The present difficulty epoch on the as-of date.
#[derive(Clone, Debug, PartialEq)]
pub struct DifficultyEpoch {
    pub start_height: u32,
    /// Blocks of the epoch already found.
    pub blocks_found: u32,
    pub blocks_left: u32,
    /// At the epoch's pace.
    pub days_left: f64,
    pub retarget_date: Date,
    /// Difficulty after the retarget when the epoch ends at its pace.
    pub next_difficulty: f64,
    /// The same as a share of the present difficulty.
    pub expected_change: f64,
    /// Hashprice right after the retarget at the same price and fees, USD/PH/s/day.
    pub next_hashprice_usd_per_ph_day: f64,
}

/// Difficulty after an epoch that took `seconds` by its block times: `D * 1209600 / clamp(seconds, 1209600/4,
/// 1209600*4)`. The protocol measures from the first to the last block of the epoch, which are 2,015 intervals.
pub fn retargeted(difficulty: f64, seconds: f64) -> f64 {
    difficulty * TARGET_TIMESPAN
        / seconds.clamp(TARGET_TIMESPAN / LARGEST_FACTOR, TARGET_TIMESPAN * LARGEST_FACTOR)
}

/// The epoch of the as-of date, at the pace of `epoch_block_minutes`, or of `block_minutes` where that is not set.
pub fn difficulty_epoch(given: &BitcoinAssumptions) -> DifficultyEpoch {
    let minutes = given.epoch_block_minutes.unwrap_or(given.block_minutes);
    let blocks_found = given.block_height % RETARGET_BLOCKS;
    let blocks_left = RETARGET_BLOCKS - blocks_found;
    let days_left = f64::from(blocks_left) * minutes / 1_440.0;
    let next = retargeted(given.difficulty, f64::from(RETARGET_BLOCKS - 1) * minutes * 60.0);
    let subsidy = bitcoin::subsidy_btc(given.block_height.saturating_add(blocks_left));
    DifficultyEpoch {
        start_height: given.block_height - blocks_found,
        blocks_found,
        blocks_left,
        days_left,
        retarget_date: date::add_days(given.as_of, days_left),
        next_difficulty: next,
        expected_change: next / given.difficulty - 1.0,
        next_hashprice_usd_per_ph_day: bitcoin::hashprice_usd(
            next,
            subsidy,
            subsidy * given.fee_share_of_subsidy,
            given.price_usd_per_btc,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retarget_is_clamped_to_a_factor_of_four() {
        assert_eq!(retargeted(100.0, TARGET_TIMESPAN), 100.0);
        assert_eq!(retargeted(100.0, TARGET_TIMESPAN / 2.0), 200.0);
        assert_eq!(retargeted(100.0, 1.0), 400.0);
        assert_eq!(retargeted(100.0, 1e12), 25.0);
    }

    /// On 11 December 2025, at height 927,360, a new epoch had begun at 148.2 T; the epoch took 1,209,685 s and the
    /// next difficulty was 148.26 T.
    #[test]
    fn the_epoch_of_december_2025_ends_on_christmas_day() {
        let given = BitcoinAssumptions {
            as_of: Date::constant(2025, 12, 11),
            block_height: 927_360,
            difficulty: 1.481_953_066e14,
            epoch_block_minutes: Some(1_209_685.0 / 2_016.0 / 60.0),
            ..BitcoinAssumptions::default()
        };
        let epoch = difficulty_epoch(&given);
        assert_eq!((epoch.start_height, epoch.blocks_found, epoch.blocks_left), (927_360, 0, 2_016));
        assert_eq!(epoch.retarget_date, Date::constant(2025, 12, 25));
        assert!((epoch.next_difficulty / 1.482_584_339e14 - 1.0).abs() < 1e-4, "{}", epoch.next_difficulty);
        let day_after = difficulty_epoch(&BitcoinAssumptions::default());
        assert_eq!((day_after.start_height, day_after.blocks_found), (929_376, 24));
        // The mean interval of a growing network says that difficulty rises: 10/9.95, and 2,016 over 2,015.
        assert!((day_after.expected_change - (10.0 / 9.95 * 2_016.0 / 2_015.0 - 1.0)).abs() < 1e-12);
    }

    #[test]
    fn the_hashprice_of_the_next_epoch_knows_a_halving_at_its_start() {
        // 1,050,000 is not a multiple of 2,016, so an epoch never begins with a halving; one block before it counts.
        let given = BitcoinAssumptions { block_height: 1_049_999, ..BitcoinAssumptions::default() };
        let epoch = difficulty_epoch(&given);
        let today = bitcoin::hashprice_today(&given);
        let share = epoch.next_hashprice_usd_per_ph_day / today * (1.0 + epoch.expected_change);
        assert!((share - 0.5).abs() < 1e-12, "{share}");
    }
}
