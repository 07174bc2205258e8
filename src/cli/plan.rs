//! `wattshift plan FILE`

use super::input::Input;
use super::proof::{self, finite};
use super::{CLEAN, Common, PROBLEMS, input, output, repair, since};
use crate::plan::{self, Band, Baseline, Detail, Options, Plan, Planner, Reason, Shift, Status, Worth};
use crate::quantity::{date, format};
use crate::{file, site::Site};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file, or FILE#SCENARIO
    file: PathBuf,
    /// How finely the plan sees time
    #[arg(long, value_enum, default_value_t)]
    detail: DetailName,
    /// Also write plan.json and plan.txt into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also write every market series, band and judgement the plan was made on into this folder
    #[arg(long, value_name = "DIR")]
    dump_world: Option<PathBuf>,
    /// Solve once more with the pure-Rust solver and report its objective
    #[arg(long)]
    second_opinion: bool,
    /// Also plan this file, or FILE#SCENARIO, and say what is different since
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    #[command(flatten)]
    decisions: Decisions,
    #[command(flatten)]
    repair: repair::RepairArguments,
    #[command(flatten)]
    common: Common,
}

/// Whether decisions may be split.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Decisions {
    /// Keep to whole blocks, fixed prices, options, least sizes and exclusions instead of splitting them
    #[arg(long)]
    whole: bool,
    /// Longest that whole decisions are looked for [default: 10]
    #[arg(long, value_name = "N", requires = "whole", value_parser = seconds)]
    seconds: Option<f64>,
}

/// Longest time that may be asked for: a day.
const MOST_SECONDS: f64 = 86_400.0;

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=MOST_SECONDS).contains(&seconds) => Ok(seconds),
        _ => Err(format!("enter seconds between 0.1 and {MOST_SECONDS}")),
    }
}

/// [`Detail`] on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DetailName {
    /// Quarters for five years, then years
    #[default]
    Quick,
    /// Months
    Full,
}

impl From<DetailName> for Detail {
    fn from(name: DetailName) -> Self {
        match name {
            DetailName::Quick => Self::Quick,
            DetailName::Full => Self::Full,
        }
    }
}

pub fn solve_options(detail: DetailName, decisions: Decisions, common: &Common) -> Options {
    let Decisions { whole, seconds } = decisions;
    Options { detail: detail.into(), seed: common.seed, whole, seconds, ..Options::default() }
}

/// Exit status of a plan: clean only when the input is and the brief is possible.
pub fn status_of(plan: &Plan, input: &Input) -> u8 {
    if plan.status == Status::Infeasible { PROBLEMS } else { input.status() }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common)?;
    let loaded = input.site(common.quiet)?;
    arguments.repair.may_write(&input.path)?;
    let options = Options {
        second_opinion: arguments.second_opinion,
        ..solve_options(arguments.detail, arguments.decisions, common)
    };
    let scenario = input.scenario.as_deref();
    let mut planner = Planner::default();
    let mut solved =
        planner.solve(&loaded.site, scenario, options, &output::progress_bar(common.progress))?;
    solved.plan.stamp.input_sha256 = Some(loaded.sha256.clone());
    let mut document = plan_json(&solved.plan, &loaded.site);
    let mut summary = summary(&solved.plan, &loaded.site);
    if let Some(other) = &arguments.since {
        let since = since::since(other, (&solved.plan, loaded), &mut planner, options, common)?;
        summary.push_str(&since.text());
        if let Some(keys) = document.as_object_mut() {
            keys.insert("changes".to_owned(), since.json());
        }
    }
    if let Some(folder) = &arguments.out {
        write_all(folder, [("plan.json", format!("{document:#}\n")), ("plan.txt", summary.clone())])?;
    }
    if let Some(folder) = &arguments.dump_world {
        write_all(folder, plan::dump_world(&loaded.site, scenario, common.seed, &solved)?)?;
    }
    // Before anything is printed: what cannot be applied is the answer then.
    let applied = arguments.repair.apply(&solved.plan, &loaded.site, scenario)?;
    if common.json {
        if let (Some(applied), Some(keys)) = (&applied, document.as_object_mut()) {
            keys.insert("applied_repair".to_owned(), applied.json());
        }
        output::json(&document)?;
    } else {
        output::text(&summary)?;
        if let Some(applied) = &applied {
            output::text(&applied.text())?;
        }
    }
    Ok(if applied.is_some() { input.status() } else { status_of(&solved.plan, &input) })
}

