//! The answer: a plan as plain data, with the proof that comes with it.

use super::reasons::Reason;
use crate::quantity::{Date, date, format};
use crate::site::Override;
use crate::site::edit::Edit;

/// How finely the plan sees time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Quarters for five years, then years.
    #[default]
    Quick,
    /// Months.
    Full,
}

/// What a plan was made by and from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stamp {
    /// Name and version.
    pub program: String,
    pub solver: String,
    /// How far a row may be off in its own unit, as asked of the solver; and, relative, what counts as proven.
    pub tolerance_asked: f64,
    pub tolerance_proven: f64,
    pub seed: u64,
    pub detail: Detail,
    /// Decisions were not to be split.
    pub whole: bool,
    /// Paths of the program, and paths that judge.
    pub paths: u32,
    pub judge_paths: u32,
    /// Of the site file as it was read, or as the document would be saved.
    pub input_sha256: Option<String>,
}

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Proven best, and the certificate holds.
    Optimal,
    /// Keeps to every limit, but is not proven best.
    Feasible,
    /// No plan keeps to every limit; `repairs` says what clashes.
    Infeasible,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible => "infeasible",
        }
    }
}

/// A stretch of whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Plan month of the first day.
    pub first_month: usize,
    pub months: usize,
}

/// What a megawatt of a hall is used for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseOf {
    Mining { fleet: String },
    Hosting { offer: String },
}

impl UseOf {
    /// `mining:FLEET` or `hosting:OFFER`, as in the JSON contract.
    pub fn key(&self) -> String {
        match self {
            Self::Mining { fleet } => format!("mining:{fleet}"),
            Self::Hosting { offer } => format!("hosting:{offer}"),
        }
    }

    pub fn is_mining(&self) -> bool {
        matches!(self, Self::Mining { .. })
    }
}

/// The whole answer. Series are per period unless said otherwise; money is nominal USD.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Scenario the plan is for; empty for the base case.
    pub scenario: String,
    pub detail: Detail,
    pub solver: String,
    pub status: Status,
    pub objective_usd: f64,
    pub npv: Npv,
    pub periods: Vec<Period>,
    pub halls: Vec<HallPlan>,
    pub builds: Vec<BuildPlan>,
    pub parts: Vec<PartFlow>,
    pub gross: Gross,
    pub capex: Capex,
    pub revenue: RevenueBands,
    pub stability: Vec<YearStability>,
    /// Mean cash at the end of each period: opening cash, operations, capex, tax, what is raised and the service of debt.
    pub cash_usd: Vec<f64>,
    /// Interest and principal of loans that stand and of what is raised.
    pub debt_service_usd: Vec<f64>,
    pub finance: Finance,
    pub refused: Vec<Refused>,
    pub binding: Vec<Binding>,
    /// Why then, and why not at all: of orders and starts of rent.
    pub reasons: Vec<Reason>,
    pub repairs: Vec<Repair>,
    pub baselines: Vec<Baseline>,
    /// Plans worth nearly as much with the least and the most hosting.
    pub alternatives: Vec<Baseline>,
    /// Hashprice sold forward on the first day, by period.
    pub hedges: Vec<HedgePlan>,
    /// In full detail only.
    pub replanning: Option<Replanning>,
    pub commitments: Vec<Commitment>,
    pub certificate: Certificate,
    pub stamp: Stamp,
    pub size: ModelSize,
    /// What the plan leaves out or simplifies for this site, in sentences.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Npv {
    pub expected_usd: f64,
    pub p5_usd: f64,
    /// Mean of the worst 5 % of the judging paths.
    pub cvar95_usd: f64,
    pub beyond_horizon_share: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HallPlan {
    pub id: String,
    pub uses: Vec<UsePlan>,
    /// Hosting space ready, critical MW.
    pub fitted_mw: Vec<f64>,
    /// Space out of use under works, critical MW.
    pub works_mw: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UsePlan {
    pub of: UseOf,
    /// IT MW.
    pub mw: Vec<f64>,
}

/// Orders of one planned part or of one hall's fit-out.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildPlan {
    pub component: String,
    /// True for a hall's fit-out.
    pub fit_out: bool,
    /// MW ordered on the first day of each period.
    pub ordered_mw: Vec<f64>,
    pub ready_mw: Vec<f64>,
    /// Paid in each period.
    pub capex_usd: Vec<f64>,
}

/// Load and rating of one part at the design hour.
#[derive(Clone, Debug, PartialEq)]
pub struct PartFlow {
    pub component: String,
    pub mining_mw: Vec<f64>,
    pub hosting_mw: Vec<f64>,
    /// What is in service, MW.
    pub rating_mw: Vec<f64>,
}

