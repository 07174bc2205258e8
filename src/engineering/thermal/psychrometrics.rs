//! Moist air: saturation pressure, humidity ratio, dew point, wet bulb.
//!
//! Equations of the ASHRAE Handbook, Fundamentals (2017), chapter 1 "Psychrometrics", SI form. Temperatures in
//! degrees Celsius, pressures in pascal, humidity ratios in kilograms of water a kilogram of dry air. Inputs that
//! are not finite give a result that is not finite; nothing here panics or loops without end.

/// Ratio of the molar masses of water and dry air.
const MASS_RATIO: f64 = 0.621_945;

/// Coldest and hottest saturation temperature the equations hold for.
const COLDEST_C: f64 = -100.0;
const HOTTEST_C: f64 = 200.0;

/// Halvings of a bracket 300 K wide that leave less than a millionth of a kelvin.
const HALVINGS: u32 = 30;

/// Pressure of the standard atmosphere at an altitude in metres (equation 3).
pub fn standard_pressure_pa(altitude_m: f64) -> f64 {
    // Above 11 km the equation no longer holds; no site stands there.
    let altitude_m = altitude_m.clamp(-5_000.0, 11_000.0);
    101_325.0 * libm::pow(1.0 - 2.255_77e-5 * altitude_m, 5.2559)
}

/// Saturation pressure of water vapour, over ice below 0 C and over water from there on (equations 5 and 6, after
/// Hyland and Wexler 1983). Temperatures beyond -100 and 200 C count as those.
pub fn saturation_pressure_pa(celsius: f64) -> f64 {
    let t = celsius.clamp(COLDEST_C, HOTTEST_C) + 273.15;
    let ln_pressure = if celsius < 0.0 {
        -5.674_535_9e3 / t
            + 6.392_524_7
            + t * (-9.677_843_0e-3 + t * (6.221_570_1e-7 + t * (2.074_782_5e-9 - t * 9.484_024_0e-13)))
            + 4.163_501_9 * libm::log(t)
    } else {
        -5.800_220_6e3 / t
            + 1.391_499_3
            + t * (-4.864_023_9e-2 + t * (4.176_476_8e-5 - t * 1.445_209_3e-8))
            + 6.545_967_3 * libm::log(t)
    };
    libm::exp(ln_pressure)
}

/// Humidity ratio at a partial pressure of vapour (equation 20).
pub fn humidity_ratio(vapour_pa: f64, pressure_pa: f64) -> f64 {
    MASS_RATIO * vapour_pa / (pressure_pa - vapour_pa)
}

/// Humidity ratio of saturated air.
pub fn saturation_humidity_ratio(celsius: f64, pressure_pa: f64) -> f64 {
    // Near boiling the vapour would be all there is; a cap keeps the ratio positive and finite.
    humidity_ratio(saturation_pressure_pa(celsius).min(0.95 * pressure_pa), pressure_pa)
}

/// Relative humidity, 0 to 1, of air with a humidity ratio (equations 12 and 20).
pub fn relative_humidity(dry_bulb_c: f64, humidity_ratio: f64, pressure_pa: f64) -> f64 {
    let vapour_pa = pressure_pa * humidity_ratio / (MASS_RATIO + humidity_ratio);
    vapour_pa / saturation_pressure_pa(dry_bulb_c)
}

/// Dew point (frost point below 0 C) at a partial pressure of vapour: where the saturation pressure equals it.
pub fn dew_point_c(vapour_pa: f64) -> f64 {
    lowest_where(COLDEST_C, HOTTEST_C, |celsius| saturation_pressure_pa(celsius) >= vapour_pa)
}