/// Plans a file, or the first template, and prints the summary: what the window would show first.
pub fn run_summary(file: Option<PathBuf>) -> anyhow::Result<u8> {
    let site = match file {
        Some(path) => {
            let (loaded, report) = file::read(&path);
            for problem in report.problems.iter().filter(|p| p.severity > crate::quantity::Severity::Info) {
                output::note(&output::problem_text(problem));
            }
            loaded
                .filter(|_| !report.has_errors())
                .with_context(|| format!("cannot plan {}", path.display()))?
                .site
        }
        None => {
            let templates = file::templates();
            let template = templates.first().context("there is no template")?;
            file::read_text(template.text).0.with_context(|| format!("template {}", template.name))?
        }
    };
    let plan = plan::solve(&site, None, Detail::Quick, &|_| true)?;
    output::text(&summary(&plan, &site))?;
    Ok(if plan.status == Status::Infeasible { PROBLEMS } else { CLEAN })
}

fn write_all<N: AsRef<str>>(
    folder: &Path,
    files: impl IntoIterator<Item = (N, String)>,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, text) in files {
        file::write_atomically(&folder.join(name.as_ref()), text.as_bytes())?;
    }
    Ok(())
}

/// The plan in the keys of the interface contract.
pub fn plan_json(plan: &Plan, site: &Site) -> Value {
    let band = |band: &Band| json!({ "mean": band.mean, "p5": band.p5, "p95": band.p95 });
    json!({
        "input_sha256": plan.stamp.input_sha256,
        "program": plan.stamp.program,
        "solver": plan.solver,
        "site": site.name,
        "scenario": plan.scenario,
        "detail": plan.detail.word(),
        "seed": plan.stamp.seed,
        "status": plan.status.word(),
        "objective_usd": plan.objective_usd,
        "npv_usd": {
            "expected": plan.npv.expected_usd,
            "p5": plan.npv.p5_usd,
            "cvar95": plan.npv.cvar95_usd,
            "beyond_horizon_share": plan.npv.beyond_horizon_share,
        },
        "periods": plan.periods.iter().map(|period| json!({
            "start": period.start.to_string(), "months": period.months,
        })).collect::<Value>(),
        "halls": plan.halls.iter().map(|hall| json!({
            "id": hall.id,
            "uses": hall.uses.iter().map(|of| json!({ "use": of.of.key(), "mw": of.mw })).collect::<Value>(),
            "fitted_mw": hall.fitted_mw,
            "works_mw": hall.works_mw,
        })).collect::<Value>(),
        "builds": plan.builds.iter().map(|build| json!({
            "component": build.component,
            "fit_out": build.fit_out,
            "mw": build.ordered_mw,
            "ready_mw": build.ready_mw,
            "capex_usd": build.capex_usd,
        })).collect::<Value>(),
        "gross_mw": {
            "mining": plan.gross.mining_mw, "hosting": plan.gross.hosting_mw,
            "contract": plan.gross.contract_mw, "firm": plan.gross.firm_mw,
        },
        "capex_usd": {
            "total": plan.capex.total_usd,
            "by_year": plan.capex.by_year.iter().map(|(year, usd)| json!({ "year": year, "usd": usd })).collect::<Value>(),
        },
        "revenue_usd": {
            "mining": band(&plan.revenue.mining),
            "hosting": band(&plan.revenue.hosting),
            "other": band(&plan.revenue.other),
            "blended": band(&plan.revenue.blended),
            "keep_mining": band(&plan.revenue.keep_mining),
            "contracted": plan.revenue.contracted_usd,
        },
        "stability": { "by_year": plan.stability.iter().map(|year| json!({
            "year": year.year,
            "mean_usd": year.mean_usd,
            "cv": year.cv,
            "worst_year_usd": year.worst_year_usd,
            "worst_year_share": year.worst_year_share,
            "share_contracted": year.share_contracted,
            "keep_mining_mean_usd": year.keep_mining_mean_usd,
            "keep_mining_worst_usd": year.keep_mining_worst_usd,
            "floor_usd": year.floor_usd,
        })).collect::<Value>() },
        "cash_usd": plan.cash_usd,
        "debt_service_usd": plan.debt_service_usd,
        "cash_by_month_usd": {
            "mean": plan.finance.cash_by_month_usd,
            "stress": plan.finance.stress_by_month_usd,
            "minimum": plan.finance.minimum_cash_usd,
            "minimum_by_month": plan.finance.minimum_by_month_usd,
            "stress_case": plan.finance.stress_case,
        },
        "debt": plan.finance.debt.iter().map(|debt| json!({
            "instrument": debt.instrument,
            "name": debt.name,
            "balance_usd": debt.balance_usd,
            "raised_usd": debt.raised_usd,
        })).collect::<Value>(),
        "covenants": plan.finance.covenants.iter().map(|covenant| json!({
            "instrument": covenant.instrument,
            "name": covenant.name,
            "headroom_usd": covenant.headroom_usd,
            "least_headroom_usd": covenant.least_headroom_usd,
            "least_at": covenant.least_at.to_string(),
        })).collect::<Value>(),
        "hedges": plan.hedges.iter().filter_map(|hedge| plan.periods.get(hedge.period).map(|period| json!({
            "start": period.start.to_string(),
            "months": period.months,
            "ph_per_s": hedge.ph_per_s,
            "forward_usd_per_ph_day": hedge.forward_usd_per_ph_day,
            "forward_by_month_usd_per_ph_day": hedge.forward_by_month_usd_per_ph_day,
            "margin_usd": hedge.margin_usd,
            "expected_settlement_usd": hedge.expected_settlement_usd,
        }))).collect::<Value>(),
        "tax": { "rate": plan.finance.tax_rate, "paid_usd": plan.finance.tax_usd },
        "refused": plan.refused.iter().map(|refused| json!({
            "hall": refused.hall, "offer": refused.offer, "reason": refused.reason,
        })).collect::<Value>(),
        "binding": plan.binding.iter().map(|binding| json!({
            "constraint": binding.constraint,
            "object": binding.object,
            "shadow_price": binding.shadow_price,
            "unit": binding.unit,
            // Nothing stops a price that holds without end.
            "holds_less": binding.holds.and_then(|holds| finite(holds.less)),
            "holds_more": binding.holds.and_then(|holds| finite(holds.more)),
            "step_worth_usd": binding.step_worth_usd,
            "sentence": binding.sentence,
        })).collect::<Value>(),
        "reasons": plan.reasons.iter().map(reason_json).collect::<Value>(),
        "repairs": plan.repairs.iter().enumerate().map(repair::repair_json).collect::<Value>(),
        "baselines": plan.baselines.iter().map(other_plan).collect::<Value>(),
        "alternatives": plan.alternatives.iter().map(other_plan).collect::<Value>(),
        // Worked out in full detail only.
        "replanning": plan.replanning.as_ref().map(|again| json!({
            "from": again.from.to_string(),
            "worth_usd": again.worth_usd,
            "cases": again.cases.iter().map(|case| json!({
                "probability": case.probability,
                "hashprice_usd_per_ph_day": case.hashprice_usd_per_ph_day,
                "planned_usd": case.planned_usd,
                "replanned_usd": case.replanned_usd,
                "hosting_mw": case.hosting_mw,
            })).collect::<Value>(),
        })),
        "commitments": plan.commitments.iter().map(|commitment| json!({
            "date": commitment.date.to_string(),
            "item": commitment.item,
            "object": commitment.object,
            "cash_usd": commitment.cash_usd,
            "cancel_usd": commitment.cancel_usd,
        })).collect::<Value>(),
        "certificate": proof::certificate_json(&plan.certificate),
        "stamp": proof::stamp_json(&plan.stamp),
        "size": {
            "columns": plan.size.columns, "rows": plan.size.rows,
            "nonzeros": plan.size.nonzeros, "rounds": plan.size.rounds,
        },
        "notes": plan.notes,
    })
}

