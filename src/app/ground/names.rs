//! Names beside parts on a ground: where they have room, kept while nothing moves.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::emath::{GuiRounding as _, TSTransform};
use egui::{Align2, Color32, Galley, Mesh, Painter, Pos2, Rect, Shape, Vec2, vec2};

use super::paint::Picture;
use crate::app::canvas::free::Free;
use crate::app::theme;
use crate::site::ground::Ground;
use crate::site::{Component, ComponentId, Kind, Point, Site};

/// Least width of a part on the screen that has its name in it.
const NAME_FROM: f32 = 46.0;
/// Least height of a part on the plan that has its name beside it, pixels.
const SMALLEST_NAMED: f32 = 8.0;
/// No name is smaller.
const LETTER: Vec2 = vec2(5.0, theme::SMALL);

/// What is kept of names from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct Names {
    asked: Option<Asked>,
    stand: Arc<Vec<Name>>,
    /// Room that names take, by place of the part, of the site and the screen of `asked`.
    extents: Vec<Option<Vec2>>,
}

/// What the places of names depend on.
#[derive(Clone, Debug)]
struct Asked {
    site: Arc<Site>,
    pixels_per_point: f32,
    to_screen: TSTransform,
    view: Rect,
    chosen: BTreeSet<ComponentId>,
    parts: Arc<Vec<(usize, Point)>>,
}

impl Asked {
    /// Names take as much room as then.
    fn reads_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.site, &other.site) && self.pixels_per_point == other.pixels_per_point
    }

    fn is(&self, other: &Self) -> bool {
        self.reads_as(other)
            && (self.to_screen, self.view) == (other.to_screen, other.view)
            && self.chosen == other.chosen
            && self.parts == other.parts
    }
}

/// A name that has found its place.
#[derive(Clone, Copy, Debug)]
struct Name {
    /// By its place in the site's list; the site's own name where there is none.
    part: Option<usize>,
    place: Rect,
}

/// What a part is called on a ground.
pub(super) fn called(part: &Component) -> &str {
    if part.tag.is_empty() { &part.id } else { &part.tag }
}

impl Picture<'_> {
    /// True where a part on the screen is large enough for its name.
    pub(super) fn names_inside(&self, rect: Rect) -> bool {
        self.ground == Ground::Plan && rect.width() > NAME_FROM
    }

    /// Names beside their parts, where they cover neither parts nor each other; a name without room is left out, but for
    /// a chosen part. `places` are those of all parts on the screen.
    pub(super) fn names(&self, painter: &Painter, places: &[(usize, Rect)], kept: &mut Names) {
        let asked = Asked {
            site: Arc::clone(self.site),
            pixels_per_point: painter.pixels_per_point(),
            to_screen: self.to_screen,
            view: painter.clip_rect(),
            chosen: self.chosen.clone(),
            parts: Arc::clone(self.parts),
        };
        let known = kept.asked.take();
        if !known.as_ref().is_some_and(|known| known.reads_as(&asked)) {
            kept.extents.clear();
            kept.extents.resize(self.site.components.len(), None);
        }
        if !known.is_some_and(|known| known.is(&asked)) {
            kept.stand = Arc::new(self.placed_names(painter, places, &mut kept.extents));
        }
        kept.asked = Some(asked);
        let mut grounds = Mesh::default();
        for name in kept.stand.iter() {
            let ground = name.place.expand2(vec2(3.0, 1.0)).round_to_pixels(painter.pixels_per_point());
            grounds.add_colored_rect(ground, self.palette.canvas.gamma_multiply(0.8));
        }
        painter.add(Shape::mesh(grounds));
        for Name { part, place } in kept.stand.iter() {
            let text = part.map_or(self.site.name.as_str(), |part| called(&self.site.components[part]));
            painter.galley(place.min, laid_out(painter, text, self.palette.text), self.palette.text);
        }
    }

    fn placed_names(
        &self,
        painter: &Painter,
        places: &[(usize, Rect)],
        extents: &mut [Option<Vec2>],
    ) -> Vec<Name> {
        let view = painter.clip_rect();
        let seen: Vec<(usize, Rect)> =
            places.iter().copied().filter(|(_, rect)| rect.intersects(view)).collect();
        let mut names = Vec::new();
        let mut taken = Free::over(view);
        for (_, rect) in &seen {
            taken.take(rect.shrink(1.0));
        }
        if self.ground == Ground::Map {
            let here = Rect::from_center_size(self.to_screen * Pos2::ZERO, Vec2::splat(16.0));
            let size = || laid_out(painter, &self.site.name, self.palette.text).size();
            names.extend(place_of(here, true, &mut taken, size).map(|place| Name { part: None, place }));
        }
        for (index, rect) in seen {
            let part = &self.site.components[index];
            let is_chosen = self.chosen.contains(&part.id);
            // A room that nobody has put elsewhere is at the site.
            let is_site =
                self.ground == Ground::Map && part.kind == Kind::MeetMeRoom && part.at_map.is_none();
            let is_small = self.ground == Ground::Plan && rect.height() <= SMALLEST_NAMED;
            if self.names_inside(rect) || ((is_site || is_small) && !is_chosen) {
                continue;
            }
            let size = || {
                let measured = || laid_out(painter, called(part), self.palette.text).size();
                *extents[index].get_or_insert_with(measured)
            };
            let place = place_of(rect, is_chosen, &mut taken, size);
            names.extend(place.map(|place| Name { part: Some(index), place }));
        }
        names
    }
}

