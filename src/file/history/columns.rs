//! What the columns of a price history hold, by their heads.

/// Hashes a unit of difficulty stands for, over the ten minutes of a block, EH/s.
pub const EH_PER_DIFFICULTY: f64 = 4_294_967_296.0 / 600.0 / 1e18;

/// What a column holds, with the factor to our unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    Date,
    Price,
    /// Factor to EH/s, and whether the head names the unit.
    Network(f64, bool),
    FeesOfSubsidy(f64),
    FeesOfReward(f64),
    /// Fees in money, which are no share of anything yet.
    FeesInMoney,
}

/// What a column is by its head.
pub fn column_of(head: &str) -> Option<Column> {
    let head = head.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if has(&["fee"]) {
        let factor = if head.contains('%') || has(&["percent"]) { 0.01 } else { 1.0 };
        let of_reward = has(&["reward", "revenue"]);
        let in_money = has(&["btc", "usd", "$", "sat", "₿"]) && factor == 1.0;
        Some(if in_money && !has(&["share", "ratio"]) {
            Column::FeesInMoney
        } else if of_reward {
            Column::FeesOfReward(factor)
        } else {
            Column::FeesOfSubsidy(factor)
        })
    } else if has(&["difficulty"]) {
        Some(Column::Network(EH_PER_DIFFICULTY, true))
    } else if has(&["hashprice"]) {
        None
    } else if has(&["network", "hashrate", "hash rate", "hash_rate"]) {
        let unit = |unit: &str| {
            has(&[&format!("{unit}/s"), &format!("{unit}s"), &format!("_{unit}"), &format!("({unit}")])
        };
        let units = [("zh", 1e3), ("eh", 1.0), ("ph", 1e-3), ("th", 1e-6), ("gh", 1e-9)];
        let named = units.into_iter().find(|(name, _)| unit(name));
        Some(Column::Network(named.map_or(1.0, |(_, factor)| factor), named.is_some()))
    } else if has(&["date", "month", "day", "time"]) {
        Some(Column::Date)
    } else if has(&["close", "price", "last", "usd"]) {
        Some(Column::Price)
    } else {
        None
    }
}

/// Of several columns that look like a price the best named is one; of several dates, networks or fees the first.
pub fn keep_best_price(head: &[String], columns: &mut [Option<Column>]) {
    let rank = |index: usize| {
        let head = head[index].to_lowercase();
        if head.contains("adj") {
            4
        } else if head.contains("last") || head.contains("close") {
            0
        } else if head == "price" {
            1
        } else if head.contains("price") {
            2
        } else {
            3
        }
    };
    let prices = (0..columns.len()).filter(|index| columns[*index] == Some(Column::Price));
    let best = prices.min_by_key(|index| (rank(*index), *index));
    for index in 0..columns.len() {
        let repeated = columns[..index].iter().flatten().any(|earlier| {
            columns[index]
                .is_some_and(|column| core::mem::discriminant(earlier) == core::mem::discriminant(&column))
        });
        let second_price = columns[index] == Some(Column::Price) && Some(index) != best;
        if second_price || (repeated && columns[index] != Some(Column::Price)) {
            columns[index] = None;
        }
    }
}
