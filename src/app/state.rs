//! What the window shows and remembers besides the document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::emath::TSTransform;

use crate::engineering::thermal::WeatherImport;
use crate::plan::{Change, Detail, Plan};
use crate::quantity::Severity;
use crate::site::drawing::{Replacement, Stroke};
use crate::site::{Address, ComponentId, Object, Override, Site, edit::Edit};

use super::assumptions::AssumptionsView;
use super::assumptions::bills::BillsPage;
use super::assumptions::history::HistoryImport;
use super::assumptions::import::{Question, SeriesImport};
use super::assumptions::tariff::change::TariffChange;
use super::backdrop::BackdropView;
use super::canvas::gesture::Gesture;
use super::canvas::layers::Layers;
use super::canvas::study::Study;
use super::command::Command;
use super::figures::Figure;
use super::ground::{GroundViews, Spot};
use super::pages::blueprint::BlueprintPage;
use super::pages::convertible::ConvertiblePage;
use super::pages::new_site::NewSitePage;
use super::pages::two_sets::TwoSetsPage;
use super::since::Made;
use super::table::TableView;
use super::tool::Ask;
use super::trial::Trial;

/// What panels and keys ask for; `dispatch` carries it out.
#[derive(Clone, Debug)]
pub enum Action {
    Do(Command),
    Edit(Edit),
    /// Changes the base case, or the scenario that is shown.
    Change(Override),
    /// Takes what a change of the shown scenario is about back to the base case.
    Reset(Override),
    BeginField {
        at: Address,
        slot: Slot,
        text: String,
    },
    TypeField(String),
    /// Takes what was typed for a number.
    CommitField {
        at: Address,
        slot: Slot,
        text: String,
    },
    Select(Option<Object>),
    /// Adds a part to what is selected, or takes it out of that.
    SelectAlso(ComponentId),
    SelectParts(Vec<ComponentId>),
    /// Changes the drawing, in every scenario.
    Draw(Stroke),
    /// Puts a typical part where the list of parts was asked for.
    PlacePart {
        part: ComponentId,
        at: egui::Pos2,
    },
    /// Puts a typical part on the plan or the map.
    PlaceOn {
        part: ComponentId,
        spot: Spot,
    },
    /// A typical part follows the pointer from the list of parts to its place.
    Carry(ComponentId),
    /// Keeps a typical part on top of lists, or does so no more.
    Favourite(ComponentId),
    /// Works out what a change would do to the halls, before it is made.
    TryOut(Box<Edit>),
    /// Text of the clipboard.
    Paste(String),
    /// Takes parts and links out, after what hangs on them was said.
    TakeOut {
        parts: Vec<ComponentId>,
        links: Vec<String>,
    },
    /// What the drawing asks for, with what was entered.
    Ask(Ask),
    /// What the backdrop of the view on show, or its panel, asks for.
    Backdrop(super::backdrop::Ask),
    Reveal(Object),
    ChooseScenario(Option<String>),
    ShowTab(InspectorTab),
    ShowPlace(Place),
    ShowPage(AnswerPage),
    Scrub(f64),
    OpenTemplate(usize),
    /// A site that the program has drawn.
    OpenDrawn(Arc<Site>),
    /// Parts that the program has drawn, as one step.
    TakeDrawn(Box<Edit>),
    /// The same, put where one looks.
    InsertDrawn(Box<Edit>),
    /// Keeps the selected parts under a name.
    KeepBlueprint(String),
    /// Of those that were kept, by its place in their list.
    ForgetBlueprint(usize),
    /// A site file, or by its ending weather or a picture; where assumptions are shown, prices, a load or a price history.
    OpenPath(PathBuf),
    /// The weather shown becomes the site's.
    TakeWeather,
    /// Reads the prices or the load shown in another way.
    AskSeries(Box<Question>),
    /// The prices or the load shown become the site's.
    TakeSeries,
    /// Reads the list of equipment shown in another way.
    AskEquipment(Box<super::equipment::Question>),
    /// The chosen lines of the list become parts of the drawing.
    TakeEquipment,
    TakeBills,
    /// The price history shown becomes the site's.
    TakeHistory,
    /// Changes how the energy of a grid feed is priced, in the base case.
    Tariff {
        feed: String,
        change: TariffChange,
    },
    /// Answer to the question about unsaved changes.
    Unsaved(UnsavedChoice),
    CloseOverlay,
    /// Something that cannot be done, in words.
    Say(String),
    DismissToast(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsavedChoice {
    Save,
    Discard,
    Cancel,
}

/// What follows once unsaved changes are dealt with.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    Quit,
    Gallery,
    Blank,
    Template(usize),
    Drawn(Arc<Site>),
    OpenDialog,
    Path(PathBuf),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Both,
    Site,
    Assumptions,
    Answer,
}

/// How the parts of the site are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SiteView {
    #[default]
    OneLine,
    /// In metres.
    Plan,
    /// Fibre, in kilometres.
    Map,
    Halls,
    Table,
    Assessment,
}

impl SiteView {
    pub const ALL: [Self; 6] =
        [Self::OneLine, Self::Plan, Self::Map, Self::Halls, Self::Table, Self::Assessment];