/// Why something is decided then, or is left out.
fn reason_json(reason: &Reason) -> Value {
    let worth = |worth: &Worth| {
        json!({
            "usd_per_mw": worth.usd_per_mw,
            "holds_mw": worth.holds_mw.and_then(finite),
            "shares": worth.shares.iter().map(|share| json!({
                "constraint": share.constraint, "for": share.what, "usd_per_mw": share.usd_per_mw,
            })).collect::<Value>(),
        })
    };
    let shift = |shift: &Shift| {
        json!({
            "to": shift.to.map(|day| day.to_string()),
            "worth": shift.worth.as_ref().map(worth),
            "sentence": shift.sentence,
        })
    };
    json!({
        "decided": reason.decided.word(),
        "object": reason.object,
        "offer": reason.offer,
        "date": reason.date.map(|day| day.to_string()),
        "last": reason.last.map(|day| day.to_string()),
        "mw": reason.mw,
        "money_usd": reason.money_usd,
        "now": reason.now,
        "earlier": reason.earlier.as_ref().map(shift),
        "later": reason.later.as_ref().map(shift),
        "lacks": reason.lacks.as_ref().map(worth),
    })
}

/// A plan to compare with.
pub fn other_plan(other: &Baseline) -> Value {
    json!({
        "name": other.name,
        "npv_usd": other.npv_usd,
        "capex_usd": other.capex_usd,
        "worst_year_share": other.worst_year_share,
        "policies_missed": other.policies_missed,
        "hosting_mw": other.hosting_mw,
    })
}

