//! `wattshift convert FILE --hall ID -o OUT`: the chain that makes a hall convertible.

use super::{CLEAN, Common, PROBLEMS, input, new, output};
use crate::draft::{Chilling, Conversion, Cooled, Proposal, Resilience};
use crate::quantity::{Report, Unit, format};
use crate::{engineering, file};
use anyhow::{anyhow, bail};
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Site file to start from
    file: PathBuf,
    /// Hall that is to become hosting, by its id or tag
    #[arg(long, value_name = "HALL")]
    hall: String,
    /// Critical IT for hosting; as much as the floor takes without it
    #[arg(long, value_name = "MW", allow_negative_numbers = true)]
    mw: Option<String>,
    /// Densest rack; what is usual for the cooling without it
    #[arg(long, value_name = "KW", allow_negative_numbers = true)]
    kw_per_rack: Option<String>,
    /// What may fail without hosting being lost
    #[arg(long, value_enum, default_value = "2n")]
    resilience: ResilienceName,
    /// How the racks are cooled
    #[arg(long, value_enum, default_value = "liquid")]
    cooling: CooledName,
    /// What gives the heat of the liquid loop to the outdoors
    #[arg(long, value_enum, default_value = "dry-cooler")]
    rejection: ChillingName,
    /// Draw no UPS
    #[arg(long)]
    no_ups: bool,
    /// Draw no gensets
    #[arg(long)]
    no_gensets: bool,
    /// Site file to write; without it only the list is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace FILE if it exists (the old one is kept as .bak)
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ResilienceName {
    #[value(name = "n")]
    N,
    #[value(name = "n+1")]
    NPlus1,
    #[value(name = "2n")]
    TwoN,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CooledName {
    Air,
    RearDoor,
    Liquid,
    Immersion,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChillingName {
    DryCooler,
    AdiabaticCooler,
    CoolingTower,
    Chiller,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let common = &arguments.common;
    let input = input::read(&arguments.file, common)?;
    let site = &input.site(common.quiet)?.site;
    if input.scenario.is_some() {
        bail!("a scenario means nothing here: what may be built is drawn in the base case");
    }
    let hall = site.halls().find(|(part, _)| part.id == arguments.hall || part.tag == arguments.hall);
    let id = hall.map_or(arguments.hall.as_str(), |(part, _)| part.id.as_str());
    let mut conversion = Conversion::of(site, id);
    conversion.cooled = match arguments.cooling {
        CooledName::Air => Cooled::Air,
        CooledName::RearDoor => Cooled::RearDoor,
        CooledName::Liquid => Cooled::Liquid,
        CooledName::Immersion => Cooled::Immersion,
    };
    conversion.kw_per_rack = conversion.cooled.usual_kw_per_rack();
    conversion.chilling = match arguments.rejection {
        ChillingName::DryCooler => Chilling::DryCooler,
        ChillingName::AdiabaticCooler => Chilling::Adiabatic,
        ChillingName::CoolingTower => Chilling::CoolingTower,
        ChillingName::Chiller => Chilling::Chiller,
    };
    conversion.resilience = match arguments.resilience {
        ResilienceName::N => Resilience::N,
        ResilienceName::NPlus1 => Resilience::NPlus1,
        ResilienceName::TwoN => Resilience::TwoN,
    };
    conversion.has_ups = !arguments.no_ups;
    conversion.has_gensets = !arguments.no_gensets;
    let typed = [
        ("--mw", &arguments.mw, Unit::Mw, &mut conversion.mw),
        ("--kw-per-rack", &arguments.kw_per_rack, Unit::KwPerRack, &mut conversion.kw_per_rack),
    ];
    for (flag, text, unit, slot) in typed {
        if let Some(text) = text {
            *slot = unit.parse(text).map_err(|why| anyhow!("{flag}: {why}"))?;
        }
    }
    let (proposal, mut report) = conversion.propose(site, new::stock());
    let Some(proposal) = proposal else { return Err(output::failure(&report.problems)) };
    if let Some(path) = &arguments.output {
        output::may_write(path, arguments.force, None)?;
        file::save(path, &proposal.site)?;
    }
    let carries_mw = conversion.carries_mw(&proposal);
    conversion.check_carried(carries_mw, &mut report);
    report.extend(engineering::check(&proposal.site));
    let written = arguments.output.as_ref().map(|path| path.display().to_string());
    say(common, written, &proposal, carries_mw, &report)?;
    Ok(if report.is_clean() { CLEAN } else { PROBLEMS })
}

/// Prints what is added.
pub(super) fn say(
    common: &Common,
    written: Option<String>,
    proposal: &Proposal,
    carries_mw: Option<f64>,
    report: &Report,
) -> anyhow::Result<()> {
    if common.json {
        let added = proposal.added.iter().map(|part| {
            json!({
                "id": part.id,
                "tag": part.tag,
                "name": part.name,
                "rating": part.rating,
                "rating_mw": part.rating_mw,
                "capex_usd": part.usd,
                "lead_months": part.lead_months,
            })
        });
        return output::json(&json!({
            "added": added.collect::<Vec<_>>(),
            "capex_usd": proposal.capex_usd,
            "lead_months": proposal.lead_months,
            "carries_mw": carries_mw,
            "file": written,
            "problems": output::problems_json(report),
        }));
    }
    let mut text = String::new();
    for part in &proposal.added {
        text += &format!(
            "{:<9} {:<46} {:>26} {:>9} {:>12}\n",
            part.tag,
            part.name,
            part.rating,
            format::usd(part.usd),
            format::with_unit(part.lead_months, Unit::Months)
        );
    }
    text += &format!(
        "In all {}, ready {} after the order{}\n",
        format::usd(proposal.capex_usd),
        format::with_unit(proposal.lead_months, Unit::Months),
        carries_mw
            .map_or(String::new(), |mw| format!("; the hall then carries {} of hosting", format::mw(mw)))
    );
    if let Some(path) = written {
        text += &format!("Wrote {path}\n");
    }
    if !common.quiet {
        for problem in &report.problems {
            output::note(&output::problem_text(problem));
        }
    }
    output::text(&text)
}
