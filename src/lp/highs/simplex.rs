//! What the safe wrapper of HiGHS leaves out: the basis, how far it reaches, and stopping a solve that runs.
//!
//! The only unsafe code of the program. Every call hands over arrays of the lengths that the C interface asks for, and
//! runs on the one solver thread.
#![expect(unsafe_code, reason = "HiGHS gives its basis through its C interface only")]

use super::{Place, failed};
use crate::lp::SolveError;
use highs_sys as c;
use std::collections::BTreeSet;
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

impl Place {
    fn of(status: c::HighsInt) -> Self {
        match status {
            c::kHighsBasisStatusBasic => Self::Basic,
            c::kHighsBasisStatusUpper => Self::AtUpper,
            c::kHighsBasisStatusZero => Self::Free,
            _ => Self::AtLower,
        }
    }

    fn status(self) -> c::HighsInt {
        match self {
            Self::Basic => c::kHighsBasisStatusBasic,
            Self::AtLower => c::kHighsBasisStatusLower,
            Self::AtUpper => c::kHighsBasisStatusUpper,
            Self::Free => c::kHighsBasisStatusZero,
        }
    }
}

/// Places of the columns and of the rows of a solved model.
pub fn basis(model: &mut highs::Model) -> Result<(Vec<Place>, Vec<Place>), SolveError> {
    let mut columns: Vec<c::HighsInt> = vec![0; model.num_cols()];
    let mut rows: Vec<c::HighsInt> = vec![0; model.num_rows()];
    // SAFETY: the arrays have an entry a column and a row, and the model lives through the call.
    let status = unsafe { c::Highs_getBasis(model.as_mut_ptr(), columns.as_mut_ptr(), rows.as_mut_ptr()) };
    if status != c::STATUS_OK {
        return Err(failed("no basis"));
    }
    let places = |statuses: Vec<c::HighsInt>| statuses.into_iter().map(Place::of).collect();
    Ok((places(columns), places(rows)))
}

/// Has a model start from a basis, which need not be a valid one: HiGHS mends it.
pub fn start_from(model: &mut highs::Model, columns: &[Place], rows: &[Place]) -> Result<(), SolveError> {
    if columns.len() != model.num_cols() || rows.len() != model.num_rows() {
        return Err(failed("a basis of another size"));
    }
    let statuses =
        |places: &[Place]| -> Vec<c::HighsInt> { places.iter().map(|place| place.status()).collect() };
    let (columns, rows) = (statuses(columns), statuses(rows));
    // SAFETY: the arrays have an entry a column and a row.
    let status = unsafe { c::Highs_setBasis(model.as_mut_ptr(), columns.as_ptr(), rows.as_ptr()) };
    if status == c::STATUS_ERROR { Err(failed("the basis is refused")) } else { Ok(()) }
}

/// Moves the bounds of rows: (row, lower, upper). The basis stays.
pub fn bound_rows(model: &mut highs::Model, bounds: &[(usize, f64, f64)]) -> Result<(), SolveError> {
    for (row, lower, upper) in bounds {
        let row = c::HighsInt::try_from(*row).map_err(|_| failed("more rows than it can count"))?;
        // SAFETY: plain numbers; HiGHS refuses a row that does not exist.
        let status = unsafe { c::Highs_changeRowBounds(model.as_mut_ptr(), row, *lower, *upper) };
        if status == c::STATUS_ERROR {
            return Err(failed("the bounds of a row are refused"));
        }
    }
    Ok(())
}