/// Humidity ratio of air from its dry and wet bulb (equations 33 and 35: over water, and over ice below 0 C).
/// Negative where the pair is impossible: a wet bulb so low that no vapour is left.
pub fn humidity_ratio_from_wet_bulb(dry_bulb_c: f64, wet_bulb_c: f64, pressure_pa: f64) -> f64 {
    let saturated = saturation_humidity_ratio(wet_bulb_c, pressure_pa);
    if wet_bulb_c >= 0.0 {
        ((2501.0 - 2.326 * wet_bulb_c) * saturated - 1.006 * (dry_bulb_c - wet_bulb_c))
            / (2501.0 + 1.86 * dry_bulb_c - 4.186 * wet_bulb_c)
    } else {
        ((2830.0 - 0.24 * wet_bulb_c) * saturated - 1.006 * (dry_bulb_c - wet_bulb_c))
            / (2830.0 + 1.86 * dry_bulb_c - 2.1 * wet_bulb_c)
    }
}

/// Thermodynamic wet bulb of air with a humidity ratio.
///
/// The humidity ratio of equations 33 and 35 rises with the wet bulb (but for a small step where ice becomes
/// water), and halving a bracket always ends; air moister than saturated has its dry bulb as its wet bulb.
pub fn wet_bulb_c(dry_bulb_c: f64, humidity_ratio: f64, pressure_pa: f64) -> f64 {
    lowest_where(COLDEST_C, dry_bulb_c, |wet_bulb_c| {
        humidity_ratio_from_wet_bulb(dry_bulb_c, wet_bulb_c, pressure_pa) >= humidity_ratio
    })
}

/// Wet bulb from the relative humidity (0 to 1).
pub fn wet_bulb_from_humidity_c(dry_bulb_c: f64, relative_humidity: f64, pressure_pa: f64) -> f64 {
    let vapour_pa = relative_humidity.clamp(0.0, 1.0) * saturation_pressure_pa(dry_bulb_c);
    wet_bulb_c(dry_bulb_c, humidity_ratio(vapour_pa.min(0.95 * pressure_pa), pressure_pa), pressure_pa)
}

/// Wet bulb from the dew point; a dew point above the dry bulb counts as saturated air.
pub fn wet_bulb_from_dew_point_c(dry_bulb_c: f64, dew_point_c: f64, pressure_pa: f64) -> f64 {
    let humidity_ratio = saturation_humidity_ratio(dew_point_c.min(dry_bulb_c), pressure_pa);
    wet_bulb_c(dry_bulb_c, humidity_ratio, pressure_pa)
}

