//! Ruby. Methods of objects are `Shop::Cart#total`, those of the class or module itself `Shop::Cart.open`; constants,
//! classes and modules are `Shop::Cart::LIMIT`. Modules are namespaces, attributes are properties.
//!
//! A name alone is a call unless the method assigned it before or takes it as a parameter, as Ruby itself decides.

mod definitions;
mod read;
mod values;

#[cfg(test)]
pub(crate) use read::Kind;
pub(crate) use read::read;
