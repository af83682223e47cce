//! Limits, each beside what was measured.

/// What a figure must not be above, or below.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    Most(f64),
    Least(f64),
}

/// A Markdown table of limits; nothing where there are none.
pub(super) fn table(rows: &[(String, f64, Limit)]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows: String = rows
        .iter()
        .map(|(what, measured, limit)| row(what, *measured, *limit))
        .collect();
    format!("\n| limit | measured | at least, at most | holds |\n| --- | --- | --- | --- |\n{rows}")
}

fn row(what: &str, measured: f64, limit: Limit) -> String {
    let (sign, bound, holds) = match limit {
        Limit::Most(bound) => ("≤", bound, measured <= bound),
        Limit::Least(bound) => ("≥", bound, measured >= bound),
    };
    let holds = if holds { "yes" } else { "NO" };
    format!("| {what} | {measured:.3} | {sign} {bound} | {holds} |\n")
}