/// Gross (utility) MW of the site at the design hour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gross {
    pub mining_mw: Vec<f64>,
    pub hosting_mw: Vec<f64>,
    /// Hosting import by offer, in the order of the site's offers.
    pub by_offer_mw: Vec<Vec<f64>>,
    /// Import that works keep from use.
    pub works_mw: Vec<f64>,
    pub contract_mw: Vec<f64>,
    pub firm_mw: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capex {
    pub total_usd: f64,
    /// By calendar year.
    pub by_year: Vec<(i16, f64)>,
}

/// Mean and 5-95 % band of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    pub mean: Vec<f64>,
    pub p5: Vec<f64>,
    pub p95: Vec<f64>,
}

/// Billed revenue without power reimbursement, curtailment and prepayment credits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RevenueBands {
    pub mining: Band,
    pub hosting: Band,
    /// Demand-response and availability payments.
    pub other: Band,
    pub blended: Band,
    /// Blended revenue if the site keeps mining.
    pub keep_mining: Band,
    /// Contracted rent due from signed and planned tenants while none defaults.
    pub contracted_usd: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct YearStability {
    /// Calendar year in which the plan year starts.
    pub year: i16,
    pub mean_usd: f64,
    /// Deviation over mean across paths.
    pub cv: f64,
    /// Mean of the worst tail at the reporting level.
    pub worst_year_usd: f64,
    pub worst_year_share: f64,
    pub share_contracted: f64,
    pub keep_mining_mean_usd: f64,
    pub keep_mining_worst_usd: f64,
    /// The floor the plan had to keep, when one was set for the year.
    pub floor_usd: Option<f64>,
}

/// The company's money: cash month by month in both cases, debt, covenants and tax.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finance {
    /// Cash at the end of each month, on the mean of the plan's paths and in the stress case.
    pub cash_by_month_usd: Vec<f64>,
    pub stress_by_month_usd: Vec<f64>,
    /// What the stress case is, in words.
    pub stress_case: String,
    /// Least cash at any month's end in dollars, where the file asks for it.
    pub minimum_cash_usd: Option<f64>,
    /// With the months of fixed cost, at each month's end; empty where neither is asked for.
    pub minimum_by_month_usd: Vec<f64>,
    /// Loans that stand, then instruments that are drawn on.
    pub debt: Vec<DebtPlan>,
    pub covenants: Vec<CovenantPlan>,
    /// Paid in each period; all zero where the plan is before tax.
    pub tax_usd: Vec<f64>,
    pub tax_rate: f64,
}

impl Finance {
    /// Month and amount of the least cash in the mean and in the stress case.
    pub fn lowest(&self) -> [Option<(usize, f64)>; 2] {
        [&self.cash_by_month_usd, &self.stress_by_month_usd]
            .map(|cash| cash.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1)))
    }
}

/// A debt: a loan that stands or an instrument that is drawn on.
#[derive(Clone, Debug, PartialEq)]
pub struct DebtPlan {
    pub instrument: String,
    pub name: String,
    /// Owed at the end of each period.
    pub balance_usd: Vec<f64>,
    /// Raised in each period, before fees; shares sold are here and owe nothing.
    pub raised_usd: Vec<f64>,
}

/// A promise to lenders, as the plan keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct CovenantPlan {
    pub name: String,
    pub instrument: String,
    /// What covers less what must be covered, by period; none where nothing is tested.
    pub headroom_usd: Vec<Option<f64>>,
    pub least_headroom_usd: f64,
    /// First day of the period of the least headroom.
    pub least_at: Date,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub hall: String,
    pub offer: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Constraint family, such as `C11`.
    pub constraint: String,
    /// The user's object.
    pub object: String,
    /// Change of the objective in USD per `unit` more.
    pub shadow_price: f64,
    pub unit: String,
    /// How much less and more of it the price holds for, in its unit; infinite where nothing stops it, `None` where the
    /// solver does not tell.
    pub holds: Option<Holds>,
    /// Worth of one unit more (a million dollars, a MW, a hundredth of the positions), or less of what is promised, USD,
    /// where the price does not hold as far: solved again.
    pub step_worth_usd: Option<f64>,
    pub sentence: String,
}

impl Binding {
    /// True of a limit of money, whose price is in USD per USD.
    pub fn is_money(&self) -> bool {
        self.unit == Self::PER_DOLLAR
    }

    /// The unit of a price of money.
    pub const PER_DOLLAR: &'static str = "USD per USD";

    /// How much of the limit one step is, in its unit, of which `step_worth_usd` tells the worth: a million dollars, a MW, a
    /// hundredth of the positions. Less than nothing of what is promised, which gives way downwards.
    pub fn step(&self) -> f64 {
        let size = match self.unit.as_str() {
            Self::PER_DOLLAR => 1e6,
            "USD per share" => 0.01,
            _ => 1.0,
        };
        if self.shadow_price < 0.0 { -size } else { size }
    }