/// The plan as a page of text.
fn summary(plan: &Plan, site: &Site) -> String {
    let mut text = String::new();
    let title = if plan.scenario.is_empty() {
        site.name.clone()
    } else {
        format!("{} · {}", site.name, plan.scenario)
    };
    text.push_str(&format!("{title}\n{}\n\n", "─".repeat(title.chars().count())));
    if plan.status == Status::Infeasible {
        text.push_str(&repair::summary(plan));
    }
    text.push_str(&headline_figures(plan));
    text.push_str("\nSplit of the site\n");
    text.push_str(&split_table(plan));
    text.push_str("\nAgainst other plans\n");
    text.push_str(&baseline_table(plan));
    let section = |title: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return String::new();
        }
        let body: String = lines.iter().map(|line| format!("  • {line}\n")).collect();
        format!("\n{title}\n{body}")
    };
    text.push_str(&section("Deciding again", again_lines(plan)));
    text.push_str(&section("Debt", debt_lines(plan)));
    if !plan.hedges.is_empty() {
        text.push_str("\nHashprice sold forward, on the first day\n");
        text.push_str(&hedge_table(plan));
    }
    text.push_str(&section("What binds", plan.binding.iter().take(8).map(|b| b.sentence.clone()).collect()));
    text.push_str(&section("Why then", plan::told_first(&plan.reasons).map(|of| of.now.clone()).collect()));
    let commitments = plan.commitments.iter().take(12).map(|commitment| {
        let money = if commitment.cash_usd > 0.0 {
            format!(" ({})", format::usd(commitment.cash_usd))
        } else {
            String::new()
        };
        format!("{}  {}{money}", commitment.date, commitment.item)
    });
    text.push_str(&section("Commitments, first twelve", commitments.collect()));
    let refused = plan.refused.iter().map(|r| format!("{} in {}: {}", r.offer, r.hall, r.reason));
    text.push_str(&section("Refused", refused.collect()));
    text.push_str(&section("Notes", plan.notes.clone()));
    text.push_str(&format!(
        "\n{} by {}: {} columns, {} rows, {} rounds; residuals {:.1e} primal, {:.1e} dual, {:.1e} gap, {:.1e} cash\n",
        plan.status.word(),
        plan.solver,
        plan.size.columns,
        plan.size.rows,
        plan.size.rounds,
        plan.certificate.primal_residual,
        plan.certificate.dual_residual,
        plan.certificate.relative_gap,
        plan.certificate.cash_flow_residual,
    ));
    if let Some(whole) = &plan.certificate.whole {
        text.push_str(&format!(
            "{} whole decisions: worth {} at most, {} if they could be split; gap {:.1e}\n",
            whole.integer_columns,
            format::usd(whole.bound_usd),
            format::usd(whole.lp_bound_usd),
            whole.integer_gap,
        ));
    }
    if let Some(objective) = plan.certificate.second_solver_objective_usd {
        text.push_str(&format!("microlp finds {objective:.2} against {:.2} USD\n", plan.objective_usd));
    }
    text.push_str(&proof::text(plan));
    text
}

