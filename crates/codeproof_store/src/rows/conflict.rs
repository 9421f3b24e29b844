//! What becomes of a column when a row is written whose key is there already.

use codeproof_types::Origin;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{CaseStatement, Expr, Func};

/// The row that could not be inserted, in SQL.
const NEW_ROW: &str = "excluded";

/// The value that is there.
pub(crate) fn kept<Column: ColumnTrait>(column: Column) -> Expr {
    Expr::col((Column::EntityName::default(), column))
}

/// The value of the new row.
pub(crate) fn new<Column: ColumnTrait>(column: Column) -> Expr {
    Expr::col((NEW_ROW, column))
}

/// The new row's value, or, where it has none, the one that is there.
pub(crate) fn coalesced<Column: ColumnTrait>(column: Column) -> Expr {
    Func::coalesce([new(column), kept(column)]).into()
}

/// The value that is there when `condition` holds, else the new one.
pub(crate) fn kept_when<Column: ColumnTrait>(condition: Expr, column: Column) -> Expr {
    CaseStatement::new().case(condition, kept(column)).finally(new(column)).into()
}

/// Whether a finding is one that models can say nothing to, only beside.
pub(crate) fn by_detector(origin: Origin) -> bool {
    origin == Origin::Detector
}