    /// Worth of one unit more, or less of what is promised, USD: of a whole step where that was worked out, else the price
    /// at the margin.
    pub fn worth_usd(&self) -> f64 {
        self.step_worth_usd.map_or_else(|| self.shadow_price.abs(), |usd| usd / self.step().abs())
    }

    /// True of a limit of the part that is called `name`: its own, its contract's, or one that it sets after a loss.
    pub fn is_of(&self, name: &str) -> bool {
        match self.constraint.as_str() {
            "C2" | "C3" | "C4" | "C5" | "C6" | "C7" => self.object == name,
            "C10" => self.object.strip_suffix(name).is_some_and(|what| what.ends_with(" of ")),
            "C7 loss" => self
                .object
                .rsplit_once(Self::LIMITED_BY)
                .is_some_and(|(_, parts)| parts.split(Self::AND).any(|part| part == name)),
            _ => false,
        }
    }

    /// Between a loss and the parts that limit what survives it.
    pub(super) const LIMITED_BY: &'static str = ", limited by ";
    /// Between two of those parts.
    pub(super) const AND: &'static str = ", ";
}

/// Room on both sides of a limit; see [`Binding::holds`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holds {
    pub less: f64,
    pub more: f64,
}

/// A change that makes an impossible brief possible: of one limit, or of several together.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// The user's object; several are joined by ` + `.
    pub object: String,
    pub change: String,
    /// Price of giving way so far, by which repairs are ranked.
    pub cost_usd: Option<f64>,
    pub sentence: String,
    /// Expected NPV of the best plan once it is made.
    pub npv_usd: f64,
    pub changes: Vec<Change>,
    /// What it changes in the document that was planned.
    pub overrides: Vec<Override>,
}

/// One limit of a repair, as text that reads back to the last bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub object: String,
    pub now: String,
    /// What would be just enough.
    pub least: String,
    /// That, rounded outwards to a number of few digits: what the repair writes.
    pub value: String,
    /// Empty for dates and classes.
    pub unit: &'static str,
}

impl Repair {
    /// The repair as one step: in the scenario that was planned, or in the base case.
    pub fn edit(&self, scenario: Option<&str>) -> Edit {
        Edit::of_overrides(format!("Repair: {}", self.object), &self.overrides, scenario)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    pub name: String,
    pub npv_usd: f64,
    pub capex_usd: f64,
    /// Lowest worst-year billed revenue over mean of any year.
    pub worst_year_share: f64,
    pub policies_missed: Vec<String>,
    /// Hosting critical MW per period.
    pub hosting_mw: Vec<f64>,
}

/// Hashprice sold forward on the first day, a contract for each month of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct HedgePlan {
    pub period: usize,
    /// In each month of the period.
    pub ph_per_s: f64,
    /// Mean of the months.
    pub forward_usd_per_ph_day: f64,
    pub forward_by_month_usd_per_ph_day: Vec<f64>,
    /// Held from the first day, each month's part until it settles.
    pub margin_usd: f64,
    /// On the mean of the paths, nominal: what is sold below expectation, so zero or less.
    pub expected_settlement_usd: f64,
}