fn headline_figures(plan: &Plan) -> String {
    let keep = plan.keep_mining();
    let against = |value: f64, base: f64| format!("{} against keep mining", format::usd_change(value - base));
    let hosted = plan.hosting_mw().into_iter().fold(0.0, f64::max);
    let worst = plan.stability.iter().map(|year| year.worst_year_share).fold(f64::INFINITY, f64::min);
    let npv = if plan.finance.tax_rate > 0.0 { "NPV, after tax" } else { "NPV" };
    let mut rows = vec![
        vec![
            npv.into(),
            format::usd(plan.npv.expected_usd),
            keep.map_or_else(String::new, |keep| against(plan.npv.expected_usd, keep.npv_usd)),
        ],
        vec!["  beyond the horizon".into(), format::percent(plan.npv.beyond_horizon_share)],
        vec!["Capex".into(), format::usd(plan.capex.total_usd)],
        vec![
            "1-in-20 billed revenue, lowest year".into(),
            format::percent(worst),
            keep.map_or_else(String::new, |keep| {
                format!("of expected; keep mining {}", format::percent(keep.worst_year_share))
            }),
        ],
        vec!["Critical MW hosted at most".into(), format::mw(hosted)],
    ];
    for (name, lowest) in ["Lowest cash", "  in the stress case"].into_iter().zip(plan.finance.lowest()) {
        let Some((month, usd)) = lowest else { continue };
        let start = plan
            .periods
            .first()
            .map(|period| date::month_label(date::add_months(period.start, month as i32)));
        rows.push(vec![name.into(), format::usd(usd), start.unwrap_or_default()]);
    }
    output::table(&rows)
}

/// What deciding again is worth, and what one would do then.
fn again_lines(plan: &Plan) -> Vec<String> {
    let Some(again) = &plan.replanning else {
        let is_left_out = plan.detail == Detail::Quick && plan.status == Status::Optimal;
        return if is_left_out {
            vec!["--detail full works out what it is worth".to_owned()]
        } else {
            Vec::new()
        };
    };
    let cases = again.cases.iter().map(|case| {
        format!(
            "at ${} /PH/s/day ({}): {} instead of {}, {} hosted at most",
            format::number(case.hashprice_usd_per_ph_day, 1),
            format::percent(case.probability),
            format::usd(case.replanned_usd),
            format::usd(case.planned_usd),
            format::mw(case.hosting_mw),
        )
    });
    std::iter::once(again.sentence()).chain(cases).collect()
}

