//! What of the drawing is seen: layers, the overview, detail by scale, how it fills its pane, and that a window at rest
//! asks for no frame.

use wattshift::app::canvas::layers::Seen;
use wattshift::app::canvas::layout::Layout;
use wattshift::app::tool::Tool;
use wattshift::site::Layer;

use super::drawing::{drag, drawn, on_screen, select, site};
use super::*;

#[test]
fn a_layer_is_dimmed_hidden_and_shown_again() {
    let mut harness = drawn();
    for (before, after) in
        [(Seen::Shown, Seen::Dimmed), (Seen::Dimmed, Seen::Hidden), (Seen::Hidden, Seen::Shown)]
    {
        assert_eq!(harness.state().view().layers.of(Layer::Cooling), before);
        harness.get_by_label(&format!("Cooling layer, {}", before.word())).click();
        harness.run();
        assert_eq!(harness.state().view().layers.of(Layer::Cooling), after);
        let seen = harness.query_by_label_contains("CDU CDU").is_some();
        assert_eq!(seen, after != Seen::Hidden, "a hidden part is not read out");
    }
    // A hidden part is neither clicked nor framed.
    let at = on_screen(&harness, "CDU").center();
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::ALT, Key::Num8);
        harness.run();
    }
    assert_eq!(harness.state().view().layers.of(Layer::Cooling), Seen::Hidden);
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
    assert_ne!(harness.state().view().selection, Some(Object::Component("CDU".into())));
    // Halls are always there, and a study goes on.
    harness.state_mut().send(Action::Do(Command::Study(Some(Study::Heat))));
    harness.run();
    harness.get_by_label_contains("Hall H2");
}

#[test]
fn the_overview_shows_where_one_is_and_leads_elsewhere() {
    let mut harness = drawn();
    let name = "Overview of the drawing";
    assert!(harness.query_by_label(name).is_none(), "all is in sight");
    for _ in 0..6 {
        harness.state_mut().send(Action::Do(Command::ZoomIn));
        harness.run();
    }
    let place = harness.get_by_label(name).rect();
    let before = harness.state().view().camera.to_screen;
    let corner = place.min + egui::vec2(8.0, 8.0);
    harness.hover_at(corner);
    harness.drag_at(corner);
    harness.drop_at(corner);
    harness.run();
    let gone = harness.state().view().camera.to_screen;
    assert!(gone.translation.x > before.translation.x + 50.0, "{before:?} {gone:?}");
    drag(&mut harness, corner, place.max - egui::vec2(8.0, 8.0));
    let back = harness.state().view().camera.to_screen;
    assert!(back.translation.x < gone.translation.x - 50.0 && back.translation.y < gone.translation.y - 50.0);
    assert_eq!(harness.state().document().unwrap().history().undo_label(), None, "nothing was moved");
    harness.state_mut().send(Action::Do(Command::Tool(Tool::Minimap)));
    harness.run();
    assert!(harness.query_by_label(name).is_none());
    harness.state_mut().send(Action::Do(Command::Tool(Tool::Minimap)));
    harness.state_mut().send(Action::Do(Command::Fit));
    harness.run();
    assert!(harness.query_by_label(name).is_none());
}

/// A drawing of some 100 MW in the place of drawing and charts, on the screen of a laptop.
#[test]
fn the_drawing_fills_the_width_of_a_low_pane() {
    let mut harness = harness(solved_app());
    harness.run();
    let pane = harness.get_by_label("One-line diagram").rect();
    assert!(pane.width() > 2.0 * pane.height(), "{pane:?}");
    let bounds = harness.state().view().camera.to_screen * Layout::new(&site(&harness)).bounds.unwrap();
    assert!(bounds.width() > 0.55 * pane.width(), "{bounds:?} in {pane:?}");
    assert!(pane.contains_rect(bounds));
}

#[test]
fn parts_are_selected_from_afar_and_near_by() {
    for zoom in [Command::ZoomOut, Command::ZoomIn] {
        let mut harness = drawn();
        for _ in 0..9 {
            harness.state_mut().send(Action::Do(zoom));
            harness.run();
        }
        select(&mut harness, "T2");
        harness.state_mut().send(Action::Select(None));
        harness.run();
        let middle = harness.get_by_label("One-line diagram").rect().center();
        let camera = harness.state().view().camera.to_screen;
        let nodes = Layout::new(&site(&harness)).nodes;
        let index = (0..nodes.len())
            .min_by(|a, b| {
                let away = |index: &usize| (camera * nodes[*index].center() - middle).length();
                away(a).total_cmp(&away(b))
            })
            .unwrap();
        let id = site(&harness).components[index].id.clone();
        let at = (camera * nodes[index]).center();
        harness.hover_at(at);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run();
        assert_eq!(harness.state().view().selection, Some(Object::Component(id)), "{zoom:?}");
    }
}

/// Nothing moves, so nothing is drawn: a window left alone uses no processor.
#[test]
fn a_window_at_rest_asks_for_no_frame() {
    for place in [Command::ShowBoth, Command::ShowSite] {
        let mut app = solved_app();
        app.send(Action::Do(place));
        let mut harness = harness(app);
        harness.run();
        // Animations of what was opened come to their end.
        harness.run_steps(30);
        let asked = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
        assert_eq!(asked, Some(std::time::Duration::MAX), "{place:?}");
        assert!(!harness.ctx.has_requested_repaint());
    }
}