    pub fn text(self) -> &'static str {
        match self {
            Self::OneLine => "One-line",
            Self::Plan => "Plan",
            Self::Map => "Fibre",
            Self::Halls => "Halls",
            Self::Table => "Table",
            Self::Assessment => "Assessment",
        }
    }
}

/// What of the answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerPage {
    /// What to do, and by when.
    #[default]
    Decision,
    /// What a steadier income costs, what binds, and what else is worth as much.
    Why,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InspectorTab {
    #[default]
    Offers,
    Limits,
    Prices,
    Fleets,
    Company,
    Plan,
    Site,
}

impl InspectorTab {
    pub const ALL: [Self; 7] =
        [Self::Offers, Self::Limits, Self::Prices, Self::Fleets, Self::Company, Self::Plan, Self::Site];

    pub fn text(self) -> &'static str {
        match self {
            Self::Offers => "Offers",
            Self::Limits => "Limits",
            Self::Prices => "Prices",
            Self::Fleets => "Fleets",
            Self::Company => "Company",
            Self::Plan => "Plan",
            Self::Site => "Site",
        }
    }
}

/// What covers the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    Palette {
        typed: String,
        chosen: usize,
        /// Of the marked part, where it is not the typical one or the one that was typed.
        size: Option<f64>,
        of: Listed,
    },
    /// What goes with parts that are to be taken out.
    TakeOut {
        parts: Vec<ComponentId>,
        links: Vec<String>,
        hanging: Vec<String>,
    },
    /// What goes when a part is replaced.
    Replace {
        replacement: Box<Replacement>,
        lost: Vec<String>,
    },
    /// The steps done and undone.
    Steps,
    /// The file is not as it was when it was read or saved, and what was to follow once this one is saved.
    Changed {
        path: PathBuf,
        next: Option<Next>,
    },
    Help,
    Unsaved(Next),
    Weather(Arc<WeatherImport>),
    Series(Arc<SeriesImport>),
    Equipment(Arc<super::equipment::EquipmentImport>),
    Bills(BillsPage),
    History(HistoryImport),
    NewSite(Box<NewSitePage>),
    Convertible(Box<ConvertiblePage>),
    Blueprint(Box<BlueprintPage>),
    TwoSets(Box<TwoSetsPage>),
    /// The name under which parts are to be kept.
    KeepBlueprint(String),
}

impl Overlay {
    /// The palette with nothing typed yet.
    pub fn list(of: Listed) -> Self {
        Self::Palette { typed: String::new(), chosen: 0, size: None, of }
    }
}

/// What the palette lists.
#[derive(Clone, Debug, PartialEq)]
pub enum Listed {
    /// Commands, scenarios, parts and offers.
    Everything,
    /// Kinds of parts, to be put at a place of the drawing, or on the ground that was shown.
    Parts { at: egui::Pos2, on: Option<Spot> },
    /// Parts that another may be joined to.
    Joins { from: ComponentId },
    /// Parts of the drawing, to be shown.
    Drawn,
    /// Kinds that a part may be joined to.
    Next { part: ComponentId },
    /// Kinds that may stand in the place of a part.
    Kinds { part: ComponentId },
    /// Kinds of parts that may be put into a link.
    Into { link: String },
}

/// A part that is being given a name where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Renaming {
    pub part: ComponentId,
    pub text: String,
    /// Why it cannot be called so.
    pub why: Option<String>,
    /// The field has not been shown yet.
    pub fresh: bool,
}

/// Places that parts would take, shown before they do.
#[derive(Clone, Debug, PartialEq)]
pub struct Ghosts {
    /// Of the document they were worked out for.
    pub revision: u64,
    /// In the site's order.
    pub centres: Vec<egui::Pos2>,
}

/// What of a number is typed: the value itself, or what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Value,
    /// The value, for every selected part that has it.
    All,
    Low,
    High,
    Source,
    AsOf,
}

/// A number being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEdit {
    pub at: Address,
    pub slot: Slot,
    pub text: String,
    pub error: Option<String>,
}

/// A passing message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub id: u64,
    pub severity: Severity,
    pub text: String,
    /// Window time at which it goes; errors stay until dismissed.
    pub until: Option<f64>,
}

/// The drawing's pan and zoom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Camera {
    pub to_screen: TSTransform,
    /// Fit the drawing at the next frame.
    pub fit: bool,
    pub zoom_by: f32,
    pub zoom_to_selection: bool,
    /// Bring the selected parts into sight, where they are not.
    pub show_selection: bool,
    /// The user has moved the drawing; without that it is fitted anew when the window changes size.
    pub moved: bool,
    pub last_size: egui::Vec2,
    /// Where the pointer was last, and the middle of the window, in drawing units.
    pub pointer: Option<egui::Pos2>,
    pub middle: egui::Pos2,
}

impl Camera {
    pub fn fitted() -> Self {
        Self { fit: true, zoom_by: 1.0, ..Self::default() }
    }
}