/// Change of the basic variables when the right-hand sides of rows change along a direction: (column, change) and
/// (row, change of its activity).
#[expect(clippy::type_complexity, reason = "two lists")]
pub fn change_of_basis(
    model: &mut highs::Model,
    direction: &[(usize, f64)],
) -> Result<(Vec<(usize, f64)>, Vec<(usize, f64)>), SolveError> {
    let count = model.num_rows();
    let mut basic: Vec<c::HighsInt> = vec![0; count];
    // SAFETY: the array has an entry a row.
    let status = unsafe { c::Highs_getBasicVariables(model.as_mut_ptr(), basic.as_mut_ptr()) };
    if status != c::STATUS_OK {
        return Err(failed("no basic variables"));
    }
    let mut right = vec![0.0; count];
    for (row, change) in direction {
        if let Some(entry) = right.get_mut(*row) {
            *entry += change;
        }
    }
    // A row that is basic does not rest on its right-hand side, and nothing moves with it.
    let basic_rows = basic.iter().filter_map(|variable| usize::try_from(-1 - variable).ok());
    let at_rest: BTreeSet<usize> = basic_rows.filter(|row| std::mem::take(&mut right[*row]) != 0.0).collect();
    let mut found = vec![0.0; count];
    let mut nonzeros: c::HighsInt = 0;
    let mut indices: Vec<c::HighsInt> = vec![0; count];
    // SAFETY: all arrays have an entry a row.
    let status = unsafe {
        c::Highs_getBasisSolve(
            model.as_mut_ptr(),
            right.as_ptr(),
            found.as_mut_ptr(),
            &raw mut nonzeros,
            indices.as_mut_ptr(),
        )
    };
    if status != c::STATUS_OK {
        return Err(failed("the basis is not solved with"));
    }
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    for (variable, change) in basic.into_iter().zip(found) {
        // A row r stands as -(1 + r), with its slack, which moves against its activity.
        match (usize::try_from(variable), usize::try_from(-1 - variable)) {
            (Ok(column), _) if change != 0.0 => columns.push((column, change)),
            (_, Ok(row)) if change != 0.0 || at_rest.contains(&row) => rows.push((row, -change)),
            _ => {}
        }
    }
    Ok((columns, rows))
}

/// Has HiGHS look at a flag while it solves, and stop when it is up. The flag must outlive the solve.
pub fn stop_when(model: &mut highs::Model, flag: &AtomicBool) -> Result<(), SolveError> {
    let data = std::ptr::from_ref(flag).cast_mut().cast::<c_void>();
    // SAFETY: HiGHS only hands the pointer back to `look`, which reads an atomic; the caller keeps it alive.
    let mut status = unsafe { c::Highs_setCallback(model.as_mut_ptr(), Some(look), data) };
    for kind in [c::kHighsCallbackSimplexInterrupt, c::kHighsCallbackMipInterrupt] {
        // SAFETY: as above; the kinds are HiGHS's own.
        status = status.max(unsafe { c::Highs_startCallback(model.as_mut_ptr(), kind) });
    }
    if status == c::STATUS_OK { Ok(()) } else { Err(failed("no call back")) }
}

/// Takes the flag away again.
pub fn forget_flag(model: &mut highs::Model) {
    for kind in [c::kHighsCallbackSimplexInterrupt, c::kHighsCallbackMipInterrupt] {
        // SAFETY: stopping a callback that was not started changes nothing.
        unsafe { c::Highs_stopCallback(model.as_mut_ptr(), kind) };
    }
    // SAFETY: no callback is active any more, so that none is called.
    unsafe { c::Highs_setCallback(model.as_mut_ptr(), None, std::ptr::null_mut()) };
}

unsafe extern "C" fn look(
    _kind: c_int,
    _message: *const c_char,
    _out: *const c::HighsCallbackDataOut,
    answer: *mut c::HighsCallbackDataIn,
    flag: *mut c_void,
) {
    // SAFETY: `flag` is what `stop_when` gave; `answer` is HiGHS's for the time of the call.
    unsafe {
        if let (Some(flag), Some(answer)) = (flag.cast::<AtomicBool>().as_ref(), answer.as_mut())
            && flag.load(Ordering::Relaxed)
        {
            answer.user_interrupt = 1;
        }
    }
}
