//! What a drawing is of, worked out once and kept until site, plan or period are others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use egui::{Context, Ui};

use super::Scene;
use super::labels::Labels;
use super::layout::Layout;
use super::moment::{Moment, same_plan};
use super::route;
use super::study::{self, Mark, Study};
use super::wires;
use crate::engineering::Study as Findings;
use crate::plan::Plan;
use crate::site::{Layer, Link, Medium, Side, Site};

/// Most sites shown small that are kept laid out.
const THUMBNAILS: usize = 16;

/// A link as it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// Places of its parts in the site's list.
    pub ends: Option<(usize, usize)>,
    /// Power for a cooling part, which stands back behind the way of the load.
    pub auxiliary: bool,
    pub side: Side,
    /// Both ends stand at the moment.
    pub solid: bool,
}

/// A site at a moment of a plan, laid out.
pub struct Sheet {
    site: Arc<Site>,
    plan: Option<Arc<Plan>>,
    period: usize,
    pub layout: Arc<Layout>,
    pub moment: Moment,
    pub largest_link_mw: f64,
    /// In the site's order.
    pub wires: Vec<Wire>,
    /// Links from the lowest to the topmost.
    pub order: Vec<usize>,
    pub labels: Mutex<Labels>,
    pub(super) mesh: Mutex<wires::Kept>,
}

impl Sheet {
    pub fn new(site: &Arc<Site>, plan: Option<&Arc<Plan>>, period: usize, layout: Arc<Layout>) -> Self {
        let moment = Moment::new(site, plan.map(Arc::as_ref), period);
        let wires = site.links.iter().zip(&moment.ends);
        let wires: Vec<Wire> = wires.map(|(link, ends)| wire(site, link, *ends, &moment)).collect();
        let mut order: Vec<usize> = (0..wires.len()).collect();
        // Fibre and air lie beneath, power on top.
        order.sort_by_key(|index| match site.links[*index].medium {
            _ if wires[*index].auxiliary => 0,
            Medium::Air { .. } => 0,
            Medium::Fibre { .. } => 1,
            Medium::Liquid { .. } => 2,
            Medium::Power { .. } => 3,
        });
        Self {
            site: Arc::clone(site),
            plan: plan.cloned(),
            period,
            layout,
            largest_link_mw: moment.largest_link_mw(),
            moment,
            wires,
            order,
            labels: Mutex::default(),
            mesh: Mutex::default(),
        }
    }

    /// The sheet of a site that is shown small: the one of before where it was shown lately.
    pub fn of_thumbnail(ctx: &Context, site: &Arc<Site>) -> Arc<Self> {
        let id = egui::Id::unique("thumbnail sheets");
        let mut kept: Vec<Arc<Self>> = ctx.data(|data| data.get_temp(id)).unwrap_or_default();
        if let Some(sheet) = kept.iter().find(|sheet| Arc::ptr_eq(&sheet.site, site)) {
            return Arc::clone(sheet);
        }
        let sheet = Arc::new(Self::new(site, None, 0, Arc::new(Layout::new(site))));
        kept.insert(0, Arc::clone(&sheet));
        kept.truncate(THUMBNAILS);
        ctx.data_mut(|data| data.insert_temp(id, kept));
        sheet
    }

    /// The sheet of a scene: the one of the frame before while nothing of it has changed.
    pub fn of(ui: &Ui, scene: &Scene<'_>) -> Arc<Self> {
        let id = egui::Id::unique("canvas sheet");
        let kept: Option<Arc<Self>> = ui.data(|data| data.get_temp(id));
        let same_site = |kept: &Self| Arc::ptr_eq(&kept.site, scene.site);
        if let Some(kept) = &kept
            && same_site(kept)
            && same_plan(kept.plan.as_ref(), scene.plan)
            && kept.period == scene.period
        {
            return Arc::clone(kept);
        }
        let layout = match kept {
            Some(kept) if same_site(&kept) => Arc::clone(&kept.layout),
            Some(kept) => Arc::new(kept.layout.changed(&kept.site, scene.site)),
            None => Arc::new(Layout::new(scene.site)),
        };
        let sheet = Arc::new(Self::new(scene.site, scene.plan, scene.period, layout));
        ui.data_mut(|data| data.insert_temp(id, Arc::clone(&sheet)));
        sheet
    }
}

fn wire(site: &Site, link: &Link, ends: Option<(usize, usize)>, moment: &Moment) -> Wire {
    let stands = |index: usize| moment.parts[index].condition.is_solid();
    Wire {
        ends,
        auxiliary: link.medium.is_power()
            && ends.is_some_and(|(_, to)| site.components[to].kind.layer() == Layer::Cooling),
        side: ends.map_or(Side::None, |(from, to)| route::link_side(site, from, to)),
        solid: ends.is_none_or(|(from, to)| stands(from) && stands(to)),
    }
}

/// Marks of a study by place in the site's list; those of the frame before while what they are of is the same.
pub fn marks(ui: &Ui, scene: &Scene<'_>, sheet: &Arc<Sheet>) -> Arc<BTreeMap<usize, Mark>> {
    #[derive(Clone)]
    struct Kept {
        study: Study,
        sheet: Arc<Sheet>,
        findings: Arc<Findings>,
        marks: Arc<BTreeMap<usize, Mark>>,
    }
    let (Some(study), Some(findings)) = (scene.study, scene.findings) else { return Arc::default() };
    let id = egui::Id::unique("canvas marks");
    let kept: Option<Kept> = ui.data(|data| data.get_temp(id));
    if let Some(kept) = kept
        && kept.study == study
        && Arc::ptr_eq(&kept.sheet, sheet)
        && Arc::ptr_eq(&kept.findings, findings)
    {
        return kept.marks;
    }
    let marks =
        Arc::new(study::marks(study, scene.site, findings, (scene.plan.map(Arc::as_ref), &sheet.moment)));
    let kept =
        Kept { study, sheet: Arc::clone(sheet), findings: Arc::clone(findings), marks: Arc::clone(&marks) };
    ui.data_mut(|data| data.insert_temp(id, kept));
    marks
}
