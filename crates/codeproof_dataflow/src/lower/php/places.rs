//! What stands on the left of an assignment.

use super::Lowering;
use super::kinds::Kind;
use super::members::Member;
use super::table::At;
use super::variables::name_of;
use crate::ir::{Constant, Expr, Place, PlaceItem};

impl Lowering<'_> {
    /// Lowers what is assigned to.
    pub(super) fn place(&mut self, at: At) -> Place {
        let at = self.table.inside(at);
        self.deeper(1, |lowering| lowering.place_inside(at)).unwrap_or(Place::Unknown)
    }

    fn place_inside(&mut self, at: At) -> Place {
        let table = self.table;
        match table.kind(at) {
            Kind::VariableName => {
                let name = name_of(self.text_of(at));
                self.variable_to_write(name).place()
            }
            Kind::DynamicVariable => match self.constant_variable(at) {
                Some(variable) => variable.place(),
                None => Place::Unknown,
            },
            Kind::ByReference => table.first(at).map_or(Place::Unknown, |inner| self.place(inner)),
            Kind::MemberAccess | Kind::NullsafeMemberAccess => {
                let Some(object) = table.first(at) else { return Place::Unknown };
                let object = self.expr(object);
                match self.member(at) {
                    Some(Member::Named(name, _)) => Place::Attribute(object, self.builder.name(&name)),
                    Some(Member::Computed(name)) => Place::Index(object, Some(name)),
                    None => Place::Unknown,
                }
            }
            Kind::ScopedPropertyAccess => {
                let Some(class) = table.first(at) else { return Place::Unknown };
                let class = self.class_reference(class);
                match self.static_property(at) {
                    Some(Member::Named(name, _)) => Place::Attribute(class, self.builder.name(&name)),
                    _ => Place::Unknown,
                }
            }
            Kind::Subscript => self.element_place(at),
            Kind::ListLiteral => Place::Destructure(self.list_items(at)),
            Kind::Array => Place::Destructure(self.array_items(at)),
            _ => Place::Unknown,
        }
    }

    fn element_place(&mut self, at: At) -> Place {
        let (object, index) = self.item(at);
        let Some(object) = object else { return Place::Unknown };
        if let Some(variable) = self.globals_element(object, index) {
            return variable.place();
        }
        let object = self.expr(object);
        let index = index.map(|index| self.expr(index));
        Place::Index(object, index)
    }

    /// `list($a, , 'key' => $b)`: the grammar keeps commas and arrows apart.
    fn list_items(&mut self, at: At) -> Vec<PlaceItem> {
        let table = self.table;
        let mut items = Vec::new();
        let (mut key, mut value) = (None, None);
        for part in table.children(at) {
            match table.kind(part) {
                Kind::Comma => items.push(self.place_item(key.take(), value.take())),
                Kind::Arrow => key = value.take(),
                Kind::Error => {}
                _ => value = Some(part),
            }
        }
        if value.is_some() {
            items.push(self.place_item(key, value));
        }
        items
    }

    fn array_items(&mut self, at: At) -> Vec<PlaceItem> {
        let table = self.table;
        let items: Vec<At> = table.children(at).filter(|it| table.kind(*it) == Kind::ArrayItem).collect();
        items
            .into_iter()
            .map(|item| match self.item(item) {
                (Some(key), Some(value)) => self.place_item(Some(key), Some(value)),
                (value, _) => self.place_item(None, value),
            })
            .collect()
    }

    fn place_item(&mut self, key: Option<At>, value: Option<At>) -> PlaceItem {
        let key = key.map(|key| self.expr(key));
        PlaceItem { key, is_rest: false, place: value.map(|value| self.place(value)) }
    }

    /// `$GLOBALS['name']`.
    pub(super) fn globals_element(&mut self, object: At, index: Option<At>) -> Option<super::variables::Variable> {
        let is_globals = self.table.kind(object) == Kind::VariableName && self.text_of(object) == "$GLOBALS";
        let index = index.filter(|_| is_globals)?;
        let index = self.expr(index);
        match self.builder.body().expr(index) {
            Expr::Constant(Constant::Str(name)) => {
                let name = name.clone();
                Some(self.file_variable(&name))
            }
            _ => None,
        }
    }
}
