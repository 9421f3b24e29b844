//! Routes by which Laravel itself serves files of local disks (since version 12 both ways: reading and uploading).

use crate::php::{Arguments, Machine, Value};
use crate::routes::attributes::Attributes;

use super::Laravel;

/// The first version whose own configuration lets the disk `local` be served.
const SERVED_SINCE: u32 = 12;

impl Machine<'_, Laravel> {
    /// Registers `storage/{path}` for every local disk with `serve`; the framework's own `local` has it unless the
    /// application declares a disk of that name.
    pub(super) fn serve_disks(&mut self) {
        if self.framework.version < SERVED_SINCE {
            return;
        }
        let disks = self.configured("filesystems.disks", Value::list([]));
        let mut served: Vec<(String, String)> = Vec::new();
        if disks.as_array().is_none_or(|disks| disks.get_text("local").is_none()) {
            served.push(("local".to_owned(), "/storage".to_owned()));
        }
        for (name, disk) in disks.as_array().into_iter().flat_map(|disks| disks.iter()) {
            let Some(disk) = disk.as_array() else { continue };
            let is_local = disk.get_text("driver").and_then(Value::as_label).is_some_and(|driver| &*driver == "local");
            let is_served = disk.get_text("serve").and_then(Value::truth) == Some(true);
            if let (true, Some(name)) = (is_local && is_served, name.to_value().as_text()) {
                let url = disk.get_text("url").and_then(Value::as_label);
                served.push((name.to_string(), url.map_or_else(|| "/storage".to_owned(), |url| path_of(&url))));
            }
        }
        self.framework.in_framework = true;
        for (name, path) in served {
            for (verb, ending) in [("get", ""), ("put", ".upload")] {
                let uri = Value::text(format!("{}/{{path}}", path.trim_end_matches('/')));
                let route = self.router_call(Attributes::default(), verb, &Arguments::of([uri, Value::Null]));
                if let Some(route) = route {
                    self.with_route(&route, |route| {
                        route.attributes.name = Some(format!("storage.{name}{ending}"));
                        route.attributes.wheres.push(("path".to_owned(), ".*".to_owned()));
                    });
                }
            }
        }
        self.framework.in_framework = false;
    }
}

/// The path of an address: `https://host/files` gives `/files`.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    format!("/{}", rest.trim_matches('/'))
}
