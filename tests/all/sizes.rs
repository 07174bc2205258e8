//! Sizes that lists of parts offer: those that sites and chains are sized by.

use wattshift::draft::{
    bus_current_a, rating_of, resized, size_key, sized_part, sized_sketch, sizes, source_of_sizes,
};
use wattshift::file::typical_parts;
use wattshift::site::{Kind, Planned, State};

#[test]
fn every_key_of_a_list_gives_its_part_at_its_size_and_others_give_none() {
    let mut choices = 0;
    for typical in &typical_parts().components {
        let sizes = sizes(typical);
        assert!(sizes.is_empty() || source_of_sizes(typical).is_some_and(|source| source.len() > 10));
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{}", typical.id);
        for size in sizes {
            let key = size_key(&typical.id, size);
            let part = sized_part(typical_parts(), &key).unwrap();
            assert_eq!((rating_of(&part), part.kind.label()), (size, typical.kind.label()), "{key}");
            let sketch = sized_sketch(typical_parts(), &key);
            assert_eq!(sketch.parts, [part]);
            assert!(sketch.provenance.iter().all(|origin| origin.source.contains("; its size: ")), "{key}");
            choices += 1;
        }
        assert_eq!(sized_part(typical_parts(), &typical.id).as_ref(), Some(typical));
    }
    assert!(choices > 100, "{choices}");
    for key in ["", "@", "ups@", "ups@NaN", "ups@inf", "ups@-1", "ups@1e300", "ups@1.5@2", "gone@1", "hall@3"]
    {
        assert_eq!(sized_part(typical_parts(), key), None, "{key}");
        assert!(sized_sketch(typical_parts(), key).parts.is_empty());
    }
}

#[test]
fn the_sizes_planners_ask_for_are_there() {
    for (id, wanted) in [
        ("unit-transformer", &[1.0, 1.5, 2.0, 2.5, 3.0][..]),
        ("transformer", &[25.0, 40.0, 65.0]),
        ("genset", &[2.0, 2.5, 3.0]),
        ("ups", &[0.5, 1.0, 1.5, 2.0]),
        ("cdu", &[1.0, 1.35, 2.0]),
        ("dry-cooler", &[0.5, 0.75, 1.0, 1.25, 1.5]),
    ] {
        let known = sizes(typical_parts().component(id).unwrap());
        assert!(wanted.iter().all(|size| known.contains(size)), "{id}: {known:?}");
    }
}

/// Frames of low-voltage gear at 415 V: sqrt(3) 415 V 4,000 A is 2.875 MVA.
#[test]
fn gear_has_the_current_of_its_frame() {
    let frames = [200.0, 400.0, 600.0, 800.0, 1200.0, 1600.0, 2000.0, 2500.0, 3000.0, 4000.0, 5000.0];
    for id in ["switchboard", "ats", "sts"] {
        let typical = typical_parts().component(id).unwrap();
        for size in sizes(typical) {
            let amperes = bus_current_a(&resized(typical, size)).unwrap();
            let is_frame = frames.iter().any(|frame| (amperes / frame - 1.0).abs() < 0.01);
            assert!(is_frame, "{id} of {size} MVA carries {amperes} A");
        }
    }
    let cdu = typical_parts().component("cdu").unwrap();
    assert_eq!(bus_current_a(cdu), None);
}

#[test]
fn a_battery_keeps_its_hours_and_a_planned_part_its_blocks() {
    let battery = typical_parts().component("battery").unwrap();
    let Kind::Battery(larger) = resized(battery, 50.0).kind else { panic!() };
    assert_eq!((larger.rating_mw, larger.energy_mwh), (50.0, 100.0));
    let mut ups = typical_parts().component("ups").unwrap().clone();
    ups.state = State::Planned(Planned { block_mw: Some(2.5), ..Default::default() });
    assert_eq!(resized(&ups, 2.5).planned().unwrap().block_mw, Some(5.0));
}