fn laid_out(painter: &Painter, text: &str, ink: Color32) -> Arc<Galley> {
    painter.layout_no_wrap(text.to_owned(), theme::font(theme::SMALL + 0.5), ink)
}

/// A free place for a name beside a part, which it then takes; nothing where there is none, unless it must be named.
fn place_of(part: Rect, must: bool, taken: &mut Free, size: impl FnOnce() -> Vec2) -> Option<Rect> {
    let places = |size: Vec2| {
        [
            Align2::LEFT_CENTER.anchor_size(part.right_center() + vec2(5.0, 0.0), size),
            Align2::RIGHT_CENTER.anchor_size(part.left_center() - vec2(5.0, 0.0), size),
            Align2::CENTER_TOP.anchor_size(part.center_bottom() + vec2(0.0, 3.0), size),
            Align2::CENTER_BOTTOM.anchor_size(part.center_top() - vec2(0.0, 3.0), size),
        ]
    };
    // Where not a letter has room no text need be laid out.
    if !must && !places(LETTER).iter().any(|place| taken.is_free(*place)) {
        return None;
    }
    let places = places(size());
    let is_free = |place: &Rect| taken.is_free(*place);
    let place = places.iter().copied().find(is_free).or_else(|| must.then_some(places[0]))?;
    taken.take(place.expand2(vec2(3.0, 1.0)));
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;
    use crate::site::drawing::link_ends;
    use egui::{RawInput, pos2};

    const VIEW: Rect = Rect::from_min_max(Pos2::ZERO, Pos2::new(900.0, 700.0));

    /// What is kept is what would be found anew, whatever changed; no two names lie on each other.
    #[test]
    fn kept_names_stand_where_they_would_stand_anew() {
        let site = file::read_text(file::templates()[0].text).0.unwrap();
        let ends = link_ends(&site);
        let all: Vec<(usize, Point)> = site
            .components
            .iter()
            .enumerate()
            .map(|(index, part)| {
                let at = part.at_schematic;
                (index, Point { x: at.x * 0.3, y: at.y * 0.3 })
            })
            .collect();
        let middle = {
            let sum = all.iter().fold(Vec2::ZERO, |sum, (_, at)| sum + vec2(at.x as f32, at.y as f32));
            sum / all.len() as f32
        };
        let mut site = Arc::new(site);
        let mut parts = Arc::new(all);
        let mut chosen = BTreeSet::new();
        let mut scale = 1.4;
        let mut kept = Names::default();
        let mut met: Vec<Vec<(Option<usize>, Rect)>> = Vec::new();
        let ctx = egui::Context::default();
        theme::install(&ctx);
        for step in 0..6 {
            // A part in sight that had a name, and one that had not.
            let has_name =
                |index: usize| met.last().is_some_and(|names| names.iter().any(|name| name.0 == Some(index)));
            let to_screen = TSTransform::new(VIEW.center().to_vec2() - middle * scale, scale);
            let in_sight = |index: usize| {
                let at = parts[index].1;
                VIEW.shrink(150.0).contains(to_screen * pos2(at.x as f32, at.y as f32))
            };
            let seen: Vec<usize> = (0..parts.len()).filter(|index| in_sight(*index)).collect();
            let named = seen.iter().copied().find(|index| has_name(*index)).unwrap_or(0);
            let hidden = seen.iter().copied().find(|index| !has_name(*index)).unwrap_or(0);
            match step {
                1 => scale = 0.9,
                2 => Arc::make_mut(&mut parts)[named].1.x += 3.0,
                3 => drop(chosen.insert(site.components[hidden].id.clone())),
                4 => Arc::make_mut(&mut site).components[named].tag = "A MUCH LONGER NAME".to_owned(),
                _ => {}
            }
            let input = RawInput { screen_rect: Some(VIEW), ..RawInput::default() };
            let mut output = ctx.run_ui(input, |ui| {
                let to_screen = TSTransform::new(VIEW.center().to_vec2() - middle * scale, scale);
                let picture = Picture {
                    site: &site,
                    parts: &parts,
                    ground: Ground::Plan,
                    to_screen,
                    palette: theme::of(ui),
                    chosen: &chosen,
                    ends: &ends,
                    backdrop: None,
                    moment: None,
                };
                let place = |(index, at): &(usize, Point)| {
                    let middle = to_screen * pos2(at.x as f32, at.y as f32);
                    (*index, Rect::from_center_size(middle, vec2(20.0, 12.0)))
                };
                let places: Vec<(usize, Rect)> = parts.iter().map(place).collect();
                let painter = ui.painter_at(VIEW);
                let mut anew = Names::default();
                picture.names(&painter, &places, &mut kept);
                picture.names(&painter, &places, &mut anew);
                let all = |names: &Names| names.stand.iter().map(|name| (name.part, name.place)).collect();
                let (kept, anew): (Vec<_>, Vec<_>) = (all(&kept), all(&anew));
                assert_eq!(kept, anew, "step {step}");
                assert!(kept.len() > 10, "{} names", kept.len());
                for (turn, (part, place)) in kept.iter().enumerate() {
                    let must = part.is_some_and(|part| chosen.contains(&site.components[part].id));
                    let others =
                        kept[..turn].iter().filter(|(_, other)| other.shrink(1.0).intersects(*place));
                    assert!(must || others.count() == 0, "step {step}, {place:?}");
                }
                let is_new = !met.contains(&kept);
                assert_eq!(is_new, step < 5, "step {step}");
                met.push(kept);
            });
            output.textures_delta.clear();
        }
    }
}