#[derive(Clone, Debug)]
pub struct View {
    pub place: Place,
    pub site: SiteView,
    pub table: TableView,
    pub grounds: GroundViews,
    pub page: AnswerPage,
    pub gallery: bool,
    pub inspector: bool,
    pub problems: bool,
    pub legend: bool,
    /// The whole drawing is shown small where not all of it is in sight.
    pub minimap: bool,
    pub layers: Layers,
    pub backdrop: BackdropView,
    pub ghosts: Option<Ghosts>,
    pub renaming: Option<Renaming>,
    /// What is laid over the drawing.
    pub study: Option<Study>,
    /// Whether hours of planned work count in the availability shown.
    pub planned_work: bool,
    /// Plans keep to whole blocks, fixed prices, options and least sizes.
    pub whole: bool,
    pub tab: InspectorTab,
    pub assumptions: AssumptionsView,
    pub selection: Option<Object>,
    /// Other parts that are selected with it.
    pub also: BTreeSet<ComponentId>,
    pub gesture: Gesture,
    pub field: Option<FieldEdit>,
    pub camera: Camera,
    /// Plan month shown on the drawing and marked in the charts.
    pub month: f64,
    pub playing: bool,
    pub overlay: Option<Overlay>,
    pub toasts: Vec<Toast>,
    pub next_toast: u64,
    pub recent: Vec<PathBuf>,
    /// What headings of equipment lists were said to mean: heading and column.
    pub headings: BTreeMap<String, String>,
    /// Parts that were kept to be put in again, each a site of its own.
    pub blueprints: Vec<Site>,
    /// Typical parts on top of lists.
    pub favourites: BTreeSet<ComponentId>,
    /// A change that is looked at before it is made.
    pub trial: Option<Trial>,
}

impl View {
    /// The selected parts.
    pub fn parts(&self) -> BTreeSet<ComponentId> {
        let mut parts = self.also.clone();
        if let Some(Object::Component(id)) = &self.selection {
            parts.insert(id.clone());
        }
        parts
    }

    /// Whether a part is selected.
    pub fn has_part(&self, id: &ComponentId) -> bool {
        self.also.contains(id)
            || matches!(&self.selection, Some(Object::Component(selected)) if selected == id)
    }

    /// How many parts are selected.
    pub fn part_count(&self) -> usize {
        let one = match &self.selection {
            Some(Object::Component(id)) if !self.also.contains(id) => 1,
            _ => 0,
        };
        self.also.len() + one
    }
}

impl Default for View {
    fn default() -> Self {
        Self {
            place: Place::Both,
            site: SiteView::OneLine,
            table: TableView::default(),
            grounds: GroundViews::default(),
            page: AnswerPage::Decision,
            gallery: false,
            inspector: true,
            problems: false,
            legend: true,
            minimap: true,
            layers: Layers::default(),
            backdrop: BackdropView::default(),
            ghosts: None,
            renaming: None,
            study: None,
            planned_work: false,
            whole: false,
            tab: InspectorTab::Offers,
            assumptions: AssumptionsView::default(),
            selection: None,
            also: BTreeSet::new(),
            gesture: Gesture::None,
            field: None,
            camera: Camera::fitted(),
            month: 0.0,
            playing: false,
            overlay: None,
            toasts: Vec::new(),
            next_toast: 0,
            recent: Vec::new(),
            headings: BTreeMap::new(),
            blueprints: Vec::new(),
            favourites: BTreeSet::new(),
            trial: None,
        }
    }
}

/// How the calculation stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Progress {
    #[default]
    Idle,
    /// A change waits a moment for the next one.
    Due {
        at: f64,
    },
    Working {
        stage: String,
        share: f32,
    },
    Failed(String),
}

/// What is different since the plan before, and the edit in between.
#[derive(Clone, Debug, PartialEq)]
pub struct Since {
    /// What was done, to be read after *since*: `the edit “Budget 2027”`.
    pub what: String,
    pub changes: Vec<Change>,
}

/// The plan in hand and the one being made.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub plan: Option<Arc<Plan>>,
    /// Its figures, which add up every hall and use of it.
    pub figures: Vec<Figure>,
    /// The site it was made from.
    pub made_of: Option<Arc<Site>>,
    /// The plan before it.
    pub before: Option<Made>,
    /// What is different; `None` where nothing is.
    pub since: Option<Since>,
    /// Labels of the edits since the plan shown, and of those before it.
    pub edits: Vec<String>,
    pub told_edits: Vec<String>,
    /// Revision of the document the plan was made from.
    pub made_from: u64,
    /// How long the user waited for it.
    pub elapsed: Option<Duration>,
    /// Of the running calculation, when its plan is shown already.
    pub first_after: Option<Duration>,
    pub progress: Progress,
    pub detail: Detail,
    /// Document the running calculation works on.
    pub asked: Option<u64>,
}

impl Answer {
    pub fn is_busy(&self) -> bool {
        matches!(self.progress, Progress::Due { .. } | Progress::Working { .. })
    }
}

/// A site to start from.
#[derive(Clone, Debug)]
pub struct Template {
    pub name: String,
    pub title: String,
    pub summary: String,
    pub site: Arc<Site>,
}
