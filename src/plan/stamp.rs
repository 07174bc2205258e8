//! What a plan was made by and from, so that it can be made again.

use super::result::{Detail, Stamp};
use super::solve::Options;
use crate::lp::PROVEN;
use crate::quantity::format;
use crate::site::Site;

impl Stamp {
    /// Of a plan of a site as it is planned with: scenario applied, seed replaced.
    pub(super) fn of(site: &Site, options: Options) -> Self {
        Self {
            program: concat!("wattshift ", env!("CARGO_PKG_VERSION")).to_owned(),
            solver: options.solver.name().to_owned(),
            tolerance_asked: options.solver.tolerance(),
            tolerance_proven: PROVEN,
            seed: site.plan.seed,
            detail: options.detail,
            whole: options.whole,
            paths: site.plan.paths,
            judge_paths: site.plan.judge_paths,
            input_sha256: None,
        }
    }

    /// For people, a line each.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("{} with {}", self.program, self.solver),
            format!("rows kept to {:.0e}, proven to {:.0e}", self.tolerance_asked, self.tolerance_proven),
            format!(
                "{} paths, judged on {}, seed {}",
                format::number(f64::from(self.paths), 0),
                format::number(f64::from(self.judge_paths), 0),
                self.seed
            ),
        ];
        if let Some(sha256) = &self.input_sha256 {
            lines.push(format!("input SHA-256 {sha256}"));
        }
        lines
    }
}

impl Detail {
    /// As `--detail` takes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}