/// The least value between two bounds from which on a rising condition holds; the upper bound where it never does.
fn lowest_where(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (low.min(high), high);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, published: f64, tolerance: f64) {
        assert!((found - published).abs() <= tolerance, "{found} against {published}");
    }

    /// ASHRAE Fundamentals (2017) ch. 1 table 3 (thermodynamic properties of water at saturation), kPa; the same
    /// to the digits shown as the steam tables of IAPWS.
    #[test]
    fn saturation_pressure_is_that_of_the_steam_tables() {
        for (celsius, kilopascal, tolerance) in [
            (-60.0, 0.001_08, 0.000_01),
            (-40.0, 0.012_85, 0.000_02),
            (-20.0, 0.103_25, 0.000_1),
            (-10.0, 0.259_89, 0.000_2),
            (0.0, 0.611_2, 0.000_2),
            (10.0, 1.228_2, 0.001),
            (20.0, 2.338_9, 0.001),
            (30.0, 4.246_0, 0.002),
            (40.0, 7.384_4, 0.003),
            (60.0, 19.943, 0.01),
            (100.0, 101.42, 0.1),
        ] {
            near(saturation_pressure_pa(celsius) / 1000.0, kilopascal, tolerance);
        }
        // No step where ice and water meet.
        near(saturation_pressure_pa(-1e-9), saturation_pressure_pa(0.0), 0.1);
    }

    /// ASHRAE Fundamentals (2017) ch. 1 table 1: standard atmosphere, kPa.
    #[test]
    fn pressure_falls_with_altitude_as_tabulated() {
        for (metres, kilopascal) in [
            (-500.0, 107.478),
            (0.0, 101.325),
            (500.0, 95.461),
            (1000.0, 89.875),
            (2000.0, 79.495),
            (3000.0, 70.108),
        ] {
            near(standard_pressure_pa(metres) / 1000.0, kilopascal, 0.01);
        }
    }

    /// ASHRAE Fundamentals (2017) ch. 1 example 1: 40 C dry, 20 C wet at 101.325 kPa, read from its chart to half a
    /// gram a kilogram and a kelvin; table 2 for saturated air.
    #[test]
    fn the_handbooks_example_comes_out() {
        let ratio = humidity_ratio_from_wet_bulb(40.0, 20.0, 101_325.0);
        near(ratio, 0.0065, 0.000_25);
        near(relative_humidity(40.0, ratio, 101_325.0), 0.14, 0.005);
        near(dew_point_c(101_325.0 * ratio / (0.621_945 + ratio)), 7.0, 1.0);
        near(wet_bulb_c(40.0, ratio, 101_325.0), 20.0, 1e-5);
        // The table's figures hold the enhancement factor of real air, half a per cent.
        for (celsius, saturated) in
            [(-10.0, 0.001_606), (10.0, 0.007_661), (20.0, 0.014_758), (30.0, 0.027_329)]
        {
            near(saturation_humidity_ratio(celsius, 101_325.0) / saturated, 1.0, 0.006);
        }
    }

    /// Points read from the psychrometric chart at sea level, as tables of wet-bulb depression give them.
    #[test]
    fn wet_bulb_from_relative_humidity_is_that_of_the_chart() {
        for (dry, humidity, wet) in
            [(30.0, 0.5, 22.0), (35.0, 0.4, 24.0), (25.0, 0.5, 17.9), (20.0, 0.6, 15.2)]
        {
            near(wet_bulb_from_humidity_c(dry, humidity, 101_325.0), wet, 0.2);
        }
    }

    #[test]
    fn wet_bulb_lies_between_dew_point_and_dry_bulb_and_comes_back() {
        for pressure in [70_000.0, 101_325.0] {
            for dry in (-40..=50).step_by(5).map(f64::from) {
                let mut last = COLDEST_C;
                for humidity in [0.0, 0.05, 0.2, 0.5, 0.8, 0.99, 1.0] {
                    let wet = wet_bulb_from_humidity_c(dry, humidity, pressure);
                    assert!(wet <= dry + 1e-6 && wet >= last - 1e-6, "{dry} {humidity}: {wet} after {last}");
                    last = wet;
                    let vapour = humidity * saturation_pressure_pa(dry);
                    // The psychrometric equation leaps by a tenth of a kelvin where ice becomes water.
                    let back = humidity_ratio_from_wet_bulb(dry, wet, pressure);
                    if wet.abs() > 0.2 {
                        near(back, humidity_ratio(vapour, pressure), 1e-7);
                    }
                    if humidity > 0.0 {
                        assert!(wet >= dew_point_c(vapour) - 0.1, "{dry} {humidity}");
                        near(wet_bulb_from_dew_point_c(dry, dew_point_c(vapour), pressure), wet, 0.01);
                    }
                }
                near(last, dry, 0.01);
            }
        }
    }

    #[test]
    fn nonsense_neither_panics_nor_hangs() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 0.0] {
            let _ = wet_bulb_from_humidity_c(value, 0.5, 101_325.0);
            let _ = wet_bulb_from_humidity_c(20.0, value, 101_325.0);
            let _ = wet_bulb_from_humidity_c(20.0, 0.5, value);
            let _ = wet_bulb_from_dew_point_c(20.0, value, 101_325.0);
            let _ = dew_point_c(value);
            assert!(standard_pressure_pa(value).is_nan() || standard_pressure_pa(value) > 0.0);
        }
    }
}
