//! The command line: one file a subcommand; text for people, `--json` for scripts.

mod backdrop;
mod blueprints;
mod check;
mod convert;
mod engineer;
mod equipment;
mod export_lp;
mod frontier;
mod import;
mod input;
mod market;
mod new;
mod offers;
mod output;
mod plan;
mod proof;
mod repair;
mod since;
mod templates;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Done and clean.
pub const CLEAN: u8 = 0;
/// Done, but the input has problems or the brief is impossible.
pub const PROBLEMS: u8 = 1;
/// Could not run.
pub const FAILED: u8 = 2;

/// Plans how a Bitcoin-mining site becomes an HPC/AI site.
///
/// Without a subcommand the window opens, with FILE if one is named.
#[derive(Debug, Parser)]
#[command(name = "wattshift", version, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Exit status: 0 done and clean, 1 done but the input has problems or the brief is impossible, 2 could not run."
)]
struct Arguments {
    /// Site file to open in the window (NAME.site.ron)
    file: Option<PathBuf>,

    /// How the window draws; without it wgpu is tried first, then glow
    #[arg(long, value_enum)]
    renderer: Option<RendererName>,

    #[command(subcommand)]
    command: Option<Command>,
}

/// A way to draw the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RendererName {
    Wgpu,
    Glow,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Problems of a site file with place, message and hint
    Check(check::Arguments),
    /// Capacity with and without losses, availability, thermal year and latency of every hall
    Engineer(engineer::Arguments),
    /// Hashprice, halving, fleet payback, hashcost, power bands, path quantiles, offers beside mining
    Market(market::Arguments),
    /// The best split of the megawatts over time, with its proof
    Plan(plan::Arguments),
    /// What a steadier income costs: the best plans over the height of the worst-year revenue floor
    Frontier(frontier::Arguments),
    /// The exact linear program solved, as free MPS with names kept
    ExportLp(export_lp::Arguments),
    /// Hourly prices or a metered load from a CSV into a site file, with a preview
    Import(import::Arguments),
    /// Site templates that come with the program
    Templates(templates::Arguments),
    /// A new site file from a template, or drawn from numbers
    New(Box<new::Arguments>),
    /// The chain that makes a hall convertible: sized, priced, wired
    Convert(convert::Arguments),
    /// Blueprints to put into a site, scaled and joined; keeps parts of a site as one
    Blueprints(blueprints::Arguments),
    /// The picture under the one-line or the plan: put in, placed, taken out, written to a file
    Backdrop(backdrop::Arguments),
    /// Library of offers, service credits, ratings and GPU systems; puts an offer into a site
    Offers(offers::Arguments),
}

/// Flags every subcommand takes.
#[derive(Clone, Debug, Args)]
struct Common {
    /// Scenario of the file; the base case without it. FILE#SCENARIO means the same
    #[arg(long, global = true, value_name = "NAME")]
    scenario: Option<String>,
    /// One JSON document on standard output, nothing else there
    #[arg(long, global = true)]
    json: bool,
    /// Seed of the market paths, instead of the file's
    #[arg(long, global = true, value_name = "N")]
    seed: Option<u64>,
    /// No notes on standard error
    #[arg(long, global = true)]
    quiet: bool,
    /// A progress bar on standard error when it is a terminal
    #[arg(long, global = true)]
    progress: bool,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are not errors; a broken pipe while printing them is nobody's problem.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { CLEAN });
        }
    };
    let outcome = match arguments.command {
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Engineer(arguments)) => engineer::run(&arguments),
        Some(Command::Market(arguments)) => market::run(&arguments),
        Some(Command::Plan(arguments)) => plan::run(&arguments),
        Some(Command::Frontier(arguments)) => frontier::run(&arguments),
        Some(Command::ExportLp(arguments)) => export_lp::run(&arguments),
        Some(Command::Import(arguments)) => import::run(&arguments),
        Some(Command::Templates(arguments)) => templates::run(&arguments),
        Some(Command::New(arguments)) => new::run(&arguments),
        Some(Command::Convert(arguments)) => convert::run(&arguments),
        Some(Command::Blueprints(arguments)) => blueprints::run(&arguments),
        Some(Command::Backdrop(arguments)) => backdrop::run(&arguments),
        Some(Command::Offers(arguments)) => offers::run(&arguments),
        None => window(arguments.file, arguments.renderer),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::from(CLEAN),
        Err(error) => {
            output::note(&format!("error: {error:#}"));
            ExitCode::from(FAILED)
        }
    }
}

/// Opens the window; on a machine without a display plans the file (or the first template) and prints its summary.
fn window(file: Option<PathBuf>, renderer: Option<RendererName>) -> anyhow::Result<u8> {
    if !has_display() {
        output::note("There is no display, so the plan is printed here instead of opening the window");
        return plan::run_summary(file);
    }
    open_window(file, renderer)
}

/// X11 and Wayland name their display in the environment; other systems always have one.
fn has_display() -> bool {
    let named = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

#[cfg(feature = "gui")]
fn open_window(file: Option<PathBuf>, renderer: Option<RendererName>) -> anyhow::Result<u8> {
    let renderer = renderer.map(|name| match name {
        RendererName::Wgpu => crate::app::Renderer::Wgpu,
        RendererName::Glow => crate::app::Renderer::Glow,
    });
    crate::app::run(file, renderer)?;
    Ok(CLEAN)
}

#[cfg(not(feature = "gui"))]
fn open_window(file: Option<PathBuf>, _renderer: Option<RendererName>) -> anyhow::Result<u8> {
    output::note("This build has no window (feature `gui`), so the plan is printed here");
    plan::run_summary(file)
}