/// What deciding again is worth, once hashprice has shown where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Replanning {
    /// First day of the decisions that are made anew.
    pub from: Date,
    /// Expected gain over following the plan, USD: a lower bound, since the plan does not prepare for it.
    pub worth_usd: f64,
    /// Futures by hashprice of that month, lowest first.
    pub cases: Vec<ReplanCase>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReplanCase {
    pub probability: f64,
    /// Mean of the month in which decisions are made anew.
    pub hashprice_usd_per_ph_day: f64,
    /// Objective of following the plan in this future, and of deciding again, USD.
    pub planned_usd: f64,
    pub replanned_usd: f64,
    /// Critical MW hosted at most after deciding again.
    pub hosting_mw: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Commitment {
    pub date: Date,
    pub item: String,
    pub object: String,
    pub cash_usd: f64,
    pub cancel_usd: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certificate {
    /// Largest violation of a row or a bound, relative to the row's own size.
    pub primal_residual: f64,
    /// Largest violation of dual feasibility, relative to the cost's own size.
    pub dual_residual: f64,
    /// |primal - dual objective| / (1 + |primal objective|).
    pub relative_gap: f64,
    pub second_solver_objective_usd: Option<f64>,
    /// |objective of the program - value recomputed from the plan's cash flows| / (1 + |objective|).
    pub cash_flow_residual: f64,
    /// Of a plan of whole decisions.
    pub whole: Option<WholeCertificate>,
    /// The plan held against the site without the program: a line a constraint family, and of revenue and NPV.
    pub audit: Vec<AuditLine>,
}

/// One family of limits or figures, reckoned again from the decisions.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    /// `C1` to `C17` of docs/model.md, `revenue` or `NPV`.
    pub family: &'static str,
    /// What it is about, in words.
    pub what: &'static str,
    /// Largest violation, in `unit`; zero where nothing is off.
    pub worst: f64,
    /// The user's object and the time of the largest violation; empty where nothing is off.
    pub object: String,
    pub unit: &'static str,
    /// What rounding may be off by.
    pub tolerance: f64,
}

/// How near a plan of whole decisions is to the best there is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WholeCertificate {
    /// The objective if decisions could be split.
    pub lp_bound_usd: f64,
    /// No plan of whole decisions has a higher objective.
    pub bound_usd: f64,
    /// (bound - objective) / |objective|.
    pub integer_gap: f64,
    pub integer_columns: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelSize {
    pub columns: usize,
    pub rows: usize,
    pub nonzeros: usize,
    /// Times the program was solved until no tail cut was violated.
    pub rounds: usize,
}

impl Replanning {
    /// What deciding again comes to.
    pub fn sentence(&self) -> String {
        let when = date::month_label(self.from);
        if self.worth_usd < 0.5e4 {
            return format!("Deciding again in {when}, hashprice known, would change nothing worth naming");
        }
        format!(
            "Deciding again in {when}, hashprice known, adds {} at least over following the plan",
            format::usd(self.worth_usd)
        )
    }
}

impl Plan {
    /// Mining IT MW of the whole site per period.
    pub fn mining_mw(&self) -> Vec<f64> {
        self.sum_of(UseOf::is_mining)
    }

    /// Hosting critical MW of the whole site per period.
    pub fn hosting_mw(&self) -> Vec<f64> {
        self.sum_of(|of| !of.is_mining())
    }

    /// Mining and hosting critical MW of the whole site in one period; zero beyond the last.
    pub fn mw_in(&self, period: usize) -> (f64, f64) {
        let (mut mining, mut hosting) = (0.0, 0.0);
        for plan in self.halls.iter().flat_map(|hall| &hall.uses) {
            let sum = if plan.of.is_mining() { &mut mining } else { &mut hosting };
            *sum += plan.mw.get(period).copied().unwrap_or(0.0);
        }
        (mining, hosting)
    }

    fn sum_of(&self, wanted: impl Fn(&UseOf) -> bool) -> Vec<f64> {
        let mut total = vec![0.0; self.periods.len()];
        for plan in self.halls.iter().flat_map(|hall| &hall.uses).filter(|plan| wanted(&plan.of)) {
            for (sum, mw) in total.iter_mut().zip(&plan.mw) {
                *sum += mw;
            }
        }
        total
    }

    /// NPV of keeping the site as it is, the base every figure is compared with.
    pub fn keep_mining(&self) -> Option<&Baseline> {
        self.baselines.iter().find(|baseline| baseline.name == super::KEEP_MINING)
    }
}

#[cfg(test)]
mod tests {
    use super::Binding;

    fn binding(constraint: &str, object: &str, unit: &str, price: f64, step: Option<f64>) -> Binding {
        Binding {
            constraint: constraint.to_owned(),
            object: object.to_owned(),
            shadow_price: price,
            unit: unit.to_owned(),
            holds: None,
            step_worth_usd: step,
            sentence: String::new(),
        }
    }

    #[test]
    fn a_limit_is_of_the_parts_it_names() {
        let of = |constraint, object| binding(constraint, object, "USD per MW", 1.0, None);
        assert!(of("C2", "T2").is_of("T2"));
        assert!(!of("C2", "T2").is_of("T"), "a name is whole");
        assert!(of("C10", "contract of GRID").is_of("GRID"));
        assert!(!of("C10", "contract of GRID").is_of("ID"));
        let loss = of("C7 loss", "Hosting in the loss of GRID, limited by GEN, UPS A");
        assert!(loss.is_of("GEN") && loss.is_of("UPS A"));
        assert!(!loss.is_of("GRID") && !loss.is_of("UPS"), "what is lost limits nothing");
        assert!(!of("C9", "T2").is_of("T2"), "machines may be called as a part is");
    }

    #[test]
    fn the_worth_of_a_unit_is_that_of_a_step_where_it_is_known() {
        assert!((binding("C2", "T2", "USD per MW", 7.0, None).worth_usd() - 7.0).abs() < 1e-12);
        assert!((binding("C2", "T2", "USD per MW", 7.0, Some(5.0)).worth_usd() - 5.0).abs() < 1e-12);
        assert!((binding("C8", "Offer", "USD per MW", -7.0, Some(5.0)).worth_usd() - 5.0).abs() < 1e-12);
        let positions = binding("C5", "HALL 1", "USD per share", 700.0, Some(5.0));
        assert!((positions.worth_usd() - 500.0).abs() < 1e-9, "a step is a hundredth of the positions");
    }
}