/// What is owed and raised, a line a debt, and the tightest promise to lenders.
fn debt_lines(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for debt in &plan.finance.debt {
        let raised: f64 = debt.raised_usd.iter().sum();
        let most = debt.balance_usd.iter().copied().fold(0.0, f64::max);
        let left = debt.balance_usd.last().copied().unwrap_or(0.0);
        let mut words = vec![format!("{}:", debt.name)];
        if raised > 0.0 {
            words.push(format!("{} raised,", format::usd(raised)));
        }
        words.push(format!("owes {} at most, {} at the horizon", format::usd(most), format::usd(left)));
        lines.push(words.join(" "));
    }
    for covenant in &plan.finance.covenants {
        lines.push(format!(
            "{} of {}: least headroom {}, {}",
            covenant.name,
            covenant.instrument,
            format::usd(covenant.least_headroom_usd),
            date::month_label(covenant.least_at)
        ));
    }
    lines
}

/// A line a period, in which each month is sold alike.
fn hedge_table(plan: &Plan) -> String {
    let heads = ["from", "months", "sold", "$/PH/s/day", "margin", "settles on average"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for hedge in &plan.hedges {
        let Some(period) = plan.periods.get(hedge.period) else { continue };
        rows.push(vec![
            date::month_label(period.start),
            period.months.to_string(),
            format::ph_per_s(hedge.ph_per_s),
            format::number(hedge.forward_usd_per_ph_day, 2),
            format::usd(hedge.margin_usd),
            format::usd(hedge.expected_settlement_usd),
        ]);
    }
    output::table(&rows)
}

fn split_table(plan: &Plan) -> String {
    let mut rows = vec![vec![
        "from".to_owned(),
        "mining IT".to_owned(),
        "hosting IT".to_owned(),
        "gross".to_owned(),
        "revenue/yr".to_owned(),
        "P5".to_owned(),
        "P95".to_owned(),
    ]];
    let (mining, hosting) = (plan.mining_mw(), plan.hosting_mw());
    for (index, period) in plan.periods.iter().enumerate() {
        // One line a year is enough on a terminal.
        if period.first_month % 12 != 0 {
            continue;
        }
        let yearly = |series: &[f64]| format::usd(series[index] * 12.0 / period.months as f64);
        rows.push(vec![
            date::month_label(period.start),
            format::mw(mining[index]),
            format::mw(hosting[index]),
            format::mw(plan.gross.mining_mw[index] + plan.gross.hosting_mw[index]),
            yearly(&plan.revenue.blended.mean),
            yearly(&plan.revenue.blended.p5),
            yearly(&plan.revenue.blended.p95),
        ]);
    }
    output::table(&rows)
}

fn baseline_table(plan: &Plan) -> String {
    let mut rows = vec![vec![
        "".to_owned(),
        "NPV".to_owned(),
        "capex".to_owned(),
        "1-in-20".to_owned(),
        "policies".to_owned(),
    ]];
    let worst = plan.stability.iter().map(|year| year.worst_year_share).fold(f64::INFINITY, f64::min);
    rows.push(vec![
        "this plan".to_owned(),
        format::usd(plan.npv.expected_usd),
        format::usd(plan.capex.total_usd),
        format::percent(worst),
        if plan.status == Status::Infeasible { "missed".to_owned() } else { "met".to_owned() },
    ]);
    for baseline in plan.baselines.iter().chain(&plan.alternatives) {
        let missed = match baseline.policies_missed.len() {
            0 => "met".to_owned(),
            count => format!("{count} missed"),
        };
        rows.push(vec![
            baseline.name.clone(),
            format::usd(baseline.npv_usd),
            format::usd(baseline.capex_usd),
            format::percent(baseline.worst_year_share),
            missed,
        ]);
    }
    output::table(&rows)
}
