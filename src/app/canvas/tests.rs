//! What is kept of a drawing is what would be painted anew, and plates reach their wires.

use std::sync::{Arc, PoisonError};

use egui::emath::TSTransform;
use egui::{Painter, Pos2, RawInput, Rect, vec2};

use super::layers::{Layers, Seen};
use super::layout::Layout;
use super::paint::Drawing;
use super::sheet::Sheet;
use super::study::Study;
use super::wires::Lines;
use crate::app::theme;
use crate::file;
use crate::site::{Object, Site};

const VIEW: Rect = Rect::from_min_max(Pos2::ZERO, Pos2::new(900.0, 700.0));

fn template() -> Arc<Site> {
    Arc::new(file::read_text(file::templates()[0].text).0.unwrap())
}

/// Runs a frame in which the drawing can be painted at a scale.
fn at_scale(site: &Arc<Site>, sheet: &Sheet, scale: f32, mut show: impl FnMut(&Painter, &mut Drawing<'_>)) {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let middle = sheet.layout.bounds.unwrap().center();
    let input = RawInput { screen_rect: Some(VIEW), ..RawInput::default() };
    let mut output = ctx.run_ui(input, |ui| {
        let mut drawing = Drawing {
            site,
            sheet,
            layout: &sheet.layout,
            palette: theme::of(ui),
            to_screen: TSTransform::new(VIEW.center().to_vec2() - middle.to_vec2() * scale, scale),
            study: None,
            marks: &Arc::default(),
            layers: Layers::default(),
        };
        show(&ui.painter_at(VIEW), &mut drawing);
    });
    output.textures_delta.clear();
}

fn sheet_of(site: &Arc<Site>) -> Sheet {
    Sheet::new(site, None, 0, Arc::new(Layout::new(site)))
}

#[test]
fn kept_wires_are_those_that_would_be_painted() {
    let site = template();
    let sheet = sheet_of(&site);
    at_scale(&site, &sheet, 0.8, |painter, drawing| {
        let mut link = None;
        let mut met = Vec::new();
        for step in 0..7 {
            match step {
                1 => drawing.to_screen.translation += vec2(31.0, -7.0),
                2 => drawing.to_screen.scaling *= 1.3,
                3 => drawing.layers.cooling = Seen::Hidden,
                4 => drawing.study = Some(Study::Loading),
                5 => link = Some(Object::Link(site.links[0].id.clone())),
                6 => drawing.palette = theme::palette(!drawing.palette.dark),
                _ => {}
            }
            let anew = drawing.mesh_of_links(Lines::on(painter), link.as_ref());
            for _ in 0..2 {
                drawing.paint_links(painter, link.as_ref());
                let kept = sheet.mesh.lock().unwrap_or_else(PoisonError::into_inner);
                assert_eq!(*kept.as_ref().unwrap().1, anew, "step {step}");
            }
            assert!(!met.contains(&anew), "step {step} changes the picture");
            met.push(anew);
        }
        // Parts that are held are elsewhere in the next frame.
        let moved = Layout::clone(&sheet.layout);
        let held = Drawing { layout: &moved, ..*drawing };
        held.paint_links(painter, None);
        assert!(sheet.mesh.lock().unwrap_or_else(PoisonError::into_inner).is_none());
    });
}

#[test]
fn from_afar_a_wire_ends_in_the_plates_of_its_parts() {
    let site = template();
    let sheet = sheet_of(&site);
    at_scale(&site, &sheet, 0.3, |_, drawing| {
        let mut joined = 0;
        for (link, wire) in sheet.wires.iter().enumerate() {
            let line = drawing.between_plates(link);
            assert_eq!(line.len(), sheet.layout.links[link].len());
            let Some((from, to)) = wire.ends else { continue };
            for (end, part) in [(line[0], from), (line[line.len() - 1], to)] {
                joined += usize::from(drawing.plate(part).expand(0.5).contains(drawing.to_screen * end));
            }
        }
        let ends = 2 * sheet.wires.iter().filter(|wire| wire.ends.is_some()).count();
        assert_eq!(joined, ends, "ends in their plates");
    });
}
